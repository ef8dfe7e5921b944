"""Send: drain the mail queue through the installation's transport, and tell the engineers when a task broke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.workspace import Summary, open_workspace
from pmf.mail import drain, queue_rows, transport_for
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import open_warehouse
from pmf.warehouse.tables import mail_queue


class MailLeftError(OSError):
    """Messages could not be sent and stay in the queue; trying again later sends them (an ``OSError``, so that tasks do)."""


@dataclass(frozen=True)
class Sent(Summary):
    """How many messages went out and how many the mail server refused for good."""

    sent: int
    refused: int


def send_mail(organisation: str, *, as_at: datetime, settings: Settings) -> Sent:  # noqa: ARG001 - every verb has a clock
    """Send what is queued for a council. Nothing is ever sent twice on purpose; a refused recipient stops no other.

    Raises:
        MailLeftError: when the mail server could not take some of it now; what is left stays queued.
    """
    drained = drain(open_warehouse(settings), transport_for(settings), organisation=organisation)
    if drained.failed:
        raise MailLeftError(
            f"{drained.failed} messages could not be sent and stay queued; {drained.sent} were sent. Is the mail server up?"
        )
    return Sent(sent=drained.sent, refused=drained.refused)


def report_breakdown(
    organisation: str,
    period: str,
    *,
    dag_id: str,
    task_id: str,
    exception: str,
    run_link: str | None,
    as_at: datetime,
    settings: Settings,
) -> Sent:
    """Mail the data engineers that a task broke for another reason than the data it was given."""
    workspace = open_workspace(organisation, settings)
    letters = write_letters(
        workspace.profile,
        settings,
        occasion=Occasion(
            event="breakdown", period=period, subject=f"{dag_id}.{task_id}", version=digest_of([exception, as_at.isoformat()]), at=as_at
        ),
        recipients=(workspace.profile.data_engineers,),
        template="breakdown",
        context={
            "dag_id": dag_id,
            "task_id": task_id,
            "period_label": period,
            "exception": exception,
            "run_link": run_link,
            "log_hint": "The task's log in Airflow has the whole traceback.",
        },
    )
    with workspace.engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows(letters))
    return send_mail(organisation, as_at=as_at, settings=settings)
