"""The checker finds each promise broken when it is: once for every way it can be."""

from __future__ import annotations

import ast
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cycle.council import SLUG
from faults import invariants
from faults.homes import Installation
from faults.invariants import differences

Sabotage = Callable[[Installation], object]


def sql(*statements: str) -> Sabotage:
    """Change rows as somebody could who owns the database, and takes away first what keeps tables as they are."""

    def run(installation: Installation) -> None:
        with closing(sqlite3.connect(installation.url.removeprefix("sqlite:///"))) as connection, connection:
            guards = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for statement in (*(f"DROP TRIGGER {name}" for (name,) in guards), *statements):
                connection.execute(statement)

    return run


def altered(pattern: str) -> Sabotage:
    """Change the first file that fits."""

    def run(installation: Installation) -> None:
        path = next(iter(sorted(path for path in installation.home.glob(pattern) if path.is_file())))
        content = path.read_bytes()
        path.unlink()  # other names of the same file keep what it was
        path.write_bytes(content + b" ")

    return run


def removed_from_store(column: str, table: str, where: str = "1") -> Sabotage:
    def run(installation: Installation) -> None:
        with closing(sqlite3.connect(installation.url.removeprefix("sqlite:///"))) as connection:
            (digest,) = connection.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()  # noqa: S608
        (installation.council.settings.store / digest[:2] / digest[2:]).unlink()

    return run


def _delivered_again(installation: Installation) -> None:
    path = next((installation.council.settings.mail / "new").iterdir())
    shutil.copy(path, path.with_name("again.eml"))


def _unknown_letter(installation: Installation) -> None:
    (installation.council.settings.mail / "new" / "stranger.eml").write_bytes(b"Message-ID: <x@example.org>\n\nhello")


def _unseen_file(installation: Installation) -> None:
    (installation.council.settings.inbox / SLUG / "2024-04" / "unseen.xlsx").write_bytes(b"figures")


def _live_without_manifest(installation: Installation) -> None:
    ((installation.council.settings.published / SLUG / "current").resolve() / "manifest.json").unlink()


def _copy_row(table: str, **other: str) -> str:
    """Write the statement that adds the first row of a table again with other values."""
    columns = [name for name in _columns(table) if name not in other]
    names, values = ", ".join([*other, *columns]), ", ".join([*other.values(), *columns])
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})"  # noqa: S608


def _columns(table: str) -> list[str]:
    from pmf.warehouse.tables import metadata

    return list(metadata.tables[table].c.keys())


_SUPPRESS = """INSERT INTO suppression SELECT organisation, period, as_at, kpi_ref, 'value', 'primary', 'small' FROM rating
    WHERE kpi_ref = '36' AND period = '2024-25-Q1'"""
_SABOTAGE: list[tuple[str, Sabotage]] = [
    ("I1 ", sql(_copy_row("received_file", inbox_period="'2024-05'"))),
    ("I1 ", sql(_copy_row("observation", version_id="'another'", value="'1'"))),
    ("I1 ", sql(_copy_row("returned_line", line_number="900"))),
    ("I1 ", sql("DELETE FROM observation WHERE source = 'return' AND kpi_ref = '36'")),
    ("I1 ", sql("UPDATE received_file SET outcome = 'rejected', problem = 'x', message = 'x', fix = 'x' WHERE service_id = 'libraries'")),
    ("I2 ", altered(f"published/{SLUG}/.releases/*/index.html")),
    ("I2 ", altered(f"published/{SLUG}/.releases/*/manifest.json")),
    ("I2 ", _live_without_manifest),
    ("I2 ", sql("DELETE FROM site_release")),
    ("I2 ", sql("UPDATE site_release SET number = 2")),
    ("I2 ", sql("UPDATE document SET as_at = '2024-09-01T00:00:00+00:00' WHERE format = 'pdf' AND document_id LIKE 'paper-%'")),
    ("I3 ", altered("store/*/*")),
    ("I3 ", removed_from_store("content_hash", "document")),
    ("I4 ", sql("DELETE FROM sign_off")),
    ("I4 ", sql("UPDATE sign_off SET signed_at = '2030-01-01T00:00:00+00:00'")),
    ("I4 ", sql("UPDATE sign_off SET content_digest = 'another'")),
    ("I4 ", sql(_SUPPRESS)),
    ("I4 ", sql("UPDATE kpi_definition SET is_public = 0 WHERE kpi_ref = '36'")),
    ("I5 ", sql("UPDATE observation SET cell = NULL WHERE period = '2024-04'")),
    ("I5 ", sql("DELETE FROM observation WHERE period = '2024-04'")),
    ("I5 ", sql("UPDATE rating SET policy_digest = '' WHERE period = '2024-25-Q1'")),
    ("I5 ", removed_from_store("file_hash", "observation", "period = '2024-04'")),
    ("I6 ", _unseen_file),
    ("I6 ", removed_from_store("file_hash", "received_file")),
    ("I6 ", sql("UPDATE received_file SET outcome = 'quarantined' WHERE service_id = 'libraries'")),
    ("I6 ", sql(_copy_row("received_file", file_hash="'refused-1'", outcome="'rejected'", problem="'x'", message="'x'", fix="'x'"))),
    ("I6 ", sql("UPDATE received_file SET outcome = 'lost' WHERE service_id = 'libraries'")),
    ("I7 ", sql(_copy_row("mail_queue", message_id="'<again@example.org>'"))),
    ("I7 ", _delivered_again),
    ("I7 ", _unknown_letter),
]


def test_a_council_that_nobody_disturbed_breaks_no_promise(lived: Installation, holds: Callable[[Installation], None]) -> None:
    """After a month and a published paper all seven hold."""
    holds(lived)


@pytest.mark.parametrize(("breach", "sabotage"), _SABOTAGE, ids=[f"{breach.strip()}-{n}" for n, (breach, _) in enumerate(_SABOTAGE)])
def test_each_promise_broken_is_seen(copy: Installation, breach: str, sabotage: Sabotage) -> None:
    """Whatever is done behind the pipeline's back, the checker names the promise that it breaks."""
    sabotage(copy)
    found = copy.check()
    assert [line for line in found.breaches if line.startswith(breach)], found


def test_two_states_are_told_apart(lived: Installation, copy: Installation) -> None:
    """A row or a byte that differs is named; a copy of a state is the same state."""
    before = lived.fingerprint()
    assert differences(before, copy.fingerprint()) == []
    sql("UPDATE waiver SET reason = ''", "UPDATE sign_off SET reason = 'Other'")(copy)
    altered(f"outbox/{SLUG}/2024-04/returns.html")(copy)
    changed = differences(before, copy.fingerprint())
    assert changed == [f"file outbox/{SLUG}/2024-04/returns.html", "table sign_off"]


@pytest.mark.postgresql
def test_both_databases_read_alike(server: Installation, tmp_path: Path) -> None:
    """The same history imported into SQLite and into PostgreSQL has the same fingerprint."""
    assert differences(server.fingerprint(), Installation.begun(tmp_path / "home").fingerprint()) == []


def test_the_checker_is_independent() -> None:
    """It imports nothing of the package it checks."""
    tree = ast.parse(Path(invariants.__file__).read_text(encoding="utf-8"))
    imported = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    imported += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in imported if name.split(".")[0] in ("pmf", "cycle", "faults")]
