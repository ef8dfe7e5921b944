"""What the forms of plan actions and panels that came in still lack: what is chased when nothing is missing any more.

Source: HDC framework, C.2.

Goes by what the last validation found and the service has not answered; a form that came in since is looked at by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.asked import CHANNELS, Asked, Row, asked_forms
from pmf.cycle.letters import correction_deadline
from pmf.cycle.queries import asking_rules
from pmf.cycle.querythread import State, load_threads
from pmf.cycle.questions import titles_of
from pmf.cycle.telling import KeptBack, kind_of
from pmf.cycle.workspace import Workspace
from pmf.form.model import Kind
from pmf.period import Month, Quarter
from pmf.validation.suites import Rule

_POINT = "returns"
# How the form came in is no fault of what it says.
_OF_THE_FORM = frozenset({"action.came_in", "action.in_time", "panel.came_in", "panel.in_time"})


def chaseable_forms(workspace: Workspace, connection: Connection, period: Month | Quarter, *, as_at: datetime) -> list[Asked]:
    """List what every service is asked for in a period, with what plan actions or panels that came in still lack."""
    items = asked_forms(workspace, connection, period, as_at=as_at)
    kind = Kind.ACTIONS if isinstance(period, Quarter) else Kind.PANELS
    if all(item.kind is not kind for item in items):
        return items
    wanting = _wanting(workspace, connection, period, kind, as_at=as_at)
    return [_with_lacking(workspace, item, wanting.get(item.service.id, ())) if item.kind is kind else item for item in items]


def points_of(workspace: Workspace, item: Asked) -> list[dict[str, Any]]:
    """Lay out for a letter what a form lacks: what about, what was found, what to do."""
    titles, kept_back = titles_of(workspace.register, item.period), KeptBack.of(workspace.register, item.period)
    checks = asking_rules(workspace.settings.expectations)
    return [
        {
            "about": " – ".join(part for part in (row["action_ref"], titles.get((item.kind, row["action_ref"]))) if part),
            "message": _told(row, kept_back, checks),
            "fix": row["fix"],
        }
        for row in item.lacking
    ]


def _told(row: Row, kept_back: KeptBack, checks: Mapping[str, Rule]) -> str:
    """Tell what was found, of a line that is not for publication which check alone."""
    if not kept_back.has(row["rule_id"], row["kpi_ref"], row["action_ref"]):
        return str(row["message"])
    return kept_back.words(checks[row["rule_id"]].description if row["rule_id"] in checks else row["rule_id"], row["kpi_ref"])


def _with_lacking(workspace: Workspace, item: Asked, lacking: tuple[Row, ...]) -> Asked:
    """Put beside a form that came in what it lacks; it has as long from its validation as any correction may take."""
    if item.in_force is None or not lacking:
        return item
    looked_at = max(workspace.profile.cycle_at(item.period.months[-1]), item.in_force["received_at"])
    return replace(item, lacking=lacking, deadline=correction_deadline(looked_at, workspace.profile))


def _wanting(
    workspace: Workspace, connection: Connection, period: Month | Quarter, kind: Kind, *, as_at: datetime
) -> dict[str, tuple[Row, ...]]:
    """Map each service to what its form of a kind lacks, as rows of ``finding``, in the register's order."""
    last = period.months[-1].key
    runs = workspace.read(connection, "validation_at", period=last, point=_POINT, as_at=as_at)
    if not runs:
        return {}
    rows = workspace.read(connection, "findings_at", period=last, point=_POINT, as_at=runs[0]["as_at"])
    arrived = _arrivals(workspace, connection, period, kind, as_at)
    threads = {thread.key[2:]: thread for thread in load_threads(workspace, connection, as_at=as_at, periods=[period.key])}
    wanting: dict[str, list[Row]] = {}
    for row in rows:
        thread = threads.get((row["rule_id"], row["action_ref"] or ""))
        is_looked_at = arrived.get(row["service_id"], as_at) <= runs[0]["as_at"]
        if _is_lacking(row, kind) and is_looked_at and (thread is None or thread.state is State.OPEN):
            wanting.setdefault(row["service_id"], []).append(row)
    places = {place: number for number, place in enumerate(titles_of(workspace.register, period))}
    return {service: tuple(sorted(own, key=lambda row: places.get((kind, row["action_ref"]), -1))) for service, own in wanting.items()}


def _is_lacking(row: Row, kind: Kind) -> bool:
    return kind_of(row["rule_id"]) is kind and row["rule_id"] not in _OF_THE_FORM and not row["is_waived"]


def _arrivals(workspace: Workspace, connection: Connection, period: Month | Quarter, kind: Kind, as_at: datetime) -> dict[str, datetime]:
    rows = workspace.read(connection, "accepted_returns", period=period.key, as_at=as_at)
    return {row["service_id"]: row["received_at"] for row in rows if row["channel"] == CHANNELS[kind]}
