"""A month at a glance, loaded from what every other page of the desk lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.asked import opened_periods
from pmf.cycle.desk.documents import load_lines
from pmf.cycle.desk.findings import load_points
from pmf.cycle.querylist import states_of
from pmf.cycle.querythread import load_threads
from pmf.cycle.tracker import load_tracking
from pmf.cycle.workspace import Workspace
from pmf.page.document import Document
from pmf.period import Month
from pmf.reporting.desk.address import Place, with_periods
from pmf.reporting.desk.glance import Glance, Step, glance_page
from pmf.status import Status
from pmf.warehouse.engine import reading

_Runs = Sequence[Mapping[str, Any]]
_OF_MONTH = {
    "open": "Collection opened",
    "collect": "Returns collected",
    "validate_returns": "Returns validated",
    "rate": "KPIs rated",
    "validate_ratings": "Ratings validated",
    "report": "Scorecards issued",
}
_OF_QUARTER = {
    "rate": "Quarter rated",
    "validate_ratings": "Ratings of the quarter validated",
    "export": "Papers exported",
    "publish": "Papers published",
}


def month_in_hand(workspace: Workspace, *, as_at: datetime) -> Month:
    """Name the last month whose collection was opened by a moment; where none was, the one the calendar says it is the turn of."""
    opened = opened_months(workspace, as_at=as_at)
    return opened[0] if opened else workspace.profile.month_in_collection(as_at)


def opened_months(workspace: Workspace, *, as_at: datetime) -> list[Month]:
    """List the months whose collection was opened, the latest first."""
    with reading(workspace.engine) as connection:
        opened = opened_periods(workspace.read(connection, "stage_runs", as_at=as_at))
    return sorted((period for period in opened if isinstance(period, Month)), reverse=True)


def glance_document(workspace: Workspace, month: Month, *, as_at: datetime) -> Document:
    """Lay out a month at a glance, as known at a moment, with links to other months."""
    profile = workspace.profile
    with reading(workspace.engine) as connection:
        page = glance_page(
            Glance(
                moment=as_at.astimezone(ZoneInfo(profile.timezone)),
                tracking=load_tracking(workspace, month, as_at=as_at),
                points=load_points(workspace, connection, month, as_at=as_at),
                statuses=_statuses(workspace, connection, month, as_at),
                queries=states_of(workspace, load_threads(workspace, connection, as_at=as_at), as_at=as_at),
                papers=load_lines(workspace, month.quarter, as_at=as_at),
                refused=_refused(workspace, connection, month),
                steps=_steps(workspace, workspace.read(connection, "stage_runs", as_at=as_at), month),
            )
        )
    return with_periods(page, opened_months(workspace, as_at=as_at), current=(month,), place=Place.MONTH)


def _statuses(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> tuple[Status, ...]:
    """Load the statuses of a month's KPIs under the council's headline policy."""
    rows = workspace.read(connection, "ratings_at", period=month.key, policy_id=workspace.profile.policy_id(month), as_at=as_at)
    return tuple(Status(row["status"]) for row in rows)


def _refused(workspace: Workspace, connection: Connection, month: Month) -> int:
    return sum(row["period"] in (month.key, month.quarter.key) for row in workspace.read(connection, "refused_mail"))


def _steps(workspace: Workspace, runs: _Runs, month: Month) -> tuple[Step, ...]:
    """List the steps of a month, and those of its quarter once that is over, with when each was last taken."""
    profile = workspace.profile
    cycle, export = profile.cycle_at(month), profile.export_at(month.quarter)
    steps = [*_taken(workspace, runs, month.key, _OF_MONTH, {**dict.fromkeys(_OF_MONTH, cycle), "open": profile.opens_at(month)})]
    if month == month.quarter.months[-1]:
        steps += _taken(workspace, runs, month.quarter.key, _OF_QUARTER, {**dict.fromkeys(_OF_QUARTER, export), "publish": None})
    return tuple(steps)


def _taken(workspace: Workspace, runs: _Runs, period: str, stages: Mapping[str, str], due: Mapping[str, datetime | None]) -> Iterable[Step]:
    zone = ZoneInfo(workspace.profile.timezone)
    for stage, words in stages.items():
        last = next((row for row in reversed(runs) if (row["period"], row["stage"]) == (period, stage)), None)
        date = due[stage]
        yield Step(
            words=words,
            due=date.astimezone(zone) if date else None,
            done=last["as_at"].astimezone(zone) if last else None,
            outcome=json.loads(last["summary"]).get("outcome", "") if last and stage.startswith("validate") else "",
        )
