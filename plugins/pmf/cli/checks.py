"""The command that prints the checks of a month: which rule is asked of which KPI, with which limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.csvfile import csv_text
from pmf.cli.terminal import (
    JsonOption,
    OrganisationOption,
    PeriodOption,
    console,
    known_organisation,
    new_table,
    parsed_month,
    refuse,
    settings,
)
from pmf.period import Month
from pmf.register import Register, RegisterError, load_register

if TYPE_CHECKING:
    from pmf.validation.checklist import CheckLine

# Columns of a window that has room for the dimension and the field of the template too.
_WIDE = 120

app = typer.Typer()


@app.command()
def checks(
    organisation: OrganisationOption,
    period: PeriodOption,
    kpi: Annotated[str | None, typer.Option("--kpi", help="One KPI, by its reference, such as 36.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="One rule, such as observation.below_minimum.")] = None,
    service: Annotated[str | None, typer.Option("--service", help="The KPIs of one service, by its id.")] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV, for a spreadsheet.")] = False,
) -> None:
    """Show the checks of a month: which rule is asked of which KPI, how severely, within which limits.

    Limits come from each KPI's definition and the data-quality template in force on the month's last day: change an answer there
    and the checks linked to it change, no others. A check without a KPI is asked of every row. "critical" withholds the KPI's
    figure or, about the whole month, fails the run; "warning" flags. What a month was really checked by is kept in the warehouse
    (view v_check_latest); this command reads the register as it now is.
    """
    from pmf.validation.checklist import CheckLine, check_lines
    from pmf.validation.choices import choose
    from pmf.validation.suites import SuiteError, load_suites

    known_organisation(organisation)
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv", param_hint="--csv")
    month = parsed_month(period)
    try:
        register = load_register(settings().organisations / organisation)
        folder = settings().expectations
        suites = choose({suite.name: suite for suite in load_suites(folder)}, register.profile.quality, folder=folder).values()
    except (RegisterError, SuiteError) as error:
        refuse(error)
    _known("--kpi", kpi, [item.kpi_ref for item in register.due(month)], f"KPI due in {month.label}")
    _known("--service", service, [item.id for item in register.profile.services], "service")
    _known("--rule", rule, [item.rule_id for suite in suites for item in suite.rules], "rule")
    lines = check_lines(register, month, suites, kpi_ref=kpi, rule_id=rule, service_id=service)
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1))
    elif as_csv:
        typer.echo(csv_text([field.name for field in fields(CheckLine)], map(asdict, lines)), nl=False)
    else:
        _print(lines, register, month)


def _known(option: str, given: str | None, known: Sequence[str], what: str) -> None:
    if given is not None and given not in known:
        raise typer.BadParameter(f"there is no {what} {given!r}; there are: {', '.join(known)}", param_hint=option)


def _print(lines: Sequence[CheckLine], register: Register, month: Month) -> None:
    titles = {line.kpi_ref: line.title for line in lines if line.kpi_ref}
    heading = f"Checks of {register.profile.name}, {month.label}"
    # Width is dear: what all rows share stands above them.
    has_titles = len(titles) != 1
    if not has_titles:
        heading += "".join(f": {ref}, {title}" for ref, title in titles.items())
    to = console()
    is_wide = to.width >= _WIDE
    columns = {"Rule": "left", "KPI": "left"} | ({"Title": "fold"} if has_titles else {})
    columns |= {"Severity": "left", "Limits": "fold"} | ({"Dimension": "left", "DQT field": "fold"} if is_wide else {})
    table = new_table(heading, columns)
    for line in lines:
        title = [line.title] if has_titles else []
        answered = [line.dimension, line.dqt_field] if is_wide else []
        table.add_row(line.rule_id, line.kpi_ref or "every", *title, line.severity, line.limits, *answered)
    to.print(table)
    if not is_wide:
        typer.echo("Dimension and field of the template: in a wider window, or with --csv.")
    rules = {line.rule_id for line in lines}
    typer.echo(f"Checks: {len(lines)}. Rules: {len(rules)}. KPIs with limits of their own: {len(titles)}.")
