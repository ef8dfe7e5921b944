"""Question: record what members ask about a report and what is answered, so that the next paper tells both.

A question is about a body's paper of a quarter, and may be about one KPI. Nothing is edited: a better answer is another one, and
a question that was recorded wrongly is withdrawn with a reason.
"""

from __future__ import annotations

from datetime import datetime

from pmf.cycle.memberquestions import Question, Step, load_questions
from pmf.cycle.querythread import spoken_name
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Quarter
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import question_event


class QuestioningError(Exception):
    """A question cannot be recorded or answered; the message says why."""


def ask_question(
    organisation: str,
    committee_id: str,
    quarter: Quarter,
    *,
    words: str,
    kpi_ref: str | None,
    post: str,
    as_at: datetime,
    settings: Settings,
) -> Question:
    """Record what members of a body ask about its paper of a quarter; asked in the same words again, it is the same question.

    ``kpi_ref`` None: it is about no single KPI.

    Raises:
        QuestioningError: when the council has no such body, KPI or post, or there are no words.
    """
    workspace = open_workspace(organisation, settings)
    if committee_id not in {committee.id for committee in workspace.profile.committees}:
        known = ", ".join(committee.id for committee in workspace.profile.committees)
        raise QuestioningError(f"{organisation} has no committee {committee_id!r}; there are: {known}")
    if kpi_ref is not None and workspace.register.kpi(kpi_ref, quarter) is None:
        raise QuestioningError(f"{organisation} has no KPI {kpi_ref!r} in {quarter.label}: look it up in kpis.csv")
    said = _said(workspace, words, post)
    question_id = spoken_name("M", (organisation, committee_id, quarter.key, kpi_ref or "", said))
    before = _known(workspace, as_at).get(question_id)
    if before is not None and not before.is_withdrawn:
        return before
    asked = Question(
        question_id=question_id, committee_id=committee_id, quarter=quarter, kpi_ref=kpi_ref, words=said, post=post, asked_at=as_at
    )
    return _take(workspace, asked, Step.ASKED, words=said, post=post, as_at=as_at)


def answer_question(organisation: str, question_id: str, *, words: str, post: str, as_at: datetime, settings: Settings) -> Question:
    """Record the answer that a post gives to a question; of several the last counts.

    Raises:
        QuestioningError: when there is no such question or post, it was withdrawn, or there are no words.
    """
    workspace = open_workspace(organisation, settings)
    question = _find(workspace, question_id, as_at)
    return _take(workspace, question, Step.ANSWERED, words=_said(workspace, words, post), post=post, as_at=as_at)


def withdraw_question(organisation: str, question_id: str, *, reason: str, post: str, as_at: datetime, settings: Settings) -> Question:
    """Take back a question that was recorded by mistake; no paper tells of it from then on.

    Raises:
        QuestioningError: when there is no such question or post, it was withdrawn already, or there is no reason.
    """
    workspace = open_workspace(organisation, settings)
    question = _find(workspace, question_id, as_at)
    return _take(workspace, question, Step.WITHDRAWN, words=_said(workspace, reason, post), post=post, as_at=as_at)


def list_questions(organisation: str, *, as_at: datetime, settings: Settings) -> list[Question]:
    """List every question of a council as known at a moment, in the order they were asked."""
    return list(_known(open_workspace(organisation, settings), as_at).values())


def _known(workspace: Workspace, as_at: datetime) -> dict[str, Question]:
    with reading(workspace.engine) as connection:
        return {question.question_id: question for question in load_questions(workspace, connection, as_at=as_at)}


def _find(workspace: Workspace, question_id: str, as_at: datetime) -> Question:
    question = _known(workspace, as_at).get(question_id)
    if question is None:
        raise QuestioningError(f"{workspace.organisation} has no question {question_id!r}; pmf question list names them")
    if question.is_withdrawn:
        raise QuestioningError(f"question {question_id} was withdrawn: ask it again")
    return question


def _said(workspace: Workspace, words: str, post: str) -> str:
    if post not in {known.id for known in workspace.profile.posts}:
        raise QuestioningError(f"{workspace.organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    if not words.strip():
        raise QuestioningError("say it in words: what is asked, answered or taken back is printed and kept")
    return " ".join(words.split())


def _take(workspace: Workspace, question: Question, step: Step, *, words: str, post: str, as_at: datetime) -> Question:
    row = {
        "organisation": workspace.organisation,
        "question_id": question.question_id,
        "kind": step.value,
        "recorded_at": as_at,
        "committee_id": question.committee_id,
        "period": question.quarter.key,
        "kpi_ref": question.kpi_ref,
        "post": post,
        "words": words,
    }
    with workspace.engine.begin() as connection:
        append_new(connection, question_event, [row])
    return _known(workspace, as_at)[question.question_id]
