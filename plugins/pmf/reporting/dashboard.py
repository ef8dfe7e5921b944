"""The dashboard appendix of a committee paper: a card for each indicator (CCC quarter 2 report 2024/25, paragraph 2.4).

A card holds what that paragraph lists and where the year is expected to end, and a chart where one calls for a look. Every
card has the same columns, so that all of them are one table of a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pmf.page.document import Block, Cell, Column, Heading, Note, Table, paragraph, strong, text
from pmf.period import Quarter
from pmf.reporting.behaviour import charts
from pmf.reporting.comparison import comparison_paragraphs
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import Measure
from pmf.reporting.outlook import BAND, band_words, forecast, forecast_status_cell, year_end_status_cell, year_end_words, year_target
from pmf.reporting.standing import change_cell, period_noun, previous_status_cell, status_cell
from pmf.reporting.wording import listed, sentence_case

_COLUMNS = (
    Column("Period", width=2.75),
    Column("Performance", width=1.55),
    Column("Target", width=1.25),
    Column("Status", width=1.6),
    Column(f"Change, or {BAND}", width=2.4),
)
_NOTHING = Cell("-", mark="z")


def dashboard_blocks(measures: Sequence[Measure], quarter: Quarter, *, told_in: Mapping[str, str]) -> Iterable[Block]:
    """Print each measure's card: what it is, its figures, what is to be known of them, others' figures, and its commentary.

    ``told_in`` names the paragraph that holds the commentary of a measure already, by its number.
    """
    for measure in measures:
        yield Heading(measure.name, level=2)
        if measure.kpi.description:
            yield paragraph(measure.kpi.description)
        yield _figures(measure, quarter)
        yield from charts([measure])
        if measure.rating["is_provisional"]:
            yield provisional_note(measure)
        if measure.withheld_because:
            yield Note("Under query", text(measure.withheld_because))
        if measure.waivers:
            yield Note("Printed under a waiver", text(measure.waived))
        yield from comparison_paragraphs(measure)
        yield from _commentary(measure, told_in.get(measure.ref, ""))


def _figures(measure: Measure, quarter: Quarter) -> Table:
    """Print figure, target and status of now, of before and of the year's end, and whether the figure has become better."""
    year = quarter.financial_year.label
    # A figure not due in the quarter stands under its name all the same, so it says which month it is of.
    is_older = bool(measure.months_used) and not measure.is_updated_in(quarter)
    of, of_before = (measure.last_updated, measure.previous_label) if is_older else ("", "")
    rows = (
        (
            Cell(sentence_case(quarter.label)),
            _figure(measure, measure.current, note=of),
            _figure(measure, measure.target),
            status_cell(measure),
            change_cell(measure),
        ),
        (
            Cell(sentence_case(quarter.previous.label)),
            _figure(measure, measure.previous, note=of_before),
            _figure(measure, measure.previous_target),
            previous_status_cell(measure),
            _NOTHING,
        ),
        (Cell(f"Next {period_noun(measure)}, linear trend"), _projection(measure), _NOTHING, _NOTHING, _NOTHING),
        (
            Cell(f"{year}, service's forecast"),
            _figure(measure, forecast(measure)),
            _figure(measure, year_target(measure)),
            forecast_status_cell(measure),
            _NOTHING,
        ),
        (
            Cell(f"{year}, {FORECAST_MARK} forecast"),
            _figure(measure, year_end_words(measure)),
            _figure(measure, year_target(measure)),
            year_end_status_cell(measure),
            Cell(band_words(measure).removeprefix(f"{BAND}: ")) if band_words(measure) else _NOTHING,
        ),
    )
    stretch = f", {measure.stretch}" if measure.stretch else ""
    caption = f"Figures of indicator {measure.ref}{stretch}: {measure.direction[:1].lower()}{measure.direction[1:]}"
    return Table(caption, _COLUMNS, rows, group=f"Figures of each indicator, {quarter.label}")


def _figure(measure: Measure, words: str, *, note: str = "") -> Cell:
    return measure.cell(measure.in_unit(words), note=note)


def _projection(measure: Measure) -> Cell:
    if measure.rating["projection"] is None and "projection" not in measure.confidential:
        return Cell("Too few figures")
    return _figure(measure, measure.figure("projection"))


def _commentary(measure: Measure, paragraph_number: str) -> Iterator[Block]:
    """Print the commentary in its two parts; what stands in full in a paragraph is not printed twice."""
    if paragraph_number:
        yield paragraph(strong("Commentary: "), f"See paragraph {paragraph_number}.")
        return
    yield paragraph(strong("Commentary: "), measure.commentary or "None supplied.")
    if measure.path_to_green:
        yield paragraph(strong("Path to Green: "), measure.path_to_green)


def provisional_note(measure: Measure) -> Note:
    """Name the months a provisional figure rests on and those it lacks, or say that its source may still change it."""
    used, missing = [month.label for month in measure.months_used], [month.label for month in measure.months_missing]
    lacks = f"There is no figure for {listed(missing)}." if missing else "Its source may still change it."
    return Note("Provisional", text(f"The figure rests on {listed(used)}. {lacks}"))
