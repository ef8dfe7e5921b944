"""Everything known of a council's figures at one moment: what rating and reporting start from.

A withheld figure is not among the points, so nothing built on them can use it by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import Month, parse_month
from pmf.register import Kpi, Register
from pmf.series.aggregation import combine
from pmf.series.point import Point
from pmf.value import Absence

# Three years and the year in hand: what trends, projections and last year's comparison look back on.
_MONTHS_BACK = 48


@dataclass(frozen=True)
class Figures:
    """Monthly points by KPI (oldest first, combined corporate KPIs included) and why a figure is not there.

    ``rows`` holds the observation behind a collected KPI's month; ``absences`` the reason for a month without a point.
    """

    points: Mapping[str, tuple[Point, ...]]
    rows: Mapping[tuple[str, Month], Mapping[str, Any]]
    absences: Mapping[tuple[str, Month], Absence]

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
    observations = workspace.read(connection, "observations_as_known", first_period=first.key, last_period=last.key, as_at=as_at)
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
    return Figures(
        figures | _combined(workspace.register, figures, months),
        rows,
        absences | _combined_absences(workspace.register, absences, months),
    )


def _withheld(workspace: Workspace, connection: Connection, as_at: datetime) -> set[tuple[str, Month]]:
    return {
        (kpi_ref, parse_month(row["period"]))
        for row in workspace.read(connection, "withheld_by_month", as_at=as_at)
        for kpi_ref in json.loads(row["withheld_refs"])
    }


def _combined(register: Register, points: Mapping[str, tuple[Point, ...]], months: Sequence[Month]) -> dict[str, tuple[Point, ...]]:
    """Combine directorates month by month; a month one of them lacks has no combined figure."""
    known = {(kpi_ref, point.period): point for kpi_ref, series in points.items() for point in series}
    combined: dict[str, list[Point]] = {}
    for month in months:
        for kpi, parts in _combinations(register, month):
            present = {part: known[part, month] for part in parts if (part, month) in known}
            if present and len(present) == len(parts):
                whole = combine(present, aggregation=kpi.aggregation, multiplier=kpi.ratio_multiplier)
                point = Point(period=month, value=whole.value, numerator=whole.numerator, denominator=whole.denominator)
                combined.setdefault(kpi.kpi_ref, []).append(point)
    return {kpi_ref: tuple(series) for kpi_ref, series in combined.items()}


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
