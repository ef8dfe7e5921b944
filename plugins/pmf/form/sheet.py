"""A sheet of a returned form as it came back: its header, its rows with their marks, its cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pmf.form.cell import Cell, clean_text
from pmf.form.column import FieldName, SheetLayout
from pmf.form.grid import Content
from pmf.form.scan import SheetFacts


@dataclass(frozen=True)
class Sheet:
    """Cells as read, with what the reader does not tell about them. Rows are counted from 1."""

    layout: SheetLayout
    rows: list[list[Content]]
    facts: SheetFacts

    @cached_property
    def header_row(self) -> int | None:
        """The row that has every heading in its own column. None: columns were added, deleted, moved or renamed."""
        headings = [column.heading for column in self.layout.columns]
        for number, contents in enumerate(self.rows, start=1):
            if [clean_text(str(content)) for content in contents[: len(headings)]] == headings:
                return number
        return None

    @property
    def row_numbers(self) -> range:
        """Every row of the sheet."""
        return range(1, len(self.rows) + 1)

    def is_below_header(self, row: int) -> bool:
        """Tell whether a row stands where the form has its KPIs, actions or questions."""
        return self.header_row is not None and row > self.header_row

    def cell(self, row: int, name: FieldName) -> Cell:
        """Take the cell of a field; outside of what was read, cells are empty."""
        column = self.layout.by_field[name]
        contents = self.rows[row - 1]
        address, content = f"{column.column}{row}", contents[column.index] if column.index < len(contents) else ""
        return Cell.at((row, column.number), address, content, self.facts)

    def mark(self, row: int) -> str:
        """Read a row's mark; a mark that is a formula is none."""
        cell = self.cell(row, FieldName.ROW_ID)
        return cell.shown if cell.formula is None else ""

    def shown_ref(self, row: int) -> str:
        """Read the KPI, action or question that a row shows."""
        return self.cell(row, self.layout.ref_field).shown

    def is_filled(self, row: int) -> bool:
        """Tell whether a row has a mark or anything where figures and texts are filled in."""
        names = (FieldName.ROW_ID, *(column.field for column in self.layout.inputs))
        return any(not self.cell(row, name).is_empty for name in names)
