"""What all commands share: options, the settings of this installation, and how a refusal is printed."""

from __future__ import annotations

import os
from typing import Annotated, NoReturn

import structlog
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pmf.period import Month, parse_month
from pmf.register import organisation_slugs
from pmf.settings import Settings, read_settings

# Exit codes are stable: 0 done (clean, or flags only), 1 something failed that the output names, 2 what was given cannot be used.
FAILED, UNUSABLE = 1, 2

OrganisationOption = Annotated[str, typer.Option("--organisation", "-o", help="The council's folder name, such as cambridgeshire.")]
SomeOrganisationOption = Annotated[
    str | None, typer.Option("--organisation", "-o", help="The council's folder name. Default: every council.")
]
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="The month reported on, such as 2024-09.")]
PostOption = Annotated[str, typer.Option("--post", help="The id of the post that acts, as in the council's profile.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept and printed.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def new_table(title: str, columns: dict[str, str]) -> Table:
    """Make a table; ``columns`` maps each heading to how it is set: left, right, or fold for the one that may break."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading, how in columns.items():
        if how == "fold":
            table.add_column(heading, overflow="fold")
        else:
            table.add_column(heading, justify="right" if how == "right" else "left", no_wrap=True)
    return table


def settings() -> Settings:
    """Read the settings of this installation."""
    return read_settings(os.environ)


def console(*, stderr: bool = False) -> Console:
    """Give the console to print on."""
    # Names and paths come from councils' files: nothing in them is mark-up, and ":house:" is no picture.
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def parsed_month(text: str) -> Month:
    """Read the month of ``--period``; what is none is refused."""
    try:
        month = parse_month(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None
    structlog.contextvars.bind_contextvars(period=month.key)
    return month


def known_organisation(organisation: str) -> None:
    """Refuse a council there is no folder for, naming those there are."""
    known = organisation_slugs(settings().organisations)
    if organisation not in known:
        raise typer.BadParameter(f"there is no council {organisation!r}; there are: {', '.join(known)}", param_hint="--organisation")
    structlog.contextvars.bind_contextvars(organisation=organisation)


def refuse(problem: str | Exception) -> NoReturn:
    """Print what cannot be used, and end with 2."""
    words = f"{problem.filename}: {problem.strerror}" if isinstance(problem, OSError) and problem.filename else str(problem)
    console(stderr=True).print(words, style="red", soft_wrap=True)
    raise typer.Exit(UNUSABLE)
