"""The first page of a scorecard or board report: how many KPIs stand where, what to look at, what to celebrate, and what is not there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain

from pmf.page.document import Block, Cell, Column, Heading, Table, bullets, paragraph
from pmf.register.assessment import Persistence
from pmf.reporting.dataquality import overall_words
from pmf.reporting.figurecell import FORECAST_MARK, count_cell
from pmf.reporting.measure import Measure
from pmf.reporting.selection import Watched, celebrated, waiver_lines, watched
from pmf.reporting.statustable import status_facts
from pmf.reporting.waiver import PrintedWaiver
from pmf.status import Status

_LIST_COLUMNS = (Column("List", width=3.3), Column("KPIs", is_number=True, width=0.35), Column("Which", width=6.0))
# A page has room for no more names; the tables behind it have all of them.
_MOST_NAMED = 5
_COLOURS = (Status.RED, Status.AMBER, Status.GREEN)
# What each row counts, and the column of the rating it counts by.
_EXPECTED = (
    ("As they stand now", "status"),
    ("As the services forecast the year", "forecast_status"),
    (f"By the {FORECAST_MARK} forecast of the year", "year_end_status"),
)


def summary_blocks(
    measures: Sequence[Measure], lead: str, label: str, *, rule: Persistence, waivers: Iterable[PrintedWaiver] = ()
) -> Iterator[Block]:
    """Print the summary of a period's measures, made to fit one page.

    ``lead`` says how many KPIs there are and introduces their statuses; ``rule`` is the council's for what is looked into, and
    ``waivers`` those in use that are about no KPI.
    """
    yield paragraph(lead)
    yield status_facts(measures)
    yield from lists_table(f"What to look at first, {label}", watched(measures, rule))
    yield from lists_table(f"Highlights to celebrate, {label}", celebrated(measures))
    yield expected_table(measures, f"How the year is expected to end, as seen in {label}")
    if words := overall_words(measures):
        yield paragraph(words)
    if waived := waiver_lines(measures, waivers):
        yield Heading("Printed under a waiver")
        yield bullets(*waived)


def lists_table(caption: str, lists: Iterable[Watched]) -> Iterator[Table]:
    """Print lists of KPIs, each with its count; nothing where there are none."""
    if rows := tuple(_list_rows(lists)):
        yield Table(caption, _LIST_COLUMNS, rows, is_wide=True)


def _list_rows(lists: Iterable[Watched]) -> Iterator[tuple[Cell, ...]]:
    """Name a KPI where it first stands or stands alone; else, and in a long list, call it by its number."""
    named: set[str] = set()
    for item in lists:
        is_long = len(item.measures) > _MOST_NAMED
        by_number = {measure.ref for measure in item.measures if is_long or (measure.ref in named and len(item.measures) > 1)}
        named |= {measure.ref for measure in item.measures} - by_number
        yield Cell(f"{item.heading}: {item.why}"), count_cell(len(item.measures)), Cell(called(item.measures, by_number))


def called(measures: Iterable[Measure], by_number: Container[str]) -> str:
    """Call KPIs by number and title, some by their number alone."""
    return "; ".join(measure.ref if measure.ref in by_number else f"{measure.ref} {measure.kpi.title}" for measure in measures)


def expected_table(measures: Sequence[Measure], caption: str) -> Table:
    """Count the colours now beside those the year is expected to end with, by each reckoning; what has no colour is counted apart."""
    found = [[measure.rating[column] for measure in measures] for _, column in _EXPECTED]
    shown = (*_COLOURS, *((Status.BLUE,) if Status.BLUE in chain.from_iterable(found) else ()))
    headings = (*(status.label for status in shown), "No colour")
    columns = (Column("Reckoning", width=3.0), *(Column(heading, is_number=True) for heading in headings))
    rows = tuple(
        (
            Cell(heading),
            *(count_cell(statuses.count(status)) for status in shown),
            count_cell(sum(status not in shown for status in statuses)),
        )
        for (heading, _), statuses in zip(_EXPECTED, found, strict=True)
    )
    return Table(caption, columns, rows, is_wide=True)
