"""Answer, ask again, accept: what people do about a query, each a step of its thread, saved with what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.letters import Occasion, write_letters
from pmf.cycle.querylist import states_of, steps_told, write_query_page
from pmf.cycle.querythread import Event, Kind, State, Thread, found_in, load_threads, save_threads
from pmf.cycle.waivers import waiver_row
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.finding import Scope, Severity
from pmf.mail import Letter, queue_rows
from pmf.period import parse_period
from pmf.reporting.queries import QueryState
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue, waiver

# The event of letters about a query.
EVENT = "query"


class QueryError(Exception):
    """A step cannot be taken; the message says why, and what can be done instead."""


def find_query(organisation: str, query_id: str, *, as_at: datetime, settings: Settings) -> QueryState:
    """Find one query with its thread.

    Raises:
        QueryError: when the council has none of that name.
    """
    workspace = open_workspace(organisation, settings)
    return states_of(workspace, [_thread(workspace, query_id, as_at)], as_at=as_at)[0]


def ask_again(
    organisation: str, query_id: str, *, post: str, words: str, as_at: datetime, settings: Settings, user: str = ""
) -> QueryState:
    """Ask a service again in a post's own words, and write to it; a closed query is thereby open again.

    ``user`` names who acted for the post, where that is known.

    Raises:
        QueryError: when there is no such query or post, or nothing is asked.
    """
    workspace = open_workspace(organisation, settings)
    thread = _thread(workspace, query_id, as_at)
    _check(workspace, post, words, what="say what you ask: the service is sent these words")
    kind = Kind.REOPENED if thread.state is State.CLOSED else Kind.ASKED_AGAIN
    thread = thread.then(kind, author=_author(post, user), text=words.strip(), at=as_at)
    return _save(workspace, thread, _letters(workspace, thread, as_at), as_at=as_at)


def answer_for(organisation: str, query_id: str, *, said_by: str, words: str, post: str, as_at: datetime, settings: Settings) -> QueryState:
    """Record what a service said other than in its form, on the telephone say; ``post`` is who recorded it.

    Raises:
        QueryError: when there is no such query or post, the query is closed, or nothing was said.
    """
    workspace = open_workspace(organisation, settings)
    thread = _unresolved(workspace, query_id, as_at)
    _check(workspace, said_by, words, what="say what was answered: it is kept, and shown to whoever decides")
    _check(workspace, post, words)
    recorded = f"{words.strip()} (Recorded by {workspace.profile.post(post).title}.)"
    return _save(workspace, thread.then(Kind.ANSWERED, author=said_by, text=recorded, at=as_at), as_at=as_at)


def accept(
    organisation: str,
    query_id: str,
    *,
    post: str,
    reason: str,
    as_at: datetime,
    settings: Settings,
    let_through_until: date | None = None,
    user: str = "",
) -> QueryState:
    """Accept a figure or comment as it is, which closes its query for as long as just this is found.

    ``let_through_until`` (None: not needed) also waives the rule up to and including that day: what is withheld or blocked
    is let through from the next validation on. Both are saved together.

    Raises:
        QueryError: when there is no such query or post, it is closed, no reason is given, or accepting it alone would
            change nothing, since a figure would stay withheld or a paper blocked.
        WaivingError: when the waiver cannot be given.
    """
    workspace = open_workspace(organisation, settings)
    thread = _unresolved(workspace, query_id, as_at)
    _check(workspace, post, reason, what="say why it is accepted: the reason is kept, and shown to the auditors")
    with reading(workspace.engine) as connection:
        standing = _standing(workspace, connection, thread, as_at)
    if let_through_until is None:
        _refuse_what_changes_nothing(thread, standing)
    waivers = []
    if let_through_until is not None:
        waivers = [_waiver(workspace, thread, post=post, reason=reason, until=let_through_until, as_at=as_at)]
    evidence = _evidence(standing, thread.evidence)
    thread = thread.then(Kind.ACCEPTED, author=_author(post, user), text=reason.strip(), at=as_at, **evidence)
    return _save(workspace, thread, _letters(workspace, thread, as_at), waivers=waivers, as_at=as_at)


def _thread(workspace: Workspace, query_id: str, as_at: datetime) -> Thread:
    with reading(workspace.engine) as connection:
        threads = load_threads(workspace, connection, as_at=as_at)
    wanted = query_id.strip().upper()
    found = next((thread for thread in threads if thread.query_id == wanted), None)
    if found is None:
        raise QueryError(f"{workspace.organisation} has no query {query_id!r}; pmf query list names them")
    return found


def _unresolved(workspace: Workspace, query_id: str, as_at: datetime) -> Thread:
    thread = _thread(workspace, query_id, as_at)
    if thread.state is State.CLOSED:
        raise QueryError(f"{thread.query_id} is closed ({thread.last.kind.words}); ask again to open it")
    return thread


def _check(workspace: Workspace, post: str, words: str, *, what: str = "") -> None:
    if post not in {known.id for known in workspace.profile.posts}:
        raise QueryError(f"{workspace.organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    if not words.strip():
        raise QueryError(what)


def _author(post: str, user: str) -> str:
    return f"{post} ({user})" if user else post


def _standing(workspace: Workspace, connection: Connection, thread: Thread, as_at: datetime) -> list[dict[str, Any]]:
    """Load what the last validation found of a query's subject by its rule and nobody has waived."""
    of, key = parse_period(thread.key.period), thread.key
    period = of if thread.kpi_ref else of.months[-1]
    runs = workspace.read(connection, "validation_at", period=period.key, point=key.point, as_at=as_at)
    if not runs:
        return []
    rows = workspace.read(connection, "findings_at", period=period.key, point=key.point, as_at=runs[0]["as_at"])
    return [
        row
        for row in rows
        if row["rule_id"] == key.rule_id and key.subject == (row["kpi_ref"] or row["action_ref"]) and not row["is_waived"]
    ]


def _refuse_what_changes_nothing(thread: Thread, standing: Sequence[dict[str, Any]]) -> None:
    """Refuse to accept what would stay withheld or blocked all the same, and say how it is let through."""
    severities, scopes = {row["severity"] for row in standing}, {row["scope"] for row in standing}
    if Scope.PUBLICATION in scopes:
        stays = "the paper that prints it would stay blocked"
    elif Severity.CRITICAL in severities:
        stays = "its figure would stay withheld"
    else:
        return
    raise QueryError(
        f"{thread.query_id} fails: accepted as it is, {stays}. "
        "Give the last day on which it is let through, which is a waiver; or ask the service again"
    )


def _waiver(workspace: Workspace, thread: Thread, *, post: str, reason: str, until: date, as_at: datetime) -> dict[str, Any]:
    if thread.kpi_ref is None:
        raise QueryError(f"{thread.query_id} is about a plan action or a panel, of which nothing is withheld: accept it without a day")
    period = parse_period(thread.key.period)
    row = waiver_row(
        workspace, period, rule_id=thread.key.rule_id, kpi_ref=thread.kpi_ref, post=post, reason=reason, until=until, as_at=as_at
    )
    return row | {"reason": f"{reason.strip()} ({thread.query_id})"}


def _evidence(standing: Sequence[dict[str, Any]], before: Event) -> dict[str, Any]:
    """Say what is accepted: what was last found, for another figure is another question."""
    if not standing:
        return {"severity": before.severity, "found": before.found}
    gravest = Severity.CRITICAL if any(row["severity"] == Severity.CRITICAL for row in standing) else Severity.WARNING
    return {"severity": gravest, "found": found_in(row["found"] for row in standing)}


def _letters(workspace: Workspace, thread: Thread, as_at: datetime) -> list[Letter]:
    """Tell whoever answers for the figure what was decided or is asked."""
    profile, last = workspace.profile, thread.last
    services = {service.id: service for service in profile.services}
    if thread.service_id not in services:
        return []  # the council has closed the service since: nobody is left to tell
    period, service = parse_period(thread.key.period), services[thread.service_id]
    state = states_of(workspace, [thread], as_at=as_at)[0]
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(
            event=EVENT, period=period.key, subject=thread.query_id, version=f"{last.recorded_at:%Y%m%dT%H%M%S}-{last.sequence}", at=as_at
        ),
        recipients=workspace.register.answering_posts(service, period, {thread.kpi_ref} if thread.kpi_ref else set()),
        template="query",
        context={
            "query_id": thread.query_id,
            "subject_label": f"{state.subject} – {state.title}" if state.title else state.subject,
            "period_label": state.period_label,
            "service_name": service.name,
            "is_accepted": last.kind is Kind.ACCEPTED,
            "words": last.text,
            "author_title": state.last.author,
            "steps": steps_told(workspace.register, state, kpi_ref=thread.kpi_ref)[:-1],
        },
    )


def _save(
    workspace: Workspace, thread: Thread, letters: Sequence[Letter] = (), *, waivers: Sequence[dict[str, Any]] = (), as_at: datetime
) -> QueryState:
    with workspace.engine.begin() as connection:
        save_threads(connection, workspace.organisation, [thread])
        append_new(connection, waiver, waivers)
        append_new(connection, mail_queue, queue_rows(letters))
    write_query_page(workspace, as_at=as_at)
    return states_of(workspace, [thread], as_at=as_at)[0]
