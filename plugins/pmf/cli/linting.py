"""The command that reads finished documents again and says what is not so in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from pmf.cli.terminal import FAILED, JsonOption, OrganisationOption, console, known_organisation, refuse, settings
from pmf.period import parse_period
from pmf.register import RegisterError
from pmf.store import StoreError

app = typer.Typer()


@app.command()
def lint(
    organisation: OrganisationOption,
    period: Annotated[str, typer.Option("--period", "-p", help="Whose documents are read: 2024-25-Q2, 2024-09, FY2024-25.")],
    as_json: JsonOption = False,
) -> None:
    """Read the last edition of a period's documents again and hold every format against the warehouse; 1 when something is not so.

    Counts, percentages, figures, targets, statuses, comments, lists and names are compared, and the formats with each other. What
    is found keeps a document from being published until it is built anew, or waived under publication.linter.
    """
    from pmf.cycle.linting import lint_documents

    known_organisation(organisation)
    try:
        subject = parse_period(period)
        linted = lint_documents(organisation, subject, as_at=datetime.now(UTC), settings=settings())
    except (ValueError, RegisterError, StoreError) as error:
        refuse(error)
    if not linted.documents:
        refuse(f"{organisation} has no documents for {subject.label}: run the report or the export first")
    if as_json:
        typer.echo(json.dumps(linted.as_dict(), ensure_ascii=False, indent=1))
    else:
        for problem in linted.problems:
            waived = " (waived)" if problem["is_waived"] else ""
            console().print(f"{problem['document']}.{problem['format']}, {problem['place']}{waived}", style="bold", soft_wrap=True)
            for label in ("found", "expected", "fix"):
                console().print(f"  {label}: {problem[label]}", soft_wrap=True)
        waived_number = len(linted.problems) - len(linted.standing)
        waived = f", {waived_number} more waived" if waived_number else ""
        typer.echo(f"Read again: {linted.documents} documents, {linted.files} files. Problems: {len(linted.standing)}{waived}.")
    if linted.standing:
        raise typer.Exit(FAILED)
