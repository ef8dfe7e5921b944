"""Publish: what a named post has signed off goes onto the site, whole, and nothing else does.

A sign-off names the exact files it was given for; a document rebuilt with another figure must be signed again. Until
it is, the edition that was signed stays on the site: what the public could read does not vanish.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pmf.cycle.clearance import Clearance, Editions, clear_documents
from pmf.cycle.editions import editions_at, signed_editions
from pmf.cycle.printed import is_internal
from pmf.cycle.publications import live_publications, with_new
from pmf.cycle.publicsite import Site, waivers_file
from pmf.cycle.releases import draw_up, put_live, record, site_so_far, with_waivers
from pmf.cycle.signingoff import sign_editions
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.period import Period
from pmf.settings import Settings
from pmf.warehouse.engine import reading
from pmf.website.release import CURRENT, alone_on


class NothingToSignError(Exception):
    """There is no such document to sign off."""


@dataclass(frozen=True)
class Published(Summary):
    """How many documents are live, which still wait for a sign-off, and where the site is (relative to the home folder).

    ``blocked`` says, for each document that something still stands against, what it is; ``labels`` names them. ``outcome`` is fail
    where a validation of the period failed, flag where a document is held back; ``reason`` says so in a sentence.
    """

    published: int
    waiting: tuple[str, ...]
    blocked: dict[str, tuple[str, ...]]
    outcome: str
    reason: str
    labels: tuple[str, ...]
    folder: str


def sign_off_documents(
    organisation: str,
    period: Period,
    *,
    post: str,
    reason: str,
    as_at: datetime,
    settings: Settings,
    document_ids: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Record that a post signs off the last edition of a period's documents (None: of every one); return the documents' ids.

    Raises:
        NothingToSignError: when the period has no documents, or none of such an id.
        SignOffError: when the post may not sign off.
        KeyError: when the profile has no such post.
    """
    workspace = open_workspace(organisation, settings)
    signer = workspace.profile.post(post)
    editions = editions_at(workspace, period, as_at)
    if not editions:
        raise NothingToSignError(f"{organisation} has no documents for {period.label}: run the export first")
    wanted = editions if document_ids is None else {name: editions[name] for name in document_ids if name in editions}
    if missing := [name for name in document_ids or () if name not in editions]:
        raise NothingToSignError(f"{period.label} has no document {', '.join(missing)}; there are: {', '.join(editions)}")
    sign_editions(workspace, period, wanted, post=signer.id, reason=reason, as_at=as_at)
    return tuple(wanted)


def publish_signed_off(organisation: str, period: Period, *, as_at: datetime, settings: Settings) -> Published:
    """Put the signed-off documents of a period that nothing stands against onto the council's site, in one new release of all of it.

    What is live of a document stays as it is while something stands against the document or its correction. Waivers that let
    something of the period through stand beside the documents, on a page of their own: one given after the sign-off cannot be
    printed in what was signed.

    Raises:
        SiteError: when the site shows what the warehouse does not know.
    """
    workspace = open_workspace(organisation, settings.for_publishing)
    folder = settings.published / organisation
    editions = {key: files for key, files in editions_at(workspace, period, as_at).items() if not is_internal(key)}
    signed = signed_editions(workspace, period, editions, as_at)
    with reading(workspace.engine) as connection:
        clearance = clear_documents(workspace, connection, period, signed, as_at=as_at)
    waiting = tuple(document_id for document_id, files in editions.items() if signed.get(document_id) != files)
    with alone_on(folder):
        before, last = site_so_far(workspace, folder, on=as_at)
        site = _with_cleared(workspace, period, before, signed, clearance, as_at=as_at)
        summary = _summary(period, site, clearance, waiting, folder, settings)
        release = draw_up(workspace, site, last, folder, as_at=as_at) if site.publications else None
        with workspace.engine.begin() as connection:
            if release:
                record(connection, release)
            workspace.finish(connection, "publish", period, as_at=as_at, summary=summary.as_dict())
        if release:
            put_live(folder, release)
    return summary


def _with_cleared(workspace: Workspace, period: Period, site: Site, signed: Editions, clearance: Clearance, *, as_at: datetime) -> Site:
    """Add what may go out; the waivers it goes out under are those of this moment."""
    cleared = {document_id: files for document_id, files in signed.items() if document_id not in clearance.blocked}
    published = with_new(site.publications, period, cleared, at=as_at)
    if published == site.publications:
        return site
    page = waivers_file(workspace, period, found=clearance.found, as_at=as_at)
    return with_waivers(workspace, replace(site, publications=published), period.key, page)


def _summary(period: Period, site: Site, clearance: Clearance, waiting: tuple[str, ...], folder: Path, settings: Settings) -> Published:
    return Published(
        published=sum(item.period == period.key for item in live_publications(site.publications)),
        waiting=waiting,
        blocked=dict(clearance.blocked),
        outcome=clearance.outcome.value,
        reason=clearance.reason,
        labels=clearance.labels,
        folder=str((folder / CURRENT / period.key).relative_to(settings.home)),
    )
