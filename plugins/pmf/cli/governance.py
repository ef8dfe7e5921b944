"""Commands of governance: changes of KPIs from proposal to adoption, signed data-quality templates, waivers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
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
from pmf.period import FinancialYear, parse_period
from pmf.register import Level, RegisterError
from pmf.register.lifecycle import ChangeKind, Decision, LifecycleError, Stage

if TYPE_CHECKING:
    from pmf.cycle.lifecycle import ChangeState

app = typer.Typer()
change = typer.Typer(help="Change a KPI: propose it, take it through the stages, approve and adopt it.", no_args_is_help=True)
app.add_typer(change, name="change")

ChangeArgument = Annotated[str, typer.Argument(metavar="CHANGE", help="The change, such as 36-retire-2025-04-01 (pmf change list).")]
NoteOption = Annotated[str, typer.Option("--note", help="What was done, or why not, in a sentence; it is kept.")]
ByOption = Annotated[str, typer.Option("--by", help="The id of the post, board or committee that decided.")]
YearOption = Annotated[str, typer.Option("--year", help="The financial year, such as 2024-25.")]
# The stages that are no decision and no adoption: those have commands of their own.
_STEPS = [stage for stage in Stage if stage not in {Stage.TRIGGER, Stage.APPROVE, Stage.ADOPT}]


@change.command()
def propose(
    organisation: OrganisationOption,
    kpi: Annotated[str, typer.Option("--kpi", help="The KPI's number; of a new one, the number it is to have.")],
    kind: Annotated[ChangeKind, typer.Option("--kind", help="What is to become of it.")],
    effective_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The day it takes effect.")],
    post: PostOption,
    reason: ReasonOption,
    level: Annotated[Level | None, typer.Option("--level", help="Default: the KPI's own.")] = None,
    criterion: Annotated[
        list[str] | None, typer.Option("--criterion", help="A selection criterion it meets; repeat it. Default: the KPI's own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a new KPI, a change of one (or of its target), or its end: the trigger of the KPI cycle."""
    from pmf.cycle.lifecycle import propose_change

    with _refusals(organisation):
        state = propose_change(
            organisation,
            kpi_ref=kpi,
            kind=kind,
            level=level,
            criteria=criterion,
            effective_from=effective_from.date(),
            rationale=reason,
            post=post,
            as_at=datetime.now(UTC),
            settings=settings(),
        )
    _print_change(state, as_json=as_json)


@change.command()
def step(
    change_id: ChangeArgument,
    stage: Annotated[str, typer.Argument(help=f"The stage that is done: {', '.join(_STEPS)}.")],
    organisation: OrganisationOption,
    post: PostOption,
    note: NoteOption,
    not_needed: Annotated[bool, typer.Option("--not-needed", help="The stage is left out (plan and consult alone), and why.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Record that a stage is done: scope, draft, plan, consult, report, and after adoption each review."""
    if stage not in _STEPS:
        refuse(f"{stage!r} is no such stage; there are: {', '.join(_STEPS)}. Use approve, reject and adopt for the others.")
    _take(organisation, change_id, Stage(stage), post=post, note=note, is_needed=not not_needed, as_json=as_json)


@change.command()
def approve(
    change_id: ChangeArgument, organisation: OrganisationOption, by: ByOption, note: NoteOption, as_json: JsonOption = False
) -> None:
    """Record an approval: of the post, board or committee whose turn it is; of one that is only told, that it was."""
    _decide(organisation, change_id, Decision.APPROVE, by=by, note=note, as_json=as_json)


@change.command()
def reject(
    change_id: ChangeArgument, organisation: OrganisationOption, by: ByOption, note: NoteOption, as_json: JsonOption = False
) -> None:
    """Record a rejection: the change goes back to Draft, and all its approvals start anew."""
    _decide(organisation, change_id, Decision.REJECT, by=by, note=note, as_json=as_json)


@change.command()
def adopt(
    change_id: ChangeArgument, organisation: OrganisationOption, post: PostOption, note: NoteOption, as_json: JsonOption = False
) -> None:
    """Adopt an approved change once the register's files hold it; the next paper of its committee reports it."""
    _take(organisation, change_id, Stage.ADOPT, post=post, note=note, is_needed=True, as_json=as_json)


@change.command()
def show(change_id: ChangeArgument, organisation: OrganisationOption, as_json: JsonOption = False) -> None:
    """Show one change: what is proposed, every step taken, and what comes next."""
    from pmf.cycle.lifecycle import find_change

    with _refusals(organisation):
        state = find_change(organisation, change_id, as_at=datetime.now(UTC), settings=settings())
    _print_change(state, as_json=as_json)


@change.command("list")
def list_command(organisation: OrganisationOption, as_json: JsonOption = False) -> None:
    """List all changes, what each waits for, and which reviews are due."""
    from pmf.cycle.lifecycle import list_changes

    with _refusals(organisation):
        states = list_changes(organisation, as_at=datetime.now(UTC), settings=settings())
    if as_json:
        typer.echo(json.dumps([state.as_dict() for state in states], ensure_ascii=False, indent=1))
        return
    columns = {"Change": "left", "KPI": "left", "From": "left", "Next": "left", "What is to be done": "fold", "Review due": "left"}
    table = new_table(f"Changes of KPIs of {organisation}", columns)
    for state in states:
        review = f"{state.review_due or ''}{' (overdue)' if state.is_review_overdue else ''}"
        table.add_row(state.change_id, state.kpi_ref, state.effective_from, state.next_stage or "finished", state.next_step or "", review)
    console().print(table)


@app.command("sign-templates")
def sign_templates_command(
    organisation: OrganisationOption,
    year: YearOption,
    post: PostOption,
    kpi: Annotated[list[str] | None, typer.Option("--kpi", help="A KPI's number; repeat it. Default: all the post answers for.")] = None,
) -> None:
    """Sign data-quality templates for a financial year, as the holder or head of the service (or of the KPI)."""
    from pmf.cycle.template_signing import sign_templates
    from pmf.register.template import DECLARATION

    with _refusals(organisation):
        signed = sign_templates(organisation, _year(year), kpi_refs=kpi, post=post, as_at=datetime.now(UTC), settings=settings())
    if not any((signed.signed, signed.already, signed.without_template)):
        refuse(f"{post} answers for no KPI in {year}: the holder or head of a KPI's service signs its template.")
    if signed.signed:
        typer.echo(f"{post} declares: {DECLARATION}")
    for words, refs in (("Signed", signed.signed), ("Signed already", signed.already), ("Without a template", signed.without_template)):
        if refs:
            typer.echo(f"{words}: {', '.join(refs)}")


@app.command()
def templates(organisation: OrganisationOption, year: YearOption, as_json: JsonOption = False) -> None:
    """Show how each KPI's data-quality template stands: signed, unsigned, expired, changed since, or missing."""
    from pmf.cycle.template_signing import template_lines

    with _refusals(organisation):
        lines = template_lines(organisation, _year(year), as_at=datetime.now(UTC), settings=settings())
    if as_json:
        typer.echo(json.dumps([line.as_dict() for line in lines], ensure_ascii=False, indent=1))
        return
    columns = {"KPI": "left", "Title": "fold", "State": "left", "Signed by": "fold", "On": "left"}
    if any(line.changed for line in lines):
        columns["Changed since"] = "fold"
    table = new_table(f"Data-quality templates of {organisation}, {_year(year).label}", columns)
    for line in lines:
        on = _day(line.signed_on) if line.signed_on else ""
        cells = (line.kpi_ref, line.title, line.state, line.signed_by or "", on, ", ".join(line.changed))
        table.add_row(*cells[: len(columns)])
    console().print(table)
    states = [line.state for line in lines]
    typer.echo(", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)))


@app.command()
def waive(
    organisation: OrganisationOption,
    period: Annotated[str, typer.Option("--period", "-p", help="The month, quarter or year, such as 2024-09, 2024-25-Q2 or FY2024-25.")],
    rule: Annotated[str, typer.Option("--rule", help="The rule that found it, such as register.template_unsigned.")],
    kpi: Annotated[str, typer.Option("--kpi", help="The KPI it was found of; * for a finding that is about none.")],
    post: PostOption,
    reason: ReasonOption,
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day on which it holds.")],
) -> None:
    """Let one withheld figure or blocked document through, for a reason and until a day."""
    from pmf.cycle.waiving import waive as waive_finding

    with _refusals(organisation):
        subject = parse_period(period)
        given = waive_finding(
            organisation,
            subject,
            rule_id=rule,
            kpi_ref=kpi,
            post=post,
            reason=reason,
            until=until.date(),
            as_at=datetime.now(UTC),
            settings=settings(),
        )
    typer.echo(
        f"Waived {given.rule_id} for KPI {given.kpi_ref} in {subject.label} until {until:%-d %B %Y}. It counts from the next run on."
    )


@contextmanager
def _refusals(organisation: str) -> Iterator[None]:
    """Refuse an unknown council, and print as refusals what cannot be done."""
    from pmf.cycle.template_signing import SigningError
    from pmf.cycle.waivers import WaivingError

    known_organisation(organisation)
    try:
        yield
    except (LifecycleError, RegisterError, SigningError, WaivingError, ValueError) as error:
        refuse(error)


def _take(organisation: str, change_id: str, stage: Stage, *, post: str, note: str, is_needed: bool, as_json: bool) -> None:
    from pmf.cycle.lifecycle import take_step

    with _refusals(organisation):
        state = take_step(
            organisation, change_id, stage, post=post, note=note, is_needed=is_needed, as_at=datetime.now(UTC), settings=settings()
        )
    _print_change(state, as_json=as_json)


def _decide(organisation: str, change_id: str, decision: Decision, *, by: str, note: str, as_json: bool) -> None:
    from pmf.cycle.lifecycle import decide_change

    with _refusals(organisation):
        state = decide_change(organisation, change_id, decision, by=by, note=note, as_at=datetime.now(UTC), settings=settings())
    _print_change(state, as_json=as_json)


def _print_change(state: ChangeState, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(state.as_dict(), ensure_ascii=False, indent=1))
        return
    criteria = f", meets {', '.join(state.criteria)}" if state.criteria else ""
    typer.echo(f"{state.change_id}: {state.kind} KPI {state.kpi_ref} ({state.level}) from {_day(state.effective_from)}{criteria}.")
    table = new_table("Steps taken", {"Stage": "left", "Day": "left", "By": "left", "Decision": "left", "What was done": "fold"})
    for taken in state.steps:
        decision = (taken.decision or "").replace("_", " ")
        table.add_row(taken.stage, _day(taken.on), taken.by, decision, taken.note)
    console().print(table)
    typer.echo(f"Next: {state.next_stage}: {state.next_step}." if state.next_stage else "Finished.")
    if state.missing:
        typer.echo(f"Before it can be adopted: {state.missing}.")
    if state.review_due:
        typer.echo(f"Review due: {_day(state.review_due)}{', overdue' if state.is_review_overdue else ''}.")


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%-d %b %Y}"


def _year(text: str) -> FinancialYear:
    try:
        year = parse_period(f"FY{text.upper().removeprefix('FY')}")
    except ValueError:
        year = None
    if not isinstance(year, FinancialYear):
        raise typer.BadParameter(f"{text!r} is not a financial year: write it like 2024-25", param_hint="--year")
    return year
