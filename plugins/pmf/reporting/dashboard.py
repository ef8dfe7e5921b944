"""The dashboard appendix of a committee paper: each indicator of the quarter beside the quarter before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmf.page.document import Block, Cell, Column, Heading, Note, Table, paragraph, strong, text
from pmf.period import Quarter
from pmf.reporting.measure import Measure
from pmf.reporting.wording import listed
from pmf.status import Status


def dashboard_blocks(measures: Sequence[Measure], quarter: Quarter) -> Iterable[Block]:
    """Print each measure with its table of the quarter beside the one before, what stands beside its figure, and its commentary."""
    for measure in measures:
        yield Heading(measure.name, level=2)
        if measure.kpi.description:
            yield paragraph(measure.kpi.description)
        yield Table(
            caption=measure.name,
            columns=(Column("Measure", width=1.6), Column(quarter.label, width=1.2), Column(quarter.previous.label, width=1.2)),
            rows=tuple(_rows(measure, quarter)),
        )
        if measure.rating["is_provisional"]:
            yield provisional_note(measure)
        if measure.withheld_because:
            yield Note("Under query", text(measure.withheld_because))
        if measure.waivers:
            yield Note("Printed under a waiver", text(measure.waived))
        yield paragraph(strong("Commentary: "), measure.commentary or "None supplied.")
        if measure.path_to_green:
            yield paragraph(strong("Path to Green: "), measure.path_to_green)


def _rows(measure: Measure, quarter: Quarter) -> Iterable[tuple[Cell, ...]]:
    # A figure not due in the quarter stands under its heading all the same, so it says which month it is of.
    is_older = bool(measure.months_used) and not measure.is_updated_in(quarter)
    of, of_before = (measure.last_updated, measure.previous_label) if is_older else ("", "")
    previous_status = measure.rating["previous_status"]
    previous = Status(previous_status) if previous_status else None
    yield Cell("Performance"), Cell(measure.current, note=of), Cell(measure.previous, note=of_before)
    yield Cell("Target"), Cell(measure.target), Cell(measure.previous_target)
    yield Cell("Status"), measure.status_cell(), Cell(previous.label if previous else "Not rated", status=previous)
    yield Cell("Direction for improvement"), Cell(measure.direction), Cell("")
    yield Cell("Change in performance"), measure.change_cell(), Cell("")
    yield Cell("Projected linear trend, next quarter"), Cell(measure.projection_text()), Cell("")
    if measure.kpi.has_national_definition:
        yield Cell("Statistical neighbours"), Cell("Not available in this edition"), Cell("")


def provisional_note(measure: Measure) -> Note:
    """Name the months a provisional figure rests on, and those it lacks."""
    used, missing = [month.label for month in measure.months_used], [month.label for month in measure.months_missing]
    return Note("Provisional", text(f"The figure rests on {listed(used)}. There is no figure for {listed(missing)}."))
