"""Verify and rebuild: is what is on disk what was published, can it be made again, and is the audit trail whole?"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pmf.assurance.publishedsite import Verified, verify_site
from pmf.assurance.trail import Trail, verify_trail
from pmf.cycle.publicsite import Site, SiteFiles, build_site, digest_of_templates, provenance_of
from pmf.cycle.releases import Release, SiteError, recorded_releases
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.register import load_register
from pmf.settings import Settings
from pmf.warehouse.engine import look_at_warehouse, reading
from pmf.website.manifest import MANIFEST, Manifest, Provenance
from pmf.website.release import place_release, prepare_release


@dataclass(frozen=True)
class Rebuilt:
    """A release made again: its name, how many files it has, which of them came out otherwise, and what was otherwise about it."""

    digest: str
    files: int
    differences: tuple[str, ...]
    notes: tuple[str, ...]


def verify_published(organisation: str, *, settings: Settings) -> Verified:
    """Hold a council's whole site, with all its old releases, against their manifests, the chain and the warehouse."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        recorded = workspace.read(connection, "site_releases")
    return verify_site(settings.published / organisation, recorded)


def verify_audit(organisation: str, *, noted: Collection[str] = (), settings: Settings) -> Trail:
    """Follow the audit trail of a council; ``noted`` are digests of its chains that were written down earlier.

    Raises:
        WarehouseError: when the warehouse is not there, or not at the schema this release knows.
    """
    with reading(look_at_warehouse(settings)) as connection:
        return verify_trail(connection, organisation, noted=noted)


def rebuild_release(organisation: str, name: str, *, to: Path, settings: Settings) -> Rebuilt:
    """Make a release again in a folder, from store and warehouse as they were known when it was made, and compare every hash.

    ``name`` is the release's digest or the beginning of it.

    Raises:
        SiteError: when there is no such release, or the folder is there already.
        StoreError: when a published file is missing from the store or has changed there.
    """
    workspace = open_workspace(organisation, settings)
    release = _named(recorded_releases(workspace), name)
    if to.exists():
        raise SiteError(f"{to} is there already: name a folder that is not")
    manifest = release.manifest
    site = Site(manifest.publications, manifest.waiver_pages, manifest.contact)
    with _as_it_was(workspace, manifest.made_by.register_digest) as then:
        files = build_site(then, site)
        notes = tuple(_notes(manifest, provenance_of(then, files), digest_of_templates(then.settings.templates)))
    # What the release said of itself is part of it; what was built now is what is compared.
    built = replace(manifest, files=files.described)
    contents = files.with_manifest(built)
    prepare_release(to, contents)
    place_release(to)
    return Rebuilt(release.digest, len(contents), tuple(_differences(release, files, contents[MANIFEST])), notes)


def _named(releases: list[Release], name: str) -> Release:
    found = [release for release in releases if name and release.digest.startswith(name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{release.digest[:12]} ({release.manifest.as_at:%-d %B %Y})" for release in releases)
    which = "more than one release begins" if found else "no release begins"
    raise SiteError(f"{which} with {name!r}; there are: {known or 'none yet'}")


@contextmanager
def _as_it_was(workspace: Workspace, digest: str) -> Iterator[Workspace]:
    """Give the workspace with the register as it was read then; with the one there is now where that was not kept."""
    if workspace.register.digest == digest:
        yield workspace
        return
    with reading(workspace.engine) as connection:
        kept = workspace.read(connection, "register_kept", digest=digest)
    if not kept:
        yield workspace
        return
    with tempfile.TemporaryDirectory() as beside:
        folder = Path(beside) / workspace.organisation
        for name, text in json.loads(kept[0]["files"]).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="")
        yield replace(workspace, register=load_register(folder, overlay=workspace.settings.overlay))


def _notes(manifest: Manifest, now: Provenance, templates_digest: str) -> Iterator[str]:
    """Say what a release was made with that is not what there is now."""
    then = manifest.made_by
    if then.code_version != now.code_version:
        yield f"made by pmf {then.code_version}, rebuilt by pmf {now.code_version}"
    digests = {
        "lock file": (then.lock_digest, now.lock_digest),
        "register": (then.register_digest, now.register_digest),
        "templates": (manifest.templates_digest, templates_digest),
        "rating policies": (" ".join(then.policy_digests), " ".join(now.policy_digests)),
    }
    for what, (before, after) in digests.items():
        if before != after:
            yield f"the {what} it was made with ({before[:12]}) cannot be had: rebuilt with what there is now ({after[:12]})"


def _differences(release: Release, files: SiteFiles, manifest: bytes) -> Iterator[str]:
    before, after = release.manifest.hashes, {file.path: file.sha256 for file in files.described}
    for path in sorted({*before, *after}):
        if path not in after:
            yield f"{path}: not made again"
        elif path not in before:
            yield f"{path}: was not in the release"
        elif before[path] != after[path]:
            yield f"{path}: other bytes"
    if hashlib.sha256(manifest).hexdigest() != release.digest:
        yield f"{MANIFEST}: other bytes"
