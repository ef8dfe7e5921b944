"""The table of an annual report: every indicator's year beside the year before, and how its colour moved from quarter to quarter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmf.page.document import Block, Cell, Column, Heading, Table
from pmf.reporting.annual.year import AnnualSetting, QuarterFigure, YearMeasure
from pmf.reporting.standing import change_cell, status_cell

_COLUMNS = (
    Column("KPI", width=2.7),
    Column("Year's figure", is_number=True, width=1.0),
    Column("Year's target", is_number=True, width=1.0),
    Column("Status", width=1.1),
    Column("Year before", is_number=True, width=1.0),
    Column("Change in performance", width=1.3),
)


def year_blocks(measures: Sequence[YearMeasure], setting: AnnualSetting) -> Iterator[Block]:
    """Print each indicator by the ambition (or priority) it serves first; those that name none come last."""
    profile, label = setting.profile, setting.year.label
    term, known = profile.ambition_term, {item.id for item in profile.ambitions}
    parts = [(item.id, f"{term} {item.id}: {item.text}", f"{term} {item.id}") for item in profile.ambitions]
    columns = (*_COLUMNS, *(Column(f"Quarter {quarter.number}", width=0.95) for quarter in setting.quarters))
    for ambition_id, heading, name in [*parts, ("", f"No {term.lower()} named", f"no {term.lower()}")]:
        own = [item for item in measures if _served(item, known) == ambition_id]
        if own:
            yield Heading(heading)
            rows = tuple(_row(item) for item in own)
            yield Table(f"Indicators of {name}, {label}", columns, rows, is_wide=True, group=f"The year's figures, {label}")


def _served(item: YearMeasure, known: set[str]) -> str:
    """Name the ambition an indicator serves first; empty: none that is known."""
    return next((ambition_id for ambition_id in item.year.kpi.ambition_ids[:1] if ambition_id in known), "")


def _row(item: YearMeasure) -> tuple[Cell, ...]:
    measure = item.year
    return (
        Cell(measure.title_with_unit),
        measure.cell(measure.current, note=measure.stretch),
        measure.cell(measure.target),
        status_cell(measure),
        measure.cell(measure.previous),
        change_cell(measure),
        *(_quarter_cell(quarter) for quarter in item.quarters),
    )


def _quarter_cell(quarter: QuarterFigure | None) -> Cell:
    """Print the status a quarter has now, and its figure below."""
    if quarter is None:
        return Cell("Not rated")
    if not quarter.is_due:
        return Cell("Not due")
    measure = quarter.latest
    return Cell(measure.status.label, status=measure.status, note="" if measure.rating["value"] is None else measure.current)
