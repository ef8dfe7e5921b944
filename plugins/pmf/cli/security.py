"""Commands about who may what: the key that signs forms, and the roles of Airflow's web page."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from pmf.cli.terminal import refuse, settings
from pmf.register import organisation_slugs

app = typer.Typer()

# A form is sent out, filled in, sent back, queried and corrected well within two months.
_DAYS_TAKEN = 62


@app.command(name="rotate-key")
def rotate_key(
    until: Annotated[str | None, typer.Option("--until", help="The last day forms sent out so far are taken. Default: 62 days on.")] = None,
) -> None:
    """Make a new key that signs forms; forms that are out stay readable until a day, and then are asked to be sent afresh.

    After a leak of the key choose a day of the past: forms signed with it are refused at once, and their services told so.
    """
    from pmf.cycle import keyring
    from pmf.store import StoreError

    try:
        last_day = date.fromisoformat(until) if until else datetime.now(UTC).date() + timedelta(days=_DAYS_TAKEN)
    except ValueError:
        raise typer.BadParameter(f"{until!r} is no day: write it as 2025-03-31", param_hint="--until") from None
    known = settings()
    try:
        done = keyring.rotate_key(known, until=last_day)
    except (StoreError, OSError) as error:
        refuse(error)
    typer.echo(f"Forms are signed with key {done.key_id} from now on; those signed with {done.retired_id} are taken until {done.until}.")
    typer.echo(f"Back up now: without the keys in {known.home} (signing*) no form that is out can be read.")


@app.command(name="sync-roles")
def sync_roles() -> None:
    """Give every council its three roles in Airflow (viewer, officer, engineer), each with the council's own DAGs and no others.

    Run it again after a council or a DAG was added; it needs Airflow's environment, as its processes have it.
    """
    from pmf.orchestration import roles

    logging.disable(logging.INFO)  # Airflow would print a line for every right it gives
    try:
        counts = roles.sync_roles(organisation_slugs(settings().organisations))
    except roles.RolesError as error:
        refuse(error)
    finally:
        logging.disable(logging.NOTSET)
    for council, count in counts.items():
        names = ", ".join(roles.role_name(council, role) for role in roles.ROLES)
        typer.echo(f"{names}: {count} DAGs" if count else f"{names}: Airflow has read no DAG of {council} yet; run this again when it has")
