"""What members of the sample council ask about a paper, and who answers: ``sample_questions.yaml`` of its folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pmf.cycle.questioning import answer_question, ask_question
from pmf.period import parse_quarter
from pmf.register.structure import Definition
from pmf.register.yamlfile import parse_yaml
from pmf.settings import Settings


class SampleQuestion(Definition):
    """A question with its answer. ``answer`` None: nobody answers it in the sample."""

    committee_id: str
    period: str
    kpi_ref: str
    recorded_by: str
    asked_at: datetime
    words: str
    answer: str | None
    answered_by: str = ""
    answered_at: datetime | None = None


def load_questions(folder: Path) -> tuple[SampleQuestion, ...]:
    """Read a council's sample questions, where it has any."""
    path = folder / "sample_questions.yaml"
    entries = parse_yaml(path.read_text(encoding="utf-8"))["questions"] if path.exists() else []
    return tuple(SampleQuestion.model_validate(entry) for entry in entries)


def put_questions(organisation: str, *, until: datetime, settings: Settings) -> int:
    """Record the questions that are asked and answered up to a moment, and say how many; recorded again, they stay as they are."""
    asked = [item for item in load_questions(settings.organisations / organisation) if item.asked_at <= until]
    for item in asked:
        question = ask_question(
            organisation,
            item.committee_id,
            parse_quarter(item.period),
            words=item.words,
            kpi_ref=item.kpi_ref,
            post=item.recorded_by,
            as_at=item.asked_at,
            settings=settings,
        )
        if item.answer is not None and item.answered_at is not None and item.answered_at <= until:
            answer_question(
                organisation, question.question_id, words=item.answer, post=item.answered_by, as_at=item.answered_at, settings=settings
            )
    return len(asked)
