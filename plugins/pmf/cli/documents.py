"""Commands about documents: where they stand, and signing them off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import JsonOption, OrganisationOption, console, known_organisation, new_table, refuse, settings
from pmf.period import parse_period
from pmf.register import RegisterError

if TYPE_CHECKING:
    from pmf.cycle.documentstates import DocumentState

app = typer.Typer()

_PeriodOption = Annotated[str, typer.Option("--period", "-p", help="What the documents are about: 2024-25-Q2, 2024-09, FY2024-25.")]


@app.command()
def documents(organisation: OrganisationOption, period: _PeriodOption, as_json: JsonOption = False) -> None:
    """List a period's documents: where each stands, what stands against it, and by when it must be published."""
    from pmf.cycle.documentstates import states_of

    known_organisation(organisation)
    now = datetime.now(UTC)
    try:
        subject = parse_period(period)
        states = states_of(organisation, subject, as_at=now, settings=settings())
    except (ValueError, RegisterError) as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps([asdict(state) for state in states], default=str, ensure_ascii=False, indent=1))
    elif states:
        _print(states, title=f"{organisation}, {subject.label}", today=now.date())
    else:
        typer.echo(f"{organisation} has no documents for {subject.label}: nothing has been exported")


def _print(states: Sequence[DocumentState], *, title: str, today: date) -> None:
    table = new_table(title, {"Document": "fold", "State": "fold", "Made": "left", "Publish by": "left"})
    for state in states:
        late = " (late)" if state.is_late(today) else ""
        table.add_row(state.document_id, _standing(state), _day(state.made_at), f"{_day(state.publish_by)}{late}")
    console().print(table)
    for state in states:
        for obstacle in state.obstacles:
            console().print(f"{state.document_id} is held back: {obstacle}", soft_wrap=True)


def _standing(state: DocumentState) -> str:
    when = _day(state.published_at) or (_day(state.signed_at) and f"{_day(state.signed_at)} by {state.signed_by}")
    newer = f"; a newer edition is {state.newer}" if state.newer else ""
    return " ".join(words for words in (state.state, when) if words) + newer


def _day(moment: date | None) -> str:
    return f"{moment:%-d %b %Y}" if moment else ""


@app.command("sign-off")
def sign_off(
    organisation: OrganisationOption,
    period: _PeriodOption,
    post: Annotated[str, typer.Option("--post", help="The id of the post that signs, as in the council's profile.")],
    reason: Annotated[str, typer.Option("--reason", help="What was looked at, and why it may go out.")],
    document: Annotated[
        list[str] | None, typer.Option("--document", help="Only this document, by its id; may be given more than once. Default: all.")
    ] = None,
) -> None:
    """Sign off the last edition of a period's documents; their drafts give way to clean files, and the publication DAG may publish them."""
    from pmf.cycle.publish import NothingToSignError, sign_off_documents
    from pmf.cycle.signingoff import SignOffError

    known_organisation(organisation)
    try:
        signed = sign_off_documents(
            organisation,
            parse_period(period),
            post=post,
            reason=reason,
            as_at=datetime.now(UTC),
            settings=settings(),
            document_ids=document or None,
        )
    except KeyError:
        refuse(f"{organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    except (ValueError, NothingToSignError, SignOffError, RegisterError) as error:
        refuse(str(error))
    typer.echo(f"Signed off by {post}: {', '.join(signed)}")
