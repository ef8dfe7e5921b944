"""The command that replays the past under another policy or other targets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import JsonOption, OrganisationOption, console, known_organisation, new_table, refuse, settings
from pmf.period import Month, parse_month
from pmf.register import RegisterError
from pmf.value import plain

if TYPE_CHECKING:
    from pmf.rating.replay import ChangedRating, Replay

app = typer.Typer()

_COLUMNS = (
    *("kpi_ref", "title", "period", "basis", "value", "target_before", "target_after"),
    *("policy_before", "policy_after", "status_before", "status_after", "reason"),
)
_POLICY_HELP = "The policy to judge by instead (pmf policies lists them). Default: the policies in force."
_TARGETS_HELP = "A CSV in the form of targets.csv; its rows stand for the register's of the same KPI and kind of period."


@app.command()
def replay(
    organisation: OrganisationOption,
    first: Annotated[str, typer.Option("--from", help="The first month, such as 2024-04.")],
    last: Annotated[str, typer.Option("--to", help="The last month, such as 2024-09.")],
    policy: Annotated[str | None, typer.Option("--policy", help=_POLICY_HELP)] = None,
    targets: Annotated[Path | None, typer.Option("--targets", help=_TARGETS_HELP)] = None,
    quarters: Annotated[bool, typer.Option("--quarters", help="Replay the quarters that lie between the months, too.")] = False,
    as_json: JsonOption = False,
    output: Annotated[Path | None, typer.Option("--output", help="Where to write the changes as CSV.")] = None,
) -> None:
    """List every past rating that would be another under a policy, or with targets, that were not in force.

    Each rating is held against the one last made ("rated"); a month that never was rated, against what the policy in force says
    of its figures ("worked out"). Figures are those that were rated. Nothing in the warehouse is changed.
    """
    from pmf.cycle.replaying import Question, ReplayError, replay_past
    from pmf.rating.policy import PolicyError

    known_organisation(organisation)
    if policy is None and targets is None:
        refuse("Say what is to be otherwise: --policy, --targets, or both.")
    question = Question(first=_month(first, "--from"), last=_month(last, "--to"), policy_id=policy, targets=targets, with_quarters=quarters)
    try:
        with console(stderr=True).status(f"Replaying {question.first.label} to {question.last.label}"):
            found = replay_past(organisation, question, as_at=datetime.now(UTC), settings=settings())
        if output is not None:
            output.write_text(_csv_of(found.changes), encoding="utf-8")
    except (ReplayError, RegisterError, PolicyError, ValueError, OSError) as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps(_as_dict(found), ensure_ascii=False, indent=1))
    else:
        _print(found, title=f"{organisation}, {question.first.label} to {question.last.label}: {_asked(policy, targets)}", output=output)


def _month(text: str, option: str) -> Month:
    try:
        return parse_month(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _asked(policy: str | None, targets: Path | None) -> str:
    return " and ".join(words for words in (policy and f"by {policy}", targets and f"with the targets of {targets.name}") if words)


def _print(found: Replay, *, title: str, output: Path | None) -> None:
    _print_counts(found, title)
    if found.changes and output is None:
        _print_changes(found.changes)
    where = f", written to {output}" if output is not None else ""
    typer.echo(f"{found.compared} ratings compared, {len(found.changes)} would change{where}")


def _print_counts(found: Replay, title: str) -> None:
    """Print how often each status became which."""
    table = new_table("", {"Was": "left", "Would be": "left", "Ratings": "right"})
    changed = {pair: count for pair, count in sorted(found.counts.items()) if pair[0] is not pair[1]}
    for (old, new), count in changed.items():
        table.add_row(old.label, new.label, str(count))
    table.add_row("any", "the same", str(found.compared - sum(changed.values())))
    console().print(title, soft_wrap=True)
    console().print(table)


def _print_changes(changes: Iterable[ChangedRating]) -> None:
    """Print each change; its reason names the figure and the new target."""
    table = new_table("", {"KPI": "left", "Title": "fold", "Period": "left", "Target": "left", "Status": "left", "Why": "fold"})
    for item in changes:
        target = " → ".join(dict.fromkeys((item.target_before or "–", item.target_after or "–")))
        status = f"{item.status_before.label} → {item.status_after.label}"
        worked_out = "" if item.basis == "rated" else "\n(worked out)"
        table.add_row(item.kpi_ref, item.title, item.period, target, status + worked_out, item.reason)
    console().print(table)


def _cells(item: ChangedRating) -> list[str]:
    value = "" if item.value is None else plain(item.value)
    return [value if column == "value" else str(getattr(item, column)) for column in _COLUMNS]


def _csv_of(changes: Iterable[ChangedRating]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_cells(item) for item in changes)
    return lines.getvalue()


def _as_dict(found: Replay) -> dict[str, object]:
    counts = [{"from": old.value, "to": new.value, "count": count} for (old, new), count in sorted(found.counts.items())]
    changes = [dict(zip(_COLUMNS, _cells(item), strict=True)) for item in found.changes]
    return {"compared": found.compared, "changed": len(found.changes), "counts": counts, "changes": changes}
