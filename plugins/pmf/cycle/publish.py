"""Publish: what a named post has signed off goes onto the site, whole, and nothing else does.

A sign-off names the exact files it was given for; a document rebuilt with another figure must be signed again. Until
it is, the edition that was signed stays on the site: what the public could read does not vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.clearance import clear_documents
from pmf.cycle.editions import digest_of_edition, editions_at, signed_editions
from pmf.cycle.inforce import load_standing
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.page.web import render_html
from pmf.period import Month, Quarter
from pmf.reporting.waiverpage import waivers_page
from pmf.settings import Settings
from pmf.store import get
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import sign_off
from pmf.website import release


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
    organisation: str, period: Month | Quarter, *, post: str, reason: str, as_at: datetime, settings: Settings
) -> tuple[str, ...]:
    """Record that a post signs off the last edition of every document of a period; return the documents' ids.

    Raises:
        NothingToSignError: when the period has no documents.
        KeyError: when the profile has no such post.
    """
    workspace = open_workspace(organisation, settings)
    signer = workspace.profile.post(post)
    editions = editions_at(workspace, period, as_at)
    if not editions:
        raise NothingToSignError(f"{organisation} has no documents for {period.label}: run the export first")
    rows = [
        {
            "organisation": organisation,
            "period": period.key,
            "document_id": document_id,
            "content_digest": digest_of_edition(files),
            "post": signer.id,
            "reason": reason,
            "signed_at": as_at,
        }
        for document_id, files in editions.items()
    ]
    with workspace.engine.begin() as connection:
        append_new(connection, sign_off, rows)
    return tuple(editions)


def publish_signed_off(organisation: str, period: Month | Quarter, *, as_at: datetime, settings: Settings) -> Published:
    """Make the signed-off documents of a period that nothing stands against the live release of the council's site.

    What is live of a document stays as it is while something stands against the document or its correction. Waivers that let
    something of the period through stand beside the documents, on a page of their own: one given after the sign-off cannot be
    printed in what was signed.
    """
    workspace = open_workspace(organisation, settings)
    editions = editions_at(workspace, period, as_at)
    signed = signed_editions(workspace, period, editions, as_at)
    with reading(workspace.engine) as connection:
        clearance = clear_documents(workspace, connection, period, document_ids=tuple(signed), as_at=as_at)

    site = settings.published / organisation
    contents: dict[str, bytes] = {}
    for document_id, files in signed.items():
        if document_id in clearance.blocked:
            contents |= {path.name: path.read_bytes() for path in (site / period.key).glob(f"{document_id}.*")}
        else:
            contents |= {f"{document_id}.{file['format']}": get(settings.store, file["content_hash"]) for file in files}

    live = {name.partition(".")[0] for name in contents}
    if contents:
        release(site, period.key, contents | _waivers_page(workspace, period, as_at=as_at))
    waiting = tuple(document_id for document_id, files in editions.items() if signed.get(document_id) != files)
    summary = Published(
        published=len(live),
        waiting=waiting,
        blocked=dict(clearance.blocked),
        outcome=clearance.outcome.value,
        reason=clearance.reason,
        labels=clearance.labels,
        folder=str((site / period.key).relative_to(settings.home)),
    )
    with workspace.engine.begin() as connection:
        workspace.finish(connection, "publish", period, as_at=as_at, summary=summary.as_dict())
    return summary


def _waivers_page(workspace: Workspace, period: Month | Quarter, *, as_at: datetime) -> dict[str, bytes]:
    """Print the waivers that let something of a period through; no file where there are none."""
    with reading(workspace.engine) as connection:
        standing = load_standing(workspace, connection, period, as_at=as_at)
    titles = {kpi.kpi_ref: kpi.title for kpi in workspace.register.kpis(period)}
    waivers = tuple(dict.fromkeys(waiver for own in standing.waivers.values() for waiver in own))
    if not waivers:
        return {}
    document = waivers_page(waivers, profile=workspace.profile, period=period, titles=titles, as_at=as_at)
    return {"waivers.html": render_html(document, templates=workspace.settings.templates)}
