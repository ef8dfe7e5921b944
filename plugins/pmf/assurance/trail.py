"""Verification of the audit trail: every chain from its first row, and every event against the row that records it.

A chain cannot tell that rows were cut off its end together with their events, nor that all of it was made anew by somebody who
can write to the database: for that there are the heads, which whoever looks after the trail notes down elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from pmf.warehouse.audit import HAPPENED, audited_rows, content_digest, entry_digest, row_key
from pmf.warehouse.tables import audit, metadata


@dataclass(frozen=True)
class Head:
    """The last row of a chain: its financial year, its number and its digest, which stands for all rows before it."""

    financial_year: str
    sequence: int
    digest: str


@dataclass(frozen=True)
class Trail:
    """How many events the trail of a council has, where its chains end, and everything found wrong, in sentences."""

    events: int
    heads: tuple[Head, ...]
    faults: tuple[str, ...]


def verify_trail(connection: Connection, organisation: str, *, noted: Collection[str] = ()) -> Trail:
    """Follow a council's chains, hold each row against its event, and look for events without a row.

    ``noted`` are digests of heads written down earlier: each must still be in a chain.
    """
    rows = select(audit).where(audit.c.organisation == organisation).order_by(audit.c.financial_year, audit.c.sequence)
    entries = [dict(row) for row in connection.execute(rows).mappings()]
    chains = {year: list(group) for year, group in groupby(entries, key=lambda entry: entry["financial_year"])}
    faults = [f"{year}: {broken}" for year, chain in chains.items() if (broken := _first_broken_link(chain))]
    faults += _unlike_events(entries, _events(connection, organisation))
    lost = sorted(set(noted) - {entry["digest"] for entry in entries})
    faults += [f"the head {digest} that was noted down is in no chain: rows were removed or made anew" for digest in lost]
    heads = tuple(Head(year, chain[-1]["sequence"], chain[-1]["digest"]) for year, chain in chains.items())
    return Trail(len(entries), heads, tuple(faults))


def _first_broken_link(chain: Sequence[Mapping[str, Any]]) -> str | None:
    """Name the first row that does not follow from the one before it. None: all do."""
    previous = ""
    for number, entry in enumerate(chain, 1):
        if entry["sequence"] != number:
            return f"row {number} of the trail is missing"
        if entry["digest"] != entry_digest(entry):
            return f"row {number} of the trail ({_named(entry)}) was altered"
        if entry["previous_digest"] != previous:
            return f"row {number} of the trail ({_named(entry)}) does not follow from the one before: a row was put in, replaced or moved"
        previous = entry["digest"]
    return None


def _unlike_events(entries: Sequence[Mapping[str, Any]], events: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Name the events that are not as they were recorded, are gone, or were never recorded."""
    recorded = {(entry["event"], entry["row_key"]): entry["content_digest"] for entry in entries}
    for key, digest in recorded.items():
        if key not in events:
            yield f"{' '.join(key)}: the event is gone, though the trail has it"
        elif events[key] != digest:
            yield f"{' '.join(key)}: was altered after it was recorded"
    for key in sorted(events.keys() - recorded.keys()):
        yield f"{' '.join(key)}: is not in the trail; it was not written by pmf"


def _events(connection: Connection, organisation: str) -> dict[tuple[str, str], str]:
    """Digest every event of a council as it is now, by table and key."""
    found: dict[tuple[str, str], str] = {}
    for name in HAPPENED:
        table = metadata.tables[name]
        rows = connection.execute(select(table).where(table.c.organisation == organisation, audited_rows(table)))
        found |= {(name, row_key(table, row)): content_digest(name, row) for row in rows.mappings()}
    return found


def _named(entry: Mapping[str, Any]) -> str:
    return f"{entry['event']} {entry['row_key']}"
