"""What should have happened by now and has not: a month that is not rated, a paper that missed a date, an Airflow that is silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pmf.cycle.meetingplans import meeting_plans
from pmf.cycle.reminder import local_day
from pmf.cycle.workspace import Workspace
from pmf.operations.pulse import LONGEST_SILENCE, last_beat
from pmf.period import Month
from pmf.register import Profile
from pmf.register.outgoing import Step
from pmf.reporting.meetingplan import Light
from pmf.settings import Settings
from pmf.warehouse.engine import reading

_STEPS = frozenset({Step.CLEARANCE, Step.SIGN_OFF, Step.PUBLICATION})
_RATE = "rate"


class Matter(StrEnum):
    """What kind of thing is overdue."""

    MONTH = "month"
    PAPER = "paper"
    SILENCE = "silence"


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """Something that is overdue. ``about`` names it among its kind, ``period`` is the one it belongs to, ``words`` a sentence."""

    organisation: str
    matter: Matter
    about: str
    period: str
    words: str

    @property
    def thing(self) -> str:
        """Name it, so that nobody is told twice."""
        return f"{self.matter}/{self.about}"


def is_in_use(workspace: Workspace, *, as_at: datetime) -> bool:
    """Tell whether anything has ever been done for a council: one whose folder only lies there misses nothing."""
    with reading(workspace.engine) as connection:
        return bool(workspace.read(connection, "stages_done", as_at=as_at))


def overdue_months(workspace: Workspace, *, as_at: datetime) -> tuple[Overdue, ...]:
    """List the latest months that are not rated though their cycle day and the days of grace have passed, oldest first."""
    with reading(workspace.engine) as connection:
        done = workspace.read(connection, "stages_done", as_at=as_at)
    rated = {row["period"] for row in done if row["stage"] == _RATE}
    months = [month for month in _months_due(workspace, as_at=as_at) if month.key not in rated]
    return tuple(_month(workspace, month) for month in months)


def overdue_papers(workspace: Workspace, *, as_at: datetime) -> tuple[Overdue, ...]:
    """List the papers of meetings to come that are not cleared, signed off or published by the day they should be."""
    today = local_day(as_at, workspace.profile)
    plans = [plan for plan in meeting_plans(workspace, as_at=as_at) if plan.meeting >= today]
    return tuple(
        Overdue(
            organisation=workspace.organisation,
            matter=Matter.PAPER,
            about=f"{plan.meeting.isoformat()}/{plan.committee_id}/{state.step}",
            period=plan.period,
            words=f"{plan.name}, paper of {plan.period_label}: {state.sentence}.",
        )
        for plan in plans
        for state in plan.steps
        if state.step in _STEPS and state.light is Light.MISSED
    )


def silence_of(organisation: str, *, now: datetime, settings: Settings) -> Overdue | None:
    """Say that a council's watch has not run in Airflow for three hours. None: it has."""
    last = last_beat(organisation, settings)
    if last is not None and now - last <= LONGEST_SILENCE:
        return None
    since = f"since {last:%-d %B %Y, %H:%M} UTC" if last else "ever"
    return Overdue(
        organisation=organisation,
        matter=Matter.SILENCE,
        about=f"{last:%Y-%m-%dT%H%M}" if last else "never",
        period=now.date().isoformat(),
        words=f"{organisation}_watch has not run in Airflow {since}: see that the scheduler is up and the DAG switched on.",
    )


def _months_due(workspace: Workspace, *, as_at: datetime) -> Iterator[Month]:
    profile = workspace.profile
    last = Month.of(local_day(as_at, profile)).previous
    # Older months are nobody's emergency: they were told of when they were new.
    for month in (last.previous.previous, last.previous, last):
        if month.key >= profile.first_month and overdue_from(profile, month, workspace.settings.grace_working_days) <= as_at:
            yield month


def overdue_from(profile: Profile, month: Month, grace_working_days: int) -> datetime:
    """Say from when a month that is not rated is overdue: the cycle's hour, so many working days after its day."""
    day = profile.working_calendar.add_working_days(local_day(profile.cycle_at(month), profile), grace_working_days)
    return datetime.combine(day, profile.calendar.at, tzinfo=ZoneInfo(profile.timezone))


def _month(workspace: Workspace, month: Month) -> Overdue:
    day = local_day(workspace.profile.cycle_at(month), workspace.profile)
    return Overdue(
        organisation=workspace.organisation,
        matter=Matter.MONTH,
        about=month.key,
        period=month.key,
        words=f"{month.label} is not rated: its cycle was due on {day:%-d %B %Y}.",
    )
