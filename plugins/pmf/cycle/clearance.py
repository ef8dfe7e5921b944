"""Clearance: which documents of a period may not go out yet, and why (rulings 11 to 13).

A red without an explanation or a figure without a template never changes a colour; it keeps the paper that prints it
from being published until it is supplied or waived. So does a finished file that does not say what the warehouse says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.problem import CONFIDENTIAL_RULE, LINTER_RULE, SILENT_RED_RULE, Problem
from pmf.cycle.disclosure import told_too_much
from pmf.cycle.printed import is_internal, printed_kpis
from pmf.cycle.rereading import problems_of
from pmf.cycle.signatures import SIGNING_RULES, states_of_month
from pmf.cycle.workspace import Workspace
from pmf.finding import Finding, Outcome
from pmf.period import FinancialYear, Month, Period
from pmf.register.signing import SigningState
from pmf.validation.checks import EVERY_ROW
from pmf.validation.inputs import PublicationInputs
from pmf.validation.points import check_publication

# Rows of ``document`` by document_id.
Editions = Mapping[str, Sequence[Mapping[str, Any]]]
# A red that nobody explains is found by the validation of comments; of a year none are validated, so its file's linting tells.
_RULES_OF_YEARS = (LINTER_RULE, SILENT_RED_RULE)


@dataclass(frozen=True)
class Clearance:
    """What stands against publishing: how the check ended, why in one sentence, and the reasons for each document blocked.

    ``found`` names all that was found, waived or not, as waivers are named.
    """

    outcome: Outcome
    reason: str
    blocked: Mapping[str, tuple[str, ...]]
    found: frozenset[tuple[str, str]] = frozenset()

    @property
    def labels(self) -> tuple[str, ...]:
        """Name each document blocked, for the squares of the grid: "paper-highways: 2 to clear"."""
        return tuple(f"{document_id}: {len(why)} to clear" for document_id, why in self.blocked.items())


def clear_documents(workspace: Workspace, connection: Connection, period: Period, editions: Editions, *, as_at: datetime) -> Clearance:
    """Say which of these editions are blocked, and why in words: all of them where a validation of the period failed.

    What counts is the last validation of the period's ratings and of each month's returns, and what the linter finds in the
    files. A paper is about the KPIs of its committee, any other document about all; a file's problem about its document alone. No waiver
    lets through what may not be published.
    """
    problems = problems_of(workspace, connection, period, editions)
    confidential = _confidential(workspace, connection, period, editions, problems, as_at=as_at)
    checked = check_publication(
        PublicationInputs(
            register=workspace.register,
            period=period,
            findings=_standing(workspace, connection, period, as_at),
            linted=_linted(problems, editions, rules=_RULES_OF_YEARS if isinstance(period, FinancialYear) else (LINTER_RULE,)),
            waived=_waived(workspace, connection, period, as_at),
        ),
        suites=workspace.settings.expectations,
    )
    if checked.decision.outcome is Outcome.FAIL:
        return Clearance(Outcome.FAIL, checked.decision.reason, dict.fromkeys(editions, (checked.decision.reason,)))
    reasons = {
        document_id: tuple(
            finding.message for finding in checked.blocking if _is_about(finding, document_id, _printed(workspace, period, document_id))
        )
        + confidential.get(document_id, ())
        for document_id in editions
    }
    found = frozenset((finding.rule_id, finding.kpi_ref or EVERY_ROW) for finding in checked.findings)
    blocked = {document_id: why for document_id, why in reasons.items() if why}
    if not blocked:
        return Clearance(Outcome.PASS, "Passed: nothing stands against publishing.", {}, found)
    return Clearance(Outcome.FLAG, f"Flagged: {len(blocked)} of {len(editions)} signed documents are held back.", blocked, found)


def _is_about(finding: Finding, document_id: str, printed: frozenset[str]) -> bool:
    if finding.file_name is not None:
        return finding.file_name.rpartition(".")[0] == document_id
    return finding.kpi_ref is None or finding.kpi_ref in printed


def _confidential(
    workspace: Workspace, connection: Connection, period: Period, editions: Editions, problems: Sequence[Problem], *, as_at: datetime
) -> dict[str, tuple[str, ...]]:
    """Say of each public edition what it tells that may not be published: by itself, or with what has been published since it was made."""
    public = {document_id: rows[0]["as_at"] for document_id, rows in editions.items() if rows and not is_internal(document_id)}
    told = told_too_much(workspace, connection, period, public, as_at=as_at)
    reasons: dict[str, tuple[str, ...]] = {}
    for document_id in public:
        own = [item.message for item in problems if item.document_id == document_id and item.mismatch.rule_id == CONFIDENTIAL_RULE]
        if refs := told.get(document_id):
            named = ", ".join(refs)
            own.append(f"With what has been published it would tell a small count of {named}: build it anew, so that it leaves it out.")
        reasons[document_id] = tuple(own)
    return reasons


def _linted(problems: Sequence[Problem], editions: Editions, *, rules: Collection[str]) -> list[dict[str, Any]]:
    """Lay out what the linter found in the files by these rules."""
    hashes = {f"{row['document_id']}.{row['format']}": row["content_hash"] for rows in editions.values() for row in rows}
    return [
        {
            "kpi_ref": problem.mismatch.kpi_ref or None,
            "message": problem.message,
            "fix": problem.fix,
            "file_name": problem.file_name,
            "file_hash": hashes[problem.file_name],
            "cell": problem.mismatch.place,
            "found": problem.mismatch.found,
            "expected": problem.mismatch.expected,
        }
        for problem in problems
        if problem.mismatch.rule_id in rules
    ]


def _standing(workspace: Workspace, connection: Connection, period: Period, as_at: datetime) -> list[dict[str, Any]]:
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


def _waived(workspace: Workspace, connection: Connection, period: Period, as_at: datetime) -> frozenset[tuple[str, str]]:
    rows = workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)
    return frozenset((row["rule_id"], row["kpi_ref"]) for row in rows)


def _signed(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> frozenset[tuple[str, str]]:
    """Name what no longer stands because the template has been signed since, as waivers are named."""
    states = states_of_month(workspace, connection, month, as_at=as_at)
    signed = [ref for ref, state in states.items() if state.state is SigningState.SIGNED]
    return frozenset((rule_id, ref) for rule_id in SIGNING_RULES for ref in signed)


def _printed(workspace: Workspace, period: Period, document_id: str) -> frozenset[str]:
    return frozenset(kpi.kpi_ref for kpi in printed_kpis(workspace.register, period, document_id))
