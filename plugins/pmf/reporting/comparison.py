"""Comparisons with others: in a sentence, with whose figures they are, of which period, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pmf.page.document import Cell, Column, Paragraph, Table, paragraph, strong
from pmf.reporting.measure import CONFIDENTIAL_MARK, Measure

_KINDS = {
    "neighbours": "Statistical neighbours",
    "neighbour": "A statistical neighbour",
    "regional": "Regional figure",
    "national": "National figure",
}
NONE_HELD = "No figures of others are held."


_COLUMNS = (
    Column("KPI", width=2.2),
    Column("Compared with", width=1.6),
    Column("How it compares", width=3.4),
    Column("Where their figures are from, and what they count", width=3.0),
)


def comparison_table(measures: Sequence[Measure], caption: str) -> Table | None:
    """Print every comparison of several measures. None: no figures of others are held for any of them."""
    rows = tuple(
        (Cell(measure.title_with_unit), Cell(_KINDS[row["kind"]], note=row["name"]), Cell(row["words"]), Cell(_provenance(row)))
        for measure in measures
        for row in measure.comparisons
        if measure.kpi.has_national_definition
    )
    return Table(caption, _COLUMNS, rows, is_wide=True) if rows else None


def comparison_paragraphs(measure: Measure) -> Iterator[Paragraph]:
    """Tell each comparison with whose figures they are and where from; where there is a national definition and none is held, say so.

    Without a national definition there is nothing: others do not count the same (CCC quarter 2 report, paragraph 2.4).
    """
    if measure.kpi.has_national_definition and not measure.comparisons:
        # A figure that is left out of a public edition could be told from its place among others'.
        yield paragraph(strong(f"{_KINDS['neighbours']}: "), CONFIDENTIAL_MARK if "comparisons" in measure.confidential else NONE_HELD)
    for row in measure.comparisons if measure.kpi.has_national_definition else ():
        yield paragraph(strong(f"{_KINDS[row['kind']]} ({row['name']}): "), f"{row['words']} {_provenance(row)}")


def _provenance(row: Mapping[str, Any]) -> str:
    """Say where the others' figures are from and what they count; of which period they are, the comparison itself says."""
    parts = (f"Source: {row['source']}", f"Counted: {row['definition']}" if row["definition"] else "")
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
