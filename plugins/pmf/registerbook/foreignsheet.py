"""Another organisation's table of KPIs, as a CSV or a sheet of a workbook: its columns by name, its rows cell by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from pmf.form.cell import Cell, clean_text
from pmf.registerbook.incoming import UnusableFileError
from pmf.registerbook.opening import REGISTER_BOOK, OpenSheet, open_book
from pmf.registerbook.refusal import shown

_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = ",;\t"
# Characters no text file has; a file with them is something else.
_NEVER_IN_TEXT = frozenset(map(chr, range(32))) - set("\t\n\r\f\v")


@dataclass(frozen=True)
class ForeignSheet:
    """A table of someone else's. Rows are numbered as a spreadsheet program numbers them."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, Cell]], ...]
    notes: tuple[str, ...] = ()


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is to be opened as a workbook, by its first bytes."""
    return content.startswith(_WORKBOOKS)


def read_foreign_sheet(content: bytes, *, sheet: str | None = None, header_row: int = 1) -> ForeignSheet:
    """Read a table; of a workbook the sheet named, or the first.

    Raises:
        UnusableFileError: when it is no table, has no such sheet or header row, names a column twice, or is too large.
    """
    if is_workbook(content):
        return _table(_sheet_lines(open_book(content), sheet), header_row, ())
    text, notes = _text(content)
    return _table(_csv_lines(text), header_row, notes)


def _sheet_lines(sheets: Mapping[str, OpenSheet], name: str | None) -> list[list[Cell]]:
    if not sheets:
        raise UnusableFileError("The workbook has no sheets.")
    if name is not None and name not in sheets:
        raise UnusableFileError(f"The workbook has no sheet {shown(name)}. It has: {', '.join(sheets)}.")
    sheet = sheets[name] if name is not None else next(iter(sheets.values()))
    return [[sheet.cell(row, column) for column in range(1, sheet.width(row) + 1)] for row in range(1, len(sheet.rows) + 1)]


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    most = REGISTER_BOOK.file_bytes
    if len(content) > most:
        raise UnusableFileError(f"The file is larger than {most // 1024 // 1024} MB, far more than a register.")
    for encoding in (_WIDE.get(content[:2], "utf-8-sig"), "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NEVER_IN_TEXT & set(text):
            break
        notes = ("The file is not UTF-8; it was read as Windows text. Look at letters with accents.",) if encoding == "cp1252" else ()
        return text, notes
    raise UnusableFileError('The file is neither a workbook (.xlsx) nor text. Save it as one of these: "CSV UTF-8" or an Excel workbook.')


def _csv_lines(text: str) -> list[list[Cell]]:
    try:
        readings = {delimiter: list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) for delimiter in _DELIMITERS}
    except csv.Error as error:
        raise UnusableFileError(f"The file is not readable as CSV: {error}.") from error
    # The delimiter that makes the most of the first lines; commas where there is nothing to choose.
    lines = max(readings.values(), key=lambda found: sum(map(len, found[:5])))
    return [[Cell("", cell) for cell in line] for line in lines]


def _table(lines: list[list[Cell]], header_row: int, notes: tuple[str, ...]) -> ForeignSheet:
    header = tuple(" ".join(cell.shown.split()) for cell in lines[header_row - 1]) if len(lines) >= header_row else ()
    if not any(header):
        raise UnusableFileError(f"Row {header_row} names no columns. Say under header_row in the map which row does.")
    if len(lines) > REGISTER_BOOK.rows or max(map(len, lines)) > REGISTER_BOOK.columns:
        raise UnusableFileError(f"The table has more than {REGISTER_BOOK.rows:,} rows or {REGISTER_BOOK.columns} columns.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UnusableFileError(f"The column {', '.join(twice)} is there more than once: give each a name of its own.")
    rows = []
    for number, line in enumerate(lines[header_row:], start=header_row + 1):
        if any(not cell.is_empty and (cell.formula is not None or clean_text(cell.shown)) for cell in line):
            if any(not cell.is_empty for cell in line[len(header) :]):
                notes = (*notes, f"Row {number} has more cells than the header has columns; the rest was not read.")
            rows.append((number, {name: cell for name, cell in zip(header, line, strict=False) if name}))
    return ForeignSheet(tuple(name for name in header if name), tuple(rows), notes)
