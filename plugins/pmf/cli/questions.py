"""Commands about members' questions: what was asked of a report and what was answered, for the next paper to tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import (
    JsonOption,
    OrganisationOption,
    PostOption,
    ReasonOption,
    console,
    known_organisation,
    new_table,
    refuse,
    settings,
)
from pmf.period import Quarter, parse_quarter
from pmf.register import RegisterError

if TYPE_CHECKING:
    from pmf.cycle.memberquestions import Question

app = typer.Typer(help="Members' questions about a report, and their answers, which the next paper prints.", no_args_is_help=True)

QuestionArgument = Annotated[str, typer.Argument(metavar="QUESTION", help="The question, such as M-7F3K2A (pmf question list).")]
CommitteeOption = Annotated[str, typer.Option("--committee", help="The id of the committee, panel or cabinet whose members ask.")]
QuarterOption = Annotated[str, typer.Option("--period", "-p", help="The quarter of the paper asked about, such as 2024-25-Q2.")]
WordsOption = Annotated[str, typer.Option("--words", help="What is said. It is printed and published: name no member of the public.")]


@app.command()
def ask(
    organisation: OrganisationOption,
    committee: CommitteeOption,
    period: QuarterOption,
    words: WordsOption,
    post: PostOption,
    kpi: Annotated[str | None, typer.Option("--kpi", help="The KPI it is about, by its number. Default: no single one.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Record a question that members asked about a paper. Recorded twice in the same words, it is one question."""
    from pmf.cycle.questioning import ask_question

    quarter = _quarter(period)
    with _refusals(organisation):
        question = ask_question(
            organisation, committee, quarter, words=words, kpi_ref=kpi, post=post, as_at=datetime.now(UTC), settings=settings()
        )
    _print(question, as_json=as_json)


@app.command()
def answer(
    question: QuestionArgument, organisation: OrganisationOption, words: WordsOption, post: PostOption, as_json: JsonOption = False
) -> None:
    """Record the answer of a post. A better one can be recorded later: the last counts."""
    from pmf.cycle.questioning import answer_question

    with _refusals(organisation):
        answered = answer_question(organisation, question, words=words, post=post, as_at=datetime.now(UTC), settings=settings())
    _print(answered, as_json=as_json)


@app.command()
def withdraw(
    question: QuestionArgument, organisation: OrganisationOption, reason: ReasonOption, post: PostOption, as_json: JsonOption = False
) -> None:
    """Take back a question that was recorded by mistake. It stays in the warehouse, and no paper tells of it."""
    from pmf.cycle.questioning import withdraw_question

    with _refusals(organisation):
        withdrawn = withdraw_question(organisation, question, reason=reason, post=post, as_at=datetime.now(UTC), settings=settings())
    _print(withdrawn, as_json=as_json)


@app.command("list")
def list_command(
    organisation: OrganisationOption,
    unanswered: Annotated[bool, typer.Option("--unanswered", help="Only those that nobody has answered.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List members' questions in the order they were asked."""
    from pmf.cycle.questioning import list_questions

    with _refusals(organisation):
        found = list_questions(organisation, as_at=datetime.now(UTC), settings=settings())
    chosen = [question for question in found if not unanswered or question.state == "unanswered"]
    if as_json:
        typer.echo(json.dumps([question.as_dict() for question in chosen], ensure_ascii=False, indent=1))
        return
    columns = {"Question": "left", "Of": "fold", "Period": "left", "KPI": "left", "Asked": "left", "State": "left", "Words": "fold"}
    table = new_table(f"Members' questions of {organisation}", columns)
    for item in chosen:
        asked = f"{item.asked_at:%-d %b %Y}"
        table.add_row(item.question_id, item.committee_id, item.quarter.key, item.kpi_ref or "", asked, item.state, item.words)
    console().print(table)
    typer.echo(f"{len(chosen)} listed, {sum(item.state == 'unanswered' for item in chosen)} unanswered.")


@contextmanager
def _refusals(organisation: str) -> Iterator[None]:
    """Refuse an unknown council, and print as refusals what cannot be done."""
    from pmf.cycle.questioning import QuestioningError

    known_organisation(organisation)
    try:
        yield
    except (QuestioningError, RegisterError) as error:
        refuse(error)


def _quarter(text: str) -> Quarter:
    try:
        return parse_quarter(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None


def _print(question: Question, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(question.as_dict(), ensure_ascii=False, indent=1))
        return
    about = f", KPI {question.kpi_ref}" if question.kpi_ref else ""
    typer.echo(f"{question.question_id}: {question.committee_id}, {question.quarter.label}{about}: {question.words}")
    typer.echo(f"Answer of {question.answered_by}: {question.answer}" if question.state == "answered" else f"It is {question.state}.")
