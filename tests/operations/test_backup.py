"""Backup and restore: everything that matters comes back, byte for byte, and nothing is overwritten."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from cycle.council import SLUG, Council
from pmf.cli import app
from pmf.cycle.verifying import verify_published
from pmf.operations.archive import BackupError
from pmf.operations.backup import back_up
from pmf.operations.restore import check_backup, restore
from pmf.operations.tablefile import described
from pmf.period import Month
from pmf.settings import Settings
from pmf.warehouse.access import dump
from pmf.warehouse.engine import connect, upgrade
from pmf.warehouse.tables import metadata
from postgresql_cluster import Cluster

NOW = datetime(2024, 8, 1, 9, tzinfo=UTC)


def kept_files(home: Path) -> dict[str, tuple[str, bytes]]:
    """Every file and link that a backup is for: where a link leads, or the permissions and bytes of a file."""
    names = ("store", "published", "inbox", "mailbox", "mail", "signing.key")
    paths = [path for name in names for path in ([home / name] if (home / name).is_file() else sorted((home / name).rglob("*")))]
    return {
        path.relative_to(home).as_posix(): (str(path.readlink()), b"")
        if path.is_symlink()
        else (oct(path.stat().st_mode), path.read_bytes())
        for path in paths
        if path.is_symlink() or path.is_file()
    }


def destroy(council: Council) -> None:
    """Lose the home and every table of the warehouse."""
    shutil.rmtree(council.settings.home)
    engine = connect(council.settings.warehouse_url)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))


def test_what_was_destroyed_is_restored_and_verified(council: Council, tmp_path: Path) -> None:
    """Backed up, destroyed and restored, rows, files, links and permissions are the same, the site verifies, and work goes on."""
    settings = council.settings
    before, files = dump(connect(settings.warehouse_url)), kept_files(settings.home)
    made = back_up(tmp_path / "backup.zip", now=NOW, settings=settings)
    assert (made.damaged, made.rows, made.files) == ((), before.count("\n"), sum(1 for how, _ in files.values() if how.startswith("0o")))
    destroy(council)
    restored = restore(tmp_path / "backup.zip", settings=settings)
    assert (restored.rows, restored.files) == (made.rows, made.files)
    assert dump(connect(settings.warehouse_url)) == before
    assert kept_files(settings.home) == files
    verified = verify_published(SLUG, settings=settings)
    assert (verified.faults, verified.releases) == ((), 2)
    with connect(settings.warehouse_url).begin() as connection, pytest.raises(DBAPIError, match="never changed or deleted"):
        connection.execute(text("UPDATE site_release SET number = 0"))
    council.open(Month(2024, 5))
    assert council.collect(Month(2024, 4)).accepted == 0


def test_the_same_state_gives_the_same_backup(council: Council, tmp_path: Path) -> None:
    """Two backups of one moment are the same bytes, and so is one of what was restored from the first."""
    first = back_up(tmp_path / "1.zip", now=NOW, settings=council.settings)
    assert back_up(tmp_path / "2.zip", now=NOW, settings=council.settings) == first
    destroy(council)
    restore(tmp_path / "1.zip", settings=council.settings)
    assert back_up(tmp_path / "3.zip", now=NOW, settings=council.settings) == first
    assert len({(tmp_path / f"{number}.zip").read_bytes() for number in (1, 2, 3)}) == 1


@pytest.mark.postgresql
def test_a_backup_moves_between_databases(sqlite_council: Council, tmp_path: Path, postgres: Cluster) -> None:
    """What was backed up on SQLite is restored on PostgreSQL, and gives the same backup again there."""
    made = back_up(tmp_path / "sqlite.zip", now=NOW, settings=sqlite_council.settings)
    moved = replace(sqlite_council.settings, home=tmp_path / "moved", warehouse_url=postgres.url(postgres.create_database()))
    restore(tmp_path / "sqlite.zip", settings=moved)
    assert dump(connect(moved.warehouse_url)) == dump(connect(sqlite_council.settings.warehouse_url))
    assert back_up(tmp_path / "postgresql.zip", now=NOW, settings=moved).digest == made.digest


def test_a_backup_is_for_its_owner_and_replaces_none(sqlite_council: Council, tmp_path: Path) -> None:
    """The file, which holds the signing key, can be read by nobody else; a second backup under its name is refused."""
    path = tmp_path / "backup.zip"
    back_up(path, now=NOW, settings=sqlite_council.settings)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    with pytest.raises(BackupError, match="is there already: name a new file"):
        back_up(path, now=NOW, settings=sqlite_council.settings)
    assert not list(tmp_path.glob(".tmp-*"))


def test_releases_share_their_files_again(sqlite_council: Council, tmp_path: Path) -> None:
    """What two releases have in common takes the room of one file after a restore too, and is never linked with the store."""
    back_up(tmp_path / "backup.zip", now=NOW, settings=sqlite_council.settings)
    destroy(sqlite_council)
    restore(tmp_path / "backup.zip", settings=sqlite_council.settings)
    releases = [path for path in (sqlite_council.settings.published / SLUG / ".releases").rglob("*") if path.is_file()]
    assert any(path.stat().st_nlink > 1 for path in releases)
    assert {path.stat().st_nlink for path in sqlite_council.settings.store.rglob("*") if path.is_file()} == {1}


def test_restoring_overwrites_nothing(council: Council, tmp_path: Path) -> None:
    """Where there is a store, or a warehouse with tables, nothing is touched and the message says which."""
    settings, home = council.settings, council.settings.home
    back_up(tmp_path / "backup.zip", now=NOW, settings=settings)
    before = council.state()
    with pytest.raises(BackupError, match=r"home/\w+ is there already: restore into an empty home"):
        restore(tmp_path / "backup.zip", settings=settings)
    if connect(settings.warehouse_url).dialect.name == "postgresql":
        with pytest.raises(BackupError, match="has tables already: restore into an empty database"):
            restore(tmp_path / "backup.zip", settings=replace(settings, home=tmp_path / "elsewhere"))
        assert not any((tmp_path / "elsewhere").iterdir())
    assert council.state() == before
    assert not list(home.glob(".tmp-*"))


def rewritten(source: Path, to: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Copy a backup, with members changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return to


def other_row(name: str, content: bytes) -> bytes:
    return content.replace(b'"value":"', b'"value":"1', 1) if name == "warehouse/observation.jsonl" else content


def other_file(name: str, content: bytes) -> bytes:
    return b"changed" if name.startswith("content/") else content


def strange_path(name: str, content: bytes) -> bytes:
    return content.replace(b'"signing.key"', b'"../signing.key"') if name == "manifest.json" else content


def strange_link(name: str, content: bytes) -> bytes:
    manifest: dict[str, Any] = json.loads(content) if name == "manifest.json" else {}
    for link in manifest.get("links", ()):
        link["target"] = "../../store"
    return json.dumps(manifest).encode() if manifest else content


def newer(name: str, content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"schema_version": "9999"}).encode() if name == "manifest.json" else content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_row, "warehouse/observation.jsonl is not as it was written"),
        (other_file, "holds other bytes than it is named after"),
        (strange_path, "which is nothing a backup holds"),
        (strange_link, "leads out of its site"),
        (newer, "install the newer release"),
    ],
)
def test_a_damaged_backup_restores_nothing(
    sqlite_council: Council, tmp_path: Path, change: Callable[[str, bytes], bytes], words: str
) -> None:
    """One changed row, file, path, link or version, and nothing at all is written."""
    back_up(tmp_path / "backup.zip", now=NOW, settings=sqlite_council.settings)
    damaged = rewritten(tmp_path / "backup.zip", tmp_path / "damaged.zip", change)
    empty = replace(sqlite_council.settings, home=tmp_path / "new", warehouse_url=f"sqlite:///{tmp_path / 'new' / 'warehouse.db'}")
    with pytest.raises(BackupError, match=words):
        restore(damaged, settings=empty)
    assert not empty.home.exists() or not any(empty.home.iterdir())


def test_a_backup_that_is_not_whole_is_found_out(sqlite_council: Council, tmp_path: Path) -> None:
    """Half a file, as a broken copy leaves it, and one with a hole in the middle are refused when they are checked."""
    back_up(tmp_path / "backup.zip", now=NOW, settings=sqlite_council.settings)
    content = (tmp_path / "backup.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError, match="is no backup of pmf, or is cut short"):
        check_backup(tmp_path / "half.zip")
    middle = len(content) // 2
    (tmp_path / "hit.zip").write_bytes(content[:middle] + bytes(64) + content[middle + 64 :])
    with pytest.raises(BackupError, match="the backup is damaged"):
        check_backup(tmp_path / "hit.zip")
    assert check_backup(tmp_path / "backup.zip").schema_version >= "0010"


def test_a_damaged_store_is_told(sqlite_council: Council, tmp_path: Path) -> None:
    """A file of the store whose bytes have changed is kept as it is, and named, so that nobody relies on it."""
    path = next(path for path in sqlite_council.settings.store.rglob("*") if path.is_file())
    path.chmod(0o644)
    path.write_bytes(b"changed")
    made = back_up(tmp_path / "backup.zip", now=NOW, settings=sqlite_council.settings)
    assert made.damaged == (path.relative_to(sqlite_council.settings.home).as_posix(),)


def test_half_written_files_and_links_of_strangers_are_left_out(sqlite_council: Council, tmp_path: Path) -> None:
    """What a killed task left, and a link somebody put into the inbox, are not in a backup."""
    home = sqlite_council.settings.home
    (home / "store" / ".tmp-half").write_bytes(b"half")
    (home / "inbox" / SLUG / "2024-04" / "link.xlsx").symlink_to("/etc/passwd")
    back_up(tmp_path / "backup.zip", now=NOW, settings=sqlite_council.settings)
    paths = {file.path for file in check_backup(tmp_path / "backup.zip").files}
    assert not {path for path in paths if ".tmp-" in path or path.endswith("link.xlsx")}
    assert {path.split("/")[0] for path in paths} == {"store", "published", "inbox", "mail", "signing.key"}


def test_an_older_backup_is_migrated(empty_warehouse_url: str, tmp_path: Path, settings: Settings) -> None:
    """A backup of the first schema ever released is restored by this release, and is at this release's schema afterwards."""
    old = connect(empty_warehouse_url)
    with old.begin() as connection:
        upgrade(connection, settings.sql, to="0001")
        connection.execute(
            text("INSERT INTO sign_off VALUES ('anglia', '2024-25-Q1', 'paper-x', 'd', 'director', 'Read.', :at)"), {"at": _stored_at(old)}
        )
    backup = tmp_path / "old.zip"
    _old_backup(old, backup)
    target = replace(settings, warehouse_url=f"sqlite:///{tmp_path / 'new.db'}")
    restored = restore(backup, settings=target)
    assert (restored.schema_before, restored.rows) == ("0001", 1)
    assert '["sign_off", {"organisation": "anglia"' in dump(connect(target.warehouse_url))
    assert back_up(tmp_path / "new.zip", now=NOW, settings=target).rows >= 1


def _stored_at(engine: Engine) -> object:
    return NOW.isoformat() if engine.dialect.name == "sqlite" else NOW


def _old_backup(engine: Engine, path: Path) -> None:
    """Write the backup that a release with the first schema would have written: the one table that has rows."""
    from pmf.operations.archive import FORM, Contents, writing
    from pmf.operations.tablefile import lines_of
    from pmf.warehouse.tables import sign_off

    table = described(sign_off)
    with engine.connect() as connection, writing(path) as archive:
        rows, digest = archive.keep_lines(table.name, lines_of(connection, table))
        table = replace(table, rows=rows, sha256=digest)
        archive.finish(Contents(form=FORM, made_at=NOW, code_version="0", schema_version="0001", tables=(table,), files=(), links=()))


def test_every_column_has_a_kind() -> None:
    """A column of a type a backup knows no form for would be found here, not at three in the morning."""
    for table in metadata.tables.values():
        assert described(table).columns.keys() == set(table.c.keys())
        assert described(table).key, table.name


def test_a_backup_is_taken_while_others_write(council: Council, tmp_path: Path) -> None:
    """Neither a reader nor a writer of the warehouse is stopped by a backup, and what is written meanwhile is not in it."""
    engine = connect(council.settings.warehouse_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE mail_queue SET attempts = attempts"))
        made = back_up(tmp_path / "backup.zip", now=NOW, settings=council.settings)
    assert made.rows == dump(engine).count("\n")


def test_the_commands_say_what_they_did_and_refuse_with_two(sqlite_council: Council, tmp_path: Path) -> None:
    """Back up, check, restore elsewhere, verify there; what cannot be used ends with 2 and a sentence."""

    def pmf(*arguments: object, home: Path) -> tuple[int, str]:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"PMF_HOME": str(home), "COLUMNS": "160"})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    home, new, path = sqlite_council.settings.home, tmp_path / "new", tmp_path / "backup.zip"
    code, made = pmf("backup", path, home=home)
    assert (code, made.startswith(f"{path}: ")) == (0, True)
    code, checked = pmf("restore", path, "--check", home=new)
    assert (code, "whole" in checked, new.exists()) == (0, True, False)
    code, restored = pmf("restore", path, home=new)
    assert (code, restored.endswith("Now run `pmf verify` and `pmf doctor`.\n")) == (0, True)
    assert pmf("verify", home=new)[0] == 0
    assert pmf("backup", path, home=home)[0] == 2
    assert pmf("restore", path, home=home)[0] == 2
