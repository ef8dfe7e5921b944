"""Judge: what the performance team decides of an answered query where it is shown in Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pmf.cycle.answering import QueryError, accept, ask_again
from pmf.cycle.querylist import query_states
from pmf.cycle.querythread import State
from pmf.cycle.waivers import WaivingError
from pmf.cycle.workspace import Summary, open_workspace
from pmf.page.markdown import markdown_text
from pmf.reporting.queries import QueryState
from pmf.settings import Settings


class Decision(StrEnum):
    """What can be decided, in the words on the buttons."""

    ACCEPT = "Accept"
    ASK_AGAIN = "Ask again"
    LEAVE = "Leave for now"


@dataclass(frozen=True)
class ToJudge(Summary):
    """The answered queries, each as ``query_id``, ``subject`` (a line) and ``body`` (Markdown: the thread)."""

    queries: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Judged(Summary):
    """What was decided of a query, and how it stands now."""

    query_id: str
    decision: str
    state: str


class JudgementError(Exception):
    """A decision cannot be recorded as it was made; the message says why. The query is as it was."""


def queries_to_judge(organisation: str, *, as_at: datetime, settings: Settings) -> ToJudge:
    """List the queries that were answered and wait for the performance team, the longest unresolved first."""
    states = query_states(organisation, as_at=as_at, settings=settings)
    return ToJudge(tuple(_shown(state) for state in states if state.state == State.ANSWERED))


def _shown(state: QueryState) -> dict[str, str]:
    about = f"{state.subject} – {state.title}" if state.title else state.subject
    lines = [
        f"**{markdown_text(about)}**, {markdown_text(state.service_name)}, {markdown_text(state.period_label)}",
        *(f"- {markdown_text(step.sentence)}" for step in state.steps),
    ]
    if state.is_failing:
        lines.append("The figure is withheld. To accept it, also give the last day on which it is let through.")
    return {"query_id": state.query_id, "subject": f"{state.query_id}: {about}, {state.period_label}", "body": "\n\n".join(lines)}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise JudgementError(f"{text!r} is no day: write it like 2024-10-31") from None


def judge(
    organisation: str,
    query_id: str,
    *,
    decision: str,
    words: str,
    let_through_until: str,
    user: str,
    as_at: datetime,
    settings: Settings,
) -> Judged:
    """Record a decision of the performance team; ``user`` is who made it, ``let_through_until`` a day as 2024-10-31, or "".

    Raises:
        JudgementError: when it cannot be recorded as made: nothing is asked, the day is none, the figure would stay withheld.
    """
    post = open_workspace(organisation, settings).profile.performance_team
    state = State.ANSWERED.value
    try:
        if decision == Decision.ACCEPT:
            until = _day(let_through_until)
            reason = words.strip() or "Accepted as answered."
            state = accept(
                organisation,
                query_id,
                post=post,
                reason=reason,
                let_through_until=until,
                user=user,
                as_at=as_at,
                settings=settings,
            ).state
        elif decision == Decision.ASK_AGAIN:
            state = ask_again(organisation, query_id, post=post, words=words, user=user, as_at=as_at, settings=settings).state
    except (QueryError, WaivingError) as error:
        raise JudgementError(str(error)) from error
    return Judged(query_id, decision, state)
