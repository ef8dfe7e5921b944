"""Reading a register's workbook: its sheets by name, their columns by the field names, wherever people have moved them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from pmf.registerbook.base import Base
from pmf.registerbook.cellvalue import UnusableValueError, cell_text
from pmf.registerbook.columns import TABLES, Column, Table
from pmf.registerbook.incoming import Incoming, IncomingRow, UnusableFileError
from pmf.registerbook.naming import folded
from pmf.registerbook.opening import OpenSheet
from pmf.registerbook.refusal import Refusal
from pmf.registerbook.tablesheet import FOR_READING
from pmf.registerbook.writer import BASE_SHEET

# Above the columns there may be so many rows of headings.
_HEADING_ROWS = 12


def is_register_book(sheets: Mapping[str, OpenSheet]) -> bool:
    """Tell whether a workbook has a sheet of ours, with the columns that tell its rows apart."""
    return any(_header(sheets[table.sheet], table) is not None for table in TABLES if table.sheet in sheets)


def read_book(sheets: Mapping[str, OpenSheet]) -> Incoming:
    """Read the rows of every table there is a sheet for.

    Raises:
        UnusableFileError: when no sheet is one of a register's.
    """
    if not is_register_book(sheets):
        raise UnusableFileError("The workbook has none of the sheets of a register. Export one with pmf register export, and edit that.")
    rows: dict[Table, tuple[IncomingRow, ...]] = {}
    wrong: list[Refusal] = []
    notes: list[str] = []
    for table in TABLES:
        if table.sheet not in sheets:
            notes.append(f"There is no sheet {table.sheet}: {table.file} stays as it is.")
            continue
        header = _header(sheets[table.sheet], table)
        if header is None:
            fields = " and ".join(table.key)
            message = f"no row names the columns {fields}: put back the small grey row with the field names"
            wrong.append(Refusal(sheet=table.sheet, row=0, field="", value="", message=message))
            continue
        columns = _columns(sheets[table.sheet], table, header, wrong, notes)
        rows[table] = tuple(_rows(sheets[table.sheet], table, header, columns))
    return Incoming(rows, is_whole=True, base=_base(sheets), refusals=tuple(wrong), notes=tuple(notes))


def _names(table: Table) -> dict[str, Column]:
    return {folded(name): column for column in table.columns for name in (column.heading, column.field)}


def _header(sheet: OpenSheet, table: Table) -> int | None:
    """Find the last row above the data that names the columns of the table's key. None: there is none."""
    names, found = _names(table), None
    for row in range(1, min(len(sheet.rows), _HEADING_ROWS) + 1):
        texts = (folded(sheet.cell(row, column).shown) for column in range(1, sheet.width(row) + 1))
        fields = {names[text].field for text in texts if text in names}
        if fields >= {field for field in table.key if table.by_field[field].is_needed}:
            found = row
    return found


def _columns(sheet: OpenSheet, table: Table, header: int, wrong: list[Refusal], notes: list[str]) -> dict[int, Column]:
    """Say which column of the sheet holds which field; what is no field is refused, what has no name is noted."""
    names = _names(table)
    columns: dict[int, Column] = {}
    for index in range(1, max(map(len, sheet.rows)) + 1):
        text = sheet.cell(header, index).shown
        column = names.get(folded(text))
        if column is not None and column in columns.values():
            message = "stands over two columns: keep one"
            wrong.append(Refusal(sheet=table.sheet, row=header, field=column.field, value=text, message=message))
        elif column is not None:
            columns[index] = column
        elif text and FOR_READING not in text:
            nearest = get_close_matches(folded(text), names, n=1)
            hint = f"the nearest is {names[nearest[0]].field}" if nearest else "clear its name to keep it for yourselves"
            wrong.append(Refusal(sheet=table.sheet, row=header, field="", value=text, message=f"is no field of the register; {hint}"))
        elif not text and any(not sheet.cell(row, index).is_empty for row in range(header + 1, len(sheet.rows) + 1)):
            notes.append(f"{table.sheet}: a column without a field name ({_letter(index)}) was not read.")
    missing = [column.field for column in table.columns if column not in columns.values()]
    if missing:
        notes.append(f"{table.sheet}: there is no column {', '.join(missing)}; what the files say there stays.")
    return columns


def _letter(index: int) -> str:
    return f"{_letter((index - 1) // 26) if index > 26 else ''}{chr(ord('A') + (index - 1) % 26)}"


def _rows(sheet: OpenSheet, table: Table, header: int, columns: Mapping[int, Column]) -> list[IncomingRow]:
    rows = []
    for number in range(header + 1, len(sheet.rows) + 1):
        texts: dict[str, str] = {}
        wrong: list[Refusal] = []
        for index, column in columns.items():
            cell = sheet.cell(number, index)
            try:
                texts[column.field] = cell_text(column, cell)
            except UnusableValueError as error:
                texts[column.field] = ""
                wrong.append(Refusal(sheet=table.sheet, row=number, field=column.field, value=cell.shown, message=str(error)))
        if wrong or any(texts.values()):
            rows.append(IncomingRow(number, texts, tuple(wrong)))
    return rows


def _base(sheets: Mapping[str, OpenSheet]) -> Base:
    sheet = sheets.get(BASE_SHEET)
    if sheet is None:
        return {}
    rows = ([sheet.cell(row, column).shown for column in (1, 2, 3)] for row in range(1, len(sheet.rows) + 1))
    return {(name, key): digest for name, key, digest in rows}
