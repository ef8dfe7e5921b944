"""Commands about persistent reds: interventions and what is decided about them, and the deep-dive pack of a KPI."""

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
    PeriodOption,
    PostOption,
    ReasonOption,
    console,
    known_organisation,
    new_table,
    parsed_month,
    refuse,
    settings,
)
from pmf.register import RegisterError
from pmf.register.assessment import Outcome

if TYPE_CHECKING:
    from pmf.reporting.intervention import InterventionState

app = typer.Typer(
    help="Interventions: KPIs beyond their intervention level, what is planned, approved and done about them.", no_args_is_help=True
)
pack = typer.Typer()

InterventionArgument = Annotated[
    str, typer.Argument(metavar="INTERVENTION", help="The intervention, such as PI-09-2025-06 (pmf intervention list).")
]


@app.command("list")
def list_command(
    organisation: OrganisationOption,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List interventions: what each is about, how it stands and with whom it lies. The open ones are the board's list."""
    from pmf.cycle.intervening import list_interventions

    with _refusals(organisation):
        found = list_interventions(organisation, as_at=datetime.now(UTC), settings=settings())
    chosen = [state for state in found if everything or not state.is_closed]
    if as_json:
        typer.echo(json.dumps([state.as_dict() for state in chosen], ensure_ascii=False, indent=1))
        return
    columns = {"Intervention": "left", "KPI": "fold", "Opened": "left", "State": "left", "Lies with": "fold", "Actual": "right"}
    table = new_table(f"Interventions of {organisation}", columns)
    for state in chosen:
        actual = next((month.actual for month in reversed(state.progress) if month.status), state.actual)
        table.add_row(state.intervention_id, state.name, f"{state.opened_on:%-d %b %Y}", state.state, state.lies_with, actual)
    console().print(table)
    open_number = sum(not state.is_closed for state in chosen)
    typer.echo(f"{open_number} open{f', {len(chosen) - open_number} closed' if everything else ''}.")


@app.command()
def show(intervention: InterventionArgument, organisation: OrganisationOption, as_json: JsonOption = False) -> None:
    """Show one intervention as its form stands: figures, cause, steps, progress and approvals."""
    from pmf.cycle.intervening import list_interventions

    with _refusals(organisation):
        found = list_interventions(organisation, as_at=datetime.now(UTC), settings=settings())
    state = next((state for state in found if state.intervention_id == intervention.strip()), None)
    if state is None:
        refuse(f"{organisation} has no intervention {intervention!r}; pmf intervention list names them")
    _print(state, as_json=as_json)


@app.command()
def plan(
    intervention: InterventionArgument,
    organisation: OrganisationOption,
    post: PostOption,
    cause: Annotated[str, typer.Option("--cause", help="What has caused it; left out, what is proposed or stands already.")] = "",
    steps: Annotated[str, typer.Option("--steps", help="What will be done, by whom and by when; left out, as with --cause.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Put in what has caused it and what will be done. Whoever is to approve it is written to; an approval before is void."""
    from pmf.cycle.intervening import plan as put_in

    with _refusals(organisation):
        state = put_in(organisation, intervention, cause=cause, steps=steps, post=post, as_at=datetime.now(UTC), settings=settings())
    _print(state, as_json=as_json)


@app.command()
def approve(intervention: InterventionArgument, organisation: OrganisationOption, post: PostOption, as_json: JsonOption = False) -> None:
    """Record that a post approves the plan as it stands."""
    from pmf.cycle.intervening import approve as give

    with _refusals(organisation):
        state = give(organisation, intervention, post=post, as_at=datetime.now(UTC), settings=settings())
    _print(state, as_json=as_json)


@app.command()
def progress(
    intervention: InterventionArgument,
    organisation: OrganisationOption,
    month: Annotated[str, typer.Option("--month", help="The month told of, such as 2025-07.")],
    more: Annotated[bool, typer.Option("--more/--no-more", help="Whether further intervention is required.")],
    post: PostOption,
    words: Annotated[str, typer.Option("--words", help="What is required, or why nothing is.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Record whether a month's progress calls for further intervention; its target and figure come from the rating."""
    from pmf.cycle.intervening import say_progress

    with _refusals(organisation):
        state = say_progress(
            organisation,
            intervention,
            parsed_month(month),
            is_more_required=more,
            words=words,
            post=post,
            as_at=datetime.now(UTC),
            settings=settings(),
        )
    _print(state, as_json=as_json)


@app.command()
def close(
    intervention: InterventionArgument,
    organisation: OrganisationOption,
    outcome: Annotated[
        Outcome,
        typer.Option(
            "--outcome", help="recovered: back within its tolerance. renewed: another one is to follow. withdrawn: it is not pursued."
        ),
    ],
    post: PostOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Close an intervention. Recovered and renewed need the months it is followed in to be rated."""
    from pmf.cycle.intervening import close as end

    with _refusals(organisation):
        state = end(organisation, intervention, outcome=outcome, reason=reason, post=post, as_at=datetime.now(UTC), settings=settings())
    _print(state, as_json=as_json)


@pack.command("deep-dive")
def deep_dive(
    organisation: OrganisationOption,
    kpi: Annotated[str, typer.Option("--kpi", help="The KPI's reference, such as 220.")],
    period: PeriodOption,
) -> None:
    """Write the deep-dive pack of a KPI that was rated in a month, in every format, and say where it is."""
    from pmf.cycle.lookinto import write_pack

    month = parsed_month(period)
    with _refusals(organisation):
        try:
            paths = write_pack(organisation, month, kpi_ref=kpi, as_at=datetime.now(UTC), settings=settings())
        except KeyError:
            refuse(f"{organisation} has no rating of KPI {kpi} in {month.label}: name one that is rated, and its month")
    for path in paths:
        typer.echo(str(settings().home / path))


@contextmanager
def _refusals(organisation: str) -> Iterator[None]:
    """Refuse an unknown council, and print as refusals what cannot be done."""
    from pmf.cycle.intervening import InterventionError

    known_organisation(organisation)
    try:
        yield
    except (InterventionError, RegisterError) as error:
        refuse(error)


def _print(state: InterventionState, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(state.as_dict(), ensure_ascii=False, indent=1))
        return
    standing = state.closed or f"It is {state.state}; it lies with: {state.lies_with}."
    typer.echo(f"{state.intervention_id}: {state.name}, {state.service_name}. {standing}")
    typer.echo(f"{state.month_label}: target {state.target}, tolerance {state.tolerance}, actual {state.actual} ({state.status.label}).")
    for heading, answer in (("Cause", state.cause), ("Steps", state.steps)):
        typer.echo(f"{heading}: {answer.printed} {answer.source}".rstrip())
    table = new_table("Progress", {"Month": "left", "Target": "right", "Actual": "right", "Further intervention required?": "fold"})
    for month in state.progress:
        table.add_row(month.label, month.target, month.actual, month.said)
    console().print(table)
    for approval in state.approvals:
        typer.echo(f"{approval.label}, {approval.post}: {approval.on or 'not yet approved'}.")
