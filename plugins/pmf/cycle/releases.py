"""Releases of the public site: each is drawn up from the one before, recorded in the warehouse, and only then put live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.publications import publications_logged
from pmf.cycle.publicsite import Site, SiteFiles, build_site, digest_of_templates, provenance_of, waivers_file
from pmf.cycle.workspace import Workspace
from pmf.period import parse_period
from pmf.store import put
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import publication, site_release
from pmf.website.manifest import Manifest, Publication, read_manifest
from pmf.website.release import bring_along, clear_unfinished, folder_of, live_digest, make_live, place_release, prepare_release


class SiteError(Exception):
    """The site on disk and the warehouse do not belong together; the message says what to do."""


@dataclass(frozen=True)
class Release:
    """A release: its name, its place among the council's releases from 1, and its manifest."""

    digest: str
    number: int
    manifest: Manifest


def recorded_releases(workspace: Workspace) -> list[Release]:
    """List the releases of a council's site that the warehouse knows, oldest first."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "site_releases")
    return [Release(row["digest"], row["number"], read_manifest(row["manifest"])) for row in rows]


def publications_so_far(workspace: Workspace, *, on: datetime) -> tuple[Publication, ...]:
    """List what had been published by a moment, in the order it went out."""
    releases = recorded_releases(workspace)
    known = releases[-1].manifest.publications if releases else publications_logged(workspace, on=on)
    return tuple(item for item in known if item.published_at <= on)


def site_so_far(workspace: Workspace, folder: Path, *, on: datetime) -> tuple[Site, Release | None]:
    """Say what has been published, with the last release: as that has it; where none was recorded yet, as the log book does.

    Raises:
        SiteError: when the folder shows a release that is not recorded: what was published since would silently vanish.
    """
    releases = recorded_releases(workspace)
    live = live_digest(folder)
    if live is not None and live not in {release.digest for release in releases}:
        raise SiteError(
            f"{folder} shows the release {live[:12]}, which the warehouse does not know: it is older than the site. Restore the warehouse "
            f"from a later backup, or set {folder} aside to publish anew from what the warehouse knows"
        )
    contact = workspace.profile.post(workspace.profile.performance_team).email
    if releases:
        last = releases[-1]
        return Site(last.manifest.publications, last.manifest.waiver_pages, contact), last
    site = Site(publications_logged(workspace, on=on), {}, contact)
    for key, at in {item.period: item.published_at for item in site.publications}.items():
        site = with_waivers(workspace, site, key, waivers_file(workspace, parse_period(key), found=frozenset(), as_at=at))
    return site, None


def with_waivers(workspace: Workspace, site: Site, period: str, page: bytes | None) -> Site:
    """Keep a period's page of waivers in the store and with the site. None: the period has none (any more)."""
    others = {key: digest for key, digest in site.waiver_pages.items() if key != period}
    own = {} if page is None else {period: put(workspace.settings.store, page)}
    return replace(site, waiver_pages=dict(sorted((others | own).items())))


def draw_up(workspace: Workspace, site: Site, last: Release | None, folder: Path, *, as_at: datetime) -> Release:
    """Build the release that shows a site and write it to disk beside its place; it is the last one where that has the same files."""
    files, at = build_site(workspace, site), as_at.astimezone(UTC).replace(microsecond=0)
    manifest = Manifest(
        organisation=workspace.organisation,
        as_at=max(at, last.manifest.as_at) if last else at,
        previous=last.digest if last else None,
        made_by=provenance_of(workspace, files),
        templates_digest=digest_of_templates(workspace.settings.templates),
        contact=site.contact,
        publications=site.publications,
        waiver_pages=site.waiver_pages,
        files=files.described,
    )
    if last is not None and last.manifest.hashes == manifest.hashes:
        release = last
    else:
        release = Release(manifest.digest, last.number + 1 if last else 1, manifest)
    _prepare(folder, release, files)
    return release


def _prepare(folder: Path, release: Release, files: SiteFiles) -> None:
    """Write a release unless it is there; files it has in common with the live one take no room."""
    place, live = folder_of(folder, release.digest), live_digest(folder)
    clear_unfinished(folder)
    if not place.exists():
        prepare_release(place, files.with_manifest(release.manifest), like=folder_of(folder, live) if live else None)


def record(connection: Connection, release: Release) -> None:
    """Note a release and what it publishes in the warehouse, in the caller's transaction; what is noted already stays as it is."""
    manifest = release.manifest
    row = {
        "organisation": manifest.organisation,
        "digest": release.digest,
        "number": release.number,
        "as_at": manifest.as_at,
        "manifest": manifest.as_bytes().decode(),
    }
    append_new(connection, site_release, [row])
    append_new(connection, publication, [_publication_row(manifest.organisation, item) for item in manifest.publications])


def _publication_row(organisation: str, item: Publication) -> dict[str, Any]:
    names = ("period", "document_id", "published_at", "title", "content_digest", "made_at")
    return {"organisation": organisation} | {name: getattr(item, name) for name in names}


def put_live(folder: Path, release: Release) -> None:
    """Show a release that is prepared and recorded, in place of the one before it."""
    place_release(folder_of(folder, release.digest))
    make_live(folder, release.digest)
    bring_along(folder, {item.period for item in release.manifest.publications})
