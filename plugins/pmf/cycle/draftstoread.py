"""The drafts that go with a letter asking for a sign-off: all in one format, as far as the council's mail lets it through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pmf.cycle.attaching import Enclosed, enclose
from pmf.cycle.awaiting import Signable
from pmf.cycle.documents import JSON, PDF, Edition, render
from pmf.cycle.workspace import Workspace
from pmf.page.document import Document
from pmf.page.draft import as_draft
from pmf.store import get


@dataclass(frozen=True)
class Draft:
    """A draft: its name, which says of which period it is, its bytes, and where the outbox has one too, relative to the home folder."""

    name: str
    format: str
    path: Path
    content: bytes


def drafts_to_read(workspace: Workspace, waiting: Sequence[Signable]) -> Enclosed[Draft]:
    """Make the drafts of documents that wait for a sign-off that a letter takes along: all of them in one format, or none.

    PDF, which everybody can read, where the council sends it at all, else the format it wants most. What waits is never an internal
    edition, so whoever may sign may read it.

    Raises:
        StoreError: when the data copy of a document is missing from the store or has changed there.
    """
    delivery = workspace.profile.delivery
    wanted = (PDF,) if PDF in delivery.attach else delivery.attach[:1]
    files = [{row["format"]: row for row in item.files} for item in waiting]
    if not all(own.keys() >= {*wanted, JSON} for own in files):
        return Enclosed((), ())
    drafts = [_draft(workspace, item, own, name) for item, own in zip(waiting, files, strict=True) for name in wanted]
    return enclose(drafts, delivery.model_copy(update={"attach": wanted}))


def _draft(workspace: Workspace, item: Signable, files: Mapping[str, Mapping[str, Any]], name: str) -> Draft:
    """Render a draft from the data copy, which is part of what is signed: what lies in the outbox may be altered, or another edition's."""
    document = TypeAdapter(Document).validate_json(get(workspace.settings.store, files[JSON]["content_hash"]))
    content = render(Edition(item.document_id, as_draft(document), (name,)), name, workspace.settings)
    path = Path(files[name]["path"])
    return Draft(f"{item.period.key}-{item.document_id}-draft{path.suffix}", name, path, content)
