"""``pmf`` on the command line, for people who are not in Airflow.

Exit codes are stable: 0 done (clean, or flags only), 1 something failed that the output names, 2 what was given cannot be
used. No command ends in a traceback for a mistake in a file.
"""

from __future__ import annotations

import csv
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pmf import __version__
from pmf.finding import Severity
from pmf.period import FinancialYear, Month, parse_month, parse_period
from pmf.register import RegisterError, organisation_slugs
from pmf.settings import Settings, read_settings

if TYPE_CHECKING:
    import pandas as pd

    from pmf.cycle.check import CheckedReturn

app = typer.Typer(
    name="pmf",
    help="A council's performance management framework: returns are collected, validated, rated and reported.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
_UNUSABLE = 2
_SAMPLE_FILES = ("sample_returns.csv", "sample_incidents.yaml", "history.csv")
_EXIT_CODES = {"clean": 0, "failing": 1, "unreadable": _UNUSABLE}

OrganisationOption = Annotated[str, typer.Option("--organisation", "-o", help="The council's folder name, such as cambridgeshire.")]
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="The month reported on, such as 2024-09.")]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The filled-in return form (.xlsx).")],
    organisation: Annotated[
        str | None, typer.Option("--organisation", "-o", help="The council it should be for. Default: its own.")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="The month it should be for, such as 2024-09. Default: its own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check a filled-in form before sending it: what is wrong, in which cell, and how to put it right.

    Ends with 0 when nothing fails (flags may be printed), 1 when a figure would be withheld, 2 when the file cannot be
    read as a return.
    """
    from pmf.cycle.check import check_return
    from pmf.store import StoreError

    if organisation is not None:
        _known_organisation(organisation)
    try:
        checked = check_return(file, organisation=organisation, month=_month(period) if period else None, settings=_settings())
    except (RegisterError, StoreError, OSError) as error:
        _refuse(error)
    _print_checked(checked, as_json=as_json)
    raise typer.Exit(_EXIT_CODES[checked.verdict])


@app.command()
def rate(
    file: Annotated[Path, typer.Argument(help="A CSV with the columns kpi_ref, period, actual, target and direction.")],
    policy: Annotated[str, typer.Option("--policy", help="The rating policy, such as ccc-framework-2024 or ccc-q2-2024.")],
    output: Annotated[Path | None, typer.Option("--output", help="Where to write the rated CSV. Default: standard output.")] = None,
) -> None:
    """Rate a table of figures: adds status, off_target_pct (positive is worse than target) and reason to every row.

    Cells may be as people write them: "2,074", "79.9%", "£221,512.41", "TBC", "N/A". direction is higher, lower, range
    or maintain; a range target is written 85..95. The columns intervention_level and status_type are read when there.
    """
    from pmf.rating.policy import PolicyError, load_policies
    from pmf.rating.table import TableError, rate_table

    try:
        policies = load_policies(_settings().policies)
        if policy not in policies:
            _refuse(f"There is no rating policy {policy!r}. There are: {', '.join(sorted(policies))}.")
        rated = rate_table(_table_of(file), policies[policy])
        text = rated.to_csv(index=False)
        if output is not None:
            output.write_text(text, encoding="utf-8")
    except TableError as error:
        _refuse("\n".join(f"{file}: {problem}" for problem in error.problems))
    except (PolicyError, OSError) as error:
        _refuse(error)
    if output is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"{len(rated)} rows rated by {policy}, written to {output}")


@app.command()
def returns(
    organisation: OrganisationOption,
    period: PeriodOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show which services have returned a month and which have not."""
    from pmf.cycle.tracker import outstanding, service_states

    _known_organisation(organisation)
    try:
        states = service_states(organisation, _month(period), as_at=datetime.now(UTC), settings=_settings())
    except RegisterError as error:
        _refuse(error)
    if as_json:
        typer.echo(json.dumps([state.as_dict() for state in states], ensure_ascii=False, indent=1))
        return
    table = Table(title=f"Returns of {organisation}, {_month(period).label}", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Service", overflow="fold")
    for heading in ("State", "Received"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Due", "Figures", "Nil", "No answer"):
        table.add_column(heading, justify="right", no_wrap=True)
    for state in states:
        received = f"{state.received_at:%-d %b %Y %H:%M}" if state.received_at else ""
        counts = (str(state.due), str(state.figures), str(state.nil_returns), str(state.unanswered))
        table.add_row(state.name, state.label, received, *counts)
    _console().print(table)
    missing = outstanding(states)
    typer.echo(f"Not returned: {'; '.join(missing)}." if missing else "Every service has returned.")


@app.command()
def demo(
    organisation: Annotated[str, typer.Argument(help="A council whose folder holds a sample.")] = "cambridgeshire",
) -> None:
    """Run the sample council's six months and two quarters through Airflow, and say where each file is."""
    from pmf.orchestration.embedded import prepare

    settings = _settings()
    _known_organisation(organisation)
    folder = settings.organisations / organisation
    missing = [name for name in _SAMPLE_FILES if not (folder / name).exists()]
    if missing:
        _refuse(f"There is no sample to live through: {folder} has no {', '.join(missing)}.")
    prepare(settings)
    from pmf.demo.show import show

    show(organisation, settings, console=_console())


@app.command()
def up(port: Annotated[int, typer.Option(help="The port of the web page.")] = 8080) -> None:
    """Start Airflow with its web page on this machine; Ctrl-C stops everything it started."""
    from pmf.orchestration.embedded import up as start
    from pmf.orchestration.servers import EmbeddedError

    try:
        start(_settings(), port=port, say=_console().print)
    except EmbeddedError as error:
        _refuse(error)


@app.command("import-history")
def import_history_command(
    file: Annotated[Path, typer.Argument(help="A CSV: kpi_ref, period, value, numerator, denominator, provenance, source.")],
    organisation: OrganisationOption,
) -> None:
    """Import figures from before the first collected month; they are marked imported, not collected."""
    from pmf.cycle.history import import_history

    _known_organisation(organisation)
    try:
        imported = import_history(organisation, file, as_at=datetime.now(UTC), settings=_settings())
    except (RegisterError, OSError) as error:
        _refuse(error)
    typer.echo(f"{imported.rows} figures in {file}, {imported.new} of them new.")


@app.command("sign-off")
def sign_off(
    organisation: OrganisationOption,
    period: Annotated[str, typer.Option("--period", "-p", help="The quarter or month whose documents are signed, such as 2024-25-Q2.")],
    post: Annotated[str, typer.Option("--post", help="The id of the post that signs, as in the council's profile.")],
    reason: Annotated[str, typer.Option("--reason", help="What was looked at, and why it may go out.")],
) -> None:
    """Sign off the last edition of a period's documents; the publication DAG then puts them on the site."""
    from pmf.cycle.publish import NothingToSignError, sign_off_documents

    _known_organisation(organisation)
    try:
        subject = parse_period(period)
        if isinstance(subject, FinancialYear):
            _refuse(f"{period} is a year: documents are of a month or a quarter, such as 2024-25-Q2")
        signed = sign_off_documents(organisation, subject, post=post, reason=reason, as_at=datetime.now(UTC), settings=_settings())
    except KeyError:
        _refuse(f"{organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    except (ValueError, NothingToSignError, RegisterError) as error:
        _refuse(str(error))
    typer.echo(f"Signed off by {post}: {', '.join(signed)}")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line."""
    app()


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


def _table_of(file: Path) -> pd.DataFrame:
    """Read a CSV with every cell as it stands; a line that does not fit the header is refused, never shifted.

    Raises:
        TableError: naming the line, or what the file is instead.
    """
    import pandas as pd

    from pmf.rating.table import TableError

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header, rows = next(reader, []), []
            for cells in reader:
                if any(cell.strip() for cell in cells[len(header) :]):
                    how = 'put a figure with a comma in quotation marks, like "2,074"'
                    raise TableError([f"line {reader.line_num} has more cells than the header has columns: {how}"])
                if any(cells):
                    rows.append([*cells, *[""] * len(header)][: len(header)])
    except UnicodeDecodeError:
        raise TableError(['no CSV in UTF-8: save it from the spreadsheet as "CSV UTF-8"']) from None
    except csv.Error as error:
        raise TableError([f"not readable as CSV: {error}"]) from None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise TableError([f"column {', '.join(twice)} is there more than once: keep one"])
    return pd.DataFrame(rows, columns=header, dtype=str)


def _settings() -> Settings:
    return read_settings(os.environ)


def _console(*, stderr: bool = False) -> Console:
    # Names and paths come from councils' files: nothing in them is mark-up, and ":house:" is no picture.
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def _month(text: str) -> Month:
    try:
        return parse_month(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None


def _known_organisation(organisation: str) -> None:
    known = organisation_slugs(_settings().organisations)
    if organisation not in known:
        raise typer.BadParameter(f"there is no council {organisation!r}; there are: {', '.join(known)}", param_hint="--organisation")


def _refuse(problem: str | Exception) -> NoReturn:
    words = f"{problem.filename}: {problem.strerror}" if isinstance(problem, OSError) and problem.filename else str(problem)
    _console(stderr=True).print(words, style="red", soft_wrap=True)
    raise typer.Exit(_UNUSABLE)
