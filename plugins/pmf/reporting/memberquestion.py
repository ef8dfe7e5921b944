"""Members' questions about reports with their answers, as the next paper prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pmf.page.document import Block, BulletList, ListItem, text
from pmf.period import Quarter
from pmf.reporting.numbering import Numbering
from pmf.reporting.wording import agree, counted


@dataclass(frozen=True, kw_only=True)
class MemberQuestion:
    """A question that a body's members put to the paper of a quarter. ``about`` names the indicator; empty: no single one.

    ``answer`` is empty while nobody has answered; ``answered_by`` is the title of the post that did, ``answered_on`` the day.
    """

    question_id: str
    body: str
    quarter: Quarter
    about: str
    words: str
    asked_on: date
    answer: str = ""
    answered_by: str = ""
    answered_on: date | None = None

    @property
    def lead(self) -> str:
        """Say which question it is: of which body, when, about what."""
        about = f", {self.about}" if self.about else ""
        return f"Question {self.question_id}, {self.body}, {self.asked_on:%-d %B %Y}, on {self.quarter.label}{about}: {self.words}"

    @property
    def reply(self) -> str:
        """Give the answer with who gave it and when, or say that it is awaited."""
        if self.answered_on is None:
            return "Not answered yet."
        return f"Answer of the {self.answered_by}, {self.answered_on:%-d %B %Y}: {self.answer}"


def question_blocks(questions: Sequence[MemberQuestion], numbers: Numbering) -> Iterator[Block]:
    """Count the questions and list them, each with its answer below it; nothing where there are none."""
    if not questions:
        return
    waiting = sum(question.answered_on is None for question in questions)
    rest = f", of which {waiting} {agree(waiting, 'awaits', 'await')} an answer" if waiting else ""
    yield numbers.paragraph(f"Members have asked {counted(len(questions), 'question')} about this report or earlier ones{rest}:")
    yield BulletList(tuple(ListItem(text(question.lead), (ListItem(text(question.reply)),)) for question in questions))
