"""Opening a workbook that holds a register: looked over first, then read in a process with limits; and its cells."""

from __future__ import annotations

from dataclasses import dataclass

from pmf.form.cell import Cell
from pmf.form.grid import Content, Grid, read_grids
from pmf.form.model import Problem, Unreadable
from pmf.form.preflight import Limits, preflight
from pmf.form.scan import SheetFacts
from pmf.registerbook.incoming import UnusableFileError

_MEGABYTE = 1024 * 1024
# 500 KPIs with ten versions of every target and every text filled in take 4 MB; people's own registers may be larger.
REGISTER_BOOK = Limits(rows=20_000, columns=80, file_bytes=10 * _MEGABYTE, part_bytes=40 * _MEGABYTE, total_bytes=80 * _MEGABYTE)
_WAY_OUT = "Open it in a spreadsheet program, save it as an Excel workbook (.xlsx) without password or macros, and import that."


@dataclass(frozen=True)
class OpenSheet:
    """One sheet, cell by cell. Rows and columns are counted from 1; outside of what was read, cells are empty."""

    rows: list[list[Content]]
    facts: SheetFacts

    def cell(self, row: int, column: int) -> Cell:
        """Take a cell with what the reader does not tell about it."""
        contents = self.rows[row - 1]
        return Cell.at((row, column), "", contents[column - 1] if column <= len(contents) else "", self.facts)

    def width(self, row: int) -> int:
        """Count the cells of a row."""
        return len(self.rows[row - 1])


def open_book(content: bytes) -> dict[str, OpenSheet]:
    """Read every sheet of a workbook, by name.

    Raises:
        UnusableFileError: when it is no workbook, a hostile or broken one, or larger than a register.
    """
    check = preflight(content, REGISTER_BOOK)
    if isinstance(check, Unreadable):
        raise UnusableFileError(_words(check))
    grid: Grid | Unreadable = next(iter(read_grids([content])))
    if isinstance(grid, Unreadable):
        raise UnusableFileError(_words(grid))
    return {name: OpenSheet(rows, check.sheets[name]) for name, rows in grid.items() if name in check.sheets}


def _words(found: Unreadable) -> str:
    if found.problem is Problem.TOO_LARGE:
        most = REGISTER_BOOK.file_bytes // _MEGABYTE
        return f"The file is larger than {most} MB, far more than a register. Take out what is not part of it."
    return f"{found.message} {_WAY_OUT}"
