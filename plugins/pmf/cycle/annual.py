"""The annual report of a council as a document: the year's ratings beside those of its quarters, as known now and as told at first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.documents import PAPER_FORMATS, Edition
from pmf.cycle.measures import fills_of
from pmf.cycle.movements import movement_groups
from pmf.cycle.workspace import Workspace
from pmf.period import FinancialYear, Quarter, parse_month
from pmf.rating.policy import Policy
from pmf.register import Kpi
from pmf.register.changes import adopted_changes
from pmf.reporting.annual.report import annual_report
from pmf.reporting.annual.year import AnnualSetting, QuarterFigure, YearMeasure
from pmf.reporting.disclosure.redaction import EVERY_PART, redacted
from pmf.reporting.measure import Measure
from pmf.reporting.waiver import PrintedWaiver
from pmf.warehouse.engine import reading

ANNUAL_REPORT = "annual-report"
_Row = Mapping[str, Any]
# Whoever may not see a KPI's history may not see its forecasts either, which are made from it.
_HISTORY = frozenset({"history"})


class QuartersNotRatedError(Exception):
    """A year is to be reported of whose quarters none was rated; the message says what to do."""


def annual_edition(
    workspace: Workspace,
    year: FinancialYear,
    measures: Sequence[Measure],
    *,
    policy: Policy,
    waivers: tuple[PrintedWaiver, ...],
    as_at: datetime,
) -> Edition:
    """Build the report of a year from its measures.

    Raises:
        QuartersNotRatedError: when no quarter of the year was rated by then.
    """
    quarters = tuple(dict.fromkeys(month.quarter for month in year.months))
    with reading(workspace.engine) as connection:
        by_quarter = [_quarter_figures(workspace, connection, quarter, as_at=as_at) for quarter in quarters]
        events = workspace.read(connection, "change_events_at", as_at=as_at)
    if not any(by_quarter):
        raise QuartersNotRatedError(f"no quarter of {year.label} has been rated: run `pmf year {year.key}`, which rates them first")
    refs = {measure.ref for measure in measures}
    changes = (change for quarter in quarters for change in adopted_changes(workspace.register, events, quarter))
    setting = AnnualSetting(
        profile=workspace.profile,
        year=year,
        as_at=as_at,
        policy_title=policy.title,
        criteria=policy.criteria,
        fills=fills_of(policy),
        movements=movement_groups(measures, year),
        changes=tuple(dict.fromkeys(change for change in changes if change.kpi_ref in refs)),
        waivers=waivers,
    )
    measured = [YearMeasure(measure, tuple(_told(measure, figures.get(measure.ref)) for figures in by_quarter)) for measure in measures]
    return Edition(ANNUAL_REPORT, annual_report(measured, setting), PAPER_FORMATS)


def _quarter_figures(workspace: Workspace, connection: Connection, quarter: Quarter, *, as_at: datetime) -> dict[str, QuarterFigure]:
    """Load a quarter's figures by KPI, each as known now and as told at first, with the reasons for what was stated anew between."""
    about = {"period": quarter.key, "policy_id": workspace.profile.policy_id(quarter), "as_at": as_at}
    told = {row["kpi_ref"]: row for row in workspace.read(connection, "quarter_as_told", **about)}
    restated = [row for row in workspace.read(connection, "restatements_at", as_at=as_at) if parse_month(row["period"]) in quarter.months]
    kpis = {kpi.kpi_ref: kpi for kpi in workspace.register.kpis(quarter)}
    parts = _parts(kpis.values())
    figures = {}
    for now in workspace.read(connection, "ratings_at", **about):
        ref = now["kpi_ref"]
        if ref in kpis:
            then = told[ref]
            about_it = [row for row in restated if row["kpi_ref"] in (ref, *parts.get(ref, ())) and row["recorded_at"] > then["as_at"]]
            figures[ref] = QuarterFigure(
                latest=Measure(kpis[ref], now), told=Measure(kpis[ref], then), is_reported=bool(then["is_reported"]), why=_why(about_it)
            )
    return figures


def _told(measure: Measure, figure: QuarterFigure | None) -> QuarterFigure | None:
    """Leave out of a quarter's figure what the edition that the measure is for does not tell: all of it, or only its forecasts."""
    if figure is None or not measure.confidential:
        return figure
    parts = EVERY_PART if "quarters" in measure.confidential else _HISTORY if "trend" in measure.confidential else frozenset()
    return replace(figure, latest=redacted(figure.latest, parts), told=redacted(figure.told, parts), why="")


def _parts(kpis: Iterable[Kpi]) -> dict[str, list[str]]:
    """Map each corporate KPI to the directorates' KPIs it is combined from."""
    parts: dict[str, list[str]] = {}
    for kpi in kpis:
        if kpi.part_of:
            parts.setdefault(kpi.part_of, []).append(kpi.kpi_ref)
    return parts


def _why(restated: Iterable[_Row]) -> str:
    """Join the reasons given: an entry's own, or what the service said in the comment of the return that changed the figure."""
    reasons = (row["reason"] or ("" if row["source"] == "entry" else row["comment"]) for row in restated)
    return " ".join(dict.fromkeys(reason.strip() for reason in reasons if reason.strip()))
