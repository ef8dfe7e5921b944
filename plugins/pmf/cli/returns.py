"""Commands about returns: checking a form, who has returned, importing earlier figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from pmf.finding import Severity
from pmf.register import RegisterError

if TYPE_CHECKING:
    from pmf.cycle.check import CheckedReturn


app = typer.Typer()


_EXIT_CODES = {"clean": 0, "failing": 1, "unreadable": 2}


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The filled-in return form (.xlsx).")],
    organisation: Annotated[
        str | None, typer.Option("--organisation", "-o", help="The council it should be for. Default: its own.")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="The month it should be for, such as 2024-09. Default: its own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a filled-in form before sending it: what is wrong, in which cell, and how to put it right.

    Ends with 0 when nothing fails (flags may be printed), 1 when a figure would be withheld, 2 when the file cannot be
    read as a return.
    """
    from pmf.cycle.check import check_return
    from pmf.store import StoreError

    if organisation is not None:
        known_organisation(organisation)
    try:
        month = parsed_month(period) if period else None
        checked = check_return(file, organisation=organisation, month=month, as_at=datetime.now(UTC), settings=settings())
    except (RegisterError, StoreError, OSError) as error:
        refuse(error)
    _print_checked(checked, as_json=as_json)
    raise typer.Exit(_EXIT_CODES[checked.verdict])


@app.command()
def returns(
    organisation: OrganisationOption,
    period: PeriodOption,
    as_json: JsonOption = False,
) -> None:
    """Show which services have returned a month and which have not."""
    from pmf.cycle.tracker import outstanding, service_states

    known_organisation(organisation)
    try:
        states = service_states(organisation, parsed_month(period), as_at=datetime.now(UTC), settings=settings())
    except RegisterError as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps([state.as_dict() for state in states], ensure_ascii=False, indent=1))
        return
    # Width is dear: what nobody has needs no column.
    reminded = any(state.reminders for state in states)
    counts = dict.fromkeys(("Due", "Figures", "Nil", "No answer", *(("Reminders",) if reminded else ())), "right")
    table = new_table(
        f"Returns of {organisation}, {parsed_month(period).label}", {"Service": "fold", "State": "left", "Received": "left"} | counts
    )
    for state in states:
        received = f"{state.received_at:%-d %b %Y %H:%M}" if state.received_at else ""
        numbers = (state.due, state.figures, state.nil_returns, state.unanswered, *((state.reminders,) if reminded else ()))
        table.add_row(state.name, state.label, received, *(str(number) for number in numbers))
        for source in state.sources:
            table.add_row(f"  {source.title}", source.label, f"{source.received_at:%-d %b %Y %H:%M}" if source.received_at else "")
    console().print(table)
    missing = outstanding(states)
    typer.echo(f"Not returned: {'; '.join(missing)}." if missing else "Every service has returned.")


@app.command("import-history")
def import_history_command(
    file: Annotated[Path, typer.Argument(help="A CSV: kpi_ref, period, value, numerator, denominator, provenance, source.")],
    organisation: OrganisationOption,
) -> None:
    """Import figures from before the first collected month; they are marked imported, not collected."""
    from pmf.cycle.history import import_history

    known_organisation(organisation)
    try:
        imported = import_history(organisation, file, as_at=datetime.now(UTC), settings=settings())
    except (RegisterError, OSError) as error:
        refuse(error)
    typer.echo(f"{imported.rows} figures in {file}, {imported.new} of them new.")


@app.command("export-history")
def export_history_command(
    folder: Annotated[Path, typer.Argument(help="Where the files go: a folder for each table, in it one for each organisation.")],
    organisation: Annotated[str | None, typer.Option("--organisation", "-o", help="One council; all when left out.")] = None,
) -> None:
    """Write figures, returns and ratings as Parquet files, for DuckDB and other engines; the warehouse stays as it is."""
    from pmf.warehouse import bulk
    from pmf.warehouse.engine import WarehouseError, look_at_warehouse, reading
    from pmf.warehouse.parquet import export_organisation, organisations_of

    if organisation is not None:
        known_organisation(organisation)
    if not bulk.is_installed():
        refuse("Parquet files need more packages: install pmf with its optional packages `scale`")
    try:
        with reading(look_at_warehouse(settings())) as connection:
            for slug in [organisation] if organisation else organisations_of(connection):
                typer.echo(f"{slug}: {export_organisation(connection, folder, slug)} rows")
    except (WarehouseError, OSError) as error:
        refuse(error)


def _print_checked(checked: CheckedReturn, *, as_json: bool) -> None:
    if as_json:
        findings = [asdict(item) | {"where": item.where} for item in checked.findings]
        unreadable = asdict(checked.unreadable) if checked.unreadable else None
        content = {"file": checked.file_name, "verdict": checked.verdict, "unreadable": unreadable, "findings": findings}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
        return
    if checked.unreadable is not None:
        typer.echo(f"{checked.file_name} cannot be read as a return. {checked.unreadable.message} {checked.unreadable.fix}")
        return
    for item in checked.findings:
        typer.echo(f"{item.severity.verb}: {item.where or checked.file_name}: {item.message}")
        typer.echo(f"  What to do: {item.fix}")
    failing = sum(item.severity is Severity.CRITICAL for item in checked.findings)
    flagged = len(checked.findings) - failing
    typer.echo(
        f"{checked.file_name}: {failing} failing, {flagged} flagged." if checked.findings else f"{checked.file_name}: nothing found."
    )
