"""Waive: a post lets one withheld figure or blocked document through, for a reason and until a day (rulings 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.period import Month, Quarter
from pmf.settings import Settings
from pmf.validation.checks import EVERY_ROW
from pmf.validation.suites import load_suite
from pmf.warehouse.access import append_new
from pmf.warehouse.tables import waiver


class WaivingError(Exception):
    """A waiver cannot be given; the message says why."""


@dataclass(frozen=True)
class Waived(Summary):
    """What was waived, and the last day on which that holds."""

    rule_id: str
    kpi_ref: str
    period: str
    until: str


def waive(
    organisation: str,
    period: Month | Quarter,
    *,
    rule_id: str,
    kpi_ref: str,
    post: str,
    reason: str,
    until: date,
    as_at: datetime,
    settings: Settings,
) -> Waived:
    """Record that a post waives a rule for one KPI of a period, up to and including the day ``until`` by the council's clock.

    ``kpi_ref`` is ``*`` for a finding that is about no KPI. What is waived is printed as waived from the next validation on.

    Raises:
        WaivingError: when there is no such rule, KPI or post, no reason is given, or the day has passed.
    """
    workspace = open_workspace(organisation, settings)
    zone = ZoneInfo(workspace.profile.timezone)
    _check_names(workspace, rule_id=rule_id, kpi_ref=kpi_ref, post=post)
    if not reason.strip():
        raise WaivingError("say why it is waived: the reason is kept, and shown to the auditors")
    if until < as_at.astimezone(zone).date():
        raise WaivingError(f"a waiver until {until:%-d %B %Y} would have expired before it is given")
    row = {
        "organisation": organisation,
        "period": period.key,
        "rule_id": rule_id,
        "kpi_ref": kpi_ref,
        "granted_at": as_at,
        "post": post,
        "reason": reason,
        "expires_at": datetime.combine(until + timedelta(days=1), time(), tzinfo=zone),
    }
    with workspace.engine.begin() as connection:
        append_new(connection, waiver, [row])
    return Waived(rule_id, kpi_ref, period.key, until.isoformat())


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
