"""The last validations of a period, as lines of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.documents import HTML, QUALITY_REPORT
from pmf.cycle.letters import printed_moment
from pmf.cycle.querythread import Key, Thread, load_threads
from pmf.cycle.workspace import Workspace
from pmf.finding import Scope, Severity
from pmf.page.document import Document
from pmf.period import Period, parse_period
from pmf.reporting.desk.address import Place, file_address, with_periods
from pmf.reporting.desk.findings import FindingLine, ValidatedPoint, findings_page
from pmf.validation.checks import EVERY_ROW
from pmf.warehouse.engine import reading

_POINTS = ("returns", "ratings")
_STAGES = tuple(f"validate_{point}" for point in _POINTS)


def findings_document(workspace: Workspace, period: Period, *, as_at: datetime) -> Document:
    """Lay out what the last validations of a period found, as known at a moment, with links to other periods."""
    with reading(workspace.engine) as connection:
        points = load_points(workspace, connection, period, as_at=as_at)
        validated = periods_of(workspace.read(connection, "stage_runs", as_at=as_at), _STAGES)
    page = findings_page(points, profile=workspace.profile, period=period, as_at=printed_moment(as_at, workspace.profile))
    return with_periods(page, validated, current=(period,), place=Place.FINDINGS)


def periods_of(runs: Iterable[Mapping[str, Any]], stages: Iterable[str]) -> list[Period]:
    """List the periods that went through one of these stages (rows of ``stage_run``), the one that ended last first."""
    keys = {row["period"] for row in runs if row["stage"] in stages}
    return sorted(map(parse_period, keys), key=lambda period: (period.last_day, period.key), reverse=True)


def load_points(workspace: Workspace, connection: Connection, period: Period, *, as_at: datetime) -> tuple[ValidatedPoint, ...]:
    """Load the last validation of a period at each of its points, with the queries its findings have become."""
    threads = {thread.key: thread for thread in load_threads(workspace, connection, as_at=as_at)}
    waived = {(row["rule_id"], row["kpi_ref"]) for row in workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)}
    made = workspace.read(connection, "document_editions", period=period.key, as_at=as_at)
    pages = {row["document_id"] for row in made if row["format"] == HTML}
    points = []
    for point in _POINTS:
        for run in workspace.read(connection, "validation_at", period=period.key, point=point, as_at=as_at):
            rows = workspace.read(connection, "findings_at", period=period.key, point=point, as_at=run["as_at"])
            report = f"{QUALITY_REPORT}{point}"
            points.append(
                ValidatedPoint(
                    point=point,
                    period_label=period.label,
                    at=run["as_at"].astimezone(ZoneInfo(workspace.profile.timezone)),
                    outcome=run["outcome"],
                    reason=run["reason"],
                    report=file_address(period.key, report, HTML) if report in pages else "",
                    findings=tuple(_line(workspace, row, waived, threads) for row in rows),
                )
            )
    return tuple(points)


def _line(workspace: Workspace, row: Mapping[str, Any], waived: set[tuple[str, str]], threads: Mapping[Key, Thread]) -> FindingLine:
    services = {service.id: service.name for service in workspace.profile.services}
    subject = row["kpi_ref"] or row["action_ref"] or ""
    thread = threads.get(Key(row["period"], row["point"], row["rule_id"], subject))
    return FindingLine(
        severity=Severity(row["severity"]),
        is_waived=row["is_waived"] or (row["rule_id"], row["kpi_ref"] or EVERY_ROW) in waived,
        about=f"{subject} {_titles(workspace).get(subject, '')}".strip() or ("The return" if row["service_id"] else "The whole period"),
        service_name=services.get(row["service_id"], ""),
        effect=_effect(row),
        message=row["message"],
        rule_id=row["rule_id"],
        where=_where(row),
        fix=row["fix"],
        query=f"{thread.query_id}, {thread.state}" if thread else "",
    )


def _titles(workspace: Workspace) -> dict[str, str]:
    register = workspace.register
    return {kpi.kpi_ref: kpi.title for kpi in register.kpi_versions} | {item.action_ref: item.title for item in register.action_versions}


def _effect(row: Mapping[str, Any]) -> str:
    if row["scope"] == Scope.PUBLICATION:
        return "stops publication"
    return "withheld" if row["severity"] == Severity.CRITICAL and row["scope"] == Scope.ROW and row["kpi_ref"] else ""


def _where(row: Mapping[str, Any]) -> str:
    cell = f"{row['sheet']}!{row['cell']}" if row["sheet"] and row["cell"] else ""
    return ", ".join(filter(None, (row["file_name"], cell)))
