"""Waivers: a post's decision to let one withheld figure or blocked document through, for a reason and until a day (rulings 13)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.validation.checks import EVERY_ROW
from pmf.validation.suites import load_suite


class WaivingError(Exception):
    """A waiver cannot be given; the message says why."""


def waiver_row(
    workspace: Workspace, period: Period, *, rule_id: str, kpi_ref: str, post: str, reason: str, until: date, as_at: datetime
) -> dict[str, Any]:
    """Lay out a row of table ``waiver``; it holds up to and including the day ``until`` by the council's clock.

    Raises:
        WaivingError: when there is no such rule, KPI or post, no reason is given, or the day has passed.
    """
    zone = ZoneInfo(workspace.profile.timezone)
    _check_names(workspace, rule_id=rule_id, kpi_ref=kpi_ref, post=post)
    if not reason.strip():
        raise WaivingError("say why it is waived: the reason is kept, and shown to the auditors")
    if until < as_at.astimezone(zone).date():
        raise WaivingError(f"a waiver until {until:%-d %B %Y} would have expired before it is given")
    return {
        "organisation": workspace.organisation,
        "period": period.key,
        "rule_id": rule_id,
        "kpi_ref": kpi_ref,
        "granted_at": as_at,
        "post": post,
        "reason": reason,
        "expires_at": datetime.combine(until + timedelta(days=1), time(), tzinfo=zone),
    }


def _check_names(workspace: Workspace, *, rule_id: str, kpi_ref: str, post: str) -> None:
    rules = [rule.rule_id for path in sorted(workspace.settings.expectations.glob("*.json")) for rule in load_suite(path).rules]
    if rule_id not in rules:
        suite = rule_id.partition(".")[0]
        known = [rule for rule in rules if rule.startswith(f"{suite}.")] or rules
        raise WaivingError(f"there is no rule {rule_id!r}; there are: {', '.join(known)}")
    if kpi_ref != EVERY_ROW and kpi_ref not in {kpi.kpi_ref for kpi in workspace.register.kpi_versions}:
        raise WaivingError(f"{workspace.organisation} has no KPI {kpi_ref!r}; write {EVERY_ROW} for a finding that is about no KPI")
    if post not in {known.id for known in workspace.profile.posts}:
        raise WaivingError(f"{workspace.organisation} has no post {post!r}; its organisation.yaml lists them under posts")
