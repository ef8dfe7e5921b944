"""The forms of a month, ready to be written: for each service its KPIs that are due and, at a quarter's end, its plan actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.asked import form_file_name
from pmf.cycle.figures import earlier_figures
from pmf.cycle.workspace import Workspace
from pmf.form.layout import load_layout
from pmf.form.model import ActionForm, ActionRow, Form, FormRow
from pmf.form.writer import write_form
from pmf.period import Month, Quarter, parse_month
from pmf.register import Kpi, Service
from pmf.register.action import PlanAction
from pmf.register.kpi import Aggregation
from pmf.value import Direction, printed

FORM_VERSION, ACTION_FORM_VERSION = "1", "actions-1"
_DIRECTION_WORDS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.RANGE: "Within the range is better",
    Direction.MAINTAIN: "Steady is better",
    None: "For context",
}


@dataclass(frozen=True, kw_only=True)
class BlankForm:
    """A form on its way to a service: its file name, its bytes, and how many KPIs or actions it asks about."""

    service: Service
    file_name: str
    content: bytes
    rows: int
    asks_for_actions: bool = False


@dataclass(frozen=True, kw_only=True)
class Before:
    """What was returned before: the last figure of each KPI with its month, and the last quarter's word on each action."""

    figures: Mapping[str, tuple[Month, Decimal]]
    actions: Mapping[str, Mapping[str, Any]]


def load_before(workspace: Workspace, connection: Connection, month: Month, *, as_at: datetime) -> Before:
    """Load what the forms of a month show of earlier returns."""
    earlier = earlier_figures(workspace, connection, month, as_at=as_at)
    figures = {row["kpi_ref"]: (parse_month(row["period"]), row["value"]) for row in earlier if row["value"] is not None}
    last_quarter = month.quarter.previous.key
    actions = {row["action_ref"]: row for row in workspace.read(connection, "actions_as_known", period=last_quarter, as_at=as_at)}
    return Before(figures=figures, actions=actions)


def blank_forms(workspace: Workspace, month: Month, before: Before, *, as_at: datetime) -> list[BlankForm]:
    """Write the form of every service that has KPIs due in a month or, at the end of a quarter, plan actions to report on."""
    profile, register, key = workspace.profile, workspace.register, workspace.signing_key()
    forms = []
    layout = load_layout(workspace.settings.forms, FORM_VERSION)
    for service in profile.services:
        form = kpi_form(workspace, service, month, before, as_at=as_at)
        if form:
            content = write_form(form, layout=layout, key=key)
            name = form_file_name(profile.slug, service.id, month)
            forms.append(BlankForm(service=service, file_name=name, content=content, rows=len(form.rows)))
    if month == month.quarter.months[-1] and register.actions(month.quarter):
        forms += _action_forms(workspace, month, before, as_at=as_at, key=key)
    return forms


def _action_forms(workspace: Workspace, month: Month, before: Before, *, as_at: datetime, key: bytes) -> list[BlankForm]:
    layout, quarter = load_layout(workspace.settings.forms, ACTION_FORM_VERSION), month.quarter
    forms = []
    for service in workspace.profile.services:
        form = action_form(workspace, service, quarter, before, as_at=as_at)
        if form:
            content = write_form(form, layout=layout, key=key)
            name = form_file_name(workspace.organisation, service.id, quarter)
            forms.append(BlankForm(service=service, file_name=name, content=content, rows=len(form.rows), asks_for_actions=True))
    return forms


def kpi_form(
    workspace: Workspace, service: Service, month: Month, before: Before, *, as_at: datetime, deadline: datetime | None = None
) -> Form | None:
    """Lay out a service's form for the KPIs due in a month. None: none is due. ``deadline`` None: the month's own."""
    rows = tuple(_row(workspace, kpi, month, before.figures.get(kpi.kpi_ref)) for kpi in workspace.register.due(month, service.id))
    return Form(rows=rows, **_head(workspace, service, month, as_at, deadline)) if rows else None


def action_form(
    workspace: Workspace, service: Service, quarter: Quarter, before: Before, *, as_at: datetime, deadline: datetime | None = None
) -> ActionForm | None:
    """Lay out a service's form for its plan actions in a quarter. None: it has none. ``deadline`` None: its last month's."""
    actions = workspace.register.actions(quarter, service.id)
    rows = tuple(_action_row(workspace, action, before.actions.get(action.action_ref)) for action in actions)
    return ActionForm(rows=rows, **_head(workspace, service, quarter, as_at, deadline)) if rows else None


def _head(workspace: Workspace, service: Service, period: Month | Quarter, as_at: datetime, deadline: datetime | None) -> dict[str, Any]:
    profile = workspace.profile
    return {
        "organisation": profile.slug,
        "organisation_name": profile.name,
        "period": period.key,
        "period_label": period.label,
        "service_id": service.id,
        "service_name": service.name,
        "deadline": deadline or profile.deadline(period.months[-1]),
        "contact": profile.post(profile.performance_team).email,
        "created": as_at,
        "notice": profile.notice,
    }


def _row(workspace: Workspace, kpi: Kpi, month: Month, last: tuple[Month, Decimal] | None) -> FormRow:
    target = workspace.register.target(kpi.kpi_ref, month)
    template = workspace.register.template(kpi.kpi_ref, month.last_day)
    source = workspace.register.source(kpi.source_id) if kpi.source_id else None
    return FormRow(
        kpi_ref=kpi.kpi_ref,
        title=kpi.title,
        unit=kpi.unit,
        direction=_DIRECTION_WORDS[kpi.direction],
        target=target.printed(kpi) if target else "No target",
        last_period=last[0].label if last else "",
        last_value=printed(last[1], unit=kpi.unit, decimals=kpi.decimals) if last else "None yet",
        method=template.method if template else "",
        needs_numerator=bool(template and template.needs_numerator),
        needs_weight=kpi.aggregation is Aggregation.WEIGHTED,
        minimum=template.minimum if template else None,
        maximum=template.maximum if template else None,
        due=_own_due_day(workspace, kpi, month),
        figure_source=f"Comes from {source.title}" if source else "",
    )


def _own_due_day(workspace: Workspace, kpi: Kpi, month: Month) -> str:
    if kpi.due_working_day is None:
        return ""
    day = workspace.profile.working_calendar.nth_working_day(month.next, kpi.due_working_day)
    return f"{day.day} {day:%B %Y}"


def _action_row(workspace: Workspace, action: PlanAction, last: Mapping[str, Any] | None) -> ActionRow:
    priorities = {ambition.id: ambition.text for ambition in workspace.profile.ambitions}
    said = "" if last is None else ": ".join(part for part in ((last["rag"] or "").capitalize(), last["update_text"]) if part)
    return ActionRow(
        action_ref=action.action_ref,
        title=action.title,
        description=action.description,
        priority=priorities.get(action.ambition_id or "", ""),
        due=f"{action.due_on.day} {action.due_on:%B %Y}" if action.due_on else "Ongoing",
        last_update=said or "None yet",
    )
