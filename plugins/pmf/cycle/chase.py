"""Chase: one digest per officer about every return that is missing, as far up as the council's steps have come by then.

Plan actions and panels that came in and are not complete are chased in the same letters, with the guidelines on giving updates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, auto
from typing import Any

from pmf.cycle.asked import MATTERS, Asked, form_file_name, opened_periods
from pmf.cycle.completeness import chaseable_forms, points_of
from pmf.cycle.feedback import guidelines
from pmf.cycle.letters import Occasion, printed_moment, write_letters
from pmf.cycle.reminder import (
    EVENT,
    Reminder,
    lateness,
    local_day,
    post_in,
    printed_day,
    reminders,
    reminders_about,
    steps_reached,
    subject_of,
)
from pmf.cycle.tracker import write_tracker
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.model import Kind
from pmf.mail import Letter, queue_rows
from pmf.period import Month, Quarter
from pmf.register import Profile
from pmf.register.collection import Role
from pmf.reporting.wording import listed
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue


@dataclass(frozen=True)
class Chased(Summary):
    """How many forms are missing of the months and quarters being chased, wait for release, are incomplete; how many officers were told."""

    missing: int
    awaiting_release: int
    incomplete: int
    letters: int


class Part(Enum):
    """What an officer has to do with a form that is missing or not complete."""

    RETURN = auto()
    COMPLETE = auto()
    RELEASE = auto()
    KNOW = auto()


@dataclass(frozen=True)
class Call:
    """What one officer is to be told of one form, and the step at which. ``role`` None: the post that releases it."""

    asked: Asked
    working_days: int
    role: Role | None

    @property
    def part(self) -> Part:
        """What the officer has to do with it."""
        if self.role is None:
            return Part.RELEASE
        if self.role not in (Role.HOLDER, Role.DEPUTY):
            return Part.KNOW
        return Part.COMPLETE if self.asked.lacking else Part.RETURN


# How far the steps have come that an officer was told of, by address and period key.
Told = Mapping[tuple[str, str], int]


def chase(organisation: str, *, as_at: datetime, settings: Settings) -> Chased:
    """Remind officers of the returns that are missing, once for each step of the council's chase, and renew the trackers.

    A month or quarter is chased from its opening until its last step is used; a step that was missed is made up for within
    ten working days. On a day the council does not work nobody is written to.
    """
    workspace = open_workspace(organisation, settings)
    profile, today = workspace.profile, local_day(as_at, workspace.profile)
    with reading(workspace.engine) as connection:
        opened = opened_periods(workspace.read(connection, "stage_runs", as_at=as_at))
        periods = [period for period in opened if _is_chased(profile, period, today)]
        asked = [item for period in periods for item in chaseable_forms(workspace, connection, period, as_at=as_at)]
        asked = [item for item in asked if steps_reached(profile, item.deadline, today)]
        earlier = reminders(workspace.read(connection, "chase_letters"))

    calls = plan(profile, asked, today=today, told=steps_told(earlier)) if profile.working_calendar.is_working_day(today) else {}
    reminded = [*earlier, *_reminders_of(profile, calls, as_at)]
    letters = [letter for post, own in calls.items() for letter in _digest(workspace, post, own, opened, reminded, as_at)]
    summary = _summary(asked, letters)

    with workspace.engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows(letters))
        for key in sorted({call.asked.period.key for own in calls.values() for call in own}):
            workspace.finish(connection, EVENT, key, as_at=as_at, summary=summary.as_dict())
    for month in sorted({item.period.months[-1] for item in asked}):
        write_tracker(organisation, month, as_at=as_at, settings=settings)
    return summary


def _is_chased(profile: Profile, period: Month | Quarter, today: date) -> bool:
    """Tell whether a period may have something to remind of: its actions or panels may be completed until the next one is over."""
    if period.first_day <= today <= period.next.last_day:
        return True
    return bool(steps_reached(profile, profile.deadline(period.months[-1]), today))


def _summary(asked: Iterable[Asked], letters: Sequence[Letter]) -> Chased:
    items = list(asked)
    missing = [item for item in items if not item.is_in]
    waiting = sum(item.waiting is not None for item in missing)
    incomplete = sum(bool(item.lacking) for item in items)
    return Chased(missing=len(missing) - waiting, awaiting_release=waiting, incomplete=incomplete, letters=len(letters))


def steps_told(earlier: Iterable[Reminder]) -> dict[tuple[str, str], int]:
    """Say how far each officer was told of each period, whenever that was: an earlier step is never told after a later one."""
    told: dict[tuple[str, str], int] = {}
    for item in sorted(earlier, key=lambda item: item.working_days):
        told[item.recipient, item.period] = item.working_days
    return told


def plan(profile: Profile, asked: Iterable[Asked], *, today: date, told: Told) -> dict[str, list[Call]]:
    """Say what each post is to be told on a day, by post, leaving out what it was told already."""
    calls: dict[str, list[Call]] = {}
    for item in asked:
        if item.is_done:
            continue
        for post, call in _calls_about(profile, item, today).items():
            so_far = told.get((profile.post(post).email, item.matter))
            if so_far is None or so_far < call.working_days:
                calls.setdefault(post, []).append(call)
    return calls


def _calls_about(profile: Profile, item: Asked, today: date) -> dict[str, Call]:
    """Say which posts the steps reached so far name for a form, each with its latest step and its nearest role.

    Once the return is in, only the post that releases it is named.
    """
    steps = steps_reached(profile, item.deadline, today)
    releasing = profile.releasing_post(item.service.id)
    if item.waiting is not None and not item.lacking:
        return {_officer(profile, releasing): Call(item, steps[-1].working_days, None)} if releasing and steps else {}
    calls: dict[str, Call] = {}
    for role in Role:
        days = [step.working_days for step in steps if role in step.to]
        if days:
            officer = _officer(profile, post_in(profile, item.service, role))
            nearer = calls.get(officer, Call(item, days[-1], role))
            calls[officer] = replace(nearer, working_days=max(nearer.working_days, days[-1]))
    return calls


def _officer(profile: Profile, post_id: str) -> str:
    """Name the one post that stands for all that share its address: they are one officer, who gets one letter."""
    post = profile.post_at(profile.post(post_id).email)
    return post.id if post else post_id


def _reminders_of(profile: Profile, calls: Mapping[str, Sequence[Call]], as_at: datetime) -> list[Reminder]:
    """Say of whom a superior reads that they are being reminded by this same run."""
    told = {(post, call.asked.matter, call.working_days) for post, own in calls.items() for call in own if call.role is not None}
    return [Reminder(period, days, profile.post(post).email, as_at) for post, period, days in sorted(told)]


def _digest(
    workspace: Workspace,
    post: str,
    calls: Sequence[Call],
    opened: Mapping[Month | Quarter, datetime],
    reminded: Iterable[Reminder],
    as_at: datetime,
) -> list[Letter]:
    """Write one officer's letter about everything that is due to be said, whatever months and services it is of."""
    profile = workspace.profile
    periods = sorted({call.asked.period for call in calls}, key=lambda period: (period.last_day, period.key))
    steps = subject_of((call.asked.matter, call.working_days) for call in calls)
    told = {part: [call for call in calls if call.part is part] for part in Part}
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event=EVENT, period=periods[-1].key, subject=steps, version="1", at=as_at),
        recipients=(post,),
        template="chase",
        context={
            "period_label": listed([period.label for period in periods]),
            "asks_for_figures": any(call.asked.kind is Kind.KPIS for call in told[Part.RETURN]),
            "returns": [_to_return(profile, call.asked, opened[call.asked.period], as_at) for call in told[Part.RETURN]],
            "completes": [_to_complete(workspace, call.asked, as_at) for call in told[Part.COMPLETE]],
            "guidelines": guidelines(workspace, [call.asked.kind for call in told[Part.COMPLETE]]),
            "releases": [_to_release(profile, call.asked, as_at) for call in told[Part.RELEASE]],
            "areas": _areas(profile, told[Part.KNOW], [item for item in reminded if item.recipient != profile.post(post).email], as_at),
        },
    )


def _entry(profile: Profile, item: Asked, as_at: datetime) -> dict[str, Any]:
    return {
        "service_name": item.service.name,
        "what": item.what,
        "deadline": printed_moment(item.deadline, profile),
        "lateness": lateness(item.deadline, as_at, profile),
        "is_late": as_at > item.deadline,
    }


def _to_return(profile: Profile, item: Asked, opened_at: datetime, as_at: datetime) -> dict[str, Any]:
    refused_on = printed_day(item.refused["received_at"], profile) if item.refused else None
    return _entry(profile, item, as_at) | {
        "form_file_name": form_file_name(profile.slug, item.service.id, item.period, kind=item.kind),
        "sent_out_on": printed_day(opened_at, profile),
        "refused_on": refused_on,
    }


def _to_complete(workspace: Workspace, item: Asked, as_at: datetime) -> dict[str, Any]:
    return _entry(workspace.profile, item, as_at) | {"matter": MATTERS[item.kind], "points": points_of(workspace, item)}


def _to_release(profile: Profile, item: Asked, as_at: datetime) -> dict[str, Any]:
    received_on = printed_day(item.waiting["received_at"], profile) if item.waiting else ""
    return _entry(profile, item, as_at) | {"received_on": received_on}


def _areas(profile: Profile, calls: Sequence[Call], reminded: Sequence[Reminder], as_at: datetime) -> list[dict[str, Any]]:
    """Lay out what is missing in each part of the council that an officer answers for."""
    areas: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        entry = _entry(profile, call.asked, as_at) | {"reminded": _reminded(profile, call.asked, reminded)}
        entry["is_lacking"] = bool(call.asked.lacking)
        areas.setdefault(_heading(profile, call), []).append(entry)
    return [{"heading": heading, "returns": entries} for heading, entries in areas.items()]


def _heading(profile: Profile, call: Call) -> str:
    state = "Not complete" if call.asked.lacking else "Not returned"
    if call.role is Role.BOARD:
        return f"{state}, reported to the {profile.board(str(profile.escalation_board)).name}"
    return f"{state}: {profile.directorate_of(call.asked.service.id).name}"


def _reminded(profile: Profile, item: Asked, reminded: Sequence[Reminder]) -> str:
    """Say who was reminded of a form and when: "Head of Libraries on 9 May and 10 May; Libraries Officer on 10 May"."""
    days: dict[str, list[str]] = {}
    for told in reminders_about(profile, item.service, item.matter, reminded):
        post = profile.post_at(told.recipient)
        days.setdefault(post.title if post else told.recipient, []).append(f"{local_day(told.at, profile):%-d %B}")
    return "; ".join(f"{title} on {listed(list(dict.fromkeys(on)))}" for title, on in days.items())
