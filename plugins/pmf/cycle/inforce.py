"""What a printed figure must say besides itself: that it stands under a waiver, or why it is withheld (rulings 13).

A withheld figure's reason is the check it did not meet, in the suite's words: what was found would print the very figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.querythread import State, load_threads
from pmf.cycle.workspace import Workspace
from pmf.finding import Scope, Severity
from pmf.period import Period, parse_period
from pmf.reporting.waiver import PrintedWaiver
from pmf.validation.checks import EVERY_ROW
from pmf.validation.suites import load_suite

Found = AbstractSet[tuple[str, str]]
# The rule by which a whole document is let through, whatever its figures lack.
DOCUMENT_BLOCKED = "publication.document_blocked"
_Item = TypeVar("_Item", PrintedWaiver, str)


@dataclass(frozen=True)
class Standing:
    """What stands beside the figures of a period, by KPI; waivers about no KPI stand under ``EVERY_ROW``.

    ``unmet`` describes the checks a withheld figure did not meet, ``queries`` names the queries that are still open.
    """

    waivers: Mapping[str, tuple[PrintedWaiver, ...]]
    unmet: Mapping[str, tuple[str, ...]]
    queries: Mapping[str, tuple[str, ...]]


def load_standing(
    workspace: Workspace, connection: Connection, period: Period, *, as_at: datetime, besides: Found = frozenset()
) -> Standing:
    """Load the waivers that let something of a period through and the reasons for what its months withhold, as known at ``as_at``.

    What is found of a directorate's part of a corporate KPI stands beside the whole as well. ``besides`` is what was found
    and not kept: in the finished files, at their publication.
    """
    rows = list(_last_findings(workspace, connection, period, as_at))
    found = besides | {(rule_id, row["kpi_ref"] or EVERY_ROW) for row in rows for rule_id in _rules_let_through(row)}
    waivers: dict[str, list[PrintedWaiver]] = {}
    for waiver in waivers_in_force(workspace, connection, period, found=found, as_at=as_at):
        if waiver.is_used:
            waivers.setdefault(waiver.kpi_ref or EVERY_ROW, []).append(waiver)
    checks = rule_descriptions(workspace)
    withheld = [(row["rule_id"], row["kpi_ref"]) for row in rows if row["kpi_ref"] and _withholds(row)]
    unmet: dict[str, list[str]] = {}
    for rule_id, kpi_ref in withheld:
        unmet.setdefault(kpi_ref, []).append(checks.get(rule_id, rule_id))
    wholes = {kpi.kpi_ref: kpi.part_of for kpi in workspace.register.kpis(period) if kpi.part_of}
    queries: dict[str, list[str]] = {}
    for thread in load_threads(workspace, connection, periods=[month.key for month in period.months], as_at=as_at):
        if thread.kpi_ref and thread.state is not State.CLOSED and (thread.key.rule_id, thread.kpi_ref) in withheld:
            queries.setdefault(thread.kpi_ref, []).append(thread.query_id)
    return Standing(_with_wholes(waivers, wholes), _with_wholes(unmet, wholes), _with_wholes(queries, wholes))


def waivers_in_force(
    workspace: Workspace, connection: Connection, period: Period, *, found: Found, as_at: datetime
) -> tuple[PrintedWaiver, ...]:
    """List the waivers of a period and of its months; ``found`` says what they could be let through, as (rule_id, kpi_ref)."""
    checks = rule_descriptions(workspace)
    periods = dict.fromkeys((period.key, *(month.key for month in period.months)))
    rows = [row for key in periods for row in workspace.read(connection, "waivers_at", period=key, as_at=as_at)]
    return tuple(_printed(workspace, row, checks, found) for row in rows)


def rule_descriptions(workspace: Workspace) -> dict[str, str]:
    """Map every rule of the suites to its description."""
    suites = [load_suite(path) for path in sorted(workspace.settings.expectations.glob("*.json"))]
    return {rule.rule_id: rule.description for suite in suites for rule in suite.rules}


def _last_findings(workspace: Workspace, connection: Connection, period: Period, as_at: datetime) -> Iterable[Mapping[str, Any]]:
    """Load what the last validations found that clearance looks at: of the period's ratings and of each month's returns."""
    for of, point in ((period, "ratings"), *((month, "returns") for month in period.months)):
        for run in workspace.read(connection, "validation_at", period=of.key, point=point, as_at=as_at):
            yield from workspace.read(connection, "findings_at", period=of.key, point=point, as_at=run["as_at"])


def _rules_let_through(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the rules by which a finding may be waived: its own, and the one that holds its documents back."""
    return (row["rule_id"], *((DOCUMENT_BLOCKED,) if row["scope"] == Scope.PUBLICATION else ()))


def _withholds(row: Mapping[str, Any]) -> bool:
    return row["severity"] == Severity.CRITICAL and row["scope"] == Scope.ROW and not row["is_waived"]


def _printed(workspace: Workspace, row: Mapping[str, Any], checks: Mapping[str, str], found: Found) -> PrintedWaiver:
    profile = workspace.profile
    last_moment = (row["expires_at"] - timedelta(seconds=1)).astimezone(ZoneInfo(profile.timezone))
    return PrintedWaiver(
        rule_id=row["rule_id"],
        kpi_ref="" if row["kpi_ref"] == EVERY_ROW else row["kpi_ref"],
        period=parse_period(row["period"]).label,
        check=checks.get(row["rule_id"], row["rule_id"]),
        post=profile.post(row["post"]).title,
        reason=row["reason"],
        until=last_moment.date(),
        is_used=(row["rule_id"], row["kpi_ref"]) in found,
    )


def _with_wholes(items: Mapping[str, Sequence[_Item]], wholes: Mapping[str, str]) -> dict[str, tuple[_Item, ...]]:
    """Add to each whole what its parts have; each item stands once."""
    combined: dict[str, list[_Item]] = {}
    for kpi_ref, own in items.items():
        for ref in (kpi_ref, wholes.get(kpi_ref)):
            if ref:
                combined.setdefault(ref, []).extend(own)
    return {ref: tuple(dict.fromkeys(own)) for ref, own in combined.items()}
