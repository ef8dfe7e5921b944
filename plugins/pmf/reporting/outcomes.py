"""The annual report of outcome measures: how the area is changing, by direction of travel, without targets (HDC, Working Together)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pmf.page.document import Block, Cell, Column, Document, Section, Table, paragraph
from pmf.period import FinancialYear, Period
from pmf.register import Profile
from pmf.reporting.measure import Measure
from pmf.reporting.scorecardsummary import lists_table
from pmf.reporting.scorecardtable import figure_cells
from pmf.reporting.selection import Watched
from pmf.reporting.standing import change_cell
from pmf.reporting.wording import as_at_words, counted

TITLE = "Outcome measures"

_COLUMNS = (
    Column("Outcome measure", width=3.9),
    Column("Preferred direction", width=2.2),
    Column("Latest figure", is_number=True, width=1.8),
    Column("Figure before", is_number=True, width=1.8),
    Column("Change", width=2.2),
    Column("Figures year by year", width=4.9),
    Column("What is counted, and where the figures are from", width=8.7),
    Column("Comment", width=1.9),
)
_TRAVEL: tuple[tuple[str, str, str | None], ...] = (
    ("Improving", "moved in the preferred direction", "improved"),
    ("Deteriorating", "moved in the other direction", "declined"),
    ("No change", "the figure is as it was", "unchanged"),
    ("Cannot be told", "there is no figure to compare, or no preferred direction", None),
)
Years = Mapping[FinancialYear, Decimal]


@dataclass(frozen=True, kw_only=True)
class OutcomeSetting:
    """What the report needs besides its measures: ``years`` holds the figures of each KPI by year, those withheld left out."""

    profile: Profile
    period: Period
    as_at: datetime
    years: Mapping[str, Years]


def outcome_report(measures: Sequence[Measure], setting: OutcomeSetting) -> Document:
    """Build the report of a year's outcome measures: how many moved which way, then each with its figures."""
    profile, label = setting.profile, setting.period.label
    return Document(
        title=TITLE,
        organisation=profile.name,
        subtitle=label,
        header=(),
        sections=(
            Section("Direction of travel", tuple(_summary(measures, label))),
            Section("The measures", (_table(measures, setting),)),
        ),
        footer=f"{profile.name} – {TITLE}, {label}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def _summary(measures: Sequence[Measure], label: str) -> Iterable[Block]:
    yield paragraph(
        f"{counted(len(measures), 'outcome measure')} as known in {label}. They show how the area and its residents are doing, which the "
        "council and its partners influence and do not control. They are held against the direction the council would like, and have no "
        "targets."
    )
    lists = (Watched(heading, why, tuple(item for item in measures if item.change == change)) for heading, why, change in _TRAVEL)
    yield from lists_table(f"Direction of travel, {label}", (item for item in lists if item.measures))


def _table(measures: Sequence[Measure], setting: OutcomeSetting) -> Table:
    rows = tuple(_row(measure, setting.period, _years_of(measure, setting)) for measure in measures)
    return Table(f"Outcome measures, as known in {setting.period.label}", _COLUMNS, rows, is_wide=True)


def _years_of(measure: Measure, setting: OutcomeSetting) -> Years:
    """Give a measure's figures by year; none of one of which a public edition leaves figures out."""
    return {} if measure.confidential else setting.years.get(measure.ref, {})


def _row(measure: Measure, period: Period, years: Years) -> tuple[Cell, ...]:
    return (
        Cell(measure.title_with_unit),
        Cell(measure.direction),
        *figure_cells(measure, period),
        change_cell(measure),
        _years_cell(measure, years),
        Cell(measure.kpi.description, note=f"Source: {measure.kpi.benchmark_source}" if measure.kpi.benchmark_source else ""),
        Cell(measure.commentary),
    )


def _years_cell(measure: Measure, years: Years) -> Cell:
    """Draw the figures of all years up to the last as a line, and print them; "No figures" where there are none."""
    if not years:
        return Cell("No figures")
    first, last = (find(years, key=lambda year: year.start_year) for find in (min, max))
    span = [FinancialYear(start) for start in range(first.start_year, last.start_year + 1)]
    told = f"{counted(len(years), 'yearly figure')} from {first.label} to {last.label}."
    printed_years = "; ".join(f"{year.label} {measure.as_figure(years.get(year))}" for year in span)
    return Cell(told, points=tuple(float(years[year]) if year in years else None for year in span), note=printed_years)
