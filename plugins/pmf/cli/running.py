"""Commands that run things: the demonstration, Airflow on this machine."""

from __future__ import annotations

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


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
