"""Waive: a post lets one withheld figure or blocked document through, for a reason and until a day (rulings 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pmf.cycle.waivers import waiver_row
from pmf.cycle.workspace import Summary, open_workspace
from pmf.period import Period
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.tables import waiver


@dataclass(frozen=True)
class Waived(Summary):
    """What was waived, and the last day on which that holds."""

    rule_id: str
    kpi_ref: str
    period: str
    until: str


def waive(
    organisation: str,
    period: Period,
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
    row = waiver_row(workspace, period, rule_id=rule_id, kpi_ref=kpi_ref, post=post, reason=reason, until=until, as_at=as_at)
    with workspace.engine.begin() as connection:
        append_new(connection, waiver, [row])
    return Waived(rule_id, kpi_ref, period.key, until.isoformat())
