"""The table of a source's file: which columns it has, and its rows, each cell with its place.

Whatever comes in, the outcome is a table or a refusal with the way out; a bad file neither crashes nor hangs nor is half read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pmf.form.cell import Cell, clean_text
from pmf.form.model import Problem, Unreadable
from pmf.form.preflight import Limits
from pmf.register.source import EndpointSource, Source, folded
from pmf.source.delimited import Line, read_lines
from pmf.source.jsonrecords import read_records
from pmf.source.refusal import UnusableError, wrong_kind
from pmf.source.sniff import Kind, sniff
from pmf.source.workbook import read_sheet

MOST_ROWS = 5000
# A form has at most 60 columns; the extract of a system may be wide, and has its title rows on top.
SOURCE_FILE = Limits(rows=MOST_ROWS + 100, columns=200)
_WORKBOOKS = (Kind.XLSX, Kind.XLS, Kind.ODS, Kind.XLSB)
_LISTED_AT_MOST = 300
_NAME_IT = "Give each column that holds anything a name of its own in the row of headings, and send the file again."


@dataclass(frozen=True)
class Row:
    """A row under the headings. ``number`` is its row, line or record; ``cells`` are those of declared columns, by folded name."""

    number: int
    cells: Mapping[str, Cell]

    def cell(self, column: str) -> Cell:
        """Take the cell of a column, whatever its capitals."""
        return self.cells[folded(column)]


@dataclass(frozen=True)
class Table:
    """A table that has every column its source declares. ``sheet`` is empty where there are no sheets."""

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def column_number(self, column: str) -> int:
        """Say which column from the left a name stands for, counted from 1."""
        return [folded(name) for name in self.columns].index(folded(column)) + 1


def read_table(content: bytes, source: Source) -> Table | Unreadable:
    """Read the table of a file as its source declares it; say why, and what to do, when it is not there."""
    try:
        if len(content) > SOURCE_FILE.file_bytes:
            raise UnusableError(Problem.TOO_LARGE, "The file is larger than 5 MB.", "Export only the month that is asked for.")
        return _read(content, source)
    except UnusableError as unusable:
        return unusable.unreadable


def _read(content: bytes, source: Source) -> Table:
    kind = sniff(content)
    if kind in _WORKBOOKS and (source.file or source.folder):
        return _from_workbook(content, kind, source)
    if kind is not Kind.TEXT:
        raise wrong_kind(kind if kind not in _WORKBOOKS else Kind.UNKNOWN)
    return _from_text(content, source) if source.endpoint is None else _from_json(content, source, source.endpoint)


def _from_workbook(content: bytes, kind: Kind, source: Source) -> Table:
    sheet = read_sheet(content, kind, name=source.sheet, limits=SOURCE_FILE)
    numbers = range(source.header_row, len(sheet.rows) + 1)
    header = _headings([cell.shown for cell in sheet.cells(source.header_row)] if numbers else [], source, place=f"row {source.header_row}")
    return _table(sheet.name, header, [(number, sheet.cells(number)) for number in numbers[1:]], source)


def _from_text(content: bytes, source: Source) -> Table:
    lines = read_lines(content, header_row=source.header_row, columns=source.column_names, most_rows=MOST_ROWS)
    header = _headings(_without_blank_end(lines[0][1]) if lines else [], source, place=f"line {source.header_row}")
    filled = [(number, _without_blank_end(texts)) for number, texts in lines[1:]]
    _check_lines(header, filled, source.header_row)
    rows = [
        (number, [Cell(f"line {number}, column {heading}", text) for heading, text in zip_longest(header, texts, fillvalue="")])
        for number, texts in filled
    ]
    return _table("", header, rows, source)


def _check_lines(header: Sequence[str], lines: Sequence[Line], header_row: int) -> None:
    """Refuse a text in which cells may have slipped under the wrong heading. In a workbook they cannot.

    Raises:
        UnusableError: naming the line or column.
    """
    if twice := [name for name, count in Counter(folded(name) for name in header if name).items() if count > 1]:
        raise UnusableError(Problem.NO_FORM, f"Line {header_row} of the file has more than one heading {_listed(twice)}.", _NAME_IT)
    for number, texts in lines:
        if len(texts) > len(header):
            message = f"Line {number} of the file has {len(texts)} cells, but there are only {len(header)} headings."
            raise UnusableError(Problem.DAMAGED, message, "Put texts and figures that hold the separator, like 1,234, in quotation marks.")
        if unnamed := [index for index, text in enumerate(texts, start=1) if text.strip() and not header[index - 1]]:
            message = f"Line {number} of the file has content in column {unnamed[0]}, which has no heading in line {header_row}."
            raise UnusableError(Problem.NO_FORM, message, _NAME_IT)


def _from_json(content: bytes, source: Source, endpoint: EndpointSource) -> Table:
    records = read_records(content, way=endpoint.records, most_records=MOST_ROWS)
    names = list(dict.fromkeys(name for record in records for name in record)) or source.column_names
    header = _headings(names, source, place="its records")
    rows = [
        (number, [Cell(f"record {number}, {name}", record.get(name, "")) for name in names]) for number, record in enumerate(records, 1)
    ]
    return _table("", header, rows, source)


def _without_blank_end(texts: Sequence[str]) -> list[str]:
    """Drop the empty cells that spreadsheets write after the last one in use."""
    filled = list(texts)
    while filled and not filled[-1].strip():
        filled.pop()
    return filled


def _headings(texts: Sequence[str], source: Source, *, place: str) -> list[str]:
    """Tidy the headings, and refuse a table without the declared columns, with two of one, or with more than a table has.

    Raises:
        UnusableError: naming the columns.
    """
    if len(texts) > SOURCE_FILE.columns:
        raise UnusableError(Problem.TOO_LARGE, f"The table has more than {SOURCE_FILE.columns} columns.", "Export fewer columns.")
    header = [" ".join(clean_text(text).split()) for text in texts]
    counts = Counter(folded(name) for name in header)
    if missing := [name for name in source.column_names if folded(name) not in counts]:
        found = _listed([name for name in header if name]) or "nothing"
        message = f"The table has no column {_listed(missing)}. The headings in {place} are: {found}."
        raise UnusableError(Problem.NO_FORM, message, "Send the file with these columns, or correct their names in sources.yaml.")
    if twice := [name for name in source.column_names if counts[folded(name)] > 1]:
        message = f"The table has more than one column {_listed(twice)} in {place}."
        raise UnusableError(Problem.NO_FORM, message, _NAME_IT)
    return header


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return listed if len(listed) <= _LISTED_AT_MOST else f"{listed[:_LISTED_AT_MOST]}..."


def _table(sheet: str, header: Sequence[str], rows: Sequence[tuple[int, list[Cell]]], source: Source) -> Table:
    """Put the cells of the declared columns under their headings; rows that say nothing in any of them are left out."""
    places = {name: index for index, name in enumerate(folded(name) for name in header)}
    declared = {name: places[name] for name in map(folded, source.column_names)}
    named = [Row(number, {name: cells[index] for name, index in declared.items()}) for number, cells in rows]
    return Table(
        sheet, tuple(header), tuple(row for row in named if any(cell.shown or cell.formula is not None for cell in row.cells.values()))
    )
