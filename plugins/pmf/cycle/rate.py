"""Rate: every KPI of the register gets one status for the period, by one policy, as known at one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.figures import load_figures
from pmf.cycle.rated.comparison import comparison_rows
from pmf.cycle.rated.row import rating_rows
from pmf.cycle.rated.standing import Rater
from pmf.cycle.workspace import Summary, open_workspace
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.rating.policy import load_policy
from pmf.settings import Settings
from pmf.warehouse.access import replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import comparison, rating


@dataclass(frozen=True)
class RatedPeriod(Summary):
    """The policy used and how many KPIs got which status."""

    policy_id: str
    kpis: int
    statuses: dict[str, int]


@dataclass(frozen=True)
class RatedQuarters(Summary):
    """How many KPIs got which status, by quarter."""

    statuses: dict[str, dict[str, int]]


def rate_month(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> RatedPeriod:
    """Rate a month by the policy in force on its last day: the headline of the scorecards."""
    return _rate(organisation, month, as_at=as_at, settings=settings)


def rate_quarter(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> RatedPeriod:
    """Rate a quarter by the policy that the council's papers name on its last day."""
    return _rate(organisation, quarter, as_at=as_at, settings=settings)


def rate_year(organisation: str, year: FinancialYear, *, as_at: datetime, settings: Settings) -> RatedPeriod:
    """Rate a financial year by the policy that the council's papers name on its last day."""
    return _rate(organisation, year, as_at=as_at, settings=settings)


def rate_quarters(organisation: str, year: FinancialYear, *, as_at: datetime, settings: Settings) -> RatedQuarters:
    """Rate each quarter of a financial year as it is known now: figures may have been corrected since its papers were made."""
    quarters = dict.fromkeys(month.quarter for month in year.months)
    rated = {quarter.key: _rate(organisation, quarter, as_at=as_at, settings=settings).statuses for quarter in quarters}
    return RatedQuarters(rated)


def months_ended(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> bool:
    """Tell whether each month of a quarter has a cycle that ended with its scorecards, as known at ``as_at`` (rulings 17)."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        runs = workspace.read(connection, "stage_runs", as_at=as_at)
    reported = {row["period"] for row in runs if row["stage"] == "report"}
    return all(month.key in reported for month in quarter.months)


def _rate(organisation: str, period: Period, *, as_at: datetime, settings: Settings) -> RatedPeriod:
    workspace = open_workspace(organisation, settings)
    policy_id = workspace.profile.policy_id(period)
    policy = load_policy(settings.policies / f"{policy_id}.yaml")
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, period.months[-1], as_at=as_at)

    rater = Rater(workspace.register, figures, policy, as_at)
    made = {"organisation": workspace.organisation, "as_at": as_at}
    stamp = made | workspace.provenance
    rows = [stamp | row for row in rating_rows(rater, period)]
    compared = [made | row for kpi in workspace.register.kpis(period) for row in comparison_rows(rater, kpi, period, as_at=as_at)]

    statuses = Counter(str(row["status"]) for row in rows)
    summary = RatedPeriod(policy_id=policy_id, kpis=len(rows), statuses=dict(sorted(statuses.items())))
    key = {"organisation": workspace.organisation, "period": period.key, "policy_id": policy_id, "as_at": as_at}
    with workspace.engine.begin() as connection:
        replace_partition(connection, rating, key, rows)
        # Comparison asks for no policy: whichever rated last has compared with the same figures.
        replace_partition(connection, comparison, made | {"period": period.key}, compared)
        workspace.finish(connection, "rate", period, as_at=as_at, summary=summary.as_dict())
    return summary
