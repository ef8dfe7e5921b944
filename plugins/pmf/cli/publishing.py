"""Commands about what was published: is the site as it was, is the audit trail whole, and make a release again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pmf.cli.terminal import FAILED, OrganisationOption, SomeOrganisationOption, console, known_organisation, refuse, settings
from pmf.register import RegisterError, organisation_slugs
from pmf.settings import Settings

app = typer.Typer()


@app.command()
def verify(
    organisation: SomeOrganisationOption = None,
    noted: Annotated[list[str] | None, typer.Option("--head", help="A head of the audit trail that was written down earlier.")] = None,
) -> None:
    """Hash every published file again and follow the audit trail, and name whatever is not as it was published or recorded.

    Write the heads of the trail down where nobody who can change the warehouse can change them, and give them with --head next time.
    """
    if organisation is not None:
        known_organisation(organisation)
    elif noted:
        raise typer.BadParameter("heads are of one council: say which with --organisation", param_hint="--head")
    known = settings()
    slugs = [organisation] if organisation else organisation_slugs(known.organisations)
    published = [slug for slug in slugs if organisation or (known.published / slug).exists()]
    if not published:
        typer.echo("Nothing has been published")
    sound = [_is_site_sound(slug, known) for slug in published]
    sound += [_is_trail_sound(slug, known, noted or ()) for slug in slugs]
    if not all(sound):
        raise typer.Exit(FAILED)


def _is_site_sound(slug: str, known: Settings) -> bool:
    """Print what became of a council's public site."""
    from pmf.cycle.verifying import verify_published

    try:
        found = verify_published(slug, settings=known)
    except RegisterError as error:
        refuse(error)
    for fault in found.faults:
        console().print(f"{slug}: {fault}", style="red", soft_wrap=True)
    outcome = f"{len(found.faults)} faults" if found.faults else "all as published"
    live = f", live is {found.live[:12]}" if found.live else ""
    typer.echo(f"{slug}: {found.releases} releases, {found.files} files{live}: {outcome}")
    return not found.faults


def _is_trail_sound(slug: str, known: Settings, noted: Sequence[str]) -> bool:
    """Print what became of a council's audit trail; nothing of a council that has none, nor where there is no warehouse yet."""
    from pmf.cycle.verifying import verify_audit
    from pmf.warehouse.engine import WarehouseError

    try:
        trail = verify_audit(slug, noted=noted, settings=known)
    except WarehouseError as error:
        if noted:
            refuse(error)
        return True
    for fault in trail.faults:
        console().print(f"{slug}: {fault}", style="red", soft_wrap=True)
    if trail.events or trail.faults:
        outcome = f"{len(trail.faults)} faults" if trail.faults else "no link broken"
        typer.echo(f"{slug}: {trail.events} events in the audit trail: {outcome}")
    for head in trail.heads:
        typer.echo(f"  head of {head.financial_year}, row {head.sequence}: {head.digest}")
    return not trail.faults


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
