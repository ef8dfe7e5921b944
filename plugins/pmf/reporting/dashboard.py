"""The dashboard appendix of a committee paper: each indicator of the quarter beside the quarter before and the year's end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pmf.page.document import Block, Cell, Column, Heading, Note, Table, paragraph, strong, text
from pmf.period import Quarter
from pmf.reporting.behaviour import assurance_cell, charts, reason, variation_cell
from pmf.reporting.comparison import comparison_rows
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import Measure
from pmf.reporting.outlook import (
    band_words,
    forecast,
    forecast_record,
    forecast_status_cell,
    projection_words,
    year_end_cell,
    year_end_reason,
    year_end_status_cell,
    year_target,
)
from pmf.reporting.standing import change_cell, last_year_cell, period_noun, previous_status_cell, status_cell
from pmf.reporting.wording import listed


def dashboard_blocks(measures: Sequence[Measure], quarter: Quarter) -> Iterable[Block]:
    """Print each measure with its figures, what is to be known of them, what stands beside its figure, and its commentary."""
    for measure in measures:
        yield Heading(measure.name, level=2)
        if measure.kpi.description:
            yield paragraph(measure.kpi.description)
        yield _figures(measure, quarter)
        yield _reading(measure)
        yield from charts([measure])
        if measure.rating["is_provisional"]:
            yield provisional_note(measure)
        if measure.withheld_because:
            yield Note("Under query", text(measure.withheld_because))
        if measure.waivers:
            yield Note("Printed under a waiver", text(measure.waived))
        yield paragraph(strong("Commentary: "), measure.commentary or "None supplied.")
        if measure.path_to_green:
            yield paragraph(strong("Path to Green: "), measure.path_to_green)


def _figures(measure: Measure, quarter: Quarter) -> Table:
    """Print figure, target and status of the quarter, of the one before, and of the year as it is expected to end."""
    year = quarter.financial_year.label
    columns = (
        Column("Measure"),
        Column(quarter.label, width=1.1),
        Column(quarter.previous.label, width=1.1),
        Column(f"{year}: service's forecast", width=1.3),
        Column(f"{year}: {FORECAST_MARK} forecast", width=1.6),
    )
    # A figure not due in the quarter stands under its heading all the same, so it says which month it is of.
    is_older = bool(measure.months_used) and not measure.is_updated_in(quarter)
    of, of_before = (measure.last_updated, measure.previous_label) if is_older else (measure.stretch, measure.stretch)
    unit = f" ({measure.unit_words})" if measure.unit_words else ""
    rows = (
        (
            Cell(f"Performance{unit}"),
            measure.cell(measure.current, note=of),
            measure.cell(measure.previous, note=of_before),
            measure.cell(forecast(measure)),
            replace(year_end_cell(measure), note=band_words(measure)),
        ),
        (
            Cell(f"Target{unit}"),
            measure.cell(measure.target),
            measure.cell(measure.previous_target),
            measure.cell(year_target(measure)),
            measure.cell(year_target(measure)),
        ),
        (
            Cell("Status"),
            status_cell(measure),
            previous_status_cell(measure),
            forecast_status_cell(measure),
            year_end_status_cell(measure),
        ),
    )
    return Table(f"Figures of indicator {measure.ref}", columns, rows, group=f"Figures of each indicator, {quarter.label}")


def _reading(measure: Measure) -> Table:
    """Print how the figures have moved, where they lead, how usual they are, and how others' compare."""
    record = ((Cell("The service's forecasts so far"), Cell(forecast_record(measure))),)
    rows = (
        (Cell("Direction for improvement"), Cell(measure.direction)),
        (Cell(f"Change in performance since {measure.previous_label}"), change_cell(measure)),
        (Cell("Same period last year"), last_year_cell(measure)),
        (Cell(f"Projected linear trend, next {period_noun(measure)}"), Cell(projection_words(measure))),
        (Cell(f"{FORECAST_MARK} forecast of the year"), Cell(year_end_reason(measure))),
        *(record if measure.rating["forecast_count"] else ()),
        (Cell("Variation"), replace(variation_cell(measure), note=reason(measure))),
        (Cell("Assurance"), assurance_cell(measure)),
        *comparison_rows(measure),
    )
    return Table(
        f"How to read the figures of indicator {measure.ref}",
        (Column("Measure", width=1.5), Column("What is known", width=2.9)),
        rows,
        group="How to read the figures of each indicator",
    )


def provisional_note(measure: Measure) -> Note:
    """Name the months a provisional figure rests on and those it lacks, or say that its source may still change it."""
    used, missing = [month.label for month in measure.months_used], [month.label for month in measure.months_missing]
    lacks = f"There is no figure for {listed(missing)}." if missing else "Its source may still change it."
    return Note("Provisional", text(f"The figure rests on {listed(used)}. {lacks}"))
