"""Open a month: one signed, protected workbook per service, and a letter that asks for it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pmf.cycle.figures import earlier_figures
from pmf.cycle.letters import Occasion, printed_moment, write_letters
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.layout import load_layout
from pmf.form.model import Form, FormRow
from pmf.form.writer import write_form
from pmf.mail import Attachment, Letter, queue_rows
from pmf.period import Month, parse_month
from pmf.register import Kpi, Service
from pmf.settings import Settings
from pmf.store import place
from pmf.value import Direction, printed
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue

FORM_VERSION = "1"
XLSX_SUBTYPE = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DIRECTION_WORDS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.RANGE: "Within the range is better",
    Direction.MAINTAIN: "Steady is better",
    None: "For context",
}


@dataclass(frozen=True)
class Opened(Summary):
    """How many forms and letters went out, and the folder the forms are in (relative to the home folder)."""

    forms: int
    letters: int
    folder: str


def open_month(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> Opened:
    """Write a month's forms into the outbox and queue a request with the form to each service's holder and deputy."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        earlier = earlier_figures(workspace, connection, month, as_at=as_at)

    last_values = {row["kpi_ref"]: (parse_month(row["period"]), row["value"]) for row in earlier if row["value"] is not None}
    layout, key = load_layout(settings.forms, FORM_VERSION), workspace.signing_key()
    services = [service for service in workspace.profile.services if workspace.register.due(month, service.id)]
    forms = {
        service: write_form(_form(workspace, service, month, as_at=as_at, last_values=last_values), layout=layout, key=key)
        for service in services
    }
    letters = [
        letter for service, content in forms.items() for letter in _requests(workspace, service, month, as_at=as_at, content=content)
    ]

    folder = settings.outbox / organisation / month.key / "forms"
    for service, content in forms.items():
        place(folder / form_file_name(organisation, service.id, month), content)
    summary = Opened(forms=len(forms), letters=len(letters), folder=str(folder.relative_to(settings.home)))
    with workspace.engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows(letters))
        workspace.finish(connection, "open", month, as_at=as_at, summary=summary.as_dict())
    return summary


def form_file_name(organisation: str, service_id: str, month: Month) -> str:
    """Name a form's file: council, month and service, safe for any mail system."""
    return f"{organisation}-{month.key}-{service_id}.xlsx"


def _form(
    workspace: Workspace, service: Service, month: Month, *, as_at: datetime, last_values: Mapping[str, tuple[Month, Decimal]]
) -> Form:
    profile = workspace.profile
    return Form(
        organisation=profile.slug,
        organisation_name=profile.name,
        period=month.key,
        period_label=month.label,
        service_id=service.id,
        service_name=service.name,
        deadline=profile.deadline(month),
        contact=profile.post(profile.performance_team).email,
        created=as_at,
        rows=tuple(_row(workspace, kpi, month, last_values.get(kpi.kpi_ref)) for kpi in workspace.register.due(month, service.id)),
        notice=profile.notice,
    )


def _row(workspace: Workspace, kpi: Kpi, month: Month, last: tuple[Month, Decimal] | None) -> FormRow:
    target = workspace.register.target(kpi.kpi_ref, month)
    template = workspace.register.template(kpi.kpi_ref, month.last_day)
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
        minimum=template.minimum if template else None,
        maximum=template.maximum if template else None,
    )


def _requests(workspace: Workspace, service: Service, month: Month, *, as_at: datetime, content: bytes) -> list[Letter]:
    profile = workspace.profile
    file_name = form_file_name(profile.slug, service.id, month)
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="request", period=month.key, subject=service.id, version="1", at=as_at),
        recipients=(service.holder, service.deputy),
        template="request",
        context={
            "service_name": service.name,
            "period_label": month.label,
            "deadline": printed_moment(profile.deadline(month), profile),
            "kpi_count": len(workspace.register.due(month, service.id)),
            "form_file_name": file_name,
        },
        attachments=(Attachment(file_name, content, XLSX_SUBTYPE),),
    )
