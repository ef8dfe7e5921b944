"""The table of a balanced scorecard: 13 columns, a row for each KPI (CCC framework, Appendix C)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pmf.page.document import Cell, Column, Table
from pmf.period import Period
from pmf.reporting.dataquality import is_doubted, quality_words
from pmf.reporting.measure import Measure
from pmf.reporting.standing import change_cell, last_year_words, status_cell, status_remarks, trend_cell
from pmf.reporting.wording import sentence_case
from pmf.status import Status

# Centimetres of a landscape page: as wide as the longest word of each heading asks for, since a hyphen in it is read aloud as such.
COLUMNS = (
    Column("Perspective", width=1.77),
    Column("KPI", width=3.8),
    Column("Metric category", width=1.66),
    Column("Reporting frequency", width=1.54),
    Column("Last updated", width=1.57),
    Column("Target", is_number=True, width=1.54),
    Column("Direction for improvement", width=1.94),
    Column("Performance (current)", is_number=True, width=1.9),
    Column("Performance (previous)", is_number=True, width=1.9),
    Column("Change in performance", width=2.2),
    Column("RAG rating", width=1.8),
    Column("Trend analysis", width=1.8),
    Column("Commentary", width=4.3),
)


def scorecard_table(measures: Iterable[Measure], caption: str, period: Period) -> Table:
    """Print the 13 columns of several KPIs; the tables of one scorecard are one sheet of a spreadsheet."""
    rows = tuple(_row(measure, period) for measure in measures)
    return Table(caption, COLUMNS, rows, is_wide=True, group=f"KPIs of this scorecard, {period.label}", names=1)


def commentary_cell(measure: Measure) -> Cell:
    """Print the comment, and what is waived after it.

    A red without one says so rather than leave the cell empty (rulings 11), and an absence gives its reason; other silences may stay.
    """
    return Cell(measure.rating["comment"] or _silence(measure), note=measure.waived)


def figure_cells(measure: Measure, period: Period) -> tuple[Cell, Cell]:
    """Print the figure and the one before, each saying what stretch of time it is of where that is not the period alone, or before."""
    return measure.cell(measure.current, note=_of(measure, period)), measure.cell(measure.previous, note=_of_before(measure, period))


def _row(measure: Measure, period: Period) -> tuple[Cell, ...]:
    kpi = measure.kpi
    change, since = change_cell(measure), last_year_words(measure)
    remarks = (*status_remarks(measure), quality_words(measure) if is_doubted(measure) else "")
    return (
        Cell(sentence_case(kpi.perspective)),
        Cell(measure.title_with_unit),
        Cell(kpi.metric_category),
        Cell(kpi.frequency.value.capitalize()),
        Cell(measure.last_updated),
        measure.cell(measure.target),
        Cell(measure.direction),
        *figure_cells(measure, period),
        replace(change, note=". ".join(words for words in (change.note, since) if words)),
        replace(status_cell(measure), note=", ".join(remark for remark in remarks if remark)),
        trend_cell(measure),
        commentary_cell(measure),
    )


def _of(measure: Measure, period: Period) -> str:
    older = measure.last_updated if measure.months_used and not measure.is_updated_in(period) else ""
    return ", ".join(words for words in (measure.stretch, older) if words)


def _of_before(measure: Measure, period: Period) -> str:
    return measure.previous_label if measure.previous_label != period.previous.label else ""


def _silence(measure: Measure) -> str:
    if measure.status is Status.RED:
        return measure.explanation
    if measure.withheld_because:
        return measure.withheld_because
    return measure.rating["reason"] if not measure.status.is_rated and measure.rating["value"] is None else ""
