"""Commands that run things: the demonstration, Airflow on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pmf import __version__
from pmf.cli.terminal import console, known_organisation, refuse, settings

app = typer.Typer()


_SAMPLE_FILES = ("sample_returns.csv", "sample_incidents.yaml", "history.csv")


@app.command()
def demo(
    organisation: Annotated[str, typer.Argument(help="A council whose folder holds a sample.")] = "cambridgeshire",
) -> None:
    """Run the sample council's six months and two quarters through Airflow, and say where each file is."""
    from pmf.orchestration.embedded import prepare

    installation = settings()
    known_organisation(organisation)
    folder = installation.organisations / organisation
    missing = [name for name in _SAMPLE_FILES if not (folder / name).exists()]
    if missing:
        refuse(f"There is no sample to live through: {folder} has no {', '.join(missing)}.")
    prepare(installation)
    from pmf.demo.show import show
    from pmf.demo.story import StoryError

    try:
        show(organisation, installation, console=console())
    except StoryError as error:
        refuse(error)


@app.command()
def up(port: Annotated[int, typer.Option(help="The port of the web page.")] = 8080) -> None:
    """Start Airflow with its web page on this machine; Ctrl-C stops everything it started."""
    from pmf.orchestration.embedded import up as start
    from pmf.orchestration.servers import EmbeddedError

    try:
        start(settings(), port=port, say=console().print)
    except EmbeddedError as error:
        refuse(error)


@app.command(name="up-distributed")
def up_distributed(
    port: Annotated[int, typer.Option(help="The port of the web page.")] = 8080,
    ports_from: Annotated[int, typer.Option(help="The port of PostgreSQL; Redis and the mail catcher have the next two.")] = 15432,
) -> None:
    """Start what docker-compose.yaml describes on this machine: PostgreSQL, Redis, Airflow with two Celery workers, a mail catcher."""
    from pmf.orchestration.distributed import Ports
    from pmf.orchestration.distributed import up_distributed as start
    from pmf.orchestration.servers import EmbeddedError

    try:
        start(settings(), Ports(port, ports_from, ports_from + 1, ports_from + 2), say=console().print)
    except EmbeddedError as error:
        refuse(error)


@app.command(name="make-secrets")
def make_secrets(
    folder: Annotated[Path, typer.Argument(help="The folder to make them in, such as secrets/ beside docker-compose.yaml.")],
) -> None:
    """Make every password and key that docker-compose.yaml asks for, each in a file of its own; what is there is left alone."""
    from dataclasses import replace

    from pmf.orchestration import production

    made = production.make_secrets(replace(production.IN_CONTAINERS, secrets=folder), for_containers=True)
    typer.echo(f"{folder}: {len(made)} secrets made" if made else f"{folder}: every secret is there already")


@app.command()
def migrate() -> None:
    """Bring the warehouse to this version's schema, and give the roles it knows their rights; done again, nothing changes."""
    from dataclasses import replace

    from pmf.warehouse.engine import WarehouseError, open_warehouse
    from pmf.warehouse.rights import grant_rights

    known = settings()
    try:
        engine = open_warehouse(replace(known, warehouse_url=known.owner_url or known.warehouse_url))
    except WarehouseError as error:
        refuse(error)
    typer.echo(f"The warehouse is at this version: {engine.url.render_as_string(hide_password=True)}")
    if roles := grant_rights(engine):
        typer.echo(f"Rights are given to {', '.join(roles)}.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
