"""What directorates have reported of risk, finance and change, ready to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import Month, Period
from pmf.register import Register
from pmf.register.panel import Panel, PanelItem
from pmf.reporting.panels import PanelLine, PanelWord

Row = Mapping[str, Any]


def load_panels(workspace: Workspace, connection: Connection, period: Period, *, as_at: datetime) -> tuple[PanelLine, ...]:
    """Load the lines of the panels in force at a period's end with what was last reported of each, as known at ``as_at``.

    A quarter or year is told by its last month, and what was said before by the last month of the quarter or year before. In the
    order of the panels, and of the register within each; a line of which nothing was reported is there without a word.
    """
    month, before = period.months[-1], period.previous.months[-1]
    now, earlier = (_said(workspace, connection, each, as_at) for each in (month, before))
    return tuple(
        _line(workspace.register, item, now=now.get(item.line_ref), before=earlier.get(item.line_ref), before_label=before.label)
        for item in workspace.register.panel_items(period)
    )


def _said(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> dict[str, Row]:
    return {row["line_ref"]: row for row in workspace.read(connection, "panels_as_known", period=month.key, as_at=as_at)}


def _line(register: Register, item: PanelItem, *, now: Row | None, before: Row | None, before_label: str) -> PanelLine:
    profile = register.profile
    return PanelLine(
        line_ref=item.line_ref,
        panel=item.panel,
        title=item.title,
        directorate_id=item.directorate_id,
        directorate_name=next(one.name for one in profile.directorates if one.id == item.directorate_id),
        holder=profile.post(item.holder_post).title,
        aim=item.target_score if item.panel is Panel.RISK else item.budget,
        due_on=item.due_on,
        current=_word(now),
        before=_word(before),
        before_label=before_label,
    )


def _word(row: Row | None) -> PanelWord | None:
    return None if row is None else PanelWord(rag=row["rag"], figure=row["figure"], comment=row["comment"])
