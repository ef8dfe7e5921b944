"""A query and its thread: what was asked of a service, who answered what, and how it stands.

A thread only grows. How it stands is told by its last step, here and in the view ``v_query`` alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import count, groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pmf.cycle.letters import digest_of
from pmf.cycle.workspace import Workspace
from pmf.finding import Severity
from pmf.period import parse_period
from pmf.warehouse.access import append_new
from pmf.warehouse.tables import query, query_event

# The author of what the pipeline does by itself.
PIPELINE = "pmf"
# Digits and capitals that nobody takes for one another on the telephone (Crockford's base 32).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NAME_LENGTH = 6


class Kind(StrEnum):
    """The steps of a thread. ``escalated``, put on the board's list, is no step of the conversation itself."""

    ASKED = "asked"
    ANSWERED = "answered"
    ASKED_AGAIN = "asked_again"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ESCALATED = "escalated"

    @property
    def words(self) -> str:
        """The step for print: "asked again"."""
        return self.value.replace("_", " ")


class State(StrEnum):
    """How a query stands: it lies with the service, with the performance team, or it is done with."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


_CLOSING = frozenset({Kind.ACCEPTED, Kind.RESOLVED})
_OPENING = frozenset({Kind.ASKED, Kind.REOPENED})


class Key(NamedTuple):
    """What a query is about: one rule, broken by one KPI, plan action or panel line in one period, found at one point of validation."""

    period: str
    point: str
    rule_id: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step of a thread. ``severity`` and ``found`` are of what was found then; None: the step rests on no finding."""

    kind: Kind
    author: str
    text: str
    recorded_at: datetime
    sequence: int
    severity: Severity | None = None
    found: str | None = None
    file_hash: str | None = None
    cell: str | None = None


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A query with its steps, oldest first; there is at least one. ``kpi_ref`` None: it is about a plan action or a panel."""

    query_id: str
    key: Key
    kpi_ref: str | None
    service_id: str
    events: tuple[Event, ...] = ()

    @property
    def opened_at(self) -> datetime:
        """When it was first asked."""
        return self.events[0].recorded_at

    @property
    def last(self) -> Event:
        """The last step of the conversation."""
        return next(event for event in reversed(self.events) if event.kind is not Kind.ESCALATED)

    @property
    def state(self) -> State:
        """How it stands."""
        if self.last.kind in _CLOSING:
            return State.CLOSED
        return State.ANSWERED if self.last.kind is Kind.ANSWERED else State.OPEN

    @property
    def evidence(self) -> Event:
        """The last step that rests on a finding: what is known to have been found."""
        return next(event for event in reversed(self.events) if event.severity is not None)

    @property
    def asked_at(self) -> datetime:
        """Since when it has been unresolved: when it was asked, or last reopened."""
        return self._last_opening.recorded_at

    @property
    def is_escalated(self) -> bool:
        """Whether it has been put on the board's list since it was asked or last reopened."""
        since = self.events[self.events.index(self._last_opening) :]
        return any(event.kind is Kind.ESCALATED for event in since)

    @property
    def _last_opening(self) -> Event:
        return next(event for event in reversed(self.events) if event.kind in _OPENING)

    def then(self, kind: Kind, *, author: str, text: str, at: datetime, **evidence: Any) -> Thread:
        """Add a step; ``evidence`` are the fields of ``Event`` that say what was found and where."""
        moment = at.replace(microsecond=0)  # as the warehouse keeps it
        sequence = 1 + max((event.sequence for event in self.events if event.recorded_at == moment), default=-1)
        event = Event(kind=kind, author=author, text=text, recorded_at=moment, sequence=sequence, **evidence)
        return replace(self, events=(*self.events, event))


def found_in(found: Iterable[str | None]) -> str | None:
    """Put what several findings found of one subject into one text, the same in whatever order they come. None: nothing printable."""
    return "; ".join(sorted({words for words in found if words})) or None


def name_query(organisation: str, key: Key, taken: Mapping[str, Key]) -> str:
    """Name a query for people, always the same for what it is about: "Q-7F3K2A".

    ``taken`` says what names already stand for. Six characters are short enough to be read out; should two queries of a
    council ever come to the same, the later one takes its next name.
    """
    names = (spoken_name("Q", [organisation, *key, *([str(attempt)] if attempt else [])]) for attempt in count())
    return next(name for name in names if taken.get(name, key) == key)


def spoken_name(prefix: str, parts: Iterable[str]) -> str:
    """Make a name that can be read out, always the same for the same parts: "Q-7F3K2A"."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest())
    return f"{prefix}-" + "".join(_ALPHABET[number >> (5 * place) & 31] for place in range(_NAME_LENGTH))


def asked_with(period: str) -> list[str]:
    """List the periods whose queries a form of a period may answer: its own, and the quarter a month belongs to."""
    return list(dict.fromkeys([period, parse_period(period).months[-1].quarter.key]))


def load_threads(workspace: Workspace, connection: Connection, *, as_at: datetime, periods: Sequence[str] | None = None) -> list[Thread]:
    """Load the threads of some periods' queries (None: of all), as known at a moment, oldest query first."""
    if periods is None:
        rows = workspace.read(connection, "queries_at", as_at=as_at)
    else:
        rows = workspace.read(connection, "queries_of_periods", periods=list(periods), as_at=as_at)
    return [_thread(list(steps)) for _, steps in groupby(rows, key=lambda row: row["query_id"])]


def _thread(rows: Sequence[Mapping[str, Any]]) -> Thread:
    first = rows[0]
    return Thread(
        query_id=first["query_id"],
        key=Key(*(first[name] for name in Key._fields)),
        kpi_ref=first["kpi_ref"],
        service_id=first["service_id"],
        events=tuple(_event(row) for row in rows),
    )


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        kind=Kind(row["kind"]),
        severity=Severity(row["severity"]) if row["severity"] else None,
        **{name: row[name] for name in ("author", "text", "found", "file_hash", "cell", "recorded_at", "sequence")},
    )


def save_threads(connection: Connection, organisation: str, threads: Iterable[Thread]) -> None:
    """Add what is new of threads, in the caller's transaction; steps that are there already stay as they are."""
    known = list(threads)
    append_new(connection, query, [_query_row(organisation, thread) for thread in known])
    append_new(connection, query_event, [_event_row(organisation, thread, event) for thread in known for event in thread.events])


def _query_row(organisation: str, thread: Thread) -> dict[str, Any]:
    return thread.key._asdict() | {
        "organisation": organisation,
        "query_id": thread.query_id,
        "kpi_ref": thread.kpi_ref,
        "service_id": thread.service_id,
        "opened_at": thread.opened_at,
    }


def _event_row(organisation: str, thread: Thread, event: Event) -> dict[str, Any]:
    digest = digest_of([event.kind, str(int(event.recorded_at.timestamp())), event.author, event.text, event.file_hash or ""])
    return vars(event) | {
        "organisation": organisation,
        "query_id": thread.query_id,
        "event_id": digest,
        "kind": event.kind.value,
        "severity": event.severity.value if event.severity else None,
    }
