"""The command that lists what a period's public editions leave out because it tells of few people."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.csvfile import csv_text
from pmf.cli.terminal import JsonOption, OrganisationOption, console, known_organisation, new_table, refuse, settings
from pmf.period import parse_period
from pmf.register import RegisterError

if TYPE_CHECKING:
    from pmf.cycle.suppressions import LeftOut, Listed

app = typer.Typer()

# Columns of a window that has room for titles too.
_WIDE = 120
# What to write where a part of a KPI is left out of no document.
_NOWHERE = "none has a public edition"


@app.command()
def suppressions(
    organisation: OrganisationOption,
    period: Annotated[str, typer.Option("--period", "-p", help="What the documents are about: 2024-25-Q2, 2024-09, FY2024-25.")],
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV, for a spreadsheet.")] = False,
) -> None:
    """List what a period's public editions leave out for small numbers: of which KPI, why, from which documents, since when.

    For officers only: a public edition must not tell which figures are small themselves (primary), which would give one away
    (secondary) and what speaks of either (dependent). The figures are not printed; they stand in the internal editions. KPIs that
    the register does not call public are no suppressions and are not listed.
    """
    from pmf.cycle.suppressions import LeftOut, list_suppressions

    known_organisation(organisation)
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv", param_hint="--csv")
    try:
        subject = parse_period(period)
        found = list_suppressions(organisation, subject, as_at=datetime.now(UTC), settings=settings())
    except (ValueError, RegisterError) as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in found.left_out], default=str, ensure_ascii=False, indent=1))
    elif as_csv:
        typer.echo(csv_text([field.name for field in fields(LeftOut)], map(asdict, found.left_out)), nl=False)
    else:
        _print(found, f"{organisation}, {subject.label}")


def _print(found: Listed, title: str) -> None:
    if found.made_at is None:
        typer.echo(f"{title}: no documents have been made")
    elif not found.left_out:
        typer.echo(f"{title}: nothing is left out for small numbers (last made {found.made_at:%-d %b %Y})")
    else:
        _print_table(found, title)


def _print_table(found: Listed, heading: str) -> None:
    from pmf.cycle.suppressions import PART_LABELS

    to = console()
    is_wide = to.width >= _WIDE
    columns = {"KPI": "left"} | ({"Title": "fold"} if is_wide else {})
    columns |= {"Left out": "fold", "Kind": "left", "Why": "fold", "Documents": "fold", "Since": "left"}
    table = new_table(f"Left out of public editions: {heading}", columns)
    for item in found.left_out:
        title = [item.title] if is_wide else []
        since = f"{item.since:%-d %b %Y}"
        table.add_row(item.kpi_ref, *title, PART_LABELS[item.part], item.kind, item.reason, _documents(item), since)
    to.print(table)
    kpis, published = {item.kpi_ref for item in found.left_out}, {name for item in found.left_out for name in item.published}
    typer.echo(f"Parts: {len(found.left_out)}. KPIs: {len(kpis)}. Last made: {found.made_at:%-d %b %Y}.")
    typer.echo(f"On the public site without them: {', '.join(sorted(published)) or 'no document'}.")


def _documents(item: LeftOut) -> str:
    """Name the documents whose last public edition is without a part, and those of which only the published one is."""
    earlier = [f"{name} (as published)" for name in item.published if name not in item.documents]
    return ", ".join([*item.documents, *earlier]) or _NOWHERE
