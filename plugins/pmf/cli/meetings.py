"""The command that shows the way of each paper to its meeting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import JsonOption, OrganisationOption, console, known_organisation, refuse, settings
from pmf.period import parse_quarter
from pmf.register import RegisterError
from pmf.reporting.wording import sentence_case

if TYPE_CHECKING:
    from pmf.reporting.meetingplan import MeetingPlan

app = typer.Typer()


@app.command("calendar")
def calendar_command(
    organisation: OrganisationOption,
    period: Annotated[str | None, typer.Option("--period", "-p", help="Only the meetings that this quarter's papers go to.")] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="As it stood at the end of this day; without it, as it is now.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the meetings of the last four weeks and the next four months: the last day of each step of each paper, and how it stands.

    Counted back from the last day to publish: the earlier of seven days and five clear working days before the meeting. A step is
    missed when its day has passed, and at risk when the council's own calendar is later or an earlier step was missed.
    """
    from pmf.cycle.meetingplans import plans_of

    known_organisation(organisation)
    at = datetime.now(UTC) if on is None else on.replace(hour=23, minute=59, tzinfo=UTC)
    try:
        plans = plans_of(organisation, as_at=at, settings=settings(), quarter=parse_quarter(period) if period else None)
    except (ValueError, RegisterError) as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps([plan.as_dict() for plan in plans], ensure_ascii=False, indent=1))
    elif plans:
        _print(plans, title=f"Meetings of {organisation}, as at {at:%-d %B %Y}")
    else:
        typer.echo(f"{organisation} has no meeting that receives a paper {f'of {period}' if period else 'in view'}")


def _print(plans: Sequence[MeetingPlan], *, title: str) -> None:
    console().print(title, style="bold")
    for plan in plans:
        console().print(f"\n{plan.meeting:%-d %b %Y}  {plan.committee}, {plan.period}", style="bold", soft_wrap=True)
        steps = "; ".join(f"{state.step} {state.due:%-d %b} {state.light}" for state in plan.steps)
        console().print(f"  {'Every step is done.' if plan.is_done else sentence_case(steps)}", soft_wrap=True)
        for state in plan.warnings:
            console().print(f"  {sentence_case(state.sentence)}", soft_wrap=True)
