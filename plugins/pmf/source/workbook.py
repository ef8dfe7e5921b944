"""The cells of a workbook that is no form of ours: looked over first where that is possible, opened in the child process always.

Only .xlsx and .ods can be looked over. Of an .xls or .xlsb nothing tells a formula from its last result, an error from an
empty cell, or 95.5% from 0.955: their figures are taken as the file stores them, and validation knows the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from pmf.form.cell import Cell
from pmf.form.grid import Content, read_grids
from pmf.form.model import Problem, Unreadable
from pmf.form.preflight import Limits, preflight
from pmf.form.scan import SheetFacts
from pmf.source.opendocument import scan_opendocument
from pmf.source.refusal import UnusableError, as_source
from pmf.source.sniff import Kind

_NO_FACTS = SheetFacts({}, {}, frozenset(), frozenset())


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its cells from A1 on, with what the reader does not tell about them."""

    name: str
    rows: list[list[Content]]
    facts: SheetFacts

    def cells(self, row: int) -> list[Cell]:
        """Take the cells of a row, counted from 1."""
        return [
            Cell.at((row, column), xl_rowcol_to_cell(row - 1, column - 1), content, self.facts)
            for column, content in enumerate(self.rows[row - 1], start=1)
        ]


def read_sheet(content: bytes, kind: Kind, *, name: str | None, limits: Limits) -> Sheet:
    """Read one worksheet; ``name`` None is the first.

    Raises:
        UnusableError: when the workbook is damaged, hostile or too large, or has no such sheet.
    """
    facts = _facts(content, kind, limits)
    grid = next(read_grids([content]))
    if isinstance(grid, Unreadable):
        raise as_source(grid)
    wanted = next(iter(grid), None) if name is None else name
    if wanted is None or wanted not in grid:
        there = ", ".join(f'"{sheet}"' for sheet in grid) or "none"
        raise UnusableError(Problem.NO_FORM, f'The workbook has no worksheet "{name or ""}"; its worksheets are: {there}.')
    rows = grid[wanted]
    if len(rows) > limits.rows:
        raise UnusableError(Problem.TOO_LARGE, f'The sheet "{wanted}" has more than {limits.rows} rows.')
    if facts is None:
        return Sheet(wanted, rows, _NO_FACTS)
    if wanted not in facts:
        raise UnusableError(Problem.DAMAGED, "The file is damaged: its list of sheets does not match its content.")
    return Sheet(wanted, rows, facts[wanted])


def _facts(content: bytes, kind: Kind, limits: Limits) -> Mapping[str, SheetFacts] | None:
    """Look the workbook over, where it can be (None: it cannot)."""
    if kind is Kind.ODS:
        return scan_opendocument(content, limits)
    if kind is not Kind.XLSX:
        return None
    check = preflight(content, limits)
    if isinstance(check, Unreadable):
        raise as_source(check)
    return check.sheets
