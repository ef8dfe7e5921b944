"""The editions of a period's documents: which were made, which are signed off, and which files an edition is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from pmf.cycle.documents import DEEP_DIVE, INTERVENTION_FORM, QUALITY_REPORT
from pmf.cycle.letters import digest_of
from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.warehouse.engine import reading


def editions_at(
    workspace: Workspace, period: Period, as_at: datetime, *, with_working_papers: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """List the files of each document meant for readers; data-quality reports are for engineers and auditors.

    Deep-dive packs and intervention forms are papers officers work with: nobody signs them off or publishes them, so they are
    listed only ``with_working_papers``.
    """
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "document_editions", period=period.key, as_at=as_at)
    others = (QUALITY_REPORT,) if with_working_papers else (QUALITY_REPORT, DEEP_DIVE, INTERVENTION_FORM)
    issued = [row for row in rows if not row["document_id"].startswith(others)]
    return {document_id: list(files) for document_id, files in groupby(issued, key=lambda row: str(row["document_id"]))}


def signed_editions(
    workspace: Workspace, period: Period, editions: Mapping[str, list[dict[str, Any]]], as_at: datetime
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
        earlier = editions_at(workspace, period, signed_at).get(document_id, [])
        chosen[document_id] = next((edition for edition in (files, earlier) if (document_id, digest_of_edition(edition)) in given), [])
    return {document_id: files for document_id, files in chosen.items() if files}


def digest_of_edition(files: Sequence[Mapping[str, Any]]) -> str:
    """Name an edition by all its files, in whatever order they are given, as a sign-off does."""
    return digest_of(sorted(f"{file['format']}:{file['content_hash']}" for file in files))
