"""The command that rates a financial year and reports on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pmf.cli.terminal import OrganisationOption, console, known_organisation, refuse, settings
from pmf.period import FinancialYear, parse_period
from pmf.register import RegisterError

app = typer.Typer()


@app.command()
def year(
    organisation: OrganisationOption,
    period: Annotated[str, typer.Option("--period", "-p", help="The financial year, such as FY2024-25.")],
    as_at: Annotated[str | None, typer.Option("--as-at", help="As known then: 2025-04-16T07:00:00+01:00. Default: now.")] = None,
) -> None:
    """Rate a financial year and its four quarters as they are known, and write the annual report in every format."""
    from pmf.cycle.rate import rate_quarters, rate_year
    from pmf.cycle.report import report_year

    known_organisation(organisation)
    known = settings()
    try:
        moment = _moment(as_at) if as_at else datetime.now(UTC)
        subject = parse_period(period)
        if not isinstance(subject, FinancialYear):
            refuse(f"{period} is no financial year: write it like FY2024-25")
        with console(stderr=True).status(f"Rating and reporting {subject.label}"):
            rate_quarters(organisation, subject, as_at=moment, settings=known)
            rated = rate_year(organisation, subject, as_at=moment, settings=known)
            made = report_year(organisation, subject, as_at=moment, settings=known)
    except (ValueError, LookupError, RegisterError) as error:
        refuse(error)
    statuses = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in rated.statuses.items())
    typer.echo(f"{subject.label}: {rated.kpis} KPIs rated by {rated.policy_id}: {statuses}")
    kept = "; newer files of a run with a later clock stay where they are" if made.is_superseded else ""
    typer.echo(f"{made.files} files in {known.home / made.folder}{kept}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no UTC offset: write it like 2025-04-16T07:00:00+01:00")
    return moment
