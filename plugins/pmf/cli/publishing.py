"""Commands about the public site: is it as published, and make a release of it again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pmf.cli.terminal import FAILED, OrganisationOption, console, known_organisation, refuse, settings
from pmf.register import RegisterError, organisation_slugs

app = typer.Typer()

_SomeOrganisation = Annotated[str | None, typer.Option("--organisation", "-o", help="The council's folder name. Default: every council.")]


@app.command()
def verify(organisation: _SomeOrganisation = None) -> None:
    """Hash every published file again, of the live release and all old ones, and name whatever is not as it was published."""
    from pmf.cycle.verifying import verify_published

    if organisation is not None:
        known_organisation(organisation)
    known = settings()
    slugs = (
        [organisation] if organisation else [slug for slug in organisation_slugs(known.organisations) if (known.published / slug).exists()]
    )
    if not slugs:
        typer.echo("Nothing has been published")
    has_failed = False
    for slug in slugs:
        try:
            found = verify_published(slug, settings=known)
        except RegisterError as error:
            refuse(error)
        for fault in found.faults:
            console().print(f"{slug}: {fault}", style="red", soft_wrap=True)
        outcome = f"{len(found.faults)} faults" if found.faults else "all as published"
        live = f", live is {found.live[:12]}" if found.live else ""
        typer.echo(f"{slug}: {found.releases} releases, {found.files} files{live}: {outcome}")
        has_failed = has_failed or bool(found.faults)
    if has_failed:
        raise typer.Exit(FAILED)


@app.command()
def rebuild(
    organisation: OrganisationOption,
    release: Annotated[str, typer.Option("--release", help="The release's digest, or its beginning, as in published/<council>/.releases.")],
    to: Annotated[Path, typer.Option("--to", help="The folder to make; it must not be there yet.")],
) -> None:
    """Make a release again from the store and the warehouse as known when it was published, and compare every hash."""
    from pmf.cycle.releases import SiteError
    from pmf.cycle.verifying import rebuild_release
    from pmf.rating.policy import PolicyError
    from pmf.store import StoreError

    known_organisation(organisation)
    try:
        with console(stderr=True).status(f"Rebuilding {release}"):
            made = rebuild_release(organisation, release, to=to, settings=settings())
    except (SiteError, StoreError, RegisterError, PolicyError, OSError) as error:
        refuse(error)
    for note in made.notes:
        console().print(f"Note: {note}", soft_wrap=True)
    for difference in made.differences:
        console().print(difference, style="red", soft_wrap=True)
    if made.differences:
        typer.echo(f"{made.digest[:12]} in {to}: {len(made.differences)} of {made.files} files came out otherwise")
        raise typer.Exit(FAILED)
    typer.echo(f"{made.digest[:12]} in {to}: {made.files} files, byte for byte as published")
