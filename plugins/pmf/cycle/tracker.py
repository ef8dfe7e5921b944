"""Who has returned a month and who has not, as known at one moment: for the command line and as a page in the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.asked import Asked, Row, asked_forms, opened_periods
from pmf.cycle.letters import printed_moment
from pmf.cycle.reminder import Reminder, lateness, local_day, post_in, printed_day, reminders, reminders_about, step_days
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.form.model import Kind
from pmf.page.web import render_html
from pmf.period import Month, Quarter
from pmf.register import Profile, Service
from pmf.register.source import Source
from pmf.reporting.tracking import Mark, ServiceState, SourceState, State, Tracking, tracker_page
from pmf.reporting.wording import listed
from pmf.settings import Settings
from pmf.store import place
from pmf.warehouse.engine import reading

_MONTHS_LOOKED_BACK_ON = 12


def service_states(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> list[ServiceState]:
    """List every service with the state of its return of a month, in the profile's order."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        return _look(workspace, connection, month, as_at=as_at).states


def outstanding(states: Sequence[ServiceState]) -> list[str]:
    """Name the services whose return is due and has not come in."""
    done = (State.NOT_DUE, State.AWAITING_RELEASE)
    return [state.name for state in states if not state.is_returned and state.label not in done]


def write_tracker(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> Path:
    """Place a month's tracker in the outbox, whole, and give its path relative to the home folder.

    A task that is run again long after shows no earlier state than the one people have read since.
    """
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        (last,) = workspace.read(connection, "tracker_moment", periods=_periods(month))
    moment = max(as_at, last["recorded_at"] or as_at)
    path = settings.outbox / organisation / month.key / "returns.html"
    place(path, render_html(tracker_page(load_tracking(workspace, month, as_at=moment)), templates=settings.templates))
    return path.relative_to(settings.home)


def _periods(month: Month) -> list[str]:
    """Name the periods a month's tracker shows: that of its last month shows the quarter's plan actions too."""
    return [month.key, month.quarter.key] if month == month.quarter.months[-1] else [month.key]


def load_tracking(workspace: Workspace, month: Month, *, as_at: datetime) -> Tracking:
    """Load a month's tracker, its panels' included, as known at a moment; the quarter's plan actions are on that of its last month."""
    profile = workspace.profile
    with reading(workspace.engine) as connection:
        look = _look(workspace, connection, month, as_at=as_at)
        quarter = month.quarter if month == month.quarter.months[-1] and month.quarter in look.opened else None
        panels = _look(workspace, connection, month, as_at=as_at, kind=Kind.PANELS).states
        actions = _look(workspace, connection, quarter, as_at=as_at, kind=Kind.ACTIONS).states if quarter else []
        months, marks = _punctuality(look, connection, month)
    return Tracking(
        profile=profile,
        month=month,
        deadline=printed_moment(profile.deadline(month), profile),
        as_at=printed_moment(as_at, profile),
        services=look.states,
        panels=[state for state in panels if state.label is not State.NOT_DUE],
        actions=[state for state in actions if state.label is not State.NOT_DUE],
        actions_label=quarter.label if quarter else "",
        months=months,
        marks=marks,
    )


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What is known of one month's or quarter's forms of one kind at one moment. ``files`` and ``told`` are those of the period."""

    workspace: Workspace
    period: Month | Quarter
    as_at: datetime
    opened: Mapping[Month | Quarter, datetime]
    asked: Mapping[str, Asked]
    files: Sequence[Row]
    told: Sequence[Reminder]

    @property
    def profile(self) -> Profile:
        return self.workspace.profile

    @property
    def states(self) -> list[ServiceState]:
        """The state of every service, in the profile's order."""
        return [_state(self, service, self.asked.get(service.id)) for service in self.profile.services]

    def local(self, moment: datetime | None) -> datetime | None:
        """Give an instant in the council's own time."""
        return moment.astimezone(ZoneInfo(self.profile.timezone)) if moment else None


def _look(workspace: Workspace, connection: Connection, period: Month | Quarter, *, as_at: datetime, kind: Kind = Kind.KPIS) -> _Look:
    asked = asked_forms(workspace, connection, period, as_at=as_at)
    told = reminders(workspace.read(connection, "chase_letters"))
    return _Look(
        workspace=workspace,
        period=period,
        as_at=as_at,
        opened=opened_periods(workspace.read(connection, "stage_runs", as_at=as_at)),
        asked={item.service.id: item for item in asked if item.kind is kind},
        files=workspace.read(connection, "received_files", period=period.key, as_at=as_at),
        told=[item for item in told if item.at <= as_at],
    )


def _state(look: _Look, service: Service, item: Asked | None) -> ServiceState:
    if item is None:
        label, about, row = State.NOT_DUE, [], None
    else:
        about = reminders_about(look.profile, service, look.period.key, look.told)
        about = [told for told in about if item.arrived_at is None or item.waiting is not None or told.at < item.arrived_at]
        label = _label(item, is_open=look.period in look.opened, is_chased=bool(about))
        row = item.in_force or item.waiting
    answers = list(item.answers.values()) if item else []
    nil_returns = sum(answer.get("absence") == "nil_return" for answer in answers)
    is_missing = label in (State.REQUESTED, State.CHASED, State.REJECTED)
    return ServiceState(
        service_id=service.id,
        name=service.name,
        label=label,
        is_overdue=item is not None and is_missing and look.as_at > item.deadline,
        is_late=bool(row and row["is_late"]),
        received_at=look.local(row["received_at"] if row else None),
        sender=_sender(look.profile, row),
        due=len(item.due_refs) if item else 0,
        figures=len(answers) - nil_returns,
        nil_returns=nil_returns,
        reminders=len({told.working_days for told in about}),
        reminded_at=look.local(max((told.at for told in about), default=None)),
        reason=_reason(look.profile, item),
        next_step=_next_step(look, item, label),
        sources=_sources(look, service, item),
    )


def _label(item: Asked, *, is_open: bool, is_chased: bool) -> State:
    if item.is_in:
        if item.unanswered:
            return State.PARTLY
        return State.RETURNED_LATE if item.in_force and item.in_force["is_late"] else State.RETURNED
    if item.waiting is not None:
        return State.AWAITING_RELEASE
    if item.refused is not None:
        return State.REJECTED
    if is_chased:
        return State.CHASED
    return State.REQUESTED if is_open else State.NOT_REQUESTED


def _sender(profile: Profile, row: Row | None) -> str:
    sender = str(row["sender"] or "") if row else ""
    return next((post.title for post in profile.posts if post.id == sender), sender)


def _reason(profile: Profile, item: Asked | None) -> str:
    if item is None or item.refused is None:
        return ""
    return f"{item.refused['file_name']} of {printed_day(item.refused['received_at'], profile)} was not used: {item.refused['message']}"


def _next_step(look: _Look, item: Asked | None, label: State) -> str:
    """Say what the performance team should do now."""
    profile = look.profile
    if item is None:
        return "Nothing: nothing is due."
    if label is State.NOT_REQUESTED:
        opens_at = profile.opens_at(look.period.months[-1])
        opens = printed_moment(opens_at, profile)
        return f"Start collection: it was to open at {opens}." if opens_at < look.as_at else f"Nothing: collection opens at {opens}."
    if item.waiting is not None:
        releasing = profile.releasing_post(item.service.id)
        what = "A correction" if item.in_force else "It"
        return f"{what} counts once {profile.post(releasing).title if releasing else 'somebody'} has released it."
    if label is State.PARTLY:
        return _still_to_come(look, item)
    told = f"The sender was told: {item.refused['fix']} " if item.refused else ""
    if label in (State.RETURNED, State.RETURNED_LATE):
        return told.strip() or "Nothing."
    standing = lateness(item.deadline, look.as_at, profile)
    return f"{told}{standing[:1].upper()}{standing[1:]}. {_next_reminder(look, item)}"


def _still_to_come(look: _Look, item: Asked) -> str:
    """Name the KPIs without an answer, apart from those whose figure cannot be had yet."""
    later = []
    if isinstance(look.period, Month) and item.kind is Kind.KPIS:
        today = local_day(look.as_at, look.profile)
        days = {kpi.kpi_ref: kpi.due_working_day for kpi in look.workspace.register.due(look.period, item.service.id)}
        calendar = look.profile.working_calendar
        later = [ref for ref in item.unanswered if (day := days[ref]) and calendar.nth_working_day(look.period.next, day) > today]
    missing = [ref for ref in item.unanswered if ref not in later]
    parts = [f"Ask for {listed(missing)}."] if missing else []
    parts += [f"Wait for {listed(later)}, due later."] if later else []
    return " ".join(parts)


def _next_reminder(look: _Look, item: Asked) -> str:
    profile = look.profile
    for day, step in step_days(profile, item.deadline):
        if day > local_day(look.as_at, profile):
            titles = dict.fromkeys(profile.post(post_in(profile, item.service, role)).title for role in step.to)
            return f"Next reminder: {day:%-d %B %Y}, to {listed(list(titles))}."
    return f"No reminder is left: speak to {profile.post(item.service.head).title}."


def _sources(look: _Look, service: Service, item: Asked | None) -> tuple[SourceState, ...]:
    """List the declared sources that have something due of a service's."""
    if item is None or item.kind is not Kind.KPIS:
        return ()
    sources = (source for source in look.workspace.register.sources if source.service_id == service.id)
    return tuple(
        _source(look, source, item, due) for source in sources if (due := [ref for ref in source.kpi_refs if ref in item.due_refs])
    )


def _source(look: _Look, source: Source, item: Asked, due: Sequence[str]) -> SourceState:
    files = [row for row in look.files if row["channel"] == source.id]
    accepted = [row for row in files if row["outcome"] == "accepted"]
    hashes = {row["file_hash"] for row in accepted}
    missing = [ref for ref in due if ref not in item.answers or item.answers[ref]["file_hash"] not in hashes]
    if not files:
        label, next_step = State.REQUESTED, "Nothing has come in from it yet."
    elif files[-1]["outcome"] == "accepted":
        label, next_step = State.RETURNED, f"It gave no figure that counts for {listed(missing)}." if missing else "Nothing."
    else:
        label, next_step = State.REJECTED, f"{files[-1]['message']} {files[-1]['fix']}"
    return SourceState(
        source_id=source.id,
        title=source.title,
        label=label,
        received_at=look.local(accepted[-1]["received_at"] if accepted else None),
        figures=len(due) - len(missing),
        due=len(due),
        next_step=next_step,
    )


def _punctuality(look: _Look, connection: Connection, month: Month) -> tuple[list[Month], dict[str, list[Mark]]]:
    """Say how each service's returns of the last twelve months came in, from the first month that was opened."""
    workspace = look.workspace
    first = month.plus(1 - _MONTHS_LOOKED_BACK_ON)
    first = min((period for period in look.opened if isinstance(period, Month) and first <= period <= month), default=month)
    months = list(first.up_to(month))
    rows = workspace.read(connection, "punctuality", first_period=first.key, last_period=month.key, as_at=look.as_at)
    was_late = {(row["service_id"], row["period"]): bool(row["was_late"]) for row in rows}
    marks = {
        service.id: [_mark(look, service, each, was_late.get((service.id, each.key))) for each in months]
        for service in workspace.profile.services
    }
    return months, marks


def _mark(look: _Look, service: Service, month: Month, was_late: bool | None) -> Mark:
    due = look.workspace.register.due(month, service.id)
    if was_late is not None:
        return Mark.LATE if was_late else Mark.IN_TIME
    if month not in look.opened or not due:
        return Mark.NOT_ASKED if due else Mark.NOT_DUE
    if all(kpi.source_id for kpi in due):
        return Mark.BY_SOURCE
    return Mark.STILL_DUE if look.as_at <= look.profile.deadline(month) else Mark.MISSING
