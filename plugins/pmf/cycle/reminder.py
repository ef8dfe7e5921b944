"""When officers are reminded of what is missing, and what they have been told already: the steps of a council's chase.

A step is known by its distance from the deadline, so a deadline that moves reminds nobody twice. What was told is read
from the mail queue, where every reminder says in its subject which steps of which periods it was about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmf.period.workdays import WorkingCalendar
from pmf.register import Profile, Service
from pmf.register.collection import ChaseStep, Role

EVENT = "chase"
# A step whose run failed is made up for by a later one; after so many working days the tracker shows it and no letter does.
_MADE_UP_FOR = 10


@dataclass(frozen=True)
class Reminder:
    """An officer was told at one step that forms of a period are missing; ``recipient`` is the address.

    That a form is not complete is told by itself: ``period`` is then followed by its service ("2024-25-Q1/libraries").
    """

    period: str
    working_days: int
    recipient: str
    at: datetime


def step_days(profile: Profile, deadline: datetime) -> list[tuple[date, ChaseStep]]:
    """Give the day of each step about a deadline, earliest first."""
    due = local_day(deadline, profile)
    steps = sorted(profile.chase, key=lambda step: step.working_days)
    return [(profile.working_calendar.add_working_days(due, step.working_days), step) for step in steps]


def steps_reached(profile: Profile, deadline: datetime, today: date) -> list[ChaseStep]:
    """List the steps about a deadline that reminders may be written for on a day, earliest first."""
    calendar = profile.working_calendar
    return [step for day, step in step_days(profile, deadline) if day <= today <= calendar.add_working_days(day, _MADE_UP_FOR)]


def post_in(profile: Profile, service: Service, role: Role) -> str:
    """Name the post that has a role for a service."""
    if role is Role.DIRECTOR:
        return profile.directorate_of(service.id).director
    if role is Role.BOARD:
        return profile.board(str(profile.escalation_board)).post
    return str(getattr(service, role.value))


def subject_of(steps: Iterable[tuple[str, int]]) -> str:
    """Write the steps of periods a letter is about: "2024-04@+1,2024-05@-2"."""
    return ",".join(f"{period}@{working_days:+d}" for period, working_days in sorted(set(steps)))


def reminders(letters: Iterable[Mapping[str, Any]]) -> list[Reminder]:
    """Read from reminders in the mail queue (rows of query ``chase_letters``) who was told of what, oldest first."""
    told = []
    for row in letters:
        for entry in row["event_subject"].partition(":")[2].split(","):
            period, _, working_days = entry.partition("@")
            told.append(Reminder(period, int(working_days), row["recipient"], row["queued_at"]))
    return told


def reminders_about(profile: Profile, service: Service, matter: str, told: Iterable[Reminder]) -> list[Reminder]:
    """Pick the reminders of a matter (as in ``Reminder.period``) about a service: at each step, those to the posts it names for it."""
    steps = {step.working_days: step.to for step in profile.chase}
    releasing = profile.releasing_post(service.id)
    about = {(profile.post(post_in(profile, service, role)).email, days) for days, roles in steps.items() for role in roles}
    about |= {(profile.post(releasing).email, days) for days in steps if releasing}
    return [item for item in told if item.period == matter and (item.recipient, item.working_days) in about]


def local_day(moment: datetime, profile: Profile) -> date:
    """Give the day of an instant by the council's own clock."""
    return moment.astimezone(ZoneInfo(profile.timezone)).date()


def printed_day(moment: datetime, profile: Profile) -> str:
    """Print the day of an instant in the council's own time: "9 May 2024"."""
    return f"{local_day(moment, profile):%-d %B %Y}"


def working_days_between(calendar: WorkingCalendar, start: date, end: date) -> int:
    """Count the working days after one day up to and including a later one; none when it is not later."""
    days = (date.fromordinal(number) for number in range(start.toordinal() + 1, end.toordinal() + 1))
    return sum(calendar.is_working_day(day) for day in days)


def lateness(deadline: datetime, as_at: datetime, profile: Profile) -> str:
    """Say how a deadline stands: "due in 2 working days", "due today", "1 working day late"."""
    due, today = local_day(deadline, profile), local_day(as_at, profile)
    if as_at > deadline:
        days = working_days_between(profile.working_calendar, due, today)
        return f"{_counted(days)} late" if days else "now late"
    days = working_days_between(profile.working_calendar, today, due)
    return f"due in {_counted(days)}" if days else "due today"


def _counted(days: int) -> str:
    return f"{days} working day{'' if days == 1 else 's'}"
