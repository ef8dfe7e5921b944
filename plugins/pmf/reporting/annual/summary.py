"""The first page of an annual report: how many stood where in each quarter and for the year, and what to look at first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pmf.page.document import Block, Cell, Column, Table
from pmf.reporting.annual.year import QUARTERS, AnnualSetting, YearMeasure
from pmf.reporting.figurecell import count_cell, share_cell
from pmf.reporting.measure import Measure
from pmf.reporting.numbering import Numbering
from pmf.reporting.selection import rated
from pmf.reporting.wording import counted
from pmf.status import STATUS_TABLE_ALWAYS, STATUS_TABLE_WHEN_ANY, Status

_LIST_COLUMNS = (Column("List", width=1.3), Column("KPIs", is_number=True, width=0.5), Column("Which", width=5.2))
_GOOD = (Status.GREEN, Status.BLUE)
_NOT_GOOD = (Status.RED, Status.AMBER)
_LISTS: tuple[tuple[str, Callable[[YearMeasure], bool]], ...] = (
    ("Red for the year", lambda item: item.year.status is Status.RED),
    ("Red in every quarter", lambda item: set(item.course) == {Status.RED}),
    ("Turned green", lambda item: item.course[0] in _NOT_GOOD and item.course[-1] in _GOOD),
    ("No longer green", lambda item: item.course[0] in _GOOD and item.course[-1] in _NOT_GOOD),
)


def summary_blocks(measures: Sequence[YearMeasure], setting: AnnualSetting) -> Iterator[Block]:
    """Say what the report is about, how its quarters and the year went, and what to look at first."""
    year, numbers = setting.year, Numbering(1)
    yield numbers.paragraph(
        f"This report gives {year.label}, from {year.first_day:%-d %B %Y} to {year.last_day:%-d %B %Y}, for the "
        f"{counted(len(measures), 'indicator')} that the Council's committees follow. How many stood at each status in each quarter, and "
        "by the figures of the whole year:"
    )
    yield _status_table(measures, setting)
    if lists := list(_lists(measures)):
        yield numbers.paragraph("What to look at first, by the year's own figure and by how colours went from quarter 1 to quarter 4:")
        yield Table(f"Lists of the year {year.label}", _LIST_COLUMNS, tuple(lists))


def _status_table(measures: Sequence[YearMeasure], setting: AnnualSetting) -> Table:
    """Count each status; those without a figure due in a quarter are counted too, so that every column adds up."""
    own, courses = [item.year for item in measures], [item.course for item in measures]
    rated_number = len(rated(own))
    seen = {measure.status for measure in own} | {status for course in courses for status in course}
    shown = [*STATUS_TABLE_ALWAYS, *(status for status in STATUS_TABLE_WHEN_ANY if status in seen)]
    rows = [
        (
            Cell(status.label, status=status),
            *_quarter_counts(courses, status),
            count_cell(number := sum(measure.status is status for measure in own)),
            share_cell(number, len(own)),
            share_cell(number, rated_number) if status.is_rated else Cell("-", mark="z"),
        )
        for status in shown
    ]
    if None in seen:
        nothing = Cell("-", mark="z")
        rows.append((Cell("No figure due"), *_quarter_counts(courses, None), nothing, nothing, nothing))
    quarters = (Column(f"Quarter {quarter.number}", is_number=True) for quarter in setting.quarters)
    shares = (Column("Percentage of KPIs", is_number=True, width=1.2), Column("Percentage of rated KPIs", is_number=True, width=1.3))
    caption = f"Status of the Council's {counted(len(own), 'indicator')}, of which {rated_number} rated, {setting.year.label}"
    return Table(caption, (Column("Status", width=1.4), *quarters, Column("Year", is_number=True, width=0.7), *shares), tuple(rows))


def _quarter_counts(courses: Sequence[tuple[Status | None, ...]], status: Status | None) -> Iterator[Cell]:
    return (count_cell(sum(course[place] is status for course in courses)) for place in range(QUARTERS))


def _lists(measures: Sequence[YearMeasure]) -> Iterator[tuple[Cell, ...]]:
    for heading, belongs in _LISTS:
        found = [item.year for item in measures if belongs(item)]
        if found:
            yield Cell(heading), count_cell(len(found)), Cell(named(found))


def named(measures: Iterable[Measure]) -> str:
    """Name measures in a line, each by number and title."""
    return "; ".join(f"{measure.ref} {measure.kpi.title}" for measure in measures)
