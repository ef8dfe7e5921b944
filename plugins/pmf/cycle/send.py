"""Send: drain the mail queue through the installation's transport; tell of messages refused for good, and of tasks that broke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import drain, queue_rows, transport_for
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue


class MailLeftError(OSError):
    """Messages could not be sent and stay in the queue; trying again later sends them (an ``OSError``, so that tasks do)."""


@dataclass(frozen=True)
class Sent(Summary):
    """How many messages went out and how many the mail server refused for good."""

    sent: int
    refused: int


def send_mail(organisation: str, *, as_at: datetime, settings: Settings) -> Sent:
    """Send what is queued for a council. Nothing is ever sent twice on purpose; a refused recipient stops no other.

    Messages that the mail server refuses for good, or whose address lies outside the council's mail domains, reach nobody, so the
    performance team and the data engineers are told which.

    Raises:
        RegisterError: when the council's files are wrong, so that nobody can tell whom mail may go to.
        MailLeftError: when the mail server could not take some of it now; what is left stays queued.
    """
    workspace, transport = open_workspace(organisation, settings), transport_for(settings)
    send = partial(drain, workspace.engine, transport, organisation=organisation, may_be_mailed=workspace.profile.may_be_mailed)
    drained = [send()]
    if _tell_of_refused(workspace, as_at=as_at):
        drained.append(send())
    sent, failed = sum(item.sent for item in drained), drained[-1].failed
    if failed:
        raise MailLeftError(f"{failed} messages could not be sent and stay queued; {sent} were sent. Is the mail server up?")
    return Sent(sent=sent, refused=sum(item.refused for item in drained))


def _tell_of_refused(workspace: Workspace, *, as_at: datetime) -> int:
    """Queue a letter about each period's refused messages, unless it has been told of just these; count what is new."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "refused_mail")
    profile, letters = workspace.profile, []
    for period, group in groupby(rows, key=lambda row: row["period"]):
        refused = list(group)
        letters += write_letters(
            profile,
            workspace.settings,
            occasion=Occasion(
                event="undelivered", period=period, subject="mail", version=digest_of(row["message_id"] for row in refused), at=as_at
            ),
            recipients=(profile.performance_team, profile.data_engineers),
            template="undelivered",
            context={"period_label": period, "messages": refused},
        )
    if not letters:
        return 0
    with workspace.engine.begin() as connection:
        return append_new(connection, mail_queue, queue_rows(letters))


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
