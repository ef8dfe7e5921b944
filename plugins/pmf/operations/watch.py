"""Watching deadlines: who is told, once, of what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.letters import Occasion, write_letters
from pmf.cycle.send import send_mail
from pmf.cycle.told import subject_naming, things_told
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.finding import Outcome
from pmf.mail import queue_rows
from pmf.operations.overdue import Matter, Overdue, is_in_use, overdue_months, overdue_papers, silence_of
from pmf.reporting.wording import counted
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue

EVENT = "overdue"


@dataclass(frozen=True)
class Watched(Summary):
    """What is overdue: ``labels`` name each thing; how many letters were written about what had not been told yet."""

    overdue: int
    letters: int
    outcome: str
    reason: str
    labels: tuple[str, ...]


def watch_deadlines(organisation: str, *, as_at: datetime, settings: Settings) -> Watched:
    """Look for months that are not rated and papers that are not through, and write to those who can do something about it."""
    workspace = open_workspace(organisation, settings)
    overdue = (*overdue_months(workspace, as_at=as_at), *overdue_papers(workspace, as_at=as_at))
    letters = tell(workspace, overdue, as_at=as_at)
    number = len(overdue)
    return Watched(
        overdue=number,
        letters=letters,
        outcome=(Outcome.FLAG if overdue else Outcome.PASS).value,
        reason=f"{counted(number, 'thing')} overdue." if overdue else "Nothing is overdue.",
        labels=tuple(item.thing for item in overdue),
    )


def look_at(organisation: str, *, now: datetime, mail: bool, only_in_use: bool, settings: Settings) -> tuple[Overdue, ...]:
    """Look from outside Airflow: at months, papers, and whether Airflow itself is silent; ``mail`` writes and sends letters about it.

    ``only_in_use`` passes over a council for which nothing has ever been done.

    Raises:
        RegisterError: when the council's files are wrong.
        MailLeftError: when the letters could not be sent; they stay queued.
    """
    workspace = open_workspace(organisation, settings)
    if only_in_use and not is_in_use(workspace, as_at=now):
        return ()
    silence = silence_of(organisation, now=now, settings=settings)
    overdue = (*overdue_months(workspace, as_at=now), *overdue_papers(workspace, as_at=now), *([silence] if silence else []))
    if mail and tell(workspace, overdue, as_at=now):
        send_mail(organisation, as_at=now, settings=settings)
    return overdue


def tell(workspace: Workspace, overdue: Sequence[Overdue], *, as_at: datetime) -> int:
    """Write to the performance team and the data engineers of what neither has been told; count the letters queued.

    Papers are left to the council's calendar (``cycle.calendarwatch``), which tells of their dates already.
    """
    profile = workspace.profile
    told_of = [item for item in overdue if item.matter is not Matter.PAPER]
    with reading(workspace.engine) as connection:
        told = things_told(workspace, connection, EVENT)
    letters = []
    for post_id in dict.fromkeys((profile.performance_team, profile.data_engineers)):
        known = told.get(profile.post(post_id).email, set())
        new = [item for item in told_of if item.thing not in known]
        if new:
            letters += write_letters(
                profile,
                workspace.settings,
                occasion=Occasion(
                    event=EVENT, period=new[0].period, subject=subject_naming(item.thing for item in new), version="1", at=as_at
                ),
                recipients=(post_id,),
                template=EVENT,
                context={"things": [item.words for item in new]},
            )
    with workspace.engine.begin() as connection:
        return append_new(connection, mail_queue, queue_rows(letters))
