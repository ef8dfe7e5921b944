"""Open a month: signed, protected workbooks for every service, and a letter that asks for them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from pmf.cycle.blankforms import BlankForm, blank_forms, load_before
from pmf.cycle.letters import Occasion, printed_moment, write_letters
from pmf.cycle.tracker import write_tracker
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.model import Kind
from pmf.mail import Attachment, Letter, queue_rows
from pmf.mail.letter import XLSX_SUBTYPE
from pmf.period import Month
from pmf.register import Service
from pmf.settings import Settings
from pmf.store import place
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue


@dataclass(frozen=True)
class Opened(Summary):
    """How many forms and letters went out, and the folder the forms are in (relative to the home folder)."""

    forms: int
    letters: int
    folder: str


def open_month(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> Opened:
    """Write a month's forms into the outbox and queue a request with them to each service's holder and deputy.

    Risk, finance and change are asked for by a form of their own, and in the month that ends a quarter what became of the
    corporate plan's actions.
    """
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        before = load_before(workspace, connection, month, as_at=as_at)

    forms = blank_forms(workspace, month, before, as_at=as_at)
    # One letter asks a service for everything it has to send.
    in_order = sorted(forms, key=lambda form: form.service.id)
    letters = [
        letter
        for _, of_service in groupby(in_order, key=lambda form: form.service.id)
        for letter in _requests(workspace, list(of_service), month, as_at=as_at)
    ]

    folder = settings.outbox / organisation / month.key / "forms"
    for form in forms:
        place(folder / form.file_name, form.content)
    summary = Opened(forms=len(forms), letters=len(letters), folder=str(folder.relative_to(settings.home)))
    with workspace.engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows(letters))
        workspace.finish(connection, "open", month, as_at=as_at, summary=summary.as_dict())
        if any(form.kind is Kind.ACTIONS for form in forms):
            workspace.finish(connection, "open", month.quarter, as_at=as_at, summary=summary.as_dict())
    write_tracker(organisation, month, as_at=as_at, settings=settings)
    return summary


def _requests(workspace: Workspace, forms: Sequence[BlankForm], month: Month, *, as_at: datetime) -> list[Letter]:
    profile = workspace.profile
    service: Service = forms[0].service
    due = {kpi.kpi_ref for kpi in workspace.register.due(month, service.id)}
    rows = {kind: sum(form.rows for form in forms if form.kind is kind) for kind in Kind}
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="request", period=month.key, subject=service.id, version="1", at=as_at),
        recipients=workspace.register.answering_posts(service, month, due),
        template="request",
        context={
            "service_name": service.name,
            "period_label": month.label,
            "quarter_label": month.quarter.label,
            "deadline": printed_moment(profile.deadline(month), profile),
            "kpi_count": rows[Kind.KPIS],
            "action_count": rows[Kind.ACTIONS],
            "panel_count": rows[Kind.PANELS],
            "form_file_names": {form.kind.value: form.file_name for form in forms},
        },
        attachments=tuple(Attachment(form.file_name, form.content, XLSX_SUBTYPE) for form in forms),
    )
