"""Watch the calendar: is each paper where it must be by now, and who has not been told that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pmf.cycle.letters import Occasion, printed_moment, write_letters
from pmf.cycle.meetingplans import meeting_plans
from pmf.cycle.reminder import local_day
from pmf.cycle.told import subject_naming, things_told
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.finding import Outcome
from pmf.mail import Letter, queue_rows
from pmf.page.web import render_html
from pmf.reporting.meetingplan import MeetingPlan, StepState, calendar_page
from pmf.reporting.wording import agree, counted
from pmf.settings import Settings
from pmf.store import place
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue

EVENT = "calendar"


@dataclass(frozen=True)
class Watched(Summary):
    """How many meetings are in view, how many have a date to look at, how many letters were written, and where the page is.

    ``outcome`` is flag where a date was missed, will be, or is near with nothing done; ``labels`` name the meetings.
    """

    meetings: int
    letters: int
    outcome: str
    reason: str
    labels: tuple[str, ...]
    page: str


def watch_calendar(organisation: str, *, as_at: datetime, settings: Settings) -> Watched:
    """Hold the dates of the meetings in view against the warehouse, renew the page, and write about what has not been told yet.

    On a day the council does not work nobody is written to.
    """
    workspace = open_workspace(organisation, settings)
    profile = workspace.profile
    plans = meeting_plans(workspace, as_at=as_at)
    warned = [plan for plan in plans if plan.warnings]
    letters: list[Letter] = []
    if profile.working_calendar.is_working_day(local_day(as_at, profile)):
        letters = _letters(workspace, warned, as_at=as_at)
        with workspace.engine.begin() as connection:
            append_new(connection, mail_queue, queue_rows(letters))
    path = _page(workspace)
    place(path, render_html(calendar_page(plans, profile, as_at=printed_moment(as_at, profile)), templates=settings.templates))
    number = len(warned)
    reason = (
        f"{counted(number, 'meeting')} of {len(plans)} {agree(number, 'has', 'have')} a date to look at."
        if warned
        else "No date is missed."
    )
    return Watched(
        meetings=len(plans),
        letters=len(letters),
        outcome=(Outcome.FLAG if warned else Outcome.PASS).value,
        reason=reason,
        labels=tuple(plan.label for plan in warned),
        page=str(path.relative_to(settings.home)),
    )


def _letters(workspace: Workspace, warned: Sequence[MeetingPlan], *, as_at: datetime) -> list[Letter]:
    """Write to the performance team about all there is to look at, once it has not been told of some of it."""
    profile = workspace.profile
    with reading(workspace.engine) as connection:
        told = things_told(workspace, connection, EVENT).get(profile.post(profile.performance_team).email, set())
    things = {_thing(plan, state): state for plan in warned for state in plan.warnings}
    if not things.keys() - told:
        return []
    first = warned[0]
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event=EVENT, period=first.period, subject=subject_naming(things), version="1", at=as_at),
        recipients=(profile.performance_team,),
        template="calendar",
        context={
            "period_label": first.period_label,
            "meetings": [
                {
                    "name": plan.name,
                    "is_missed": plan.is_missed,
                    "steps": [{"sentence": state.sentence, "is_new": _thing(plan, state) not in told} for state in plan.warnings],
                }
                for plan in warned
            ],
            "page": str(_page(workspace).relative_to(workspace.settings.home)),
        },
    )


def _page(workspace: Workspace) -> Path:
    return workspace.settings.outbox / workspace.organisation / "calendar.html"


def _thing(plan: MeetingPlan, state: StepState) -> str:
    return f"{plan.meeting.isoformat()}/{plan.committee_id}/{state.step}/{state.light.replace(' ', '-')}"
