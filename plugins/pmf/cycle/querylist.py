"""A council's queries as known at one moment: for the command line, as a page in the outbox, and for the board's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pmf.cycle.letters import printed_moment
from pmf.cycle.querythread import PIPELINE, Event, Kind, State, Thread, load_threads
from pmf.cycle.reminder import local_day
from pmf.cycle.telling import KeptBack
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.finding import Severity
from pmf.page.document import Document
from pmf.page.web import render_html
from pmf.period import parse_period
from pmf.register import Profile, Register
from pmf.reporting.queries import QueryPage, QueryState, Step, query_page
from pmf.settings import Settings
from pmf.store import place
from pmf.warehouse.engine import reading

# How long a closed query stays on the page; the list of the command line and the warehouse keep it for good.
_CLOSED_SHOWN = timedelta(days=62)


def query_states(organisation: str, *, as_at: datetime, settings: Settings) -> list[QueryState]:
    """List every query of a council with its thread, as known at a moment: the one unresolved longest first, the closed ones last."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        threads = load_threads(workspace, connection, as_at=as_at)
    return states_of(workspace, threads, as_at=as_at)


def states_of(workspace: Workspace, threads: Sequence[Thread], *, as_at: datetime) -> list[QueryState]:
    """Describe threads for people, in the order of the list."""
    titles = _titles(workspace)
    in_order = sorted(threads, key=lambda thread: (thread.state is State.CLOSED, thread.asked_at, thread.key))
    return [_state(workspace.profile, thread, titles, local_day(as_at, workspace.profile)) for thread in in_order]


def _titles(workspace: Workspace) -> dict[str, str]:
    register = workspace.register
    titles = {kpi.kpi_ref: kpi.title for kpi in register.kpi_versions}
    titles |= {item.line_ref: item.title for item in register.panel_versions}
    return titles | {action.action_ref: action.title for action in register.action_versions}


def board_day(profile: Profile, thread: Thread) -> date:
    """Give the day from which a query that is still unresolved is on the board's list."""
    return profile.working_calendar.add_working_days(local_day(thread.asked_at, profile), profile.quality.query_working_days)


def _state(profile: Profile, thread: Thread, titles: Mapping[str, str], today: date) -> QueryState:
    services = {service.id: service.name for service in profile.services}
    board_on, zone = board_day(profile, thread), ZoneInfo(profile.timezone)
    return QueryState(
        query_id=thread.query_id,
        period=thread.key.period,
        period_label=parse_period(thread.key.period).label,
        point=thread.key.point,
        rule_id=thread.key.rule_id,
        subject=thread.key.subject,
        title=titles.get(thread.key.subject, ""),
        service_id=thread.service_id,
        service_name=services.get(thread.service_id, thread.service_id),
        state=thread.state.value,
        is_failing=thread.evidence.severity is Severity.CRITICAL,
        since=thread.asked_at.astimezone(zone),
        board_on=board_on,
        is_on_board_list=thread.state is not State.CLOSED and board_on <= today,
        steps=tuple(_step(profile, event, zone) for event in thread.events if event.kind is not Kind.ESCALATED),
    )


def _step(profile: Profile, event: Event, zone: ZoneInfo) -> Step:
    return Step(
        kind=event.kind.words,
        author=author_label(profile, event.author),
        text=event.text,
        found=event.found or "",
        cell=event.cell or "",
        at=event.recorded_at.astimezone(zone),
    )


def author_label(profile: Profile, author: str) -> str:
    """Print an author: a post by its title, with the user who acted for it; the pipeline as the checks; a stranger as written."""
    post_id, _, user = author.partition(" ")
    titles = {post.id: post.title for post in profile.posts} | {PIPELINE: "the checks"}
    return f"{titles.get(post_id, post_id)} {user}".strip()


def steps_told(register: Register, state: QueryState, *, kpi_ref: str | None) -> list[str]:
    """Lay out the steps of a thread for a letter: of what stays inside, only who did what and when; the page and the form have the rest."""
    of = parse_period(state.period)
    action_ref = None if kpi_ref else state.subject
    if not KeptBack.of(register, of).has(state.rule_id, kpi_ref, action_ref):
        return [step.sentence for step in state.steps]
    return [step.outline for step in state.steps]


def write_query_page(workspace: Workspace, *, as_at: datetime) -> Path:
    """Place the page of a council's queries in the outbox, whole, and give its path relative to the home folder."""
    settings = workspace.settings
    path = settings.outbox / workspace.organisation / "queries.html"
    place(path, render_html(query_document(workspace, as_at=as_at), templates=settings.templates))
    return path.relative_to(settings.home)


def query_document(workspace: Workspace, *, as_at: datetime) -> Document:
    """Lay out the page of a council's queries as known at a moment."""
    profile = workspace.profile
    with reading(workspace.engine) as connection:
        threads = load_threads(workspace, connection, as_at=as_at)
    shown = [thread for thread in threads if thread.state is not State.CLOSED or thread.last.recorded_at >= as_at - _CLOSED_SHOWN]
    return query_page(
        QueryPage(
            profile=profile,
            as_at=printed_moment(as_at, profile),
            board=profile.board(profile.escalation_board).name if profile.escalation_board else "",
            closed_since=f"{local_day(as_at - _CLOSED_SHOWN, profile):%-d %B %Y}",
            states=states_of(workspace, shown, as_at=as_at),
        )
    )
