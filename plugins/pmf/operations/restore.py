"""Restoring a backup into an installation that has nothing yet, on either database, and bringing it up to this release."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from pmf.operations.archive import Archive, BackupError, Contents, KeptFile, opened
from pmf.operations.tablefile import TableFile, digest_of_table, load_lines
from pmf.settings import Settings
from pmf.store import UNFINISHED
from pmf.warehouse.engine import VERSION_TABLE, connect, newest_version, upgrade
from pmf.warehouse.guard import guard
from pmf.warehouse.rights import grant_rights


@dataclass(frozen=True)
class Restored:
    """What was restored: rows, files, and the schema as it was and as it is now."""

    rows: int
    files: int
    schema_before: str
    schema_now: str


def check_backup(source: Path) -> Contents:
    """Read a whole backup and hold every byte against its manifest; give what it holds.

    Raises:
        BackupError: when it is none, or damaged.
    """
    with opened(source) as archive:
        archive.check()
        return archive.contents


def restore(source: Path, *, settings: Settings) -> Restored:
    """Put a backup in place of nothing: all of it or, where anything is wrong, none.

    Everything is read and checked before anything is written. The rows go in under the schema they were written under, are
    read back and compared, and are then migrated; files are written beside and renamed in before the rows are committed.

    Raises:
        BackupError: when the backup is damaged or newer than this release, or the installation holds something already.
    """
    with opened(source) as archive:
        contents, newest = archive.contents, newest_version(settings.sql)
        if contents.schema_version > newest:
            raise BackupError(f"the backup has schema {contents.schema_version}, this release knows {newest}: install the newer release")
        archive.check()
        settings.home.mkdir(parents=True, exist_ok=True)
        engine = connect(settings.owner_url or settings.warehouse_url)
        _refuse_to_overwrite(contents, engine, settings)
        beside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=settings.home))
        try:
            _unpack(archive, beside)
            with engine.begin() as connection:
                _load(archive, connection, settings)
                for path in sorted(beside.iterdir()):
                    path.rename(settings.home / path.name)
        finally:
            shutil.rmtree(beside)
    os.sync()
    grant_rights(engine)
    return Restored(sum(table.rows for table in contents.tables), len(contents.files), contents.schema_version, newest)


def _refuse_to_overwrite(contents: Contents, engine: Engine, settings: Settings) -> None:
    names = {path.split("/")[0] for path in [file.path for file in contents.files] + [link.path for link in contents.links]}
    for path in (settings.home / name for name in sorted(names)):
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise BackupError(f"{path} is there already: restore into an empty home, or move it away first")
    with engine.connect() as connection:
        if {VERSION_TABLE, *(table.name for table in contents.tables)} & set(inspect(connection).get_table_names()):
            where = engine.url.render_as_string(hide_password=True)
            raise BackupError(f"the warehouse {where} has tables already: restore into an empty database")


def _unpack(archive: Archive, folder: Path) -> None:
    """Write the files; those that releases of a site had in common are linked to each other again and take no room."""
    placed: dict[tuple[str, str, int], Path] = {}
    for file in archive.contents.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        key = (_site_of(file), file.sha256, file.mode)
        if _site_of(file) and key in placed:
            path.hardlink_to(placed[key])
            continue
        placed[key] = path
        path.write_bytes(archive.content(file.sha256))
        path.chmod(file.mode)
    for link in archive.contents.links:
        (folder / link.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / link.path).symlink_to(link.target)


def _site_of(file: KeptFile) -> str:
    """Name the public site a file belongs to; empty: to none."""
    parts = file.path.split("/")
    return parts[1] if parts[0] == "published" else ""


def _load(archive: Archive, connection: Connection, settings: Settings) -> None:
    tables = archive.contents.tables
    upgrade(connection, settings.sql, to=archive.contents.schema_version)
    for table in tables:
        load_lines(connection, table, archive.lines(table))
    _compare(connection, tables)
    upgrade(connection, settings.sql)
    guard(connection)


def _compare(connection: Connection, tables: Iterable[TableFile]) -> None:
    for table in tables:
        if digest_of_table(connection, table) != table.sha256:
            raise BackupError(
                f"the table {table.name} reads otherwise than it was written: nothing was restored. Report this with the backup"
            )
