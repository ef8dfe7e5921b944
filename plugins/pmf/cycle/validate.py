"""Validate: returns before rating, ratings after it. Findings are saved, people are told, and the gate is answered.

The verb itself succeeds whatever it finds; stopping the run is the gate's task in the DAG (rulings 10 and 14).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.alerts import Alert, alert_letters
from pmf.cycle.documents import HTML, JSON, QUALITY_REPORT, Edition, FinishedFile, document_rows, finish_files, place_files, quality_folder
from pmf.cycle.figures import earlier_figures
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.finding import Finding, Severity
from pmf.mail import Letter, queue_rows
from pmf.period import Month, Quarter
from pmf.reporting.quality import QualitySetting, quality_report
from pmf.settings import Settings
from pmf.validation.gate import is_waived
from pmf.validation.inputs import RatingInputs, ReturnInputs
from pmf.validation.points import Checked, check_ratings, check_returns
from pmf.warehouse.access import append_new, replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import compiled_check, document, finding, mail_queue, validation_run

_RETURNS, _RATINGS = "returns", "ratings"


@dataclass(frozen=True)
class Validated(Summary):
    """How a validation ended. ``labels`` name each service with open findings; counts are of KPIs and of findings."""

    outcome: str
    reason: str
    labels: tuple[str, ...]
    due: int
    returned: int
    withheld: int
    failed: int
    flagged: int
    report: str


@dataclass(frozen=True)
class Occasion:
    """A validation of one period at one point, with what was known before it."""

    workspace: Workspace
    period: Month | Quarter
    point: str
    as_at: datetime
    returned: int
    earlier: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> dict[str, Any]:
        """The partition this occasion owns in the warehouse."""
        return {"organisation": self.workspace.organisation, "period": self.period.key, "point": self.point, "as_at": self.as_at}


def validate_returns(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> Validated:
    """Check a month's returns against the register and each KPI's data-quality template; tell services and engineers."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        inputs = _return_inputs(workspace, connection, month, as_at)
        earlier = _earlier_findings(workspace, connection, month, _RETURNS, as_at)

    checked = check_returns(inputs, suites=settings.expectations)

    occasion = Occasion(workspace, month, _RETURNS, as_at, returned=_answered(inputs), earlier=earlier)
    return _conclude(occasion, checked)


def validate_ratings(organisation: str, period: Month | Quarter, *, as_at: datetime, settings: Settings) -> Validated:
    """Check a period's ratings, and its comments against the colours and the period before."""
    workspace = open_workspace(organisation, settings)
    profile = workspace.profile
    policy_id = profile.headline_policy_id(period) if isinstance(period, Month) else profile.paper_policy_id
    with reading(workspace.engine) as connection:
        ratings = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy_id, as_at=as_at)
        before = workspace.read(connection, "ratings_at", period=period.previous.key, policy_id=policy_id, as_at=as_at)
        waived = _waived(workspace, connection, period, as_at)
        earlier = _earlier_findings(workspace, connection, period, _RATINGS, as_at)

    comments = {row["kpi_ref"]: row["comment"] for row in before}
    inputs = RatingInputs(register=workspace.register, period=period, ratings=ratings, previous_comments=comments, waived=waived)
    checked = check_ratings(inputs, suites=settings.expectations)

    due = {kpi.kpi_ref for kpi in inputs.due}
    figures = sum(row["value"] is not None and row["kpi_ref"] in due for row in ratings)
    return _conclude(Occasion(workspace, period, _RATINGS, as_at, returned=figures, earlier=earlier), checked)


def _return_inputs(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> ReturnInputs:
    accepted = workspace.read(connection, "accepted_returns", period=month.key, as_at=as_at)
    files = workspace.read(connection, "received_files", period=month.key, as_at=as_at)
    hashes = [row["file_hash"] for row in accepted]
    lines = workspace.read(connection, "returned_lines", file_hashes=hashes) if hashes else []
    return ReturnInputs(
        register=workspace.register,
        month=month,
        as_at=as_at,
        deadline=workspace.profile.deadline(month),
        files=_not_made_good(files, accepted),
        lines=[{**row, "cells": json.loads(row["cells"]), "raw": json.loads(row["raw"])} for row in lines],
        problems=workspace.read(connection, "cell_problems", file_hashes=hashes) if hashes else [],
        history=earlier_figures(workspace, connection, month, as_at=as_at),
        waived=_waived(workspace, connection, month, as_at),
    )


def _not_made_good(files: Sequence[Mapping[str, Any]], accepted: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out refused files that the service has since followed by a return that counts: nobody need do anything about them."""

    def arrival(row: Mapping[str, Any]) -> tuple[datetime, int]:
        return row["received_at"], row["sequence"]

    latest = {row["service_id"]: arrival(row) for row in accepted}
    return [row for row in files if row["outcome"] == "accepted" or latest.get(row["service_id"], arrival(row)) <= arrival(row)]


def _answered(inputs: ReturnInputs) -> int:
    """Count due KPIs with a figure or a nil return."""
    due = {kpi.kpi_ref for kpi in inputs.due}
    return len(
        {row["kpi_ref"] for row in inputs.lines if row["value"] is not None or row["numerator"] is not None or row["not_available"]} & due
    )


def _waived(workspace: Workspace, connection: Connection, period: Month | Quarter, as_at: datetime) -> frozenset[tuple[str, str]]:
    rows = workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)
    return frozenset((row["rule_id"], row["kpi_ref"]) for row in rows)


def _earlier_findings(
    workspace: Workspace, connection: Connection, period: Month | Quarter, point: str, as_at: datetime
) -> tuple[Mapping[str, Any], ...]:
    """Load the findings of the validation before this one, to tell new ones from those still open and those resolved."""
    before = as_at - timedelta(seconds=1)
    runs = workspace.read(connection, "validation_at", period=period.key, point=point, as_at=before)
    if not runs:
        return ()
    rows = workspace.read(connection, "findings_at", period=period.key, point=point, as_at=runs[0]["as_at"])
    return tuple(row for row in rows if not row["is_waived"])


def _conclude(occasion: Occasion, checked: Checked) -> Validated:
    """Save findings, checks, outcome, report and letters in one transaction, and sum up."""
    workspace, decision = occasion.workspace, checked.decision
    still_open = [item for item in checked.findings if not is_waived(item, checked.waived)]
    files = finish_files([_quality_edition(occasion, checked)], quality_folder(workspace.organisation, occasion.period), workspace.settings)
    with reading(workspace.engine) as connection:
        later = workspace.read(connection, "later_validations", period=occasion.period.key, point=occasion.point, as_at=occasion.as_at)
    letters: list[Letter] = []
    if not later:  # else people have already been told how things stand since
        place_files(files, workspace.settings)
        letters = alert_letters(_alert(occasion, checked, still_open, str(files[0].path)))
    summary = Validated(
        outcome=decision.outcome.value,
        reason=decision.reason,
        labels=_labels(workspace, still_open),
        due=checked.due,
        returned=occasion.returned,
        withheld=len(decision.withheld_refs),
        failed=decision.failed,
        flagged=decision.flagged,
        report=str(files[0].path),
    )
    with workspace.engine.begin() as connection:
        _save(connection, occasion, checked, files, letters)
        workspace.finish(
            connection, f"validate_{occasion.point}", occasion.period, as_at=occasion.as_at, summary={"outcome": decision.outcome.value}
        )
    return summary


def _alert(occasion: Occasion, checked: Checked, still_open: Sequence[Finding], report_path: str) -> Alert:
    decision = checked.decision
    return Alert(
        workspace=occasion.workspace,
        period=occasion.period,
        point=occasion.point,
        as_at=occasion.as_at,
        outcome=decision.outcome,
        reason=decision.reason,
        findings=tuple(still_open),
        earlier=occasion.earlier,
        withheld_refs=decision.withheld_refs,
        counts=(("KPIs due", checked.due), ("Answered", occasion.returned), ("Withheld", len(decision.withheld_refs))),
        report_path=report_path,
    )


def _save(connection: Connection, occasion: Occasion, checked: Checked, files: Sequence[FinishedFile], letters: Sequence[Letter]) -> None:
    workspace, key, decision = occasion.workspace, occasion.key, checked.decision
    replace_partition(connection, finding, key, [key | _finding_row(item, is_waived(item, checked.waived)) for item in checked.findings])
    replace_partition(
        connection,
        validation_run,
        key,
        [
            key
            | {
                "outcome": decision.outcome.value,
                "reason": decision.reason,
                "due": checked.due,
                "returned": occasion.returned,
                "withheld": len(decision.withheld_refs),
                "failed": decision.failed,
                "flagged": decision.flagged,
                "withheld_refs": json.dumps(sorted(decision.withheld_refs)),
                "results": json.dumps(checked.results, sort_keys=True, ensure_ascii=False),
                "register_digest": workspace.register.digest,
            }
        ],
    )
    if occasion.point == _RETURNS:
        moment = {name: key[name] for name in ("organisation", "period", "as_at")}
        replace_partition(connection, compiled_check, moment, [moment | _check_row(check) for check in checked.checks])
    document_key = {"organisation": key["organisation"], "period": key["period"], "document_id": files[0].edition.document_id}
    rows = document_rows(workspace, files, occasion.period, as_at=occasion.as_at, policy_digest="")
    replace_partition(connection, document, document_key | {"as_at": occasion.as_at}, rows)
    append_new(connection, mail_queue, queue_rows(letters))


def _finding_row(item: Finding, waived: bool) -> dict[str, Any]:
    return asdict(item) | {"finding_id": item.finding_id, "is_waived": waived}


def _check_row(check: Any) -> dict[str, Any]:
    return {
        "rule_id": check.rule_id,
        "kpi_ref": check.kpi_ref,
        "parameters": json.dumps(check.parameters, sort_keys=True, ensure_ascii=False),
        "severity": check.severity.value,
    }


def _quality_edition(occasion: Occasion, checked: Checked) -> Edition:
    register = occasion.workspace.register
    setting = QualitySetting(
        profile=occasion.workspace.profile,
        period=occasion.period,
        as_at=occasion.as_at,
        outcome=checked.decision.outcome.value,
        reason=checked.decision.reason,
        counts={
            "KPIs due": checked.due,
            "answered": occasion.returned,
            "withheld": len(checked.decision.withheld_refs),
            "failed checks": checked.decision.failed,
            "flagged checks": checked.decision.flagged,
        },
        findings=[_finding_row(item, is_waived(item, checked.waived)) for item in checked.findings],
        checks=[asdict(check) for check in checked.checks],
        titles={kpi.kpi_ref: kpi.title for kpi in register.kpis(occasion.period)},
    )
    return Edition(f"{QUALITY_REPORT}{occasion.point}", quality_report(setting), (HTML, JSON))


def _labels(workspace: Workspace, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Say who has what, for the squares of the grid: "Libraries: 2 flagged"."""
    names = {service.id: service.name for service in workspace.profile.services}
    counts: Counter[tuple[str, Severity]] = Counter((names.get(item.service_id or "", "All services"), item.severity) for item in findings)
    parts: dict[str, list[str]] = {}
    for severity in (Severity.CRITICAL, Severity.WARNING):
        for (name, found), number in sorted(counts.items()):
            if found is severity:
                parts.setdefault(name, []).append(f"{number} {'failed' if severity is Severity.CRITICAL else 'flagged'}")
    return tuple(f"{name}: {', '.join(words)}" for name, words in sorted(parts.items()))
