"""Everything known of a council's figures at one moment: what rating and reporting start from.

A withheld figure is not among the points, so nothing built on them can use it by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import FinancialYear, Month, parse_month
from pmf.register import Kpi, Register
from pmf.register.kpi import Frequency
from pmf.series.aggregation import combine
from pmf.series.point import Point
from pmf.value import Absence

# Three years and the year in hand: what trends, projections and last year's comparison look back on.
_MONTHS_BACK = 48
# Of yearly figures four are no history: a line or a forecast needs six, a trend eight.
_EARLIER_YEARS = 8


@dataclass(frozen=True)
class Figures:
    """Monthly points by KPI (oldest first, combined corporate KPIs included) and why a figure is not there.

    ``rows`` holds the observation behind a collected KPI's month; ``absences`` the reason for a month without a point;
    ``lacking`` the directorates' KPIs that a corporate KPI's month without a point would need.
    """

    points: Mapping[str, tuple[Point, ...]]
    rows: Mapping[tuple[str, Month], Mapping[str, Any]]
    absences: Mapping[tuple[str, Month], Absence]
    lacking: Mapping[tuple[str, Month], tuple[str, ...]] = field(default_factory=dict)

    def absence(self, kpi_ref: str, months: Sequence[Month]) -> Absence:
        """Say why a KPI has no figure for months: the gravest reason of them."""
        reasons = {self.absences.get((kpi_ref, month), Absence.NO_RETURN) for month in months}
        return next(reason for reason in (Absence.UNDER_QUERY, Absence.NIL_RETURN, Absence.NO_RETURN) if reason in reasons)


def earlier_figures(workspace: Workspace, connection: Connection, month: Month, *, as_at: datetime) -> list[dict[str, Any]]:
    """Load the observations of the three years before a month that count, oldest first by KPI, the withheld ones left out.

    What a new figure is compared with must itself have stood: a slip of last month must not make this month look wrong.
    """
    withheld = _withheld(workspace, connection, as_at)
    rows = workspace.read(
        connection, "observations_as_known", first_period=month.plus(-36).key, last_period=month.previous.key, as_at=as_at
    )
    return [row for row in rows if (row["kpi_ref"], parse_month(row["period"])) not in withheld]


def load_figures(workspace: Workspace, connection: Connection, last: Month, *, as_at: datetime) -> Figures:
    """Load the figures up to a month as known at ``as_at``, leaving out what validation withheld."""
    first = last.plus(-_MONTHS_BACK)
    recent = workspace.read(connection, "observations_as_known", first_period=first.key, last_period=last.key, as_at=as_at)
    observations = [*_earlier_yearly(workspace, connection, first, as_at=as_at), *recent]
    withheld = _withheld(workspace, connection, as_at)
    points: dict[str, list[Point]] = {}
    rows: dict[tuple[str, Month], Mapping[str, Any]] = {}
    absences = dict.fromkeys(sorted(withheld), Absence.UNDER_QUERY)
    for row in observations:
        place = (row["kpi_ref"], parse_month(row["period"]))
        rows[place] = row
        if place in withheld:
            continue
        if row["value"] is None:
            # What was taken back awaits another figure; nobody has said that there is none.
            absences[place] = Absence.NO_RETURN if row["absence"] == "withdrawn" else Absence.NIL_RETURN
            continue
        point = Point(period=place[1], value=row["value"], numerator=row["numerator"], denominator=row["denominator"])
        points.setdefault(place[0], []).append(point)
    figures = {kpi_ref: tuple(series) for kpi_ref, series in points.items()}
    months = tuple(first.up_to(last))
    combined, lacking = _combined(workspace.register, figures, months)
    return Figures(figures | combined, rows, absences | _combined_absences(workspace.register, absences, months), lacking)


def _earlier_yearly(workspace: Workspace, connection: Connection, before: Month, *, as_at: datetime) -> list[dict[str, Any]]:
    """Load the yearly figures from before a month, oldest first; of all others the months since then are enough."""
    refs = {kpi.kpi_ref for kpi in workspace.register.kpi_versions if kpi.frequency is Frequency.ANNUAL}
    rows: list[dict[str, Any]] = []
    for back in range(_EARLIER_YEARS if refs else 0, 0, -1):
        march = FinancialYear(before.financial_year.start_year - back).months[-1]
        found = workspace.read(connection, "observations_as_known", first_period=march.key, last_period=march.key, as_at=as_at)
        rows += [row for row in found if row["kpi_ref"] in refs]
    return rows


def _withheld(workspace: Workspace, connection: Connection, as_at: datetime) -> set[tuple[str, Month]]:
    return {
        (kpi_ref, parse_month(row["period"]))
        for row in workspace.read(connection, "withheld_by_month", as_at=as_at)
        for kpi_ref in json.loads(row["withheld_refs"])
    }


def _combined(
    register: Register, points: Mapping[str, tuple[Point, ...]], months: Sequence[Month]
) -> tuple[dict[str, tuple[Point, ...]], dict[tuple[str, Month], tuple[str, ...]]]:
    """Combine directorates month by month; a month one of them lacks has no combined figure, but the names of those that lack it."""
    known = {(kpi_ref, point.period): point for kpi_ref, series in points.items() for point in series}
    combined: dict[str, list[Point]] = {}
    lacking: dict[tuple[str, Month], tuple[str, ...]] = {}
    for month in months:
        for kpi, parts in _combinations(register, month):
            given = {part: known.get((part, month), Point(period=month, value=None)) for part in parts}
            whole = combine(given, aggregation=kpi.aggregation, multiplier=kpi.ratio_multiplier)
            if whole.is_incomplete:
                lacking[kpi.kpi_ref, month] = whole.parts_missing
            else:
                point = Point(period=month, value=whole.value, numerator=whole.numerator, denominator=whole.denominator)
                combined.setdefault(kpi.kpi_ref, []).append(point)
    return {kpi_ref: tuple(series) for kpi_ref, series in combined.items()}, lacking


def _combined_absences(
    register: Register, absences: Mapping[tuple[str, Month], Absence], months: Sequence[Month]
) -> dict[tuple[str, Month], Absence]:
    """Give a corporate KPI its gravest directorate's reason: one figure under query puts the whole under query."""
    found: dict[tuple[str, Month], Absence] = {}
    for month in months:
        for kpi, parts in _combinations(register, month):
            reasons = {absences[part, month] for part in parts if (part, month) in absences}
            if reasons:
                found[kpi.kpi_ref, month] = Absence.UNDER_QUERY if Absence.UNDER_QUERY in reasons else Absence.NIL_RETURN
    return found


def _combinations(register: Register, month: Month) -> Iterator[tuple[Kpi, tuple[str, ...]]]:
    """Give each KPI that is worked out, as it stands in a month, with the directorates' KPIs that make it up in that month."""
    in_force = register.kpis(month)
    parts: dict[str, list[str]] = {}
    for kpi in in_force:
        if kpi.part_of:
            parts.setdefault(kpi.part_of, []).append(kpi.kpi_ref)
    for kpi in in_force:
        if kpi.kpi_ref in parts:
            yield kpi, tuple(sorted(parts[kpi.kpi_ref]))
