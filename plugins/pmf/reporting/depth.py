"""Depth: what stands behind a colour - where the year is heading, how the process behaves, how good the data are, how others do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pmf.page.document import Block, Cell, Column, Section, Table, paragraph
from pmf.reporting.behaviour import assurance_cell, reason, small_charts, variation_cell
from pmf.reporting.comparison import comparison_table
from pmf.reporting.dataquality import quality_cell
from pmf.reporting.figurecell import FORECAST_MARK, count_cell
from pmf.reporting.measure import Measure
from pmf.reporting.outlook import (
    band_words,
    forecast,
    forecast_record,
    forecast_status_cell,
    year_end_refusal,
    year_end_status_cell,
    year_end_words,
    year_target,
)
from pmf.reporting.scorecardsummary import called
from pmf.reporting.standing import status_cell
from pmf.reporting.wording import agree, counted, listed, sentence_case

_COLUMNS = (
    Column("KPI", width=5.55),
    Column("Status now", width=1.9),
    Column("Data quality", is_number=True, width=1.5),
    Column("Target for the year", is_number=True, width=1.9),
    Column("Service's forecast", is_number=True, width=1.9),
    Column("Status by the service's forecast", width=1.95),
    Column(f"{FORECAST_MARK} forecast", width=3.7),
    Column(f"Status by the {FORECAST_MARK} forecast", width=1.95),
    Column("Variation", width=3.45),
    Column("Assurance", width=3.9),
)
# Left out until a year has ended that somebody had forecast.
_RECORD = Column("How the service's forecasts turned out", width=3.4)


def depth_sections(measures: Sequence[Measure], *, label: str, year: str) -> Iterable[Section]:
    """Print what stands behind the colours of a period: a table of all measures, their charts, and how others do."""
    if not measures:
        return
    yield Section("Where the year is heading, and how far the figures can be relied on", tuple(_outlook_blocks(measures, label, year)))
    yield Section("How each process behaves", tuple(_chart_blocks(measures, label)))
    if others := list(_comparison_blocks(measures, label)):
        yield Section("How others do", tuple(others))


def _outlook_blocks(measures: Sequence[Measure], label: str, year: str) -> Iterable[Block]:
    yield _table(measures, f"Forecasts of {year}, variation, assurance and data quality, as known for {label}")
    without = [measure for measure in measures if measure.rating["year_end"] is None]
    forecasts = f"{FORECAST_MARK} forecast"
    yield from _reason_table(without, year_end_refusal, f"KPIs without a {forecasts}, {label}", f"Why no {forecasts} is shown")


def _table(measures: Sequence[Measure], caption: str) -> Table:
    has_record = any(measure.rating["forecast_count"] for measure in measures)
    rows = tuple((*_row(measure), *((Cell(forecast_record(measure)),) if has_record else ())) for measure in measures)
    return Table(caption, (*_COLUMNS, _RECORD) if has_record else _COLUMNS, rows, is_wide=True)


def _row(measure: Measure) -> tuple[Cell, ...]:
    return (
        Cell(measure.title_with_unit),
        status_cell(measure),
        quality_cell(measure),
        measure.cell(year_target(measure)),
        measure.cell(forecast(measure)),
        forecast_status_cell(measure),
        measure.cell(year_end_words(measure), note=band_words(measure)),
        year_end_status_cell(measure),
        variation_cell(measure),
        assurance_cell(measure),
    )


def _chart_blocks(measures: Sequence[Measure], label: str) -> Iterable[Block]:
    if drawn := small_charts(measures):
        yield paragraph(
            f"{counted(len(drawn), 'KPI')} {agree(len(drawn), 'has', 'have')} a chart. Solid line: mean; dashed: process limits, between "
            "which figures are the usual ups and downs; long and short dashes: target. Filled square: unusual, for the better; "
            "filled diamond: unusual, for the worse; open circle: unusual."
        )
        yield from drawn
    without = [measure for measure in measures if measure.chart is None]
    yield from _reason_table(without, reason, f"KPIs without a chart, {label}", "Why no chart is drawn")


def _reason_table(measures: Iterable[Measure], why: Callable[[Measure], str], caption: str, heading: str) -> Iterator[Table]:
    """Count and name measures that lack something by the reason for it; nothing where none does."""
    by_reason: dict[str, list[Measure]] = {}
    for measure in measures:
        by_reason.setdefault(sentence_case(why(measure)), []).append(measure)
    if by_reason:
        columns = (Column(heading, width=4.0), Column("KPIs", is_number=True, width=0.5), Column("Which", width=5.5))
        rows = tuple((Cell(words), count_cell(len(own)), Cell(_by_number(own))) for words, own in by_reason.items())
        yield Table(caption, columns, rows, is_wide=True)


def _by_number(measures: Sequence[Measure]) -> str:
    return called(measures, {measure.ref for measure in measures if len(measures) > 1})


def _comparison_blocks(measures: Sequence[Measure], label: str) -> Iterable[Block]:
    if compared := comparison_table(measures, f"Comparisons with others, as known for {label}"):
        yield compared
    held = [measure for measure in measures if measure.kpi.has_national_definition and "comparisons" not in measure.confidential]
    alone = [measure for measure in held if not measure.comparisons]
    if alone:
        yield paragraph(
            f"{counted(len(alone), 'KPI')} {agree(len(alone), 'has', 'have')} a national definition, but no figures of others are held: "
            f"{listed([measure.ref for measure in alone])}."
        )
