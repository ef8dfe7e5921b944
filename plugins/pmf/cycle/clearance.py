"""Clearance: which documents of a period may not go out yet, and why (rulings 11 to 13).

A red without an explanation or a figure without a template never changes a colour; it keeps the paper that prints it
from being published until it is supplied or waived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.signatures import SIGNING_RULES, states_of_month
from pmf.cycle.workspace import Workspace
from pmf.finding import Outcome
from pmf.period import Month, Quarter
from pmf.register.signing import SigningState
from pmf.validation.checks import EVERY_ROW
from pmf.validation.inputs import PublicationInputs
from pmf.validation.points import check_publication


@dataclass(frozen=True)
class Clearance:
    """What stands against publishing: how the check ended, why in one sentence, and the reasons for each document blocked."""

    outcome: Outcome
    reason: str
    blocked: Mapping[str, tuple[str, ...]]

    @property
    def labels(self) -> tuple[str, ...]:
        """Name each document blocked, for the squares of the grid: "paper-highways: 2 to clear"."""
        return tuple(f"{document_id}: {len(why)} to clear" for document_id, why in self.blocked.items())


def clear_documents(
    workspace: Workspace, connection: Connection, period: Month | Quarter, *, document_ids: Sequence[str], as_at: datetime
) -> Clearance:
    """Say which documents of a period are blocked, and why in words: all of them where a validation of the period failed.

    What counts is the last validation of the period's ratings and of each month's returns. A paper is about the KPIs
    of its committee, any other document about all.
    """
    checked = check_publication(
        PublicationInputs(
            register=workspace.register,
            period=period,
            findings=_standing(workspace, connection, period, as_at),
            waived=_waived(workspace, connection, period, as_at),
        ),
        suites=workspace.settings.expectations,
    )
    if checked.decision.outcome is Outcome.FAIL:
        return Clearance(Outcome.FAIL, checked.decision.reason, dict.fromkeys(document_ids, (checked.decision.reason,)))
    reasons = {
        document_id: tuple(
            finding.message
            for finding in checked.blocking
            if finding.kpi_ref is None or finding.kpi_ref in _printed(workspace, period, document_id)
        )
        for document_id in document_ids
    }
    blocked = {document_id: why for document_id, why in reasons.items() if why}
    if not blocked:
        return Clearance(Outcome.PASS, "Passed: nothing stands against publishing.", {})
    return Clearance(Outcome.FLAG, f"Flagged: {len(blocked)} of {len(document_ids)} signed documents are held back.", blocked)


def _standing(workspace: Workspace, connection: Connection, period: Month | Quarter, as_at: datetime) -> list[dict[str, Any]]:
    """Load what was found and is not waived or signed: when it was found, or since, for its own period or the one published."""
    points = [(period, "ratings"), *((month, "returns") for month in period.months)]
    findings = []
    for found_in, point in points:
        waived = _waived(workspace, connection, found_in, as_at) | _waived(workspace, connection, period, as_at)
        waived |= _signed(workspace, connection, found_in.months[-1], as_at)
        for run in workspace.read(connection, "validation_at", period=found_in.key, point=point, as_at=as_at):
            rows = workspace.read(connection, "findings_at", period=found_in.key, point=point, as_at=run["as_at"])
            findings += [row for row in rows if (row["rule_id"], row["kpi_ref"] or EVERY_ROW) not in waived]
    return findings


def _waived(workspace: Workspace, connection: Connection, period: Month | Quarter, as_at: datetime) -> frozenset[tuple[str, str]]:
    rows = workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)
    return frozenset((row["rule_id"], row["kpi_ref"]) for row in rows)


def _signed(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> frozenset[tuple[str, str]]:
    """Name what no longer stands because the template has been signed since, as waivers are named."""
    states = states_of_month(workspace, connection, month, as_at=as_at)
    signed = [ref for ref, state in states.items() if state.state is SigningState.SIGNED]
    return frozenset((rule_id, ref) for rule_id in SIGNING_RULES for ref in signed)


def _printed(workspace: Workspace, period: Month | Quarter, document_id: str) -> frozenset[str]:
    committee_id = document_id.removeprefix("paper-")
    kpis = workspace.register.kpis(period)
    own = frozenset(kpi.kpi_ref for kpi in kpis if kpi.committee_id == committee_id)
    return own if document_id.startswith("paper-") else frozenset(kpi.kpi_ref for kpi in kpis)
