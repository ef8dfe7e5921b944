"""Commands about queries: what was asked of services, what they answered, and what is decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
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
from pmf.register import RegisterError

if TYPE_CHECKING:
    from pmf.reporting.queries import QueryState

app = typer.Typer(
    help="Queries: what a failed or flagged check asked of a service, what was answered, and what is decided.", no_args_is_help=True
)

QueryArgument = Annotated[str, typer.Argument(metavar="QUERY", help="The query, such as Q-7F3K2A (pmf query list).")]
WordsOption = Annotated[str, typer.Option("--words", help="What is said, in a sentence or two; it is kept.")]


class Standing(StrEnum):
    """Which queries are listed."""

    UNRESOLVED = "unresolved"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    ALL = "all"


@app.command("list")
def list_command(
    organisation: OrganisationOption,
    state: Annotated[
        Standing, typer.Option("--state", help="open: with the service. answered: with the performance team. unresolved: both.")
    ] = Standing.UNRESOLVED,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="Only of this month or quarter, such as 2024-09 or 2024-25-Q2.")
    ] = None,
    service: Annotated[str | None, typer.Option("--service", help="Only those of this service, by its id.")] = None,
    board: Annotated[bool, typer.Option("--board", help="Only those on the board's list: unresolved for too long.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List queries, the one unresolved longest first: what each is about, with whom it lies, and since when."""
    from pmf.cycle.querylist import query_states

    with _refusals(organisation):
        found = query_states(organisation, as_at=datetime.now(UTC), settings=settings())
    chosen = [
        item
        for item in found
        if _stands(item, state)
        and period in (None, item.period)
        and service in (None, item.service_id)
        and (item.is_on_board_list or not board)
    ]
    if as_json:
        typer.echo(json.dumps([item.as_dict() for item in chosen], ensure_ascii=False, indent=1))
        return
    columns = {"Query": "left", "Period": "left", "About": "fold", "Lies with": "fold", "Since": "left", "State": "left", "Asked": "fold"}
    table = new_table(f"Queries of {organisation}", columns)
    for item in chosen:
        about = f"{item.subject} – {item.title}" if item.title else item.subject
        label = f"{item.state}{', withheld' if item.is_failing and item.state != Standing.CLOSED else ''}"
        label += " (board)" if item.is_on_board_list else ""
        table.add_row(item.query_id, item.period, about, item.lies_with, f"{item.since:%-d %b %Y}", label, item.last.text)
    console().print(table)
    typer.echo(_counts(chosen))


@app.command()
def show(query: QueryArgument, organisation: OrganisationOption, as_json: JsonOption = False) -> None:
    """Show one query with its thread: who asked, answered and decided what, and when."""
    from pmf.cycle.answering import find_query

    with _refusals(organisation):
        state = find_query(organisation, query, as_at=datetime.now(UTC), settings=settings())
    _print(state, as_json=as_json)


@app.command()
def ask(query: QueryArgument, organisation: OrganisationOption, post: PostOption, words: WordsOption, as_json: JsonOption = False) -> None:
    """Ask the service again, in your own words: its officers are written to. A closed query is open again."""
    from pmf.cycle.answering import ask_again

    with _refusals(organisation):
        state = ask_again(organisation, query, post=post, words=words, as_at=datetime.now(UTC), settings=settings())
    _print(state, as_json=as_json)


@app.command()
def answer(
    query: QueryArgument,
    organisation: OrganisationOption,
    said_by: Annotated[str, typer.Option("--said-by", help="The id of the post that gave the answer.")],
    words: WordsOption,
    post: PostOption,
    as_json: JsonOption = False,
) -> None:
    """Record what a service answered otherwise than in its form: on the telephone, say, or in a meeting."""
    from pmf.cycle.answering import answer_for

    with _refusals(organisation):
        state = answer_for(organisation, query, said_by=said_by, words=words, post=post, as_at=datetime.now(UTC), settings=settings())
    _print(state, as_json=as_json)


@app.command()
def accept(
    query: QueryArgument,
    organisation: OrganisationOption,
    post: PostOption,
    reason: ReasonOption,
    let_through_until: Annotated[
        datetime | None,
        typer.Option(
            "--let-through-until",
            formats=["%Y-%m-%d"],
            help="For a figure that is withheld or a paper that is blocked: the last day on which it may be used. It is a waiver.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Accept a figure or comment as it is. The query is closed, and asked again only when something else is found."""
    from pmf.cycle.answering import accept as accept_query

    with _refusals(organisation):
        state = accept_query(
            organisation,
            query,
            post=post,
            reason=reason,
            let_through_until=let_through_until.date() if let_through_until else None,
            as_at=datetime.now(UTC),
            settings=settings(),
        )
    _print(state, as_json=as_json)
    if let_through_until and not as_json:
        typer.echo(f"Let through until {let_through_until:%-d %B %Y}. It counts from the next run of {state.period_label} on.")


@contextmanager
def _refusals(organisation: str) -> Iterator[None]:
    """Refuse an unknown council, and print as refusals what cannot be done."""
    from pmf.cycle.answering import QueryError
    from pmf.cycle.waivers import WaivingError

    known_organisation(organisation)
    try:
        yield
    except (QueryError, WaivingError, RegisterError) as error:
        refuse(error)


def _stands(item: QueryState, state: Standing) -> bool:
    if state is Standing.UNRESOLVED:
        return item.state != Standing.CLOSED
    return state is Standing.ALL or item.state == state


def _counts(chosen: list[QueryState]) -> str:
    if not chosen:
        return "No such query."
    states = [item.state for item in chosen]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) + "."


def _print(state: QueryState, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(state.as_dict(), ensure_ascii=False, indent=1))
        return
    about = f"{state.subject} – {state.title}" if state.title else state.subject
    typer.echo(f"{state.query_id}: {about}, {state.service_name}, {state.period_label}.")
    standing = f"It is {state.state}; it lies with: {state.lies_with}." if state.lies_with else "It is closed."
    listed = f" It is on the board's list since {state.board_on:%-d %B %Y}." if state.is_on_board_list else ""
    typer.echo(f"{standing}{' It withholds a figure.' if state.is_failing and state.lies_with else ''}{listed}")
    table = new_table("Thread", {"When": "left", "Who": "fold", "What": "left", "Words": "fold", "Found": "fold", "Cell": "left"})
    for step in state.steps:
        table.add_row(f"{step.at:%-d %b %Y %H:%M}", step.author, step.kind, step.text, step.found, step.cell)
    console().print(table)
