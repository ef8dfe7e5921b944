"""Commands about the register: one workbook out, the same or another organisation's back in, and a check of it all."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmf.cli.terminal import FAILED, JsonOption, OrganisationOption, console, known_organisation, new_table, refuse, settings
from pmf.register import RegisterError, load_register

if TYPE_CHECKING:
    from pmf.cycle.registering import Examined

app = typer.Typer(help="The register of KPIs as one workbook: export, import, check.", no_args_is_help=True)


@app.command()
def export(
    organisation: OrganisationOption,
    output: Annotated[Path | None, typer.Option("--output", help="The workbook to write. Default: register-COUNCIL.xlsx here.")] = None,
) -> None:
    """Write the whole register as one Excel workbook, to be edited and imported again."""
    from pmf.registerbook.tablesheet import TooLongError
    from pmf.registerbook.writer import write_book

    known_organisation(organisation)
    path = output or Path(f"register-{organisation}.xlsx")
    try:
        register = load_register(settings().organisations / organisation)
        path.write_bytes(write_book(register))
    except (RegisterError, TooLongError, OSError) as error:
        refuse(error)
    typer.echo(f"{len({kpi.kpi_ref for kpi in register.kpi_versions})} KPIs of {register.profile.name} written to {path}")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="The edited workbook (.xlsx); with --columns another organisation's (.csv, .xlsx).")],
    organisation: OrganisationOption,
    columns: Annotated[Path | None, typer.Option("--columns", help="A map (YAML) of another organisation's columns to our fields.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the files. Default: only say what would change.")] = False,
    rewrite_past: Annotated[
        str | None, typer.Option("--rewrite-past", help="Why months that have been judged may be judged differently from now on.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a workbook with the register's files row by row, and with --apply write what is new, changed or removed.

    Nothing is written unless everything is right. Ends with 0 when nothing is wrong, 1 when a row is refused or the past would
    be rewritten, 2 when the file cannot be used. For a file that is not ours and has no map, a map to start from is printed.
    """
    from pmf.cycle.registering import NeedsMapError, apply_examined, examine_file
    from pmf.registerbook.columnmap import ColumnMapError
    from pmf.registerbook.incoming import UnusableFileError

    known_organisation(organisation)
    if rewrite_past is not None and not rewrite_past.strip():
        refuse("--rewrite-past needs the reason, in a sentence.")
    written: tuple[str, ...] = ()
    try:
        examined = examine_file(file, organisation, columns=columns, as_at=datetime.now(UTC), settings=settings())
        is_allowed = examined.found.is_right and (not examined.found.rewritten or rewrite_past is not None)
        if apply and is_allowed:
            written = apply_examined(examined.found, organisation, settings=settings())
    except NeedsMapError as error:
        typer.echo(str(error), nl=False)
        refuse(f"{file} is not a workbook written by pmf register export. What is printed is a map to start from; nothing was imported.")
    except (RegisterError, ColumnMapError, UnusableFileError, OSError) as error:
        refuse(error)
    _print(examined, written, rewrite_past=rewrite_past, is_allowed=is_allowed, as_json=as_json)
    if not is_allowed:
        raise typer.Exit(FAILED)


def _print(examined: Examined, written: tuple[str, ...], *, rewrite_past: str | None, is_allowed: bool, as_json: bool) -> None:
    from pmf.registerbook.report import report_lines, report_values

    found = examined.found
    if as_json:
        foreign = {"rows": examined.foreign.rows, "clean": examined.foreign.clean} if examined.foreign else None
        values = report_values(found) | {"foreign": foreign, "rewrite_past": rewrite_past, "is_right": is_allowed, "written": list(written)}
        typer.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    for line in examined.foreign.lines if examined.foreign else ():
        typer.echo(line)
    for line in report_lines(found, with_refusals=examined.foreign is None):
        typer.echo(line)
    if found.rewritten and rewrite_past is not None:
        typer.echo(f"The past is rewritten, because: {rewrite_past.strip()}")
    if written:
        typer.echo(f"Written: {', '.join(written)}.")
    elif not is_allowed:
        only_past = found.is_right and found.rewritten
        typer.echo(f"Nothing was written: {'the past would be rewritten (--rewrite-past takes the reason)' if only_past else 'see above'}.")
    elif found.is_change:
        typer.echo("Nothing was written: this was a trial. With --apply the files change.")


@app.command()
def check(
    organisation: OrganisationOption,
    on: Annotated[str | None, typer.Option("--on", help="The day whose register is looked at, such as 2024-10-01. Default: today.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Load the whole register and say what is wrong with it, and what a right one still lacks.

    Ends with 0 when nothing is wrong (there may be things to look at), 1 when the files are wrong.
    """
    from pmf.registerbook.completeness import completeness

    known_organisation(organisation)
    day = _day(on)
    try:
        register = load_register(settings().organisations / organisation, policies=settings().policies)
        remarks = completeness(register, day)
        problems: tuple[str, ...] = ()
    except RegisterError as error:
        remarks, problems = [], error.problems
    if as_json:
        values = {"problems": list(problems), "remarks": [vars(remark) for remark in remarks]}
        typer.echo(json.dumps(values, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            typer.echo(f"wrong  {problem}")
        table = new_table(f"Register of {organisation} on {day}", {"What": "left", "Field": "left", "To look at": "fold"})
        for remark in remarks:
            table.add_row(remark.subject, remark.field, remark.message)
        if remarks:
            console().print(table)
        typer.echo(f"{len(problems)} wrong, {len(remarks)} to look at.")
    if problems:
        raise typer.Exit(FAILED)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day: write it like 2024-10-01", param_hint="--on") from None
