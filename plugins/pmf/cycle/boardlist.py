"""Escalate: queries that stay unresolved too long are put on the list of the council's board, which is told of each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.querylist import board_day, states_of, steps_told, write_query_page
from pmf.cycle.querythread import PIPELINE, Kind, State, Thread, load_threads, save_threads
from pmf.cycle.reminder import local_day
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import Letter, queue_rows
from pmf.period import parse_period
from pmf.register.structure import Board
from pmf.reporting.wording import listed
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue

EVENT = "board_queries"
# A mail program cuts a message off at 100 kB: the queries beyond these many are on the page.
_MOST_TOLD = 40


@dataclass(frozen=True)
class Escalated(Summary):
    """How many queries are unresolved, how many of them are on the board's list, how many it was told of now; and the page."""

    unresolved: int
    listed: int
    newly_listed: int
    page: str


def escalate_queries(organisation: str, *, as_at: datetime, settings: Settings) -> Escalated:
    """Put the queries whose time is up on the board's list, write to the board's post about them, and renew the page of queries.

    A query is listed once, and again only when it was closed and reopened since. On a day the council does not work nobody
    is written to, and a council without an escalation board lists none.
    """
    workspace = open_workspace(organisation, settings)
    profile = workspace.profile
    today = local_day(as_at, profile)
    with reading(workspace.engine) as connection:
        threads = [thread for thread in load_threads(workspace, connection, as_at=as_at) if thread.state is not State.CLOSED]
    board = profile.board(profile.escalation_board) if profile.escalation_board else None
    overdue = [thread for thread in threads if board_day(profile, thread) <= today] if board else []
    due = [thread for thread in overdue if not thread.is_escalated] if profile.working_calendar.is_working_day(today) else []

    if board and due:
        text = f"Put on the list of the {board.name}."
        escalated = [thread.then(Kind.ESCALATED, author=PIPELINE, text=text, at=as_at) for thread in due]
        letters = _letters(workspace, board, due, before=len(overdue) - len(due), as_at=as_at)
        with workspace.engine.begin() as connection:
            save_threads(connection, organisation, escalated)
            append_new(connection, mail_queue, queue_rows(letters))
    page = write_query_page(workspace, as_at=as_at)
    return Escalated(unresolved=len(threads), listed=len(overdue), newly_listed=len(due), page=str(page))


def _letters(workspace: Workspace, board: Board, due: Sequence[Thread], *, before: int, as_at: datetime) -> list[Letter]:
    profile = workspace.profile
    states, kpi_refs = states_of(workspace, due, as_at=as_at), {thread.query_id: thread.kpi_ref for thread in due}
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(
            event=EVENT,
            period=max(state.period for state in states),
            subject=f"{local_day(as_at, profile):%Y-%m-%d}",
            version=digest_of(sorted(state.query_id for state in states)),
            at=as_at,
        ),
        recipients=(board.post,),
        template="board_queries",
        context={
            "period_label": listed([parse_period(key).label for key in dict.fromkeys(sorted(state.period for state in states))]),
            "board_name": board.name,
            "working_days": profile.quality.query_working_days,
            "count": len(states),
            "listed_before": before,
            "queries": [
                {
                    "query_id": state.query_id,
                    "subject_label": f"{state.subject} – {state.title}" if state.title else state.subject,
                    "period_label": state.period_label,
                    "service_name": state.service_name,
                    "lies_with": state.lies_with,
                    "since": f"{state.since:%-d %B %Y}",
                    "is_failing": state.is_failing,
                    "steps": steps_told(workspace.register, state, kpi_ref=kpi_refs[state.query_id]),
                }
                for state in states[:_MOST_TOLD]
            ],
        },
    )
