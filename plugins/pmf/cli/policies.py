"""Commands about rating policies: those there are, in words, and the proof of one that is being written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import JsonOption, console, refuse, settings

if TYPE_CHECKING:
    from pmf.rating.band import Band, Fallback
    from pmf.rating.policy import Policy

app = typer.Typer(
    help="Rating policies: what makes a KPI red, amber, green or blue. Without a command, all of them in words.",
    invoke_without_command=True,
)

_COUNTED_IN = {
    "relative": "per cent of the size of the target",
    "points": "the KPI's own unit (percentage points for a percentage)",
    "tolerance": "the KPI's own tolerance: 0 is on target, 1 the end of the tolerance",
    "intervention": "the way from the target (0) to the KPI's intervention level (1)",
}
_FALLBACKS = {
    "zero_target": "With a target of 0",
    "no_tolerance": "With no tolerance agreed",
    "no_intervention_level": "With no intervention level set",
}


@app.callback()
def policies(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the rating policies: from when they hold, what they count in, their criteria, and what of them is not the source's own."""
    from pmf.rating.policy import PolicyError, load_policies

    if context.invoked_subcommand is not None:
        return
    try:
        found = load_policies(settings().policies)
    except PolicyError as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps([policy.model_dump(mode="json") for policy in found.values()], ensure_ascii=False, indent=1, default=str))
        return
    for policy in found.values():
        _print(policy)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A policy, such as include/rating_policies/my-council-2025.yaml.")]) -> None:
    """Prove that a policy gives every KPI exactly one status, however far from target and whatever it has done since last year.

    Ends with 2, naming field and interval, when it does not or cannot be read. Prints the policy in words when it does.
    """
    from pmf.rating.policy import PolicyError, load_policy

    try:
        policy = load_policy(file)
    except (PolicyError, OSError) as error:
        refuse(error)
    _print(policy)
    typer.echo(f"{file} is proven: every figure has exactly one status.")


def _print(policy: Policy) -> None:
    for line in _lines(policy):
        console().print(line, soft_wrap=True)


def _lines(policy: Policy) -> Iterator[str]:
    yield f"{policy.id}: {policy.title}"
    yield f"  From {policy.valid_from:%-d %B %Y}. Counted in {_COUNTED_IN[policy.basis]}."
    yield f"  Source: {policy.source}"
    yield from (f"  {line}" for line in map(_band, policy.bands))
    for field, where in _FALLBACKS.items():
        rule: Fallback | None = getattr(policy, field)
        if rule is not None:
            yield f"  {where}: {rule.on_target_or_better} on target or better, {rule.short_of_target} short of it."
    for fill in policy.declared_fills:
        yield f"  Not the source's own, but declared here: {_where(fill)}. {fill.because}"
    yield ""


def _band(band: Band) -> str:
    return f"{_where(band)}: {band.words}"


def _where(band: Band) -> str:
    since = f", {' or '.join(band.since_last_year).replace('_', ' ')} since last year" if band.asks_last_year else ""
    return f"{band.off_target}{since}"
