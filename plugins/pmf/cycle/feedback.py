"""The form that goes back to a service with what was found: what it sent is filled in, what is in question is marked.

A service whose file could not be used, or that sent none, gets its form afresh.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from pmf.cycle.asked import form_file_name
from pmf.cycle.blankforms import FORM_VERSIONS, Before, form_of, load_before
from pmf.cycle.intake import ACTIONS, FORM, PANELS
from pmf.cycle.telling import period_of
from pmf.cycle.workspace import Workspace
from pmf.form.layout import load_layout
from pmf.form.model import AnyLine, Kind, Question, ReturnedAction, ReturnedLine, ReturnedPanelLine
from pmf.form.writer import write_form
from pmf.mail import Attachment
from pmf.mail.letter import XLSX_SUBTYPE
from pmf.period import Month
from pmf.register import Service

Line = TypeVar("Line", bound=AnyLine)

# What the guidelines of a form are for.
_GUIDED = {Kind.ACTIONS: "updates on plan actions", Kind.PANELS: "risk, finance and change"}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What services have sent of a month, its panels and its quarter's plan actions, in the forms that count, by service and reference."""

    month: Month
    before: Before
    lines: Mapping[str, Mapping[str, ReturnedLine]]
    actions: Mapping[str, Mapping[str, ReturnedAction]]
    panels: Mapping[str, Mapping[str, ReturnedPanelLine]] = field(default_factory=dict)

    def answers(self, service_id: str, kind: Kind) -> Mapping[str, AnyLine]:
        """Give what a service has sent on one kind of form."""
        by_kind: Mapping[Kind, Mapping[str, Mapping[str, AnyLine]]] = {
            Kind.KPIS: self.lines,
            Kind.ACTIONS: self.actions,
            Kind.PANELS: self.panels,
        }
        return by_kind[kind].get(service_id, {})


def load_sent(workspace: Workspace, connection: Connection, month: Month, *, as_at: datetime) -> Sent:
    """Load what services' forms say of a month and its quarter, as known at a moment."""
    return Sent(
        month=month,
        before=load_before(workspace, connection, month, as_at=as_at),
        lines=_by_service(_lines(workspace, connection, month.key, as_at)),
        actions=_by_service(_actions(workspace, connection, month.quarter.key, as_at)),
        panels=_by_service(_panels(workspace, connection, month, as_at)),
    )


def feedback_form(
    workspace: Workspace, service: Service, kind: Kind, sent: Sent, *, questions: Sequence[Question], deadline: datetime, as_at: datetime
) -> Attachment | None:
    """Write a service's form again, to be back by ``deadline``. None: nothing is due from it on such a form."""
    form = form_of(workspace, service, kind, sent.month, sent.before, as_at=as_at, deadline=deadline)
    if form is None:
        return None
    layout = load_layout(workspace.settings.forms, FORM_VERSIONS[kind])
    content = write_form(form, layout=layout, key=workspace.signing_key(), answers=sent.answers(service.id, kind), questions=questions)
    name = form_file_name(workspace.organisation, service.id, period_of(sent.month, kind), kind=kind)
    return Attachment(name.replace(".xlsx", "-questions.xlsx") if questions else name, content, XLSX_SUBTYPE)


def guidelines(workspace: Workspace, kinds: Iterable[Kind]) -> list[dict[str, Any]]:
    """List what the forms of some kinds say of updates, status and impact: the guidelines people are reminded of, by what they are for."""
    guides = {kind: load_layout(workspace.settings.forms, FORM_VERSIONS[kind]).guide for kind in dict.fromkeys(kinds)}
    return [
        {
            "about": _GUIDED[kind],
            "lines": [{"heading": line.heading, "text": line.text} for line in guide if line.is_guideline],
        }
        for kind, guide in guides.items()
        if kind in _GUIDED
    ]


def _lines(workspace: Workspace, connection: Connection, period: str, as_at: datetime) -> Iterable[tuple[str, str, ReturnedLine]]:
    hashes = _hashes(workspace, connection, period, FORM, as_at)
    names = [item.name for item in fields(ReturnedLine) if item.name not in ("row", "cells", "raw")]
    for row in workspace.read(connection, "returned_lines", file_hashes=hashes) if hashes else []:
        if row["kpi_ref"] is not None:
            plain = {name: row[name] for name in names}
            cells, raw = json.loads(row["cells"]), json.loads(row["raw"])
            yield row["service_id"], row["kpi_ref"], ReturnedLine(**plain, row=row["line_number"], cells=cells, raw=raw)


def _actions(workspace: Workspace, connection: Connection, period: str, as_at: datetime) -> Iterable[tuple[str, str, ReturnedAction]]:
    hashes = frozenset(_hashes(workspace, connection, period, ACTIONS, as_at))
    for row in workspace.read(connection, "actions_as_known", period=period, as_at=as_at):
        if row["file_hash"] in hashes:
            yield row["service_id"], row["action_ref"], _action(row)


def _action(row: Mapping[str, Any]) -> ReturnedAction:
    rag = str(row["rag"] or "").capitalize()
    return ReturnedAction(
        action_ref=row["action_ref"], row=0, update=row["update_text"], rag=rag, impact=row["impact"], cells=json.loads(row["cells"])
    )


def _panels(workspace: Workspace, connection: Connection, month: Month, as_at: datetime) -> Iterable[tuple[str, str, ReturnedPanelLine]]:
    hashes = frozenset(_hashes(workspace, connection, month.key, PANELS, as_at))
    services = {item.id: item.panels_service for item in workspace.profile.directorates}
    for row in workspace.read(connection, "panels_as_known", period=month.key, as_at=as_at):
        service_id = services.get(row["directorate_id"])
        if row["file_hash"] in hashes and service_id:
            yield service_id, row["line_ref"], _panel_line(row)


def _panel_line(row: Mapping[str, Any]) -> ReturnedPanelLine:
    rag = str(row["rag"] or "").capitalize()
    cells = json.loads(row["cells"])
    return ReturnedPanelLine(line_ref=row["line_ref"], row=0, rag=rag, figure=row["figure"], comment=row["comment"], cells=cells)


def _hashes(workspace: Workspace, connection: Connection, period: str, channel: str, as_at: datetime) -> list[str]:
    rows = workspace.read(connection, "accepted_returns", period=period, as_at=as_at)
    return [row["file_hash"] for row in rows if row["channel"] == channel]


def _by_service(rows: Iterable[tuple[str, str, Line]]) -> dict[str, dict[str, Line]]:
    grouped: dict[str, dict[str, Line]] = {}
    for service_id, ref, line in rows:
        grouped.setdefault(service_id, {})[ref] = line
    return grouped
