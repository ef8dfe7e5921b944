"""Publish: what a named post has signed off goes onto the site, whole, and nothing else does.

A sign-off names the exact files it was given for; a document rebuilt with another figure must be signed again. Until
it is, the edition that was signed stays on the site: what the public could read does not vanish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pmf.cycle.clearance import blocked_documents
from pmf.cycle.documents import QUALITY_REPORT
from pmf.cycle.letters import digest_of
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.period import Month, Quarter
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

    ``blocked`` says, for each document that something still stands against, what it is.
    """

    published: int
    waiting: tuple[str, ...]
    blocked: dict[str, tuple[str, ...]]
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
    editions = _editions(workspace, period, as_at)
    if not editions:
        raise NothingToSignError(f"{organisation} has no documents for {period.label}: run the export first")
    rows = [
        {
            "organisation": organisation,
            "period": period.key,
            "document_id": document_id,
            "content_digest": _digest(files),
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

    What is live of a document stays as it is while something stands against the document or its correction.
    """
    workspace = open_workspace(organisation, settings)
    editions = _editions(workspace, period, as_at)
    signed = _signed_editions(workspace, period, editions, as_at)
    with reading(workspace.engine) as connection:
        blocked = blocked_documents(workspace, connection, period, document_ids=tuple(signed), as_at=as_at)

    site = settings.published / organisation
    contents: dict[str, bytes] = {}
    for document_id, files in signed.items():
        if document_id in blocked:
            contents |= {path.name: path.read_bytes() for path in (site / period.key).glob(f"{document_id}.*")}
        else:
            contents |= {f"{document_id}.{file['format']}": get(settings.store, file["content_hash"]) for file in files}

    if contents:
        release(site, period.key, contents)
    live = {name.partition(".")[0] for name in contents}
    waiting = tuple(document_id for document_id, files in editions.items() if signed.get(document_id) != files)
    summary = Published(published=len(live), waiting=waiting, blocked=blocked, folder=str((site / period.key).relative_to(settings.home)))
    with workspace.engine.begin() as connection:
        workspace.finish(connection, "publish", period, as_at=as_at, summary=summary.as_dict())
    return summary


def _editions(workspace: Workspace, period: Month | Quarter, as_at: datetime) -> dict[str, list[dict[str, Any]]]:
    """List the files of each document meant for readers; data-quality reports are for engineers and auditors."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "document_editions", period=period.key, as_at=as_at)
    issued = [row for row in rows if not row["document_id"].startswith(QUALITY_REPORT)]
    return {document_id: list(files) for document_id, files in groupby(issued, key=lambda row: str(row["document_id"]))}


def _signed_editions(
    workspace: Workspace, period: Month | Quarter, editions: Mapping[str, list[dict[str, Any]]], as_at: datetime
) -> dict[str, list[dict[str, Any]]]:
    """Choose each document's last edition where that is signed off, else the one that was signed off last."""
    with reading(workspace.engine) as connection:
        sign_offs = workspace.read(connection, "sign_offs_at", period=period.key, as_at=as_at)
    given = {(row["document_id"], row["content_digest"]): row["signed_at"] for row in sign_offs}
    chosen = {}
    for document_id, files in editions.items():
        signed_at = max((moment for (signed_id, _), moment in given.items() if signed_id == document_id), default=None)
        if signed_at is None:
            continue
        earlier = _editions(workspace, period, signed_at).get(document_id, [])
        chosen[document_id] = next((edition for edition in (files, earlier) if (document_id, _digest(edition)) in given), [])
    return {document_id: files for document_id, files in chosen.items() if files}


def _digest(files: Sequence[Mapping[str, Any]]) -> str:
    return digest_of(f"{file['format']}:{file['content_hash']}" for file in files)
