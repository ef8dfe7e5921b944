"""Changing the register from a file: what it would change, put to what has been judged; written only when it is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Month, parse_month
from pmf.registerbook.columnmap import parse_column_map
from pmf.registerbook.examination import Examination, examine
from pmf.registerbook.foreign import read_foreign
from pmf.registerbook.foreignreport import ForeignReport, foreign_report
from pmf.registerbook.foreignsheet import is_workbook, read_foreign_sheet
from pmf.registerbook.guess import guessed_map
from pmf.registerbook.opening import open_book
from pmf.registerbook.reader import is_register_book, read_book
from pmf.registerbook.saving import save
from pmf.settings import Settings
from pmf.warehouse.engine import reading


@dataclass(frozen=True)
class Examined:
    """What importing a file would do. ``foreign`` is the report of another organisation's register (None: a workbook of ours)."""

    found: Examination
    foreign: ForeignReport | None


class NeedsMapError(Exception):
    """The file is no workbook of ours, so a map must say what its columns are. The message is a map to start from."""


def examine_file(file: Path, organisation: str, *, columns: Path | None, as_at: datetime, settings: Settings) -> Examined:
    """Say what importing a file into a council's register would do; nothing is written.

    ``columns`` is the map of another organisation's columns (None: the file is a workbook written by ``pmf register export``).

    Raises:
        NeedsMapError: when it is another organisation's and there is no map.
        UnusableFileError: when the file cannot be read at all.
        ColumnMapError: when the map is wrong.
        RegisterError: when the council's own files are wrong.
    """
    workspace = open_workspace(organisation, settings)
    until = last_rated_month(workspace, as_at=as_at)
    folder, content = settings.organisations / organisation, file.read_bytes()
    if columns is None and is_workbook(content):
        sheets = open_book(content)
        if is_register_book(sheets):
            return Examined(examine(read_book(sheets), register=workspace.register, folder=folder, until=until), None)
    if columns is None:
        raise NeedsMapError(guessed_map(read_foreign_sheet(content), file=file.name, organisation=organisation))
    given = parse_column_map(columns.read_bytes())
    sheet = read_foreign_sheet(content, sheet=given.sheet, header_row=given.header_row)
    incoming = read_foreign(sheet, parse_column_map(columns.read_bytes(), header=sheet.header))
    found = examine(incoming, register=workspace.register, folder=folder, until=until)
    return Examined(found, foreign_report(incoming, found))


def apply_examined(found: Examination, organisation: str, *, settings: Settings) -> tuple[str, ...]:
    """Write what was examined and found right into the council's files; name the files written.

    Raises:
        ValueError: when it was not found right.
        RegisterError: when the council's folder would not load with it; then nothing is written.
    """
    if not found.is_right:
        raise ValueError("an import with refused rows or contradictions is never written")
    save(settings.organisations / organisation, found.texts)
    return tuple(found.texts)


def last_rated_month(workspace: Workspace, *, as_at: datetime) -> Month | None:
    """Name the last month of a council that has ratings, as known at ``as_at``. None: nothing has been rated."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "last_rated_month", as_at=as_at)
    return parse_month(rows[0]["period"]) if rows else None
