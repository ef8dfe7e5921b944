"""Members' questions about reports, from the warehouse: what was asked of which paper, what was answered, and which paper is to tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.reminder import local_day
from pmf.cycle.workspace import Workspace
from pmf.period import Quarter, parse_quarter
from pmf.register import Committee
from pmf.reporting.measure import name_of
from pmf.reporting.memberquestion import MemberQuestion


class Step(StrEnum):
    """What can happen to a question."""

    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question as it stands. ``kpi_ref`` None: about no single KPI; ``answered_at`` None: nobody has answered.

    ``post`` recorded it, ``answered_by`` gave the last answer.
    """

    question_id: str
    committee_id: str
    quarter: Quarter
    kpi_ref: str | None
    words: str
    post: str
    asked_at: datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    is_withdrawn: bool = False

    @property
    def state(self) -> str:
        """How it stands: unanswered, answered or withdrawn."""
        if self.is_withdrawn:
            return Step.WITHDRAWN.value
        return "unanswered" if self.answered_at is None else Step.ANSWERED.value

    def as_dict(self) -> dict[str, Any]:
        """Give the question as JSON values."""
        moments = {"asked_at": self.asked_at.isoformat(), "answered_at": self.answered_at and self.answered_at.isoformat()}
        return asdict(self) | moments | {"quarter": self.quarter.key, "state": self.state}


def load_questions(workspace: Workspace, connection: Connection, *, as_at: datetime) -> list[Question]:
    """Load every question as known at a moment, withdrawn ones too, in the order they were asked."""
    return list(questions_of(workspace.read(connection, "question_events_at", as_at=as_at)))


def questions_of(events: Iterable[Mapping[str, Any]]) -> Iterator[Question]:
    """Put questions together from their steps (rows of ``question_event``, in the order they were taken); the last answer counts."""
    questions: dict[str, Question] = {}
    for row in events:
        question = questions.get(row["question_id"])
        match Step(row["kind"]):
            case Step.ASKED if question is None or question.is_withdrawn:
                questions[row["question_id"]] = _asked(row)
            case Step.ANSWERED if question is not None:
                given = {"answer": row["words"], "answered_by": row["post"], "answered_at": row["recorded_at"]}
                questions[question.question_id] = replace(question, **given)
            case Step.WITHDRAWN if question is not None:
                questions[question.question_id] = replace(question, is_withdrawn=True)
    yield from questions.values()


def _asked(row: Mapping[str, Any]) -> Question:
    return Question(
        question_id=row["question_id"],
        committee_id=row["committee_id"],
        quarter=parse_quarter(row["period"]),
        kpi_ref=row["kpi_ref"],
        words=row["words"],
        post=row["post"],
        asked_at=row["recorded_at"],
    )


def is_told(question: Question, committee: Committee, quarter: Quarter, *, since: datetime | None) -> bool:
    """Tell whether the paper of a body and quarter tells of a question: one of an earlier paper, until an answer has been told.

    A body that receives papers after another (cabinet) is also told what was asked there of this very paper. ``since`` is when
    the paper before was made: what had been answered by then, that paper has told. None: there was none.
    """
    if question.is_withdrawn or (since is not None and question.answered_at is not None and question.answered_at <= since):
        return False
    is_of_another = committee.receives_after is not None and question.committee_id == committee.receives_after
    return (question.committee_id == committee.id and question.quarter < quarter) or (is_of_another and question.quarter <= quarter)


def printed_question(workspace: Workspace, question: Question) -> MemberQuestion:
    """Describe a question for print: its KPI and posts by name, its days by the council's clock."""
    profile = workspace.profile
    kpi = workspace.register.kpi(question.kpi_ref, question.quarter) if question.kpi_ref else None
    return MemberQuestion(
        question_id=question.question_id,
        body=profile.committee(question.committee_id).name,
        quarter=question.quarter,
        about=name_of(kpi) if kpi else "",
        words=question.words,
        asked_on=local_day(question.asked_at, profile),
        answer=question.answer,
        answered_by=profile.post(question.answered_by).title if question.answered_by else "",
        answered_on=local_day(question.answered_at, profile) if question.answered_at else None,
    )
