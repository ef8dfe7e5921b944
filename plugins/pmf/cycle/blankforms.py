"""The forms of a month, ready to be written.

For each service its KPIs that are due, its directorate's panels where it returns them and, at a quarter's end, its plan actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.asked import form_file_name
from pmf.cycle.figures import earlier_figures
from pmf.cycle.telling import period_of
from pmf.cycle.workspace import Workspace
from pmf.form.layout import load_layout
from pmf.form.model import ActionForm, ActionRow, AnyForm, Form, FormRow, Kind, PanelForm, PanelRow
from pmf.form.writer import write_form
from pmf.period import Month, Quarter, parse_month
from pmf.register import Kpi, Service
from pmf.register.action import PlanAction
from pmf.register.kpi import Aggregation
from pmf.register.panel import HIGHEST_SCORE, LOWEST_SCORE, Panel, PanelItem
from pmf.value import Direction, printed

FORM_VERSIONS = {Kind.KPIS: "1", Kind.ACTIONS: "actions-1", Kind.PANELS: "panels-1"}
_DIRECTION_WORDS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.RANGE: "Within the range is better",
    Direction.MAINTAIN: "Steady is better",
    None: "For context",
}


@dataclass(frozen=True, kw_only=True)
class BlankForm:
    """A form on its way to a service: its file name, its bytes, what it asks about and how many KPIs, actions or lines."""

    service: Service
    file_name: str
    content: bytes
    rows: int
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Before:
    """What was returned before: each KPI's last figure with its month, last quarter's word on each action, last month's on each line."""

    figures: Mapping[str, tuple[Month, Decimal]]
    actions: Mapping[str, Mapping[str, Any]]
    panels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def load_before(workspace: Workspace, connection: Connection, month: Month, *, as_at: datetime) -> Before:
    """Load what the forms of a month show of earlier returns."""
    earlier = earlier_figures(workspace, connection, month, as_at=as_at)
    figures = {row["kpi_ref"]: (parse_month(row["period"]), row["value"]) for row in earlier if row["value"] is not None}
    last_quarter = month.quarter.previous.key
    actions = {row["action_ref"]: row for row in workspace.read(connection, "actions_as_known", period=last_quarter, as_at=as_at)}
    panels = {row["line_ref"]: row for row in workspace.read(connection, "panels_as_known", period=month.previous.key, as_at=as_at)}
    return Before(figures=figures, actions=actions, panels=panels)


def blank_forms(workspace: Workspace, month: Month, before: Before, *, as_at: datetime) -> list[BlankForm]:
    """Write the forms of every service that has something to report on: KPIs, then panels and, at the end of a quarter, plan actions."""
    key = workspace.signing_key()
    versions = {kind: version for kind, version in FORM_VERSIONS.items() if kind is not Kind.ACTIONS or month == month.quarter.months[-1]}
    layouts = {kind: load_layout(workspace.settings.forms, version) for kind, version in versions.items()}
    forms = []
    for kind, layout in layouts.items():
        for service in workspace.profile.services:
            form = form_of(workspace, service, kind, month, before, as_at=as_at)
            if form:
                content = write_form(form, layout=layout, key=key)
                name = form_file_name(workspace.organisation, service.id, period_of(month, kind), kind=kind)
                forms.append(BlankForm(service=service, file_name=name, content=content, rows=len(form.rows), kind=kind))
    return forms


def form_of(
    workspace: Workspace, service: Service, kind: Kind, month: Month, before: Before, *, as_at: datetime, deadline: datetime | None = None
) -> AnyForm | None:
    """Lay out a service's form of a kind for a month, or for the quarter it is of. None: nothing is due from it on such a form."""
    if kind is Kind.KPIS:
        return kpi_form(workspace, service, month, before, as_at=as_at, deadline=deadline)
    if kind is Kind.PANELS:
        return panel_form(workspace, service, month, before, as_at=as_at, deadline=deadline)
    return action_form(workspace, service, month.quarter, before, as_at=as_at, deadline=deadline)


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


def panel_form(
    workspace: Workspace, service: Service, month: Month, before: Before, *, as_at: datetime, deadline: datetime | None = None
) -> PanelForm | None:
    """Lay out the form for the panels a service returns, which goes by its directorate's name. None: it returns none."""
    items = workspace.register.panel_items(month, service.id)
    rows = tuple(_panel_row(workspace, item, before.panels.get(item.line_ref)) for item in items)
    head = _head(workspace, service, month, as_at, deadline) | {"service_name": workspace.profile.directorate_of(service.id).name}
    return PanelForm(rows=rows, **head) if rows else None


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


def _panel_row(workspace: Workspace, item: PanelItem, last: Mapping[str, Any] | None) -> PanelRow:
    is_risk = item.panel is Panel.RISK
    return PanelRow(
        line_ref=item.line_ref,
        panel=item.panel.value.capitalize(),
        title=item.title,
        holder=workspace.profile.post(item.holder_post).title,
        aim=_aim(item),
        last_word=_last_word(item, last),
        asks_for_figure=item.panel.asks_for_figure,
        minimum=Decimal(LOWEST_SCORE) if is_risk else None,
        maximum=Decimal(HIGHEST_SCORE) if is_risk else None,
    )


def _aim(item: PanelItem) -> str:
    if item.panel is Panel.CHANGE:
        return f"Due: {item.due_on.day} {item.due_on:%B %Y}" if item.due_on else "Ongoing"
    return f"Target score: {printed(item.target_score)}" if item.panel is Panel.RISK else f"Budget: {printed(item.budget, unit='£')}"


def _last_word(item: PanelItem, last: Mapping[str, Any] | None) -> str:
    if last is None:
        return "None yet"
    figure = "" if last["figure"] is None else printed(last["figure"], unit="£" if item.panel is Panel.FINANCE else "")
    standing = ", ".join(part for part in ((last["rag"] or "").capitalize(), figure) if part)
    return ": ".join(part for part in (standing, last["comment"]) if part)
