"""Drafts: what lies in the outbox carries a mark until it is signed off; what is kept, signed and published never does.

An edition is rendered clean and kept in the store. Where its period's documents need a sign-off, people are handed the same document
under a mark, until somebody signs the clean edition's digest: then the clean files take the drafts' place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pmf.cycle.documents import THREADS, FinishedFile, render
from pmf.cycle.editions import digest_of_edition, editions_at
from pmf.cycle.printed import is_internal
from pmf.cycle.workspace import Workspace
from pmf.page.draft import as_draft
from pmf.period import Period
from pmf.settings import Settings
from pmf.store import get, place
from pmf.warehouse.engine import reading

# What lies in the outbox goes by what is so now, whatever the clock of the run that puts it there.
_EVER = datetime(9999, 12, 31, tzinfo=UTC)


def handed_out(
    workspace: Workspace, period: Period, files: Sequence[FinishedFile], rows: Iterable[Mapping[str, Any]]
) -> list[FinishedFile]:
    """Give the files as people get them: of an edition that waits for its sign-off, drafts; ``rows`` are those of ``document``.

    An internal edition never goes out and waits for none. A draft keeps the path and the address of the clean file it stands for.
    """
    if not workspace.profile.sign_off.is_needed(period):
        return list(files)
    with reading(workspace.engine) as connection:
        given = workspace.read(connection, "sign_offs_at", period=period.key, as_at=_EVER)
    signed = {(row["document_id"], row["content_digest"]) for row in given}
    editions: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        editions.setdefault(row["document_id"], []).append(row)
    clean = {
        document_id for document_id, own in editions.items() if is_internal(document_id) or (document_id, digest_of_edition(own)) in signed
    }
    drafts = iter(_drafts([file for file in files if file.edition.document_id not in clean], workspace.settings))
    return [file if file.edition.document_id in clean else next(drafts) for file in files]


def _drafts(files: Sequence[FinishedFile], settings: Settings) -> list[FinishedFile]:
    marked = {file.edition.document_id: replace(file.edition, document=as_draft(file.edition.document)) for file in files}
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        contents = pool.map(lambda file: render(marked[file.edition.document_id], file.format, settings), files)
        return [replace(file, content=content) for file, content in zip(files, contents, strict=True)]


def place_clean(workspace: Workspace, period: Period, editions: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Put editions that are signed off into the outbox in the place of their drafts; a newer edition's draft stays.

    Raises:
        StoreError: when a file is missing from the store or has changed there.
    """
    settings, last = workspace.settings, editions_at(workspace, period, _EVER)
    for document_id, files in editions.items():
        if digest_of_edition(files) == digest_of_edition(last[document_id]):
            for file in files:
                place(settings.home / file["path"], get(settings.store, file["content_hash"]))
