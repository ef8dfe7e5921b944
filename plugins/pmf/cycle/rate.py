"""Rate: every KPI of the register gets one status for the period, by one policy, as known at one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.figures import load_figures
from pmf.cycle.rated.row import rating_row
from pmf.cycle.rated.standing import Rater
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.period import Month, Quarter
from pmf.rating.policy import load_policy
from pmf.settings import Settings
from pmf.warehouse.access import replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import rating


@dataclass(frozen=True)
class RatedPeriod(Summary):
    """The policy used and how many KPIs got which status."""

    policy_id: str
    kpis: int
    statuses: dict[str, int]


def rate_month(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> RatedPeriod:
    """Rate a month by the policy in force on its last day: the headline of the scorecards."""
    workspace = open_workspace(organisation, settings)
    return _rate(workspace, month, policy_id=workspace.profile.policy_id(month), as_at=as_at)


def rate_quarter(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> RatedPeriod:
    """Rate a quarter by the policy that the council's papers name."""
    workspace = open_workspace(organisation, settings)
    return _rate(workspace, quarter, policy_id=workspace.profile.policy_id(quarter), as_at=as_at)


def months_ended(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> bool:
    """Tell whether each month of a quarter has a cycle that ended with its scorecards, as known at ``as_at`` (rulings 17)."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        runs = workspace.read(connection, "stage_runs", as_at=as_at)
    reported = {row["period"] for row in runs if row["stage"] == "report"}
    return all(month.key in reported for month in quarter.months)


def _rate(workspace: Workspace, period: Month | Quarter, *, policy_id: str, as_at: datetime) -> RatedPeriod:
    policy = load_policy(workspace.settings.policies / f"{policy_id}.yaml")
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, period.months[-1], as_at=as_at)

    rater = Rater(workspace.register, figures, policy)
    stamp = {"organisation": workspace.organisation, "as_at": as_at} | workspace.provenance
    rows = [stamp | rating_row(rater, kpi, period) for kpi in workspace.register.kpis(period)]

    statuses = Counter(str(row["status"]) for row in rows)
    summary = RatedPeriod(policy_id=policy_id, kpis=len(rows), statuses=dict(sorted(statuses.items())))
    key = {"organisation": workspace.organisation, "period": period.key, "policy_id": policy_id, "as_at": as_at}
    with workspace.engine.begin() as connection:
        replace_partition(connection, rating, key, rows)
        workspace.finish(connection, "rate", period, as_at=as_at, summary=summary.as_dict())
    return summary
