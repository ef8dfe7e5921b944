"""Where each document of a period stands on its way out: draft, awaiting sign-off, signed off, published, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pmf.cycle.clearance import clear_documents
from pmf.cycle.documents import ORGANISATION_SCORECARD
from pmf.cycle.editions import digest_of_edition, editions_at
from pmf.cycle.printed import committee_of, is_internal
from pmf.cycle.releases import publications_so_far
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Period
from pmf.register import Profile, Register
from pmf.settings import Settings
from pmf.warehouse.engine import reading
from pmf.website.manifest import Publication


class State(StrEnum):
    """What has become of an edition. A draft has something against it; what is corrected has replaced a published edition.

    What needs no sign-off, and has none, is issued: officers use it as it is.
    """

    DRAFT = "draft"
    ISSUED = "issued"
    AWAITING = "awaiting sign-off"
    SIGNED = "signed off"
    PUBLISHED = "published"
    CORRECTED = "corrected"


@dataclass(frozen=True, kw_only=True)
class DocumentState:
    """A document of a period. ``state`` is that of what readers see where anything is published, else of the last edition.

    ``newer`` is the state of a last edition that is not what readers see (None: there is none); ``made_at`` is that of the last
    edition. ``obstacles`` stand against publishing it. ``publish_by`` is the last day to publish it (rulings 21), None where it goes to
    no meeting that is known.
    """

    document_id: str
    title: str
    state: State
    newer: State | None
    made_at: datetime
    signed_at: datetime | None
    signed_by: str | None
    published_at: datetime | None
    obstacles: tuple[str, ...]
    publish_by: date | None

    def is_late(self, on: date) -> bool:
        """Tell whether the deadline has passed and nothing of it is published."""
        return self.published_at is None and self.publish_by is not None and on > self.publish_by


def document_states(
    editions: Mapping[str, Sequence[Mapping[str, Any]]],
    sign_offs: Sequence[Mapping[str, Any]],
    publications: Sequence[Publication],
    *,
    obstacles: Mapping[str, tuple[str, ...]],
    deadlines: Mapping[str, date],
    needs_sign_off: bool = True,
) -> tuple[DocumentState, ...]:
    """Say where each document stands, from its last edition (rows of table ``document``), what is signed and what went out.

    ``publications`` are the period's; ``obstacles`` and ``deadlines`` are by document_id.
    """
    return tuple(
        _state(
            files,
            [row for row in sign_offs if row["document_id"] == document_id],
            [item for item in publications if item.document_id == document_id],
            obstacles=obstacles.get(document_id, ()),
            publish_by=deadlines.get(document_id),
            needs_sign_off=needs_sign_off and not is_internal(document_id),
        )
        for document_id, files in editions.items()
    )


def states_of(organisation: str, period: Period, *, as_at: datetime, settings: Settings) -> tuple[DocumentState, ...]:
    """Load and say where each document of a period stands at a moment."""
    return states_of_period(open_workspace(organisation, settings), period, as_at=as_at)


def states_of_period(workspace: Workspace, period: Period, *, as_at: datetime) -> tuple[DocumentState, ...]:
    """Load and say where each document of a period stands at a moment, for a council that is at work."""
    editions = editions_at(workspace, period, as_at)
    if not editions:
        return ()
    with reading(workspace.engine) as connection:
        sign_offs = workspace.read(connection, "sign_offs_at", period=period.key, as_at=as_at)
    published = [item for item in publications_so_far(workspace, on=as_at) if item.period == period.key]
    return document_states(
        editions,
        sign_offs,
        published,
        obstacles=_obstacles(workspace, period, editions, published, as_at=as_at),
        deadlines=deadlines_of(workspace, period, editions),
        needs_sign_off=workspace.profile.sign_off.is_needed(period),
    )


def _obstacles(
    workspace: Workspace,
    period: Period,
    editions: Mapping[str, Sequence[Mapping[str, Any]]],
    published: Sequence[Publication],
    *,
    as_at: datetime,
) -> Mapping[str, tuple[str, ...]]:
    """Say what stands against publishing the editions that readers do not see already; looking into files takes seconds."""
    live = {item.document_id: item.content_digest for item in published}
    to_come = {name: files for name, files in editions.items() if live.get(name) != digest_of_edition(files)}
    if not to_come:
        return {}
    with reading(workspace.engine) as connection:
        return clear_documents(workspace, connection, period, to_come, as_at=as_at).blocked


def publish_by(profile: Profile, period: Period, committee_id: str) -> date | None:
    """Give the last day to publish a committee's paper of a period. None: no meeting is in the calendar."""
    days = [meeting.date for meeting in profile.committee(committee_id).meetings if meeting.reports == period.key]
    return profile.working_calendar.publication_deadline(min(days)) if days else None


def deadlines_of(workspace: Workspace, period: Period, document_ids: Iterable[str]) -> dict[str, date]:
    """Map documents to the last day to publish them; one that goes to no meeting in the calendar is left out."""
    days = {
        document_id: [publish_by(workspace.profile, period, committee_id) for committee_id in _receivers(workspace.register, document_id)]
        for document_id in document_ids
    }
    known = {document_id: [day for day in own if day] for document_id, own in days.items()}
    return {document_id: min(own) for document_id, own in known.items() if own}


def _receivers(register: Register, document_id: str) -> tuple[str, ...]:
    """Name the committees a document goes to: its own, or those that receive the organisation's scorecard."""
    if document_id == ORGANISATION_SCORECARD:
        return tuple(committee.id for committee in register.profile.committees if committee.receives_organisational_scorecard)
    committee_id = committee_of(register, document_id)
    return (committee_id,) if committee_id else ()


def _state(
    files: Sequence[Mapping[str, Any]],
    sign_offs: Sequence[Mapping[str, Any]],
    publications: Sequence[Publication],
    *,
    obstacles: tuple[str, ...],
    publish_by: date | None,
    needs_sign_off: bool,
) -> DocumentState:
    digest = digest_of_edition(files)
    signed = next((row for row in sign_offs if row["content_digest"] == digest), None)
    live = publications[-1] if publications else None
    unsigned = State.ISSUED if not needs_sign_off else State.DRAFT if obstacles else State.AWAITING
    last = State.SIGNED if signed else unsigned
    is_live = live is not None and live.content_digest == digest
    out = State.CORRECTED if len(publications) > 1 else State.PUBLISHED
    return DocumentState(
        document_id=files[0]["document_id"],
        title=files[0]["title"],
        state=out if live else last,
        newer=last if live and not is_live else None,
        made_at=files[0]["as_at"],
        signed_at=signed["signed_at"] if signed else None,
        signed_by=signed["post"] if signed else None,
        published_at=live.published_at if live else None,
        obstacles=obstacles,
        publish_by=publish_by,
    )
