"""The actions of the corporate plan with what was last reported of each, ready to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import Quarter
from pmf.register import Committee
from pmf.register.action import PlanAction
from pmf.reporting.planactions import NOT_REPORTED, ActionLine

Row = Mapping[str, Any]


def load_actions(
    workspace: Workspace, connection: Connection, quarter: Quarter, committee: Committee, *, as_at: datetime
) -> tuple[ActionLine, ...]:
    """Load the actions that a body follows, in register order, with what was said for a quarter and for the one before.

    A body that receives papers after another follows the same actions.
    """
    now, before = (
        {row["action_ref"]: row for row in workspace.read(connection, "actions_as_known", period=period.key, as_at=as_at)}
        for period in (quarter, quarter.previous)
    )
    own = (item for item in workspace.register.actions(quarter) if item.committee_id in {committee.id, committee.receives_after} - {None})
    return tuple(_line(workspace, item, now.get(item.action_ref), before.get(item.action_ref)) for item in own)


def _line(workspace: Workspace, item: PlanAction, now: Row | None, before: Row | None) -> ActionLine:
    return ActionLine(
        action_ref=item.action_ref,
        title=item.title,
        service=workspace.profile.service(item.service_id).name,
        due_on=item.due_on,
        said=_said(now),
        said_before=_said(before),
        update=now["update_text"] if now else "",
        impact=now["impact"] if now else "",
    )


def _said(row: Row | None) -> str:
    if row is None:
        return NOT_REPORTED
    return row["rag"].capitalize() if row["rag"] else "No status given"
