"""What waits for a sign-off: the last editions of lately made documents that nobody has signed off and nothing stands against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pmf.cycle.documentstates import State, deadlines_of, states_of_period
from pmf.cycle.editions import digest_of_edition, editions_at
from pmf.cycle.printed import is_internal
from pmf.cycle.signingoff import Files, sign_offs_given
from pmf.cycle.workspace import Workspace
from pmf.period import Period, parse_period
from pmf.warehouse.engine import reading

# A quarter's papers are signed within weeks; what nobody has signed by then is not asked about for ever.
_ASKED_FOR = timedelta(days=120)


@dataclass(frozen=True)
class Signable:
    """The last edition of a document that needs a sign-off: its files (rows of ``document``), and whether it has one.

    ``publish_by`` is the last day to publish it (None: not known).
    """

    period: Period
    document_id: str
    files: Files
    publish_by: date | None
    is_signed: bool

    @property
    def title(self) -> str:
        """The document's title."""
        return str(self.files[0]["title"])

    @property
    def digest(self) -> str:
        """What a sign-off signs."""
        return digest_of_edition(self.files)


def signable_documents(workspace: Workspace, *, as_at: datetime) -> list[Signable]:
    """List the lately made documents of the periods whose documents need a sign-off, the earliest to be published first."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "periods_with_documents", made_from=as_at - _ASKED_FOR, as_at=as_at)
    periods = [parse_period(row["period"]) for row in rows]
    found = [item for period in periods if workspace.profile.sign_off.is_needed(period) for item in _of(workspace, period, as_at)]
    return sorted(found, key=lambda item: (item.publish_by or date.max, item.period.key, item.document_id))


def _of(workspace: Workspace, period: Period, as_at: datetime) -> list[Signable]:
    editions, given = editions_at(workspace, period, as_at), sign_offs_given(workspace, period, as_at=as_at)
    days = deadlines_of(workspace, period, editions)
    return [
        Signable(period, document_id, files, days.get(document_id), (document_id, digest_of_edition(files)) in given)
        for document_id, files in editions.items()
        if not is_internal(document_id)
    ]


def awaiting_sign_off(workspace: Workspace, *, as_at: datetime) -> list[Signable]:
    """List the unsigned editions that nothing stands against: what its signatories are asked for."""
    unsigned = [item for item in signable_documents(workspace, as_at=as_at) if not item.is_signed]
    states = {
        (period, state.document_id): state
        for period in dict.fromkeys(item.period for item in unsigned)
        for state in states_of_period(workspace, period, as_at=as_at)
    }
    found = ((item, states[item.period, item.document_id]) for item in unsigned)
    return [item for item, state in found if State.AWAITING in (state.state, state.newer)]
