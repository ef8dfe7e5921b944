"""Commands of the performance team about figures that came in: correct one, take one back, release a return."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer

from pmf.cli.terminal import OrganisationOption, PeriodOption, PostOption, ReasonOption, known_organisation, parsed_month, refuse, settings
from pmf.register import RegisterError
from pmf.value import parse_figure

app = typer.Typer()

KpiOption = Annotated[str, typer.Option("--kpi", help="The KPI's reference, such as 36.")]
FigureOption = Annotated[str | None, typer.Option(help="A figure as people write it: 95.5, 2,074 or 95.5%.")]


@app.command()
def correct(
    organisation: OrganisationOption,
    period: PeriodOption,
    kpi: KpiOption,
    post: PostOption,
    reason: ReasonOption,
    value: FigureOption = None,
    numerator: FigureOption = None,
    denominator: FigureOption = None,
    comment: Annotated[str, typer.Option(help="A comment to print instead of the service's. Default: the service's.")] = "",
    provisional: Annotated[bool, typer.Option("--provisional", help="The figure may still change.")] = False,
) -> None:
    """Enter another figure for a KPI's month than came in. The return stays as it was; the entry counts until something newer comes in."""
    from pmf.cycle.entering import EntryError, Figure, enter_correction

    known_organisation(organisation)
    figure = Figure(
        value=_figure("--value", value),
        numerator=_figure("--numerator", numerator),
        denominator=_figure("--denominator", denominator),
        comment=comment,
        is_provisional=provisional,
    )
    try:
        entered = enter_correction(
            organisation, kpi, parsed_month(period), figure, post=post, reason=reason, as_at=datetime.now(UTC), settings=settings()
        )
    except (EntryError, RegisterError) as error:
        refuse(error)
    typer.echo(f"KPI {entered.kpi_ref}, {entered.period}: corrected. The month's cycle runs again at the next look into the inbox.")


@app.command()
def withdraw(organisation: OrganisationOption, period: PeriodOption, kpi: KpiOption, post: PostOption, reason: ReasonOption) -> None:
    """Take a KPI's figure for a month back: it is shown as awaiting data, with the reason, until something newer comes in."""
    from pmf.cycle.entering import EntryError, enter_withdrawal

    known_organisation(organisation)
    try:
        entered = enter_withdrawal(
            organisation, kpi, parsed_month(period), post=post, reason=reason, as_at=datetime.now(UTC), settings=settings()
        )
    except (EntryError, RegisterError) as error:
        refuse(error)
    typer.echo(f"KPI {entered.kpi_ref}, {entered.period}: taken back. The month's cycle runs again at the next look into the inbox.")


@app.command()
def release(
    organisation: OrganisationOption,
    period: PeriodOption,
    service: Annotated[str, typer.Option("--service", help="The id of the service whose return is released.")],
    post: PostOption,
) -> None:
    """Release a service's return, where the council asks for that before it counts."""
    from pmf.cycle.releasing import NothingToReleaseError, release_return

    known_organisation(organisation)
    try:
        released = release_return(
            organisation, parsed_month(period), service_id=service, post=post, as_at=datetime.now(UTC), settings=settings()
        )
    except (NothingToReleaseError, RegisterError) as error:
        refuse(error)
    typer.echo(f"{released.file_name} of {released.service_id} counts for {released.period}.")


def _figure(option: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    figure = parse_figure(text)
    if figure is None:
        raise typer.BadParameter(f"{text!r} is not one number; write it like 95.5", param_hint=option)
    return figure
