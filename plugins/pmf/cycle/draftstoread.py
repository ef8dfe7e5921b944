"""The drafts that go with a letter asking for a sign-off: all in one format, as far as the council's mail lets it through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pmf.cycle.attaching import Enclosed, enclose
from pmf.cycle.awaiting import Signable
from pmf.cycle.documents import PDF
from pmf.cycle.editions import digest_of_edition, editions_at
from pmf.cycle.workspace import Workspace

# What lies in the outbox goes by what is so now, whatever the clock of the run that asks.
_EVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Draft:
    """A draft as it lies in the outbox; ``name`` says, apart from there, of which period it is."""

    name: str
    format: str
    path: Path
    content: bytes


def drafts_to_read(workspace: Workspace, waiting: Sequence[Signable]) -> Enclosed[Draft]:
    """Choose the drafts of documents that wait for a sign-off that a letter takes along: all of them in one format, or none.

    PDF, which everybody can read, where the council sends it at all, else the format it wants most. What waits is never an internal
    edition, so whoever may sign may read it.
    """
    delivery = workspace.profile.delivery
    wanted = (PDF,) if PDF in delivery.attach else delivery.attach[:1]
    drafts = [draft for item in waiting for draft in _drafts(workspace, item, wanted)]
    return enclose(drafts, delivery.model_copy(update={"attach": wanted}))


def _drafts(workspace: Workspace, item: Signable, wanted: Sequence[str]) -> Iterator[Draft]:
    """Read a document's drafts; what lies in the outbox is no draft of an edition that a newer one has followed."""
    last = editions_at(workspace, item.period, _EVER)[item.document_id]
    if item.digest != digest_of_edition(last):
        return
    for row in item.files:
        path = Path(row["path"])
        place = workspace.settings.home / path
        if row["format"] in wanted and place.is_file():
            yield Draft(f"{item.period.key}-{item.document_id}-draft{path.suffix}", row["format"], path, place.read_bytes())
