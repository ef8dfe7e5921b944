"""The audit trail: every event that must not be altered, chained by digests in the transaction that writes the event.

Nobody who writes an event can forget it: ``access.append_new`` calls ``chain``. A chain is a council's financial year, so
that years can be kept and checked apart. What does not belong here: checking a chain; ``assurance.trail`` does that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, false, select, text, true

from pmf.period import Month
from pmf.warehouse.insertion import insert_rows
from pmf.warehouse.rowtext import printed_row
from pmf.warehouse.tables import (
    audit,
    change_event,
    intervention_event,
    observation,
    publication,
    query_event,
    question_event,
    register_snapshot,
    return_release,
    sign_off,
    site_release,
    template_sign_off,
    waiver,
)

# The tables whose rows are events, each with the column that says when it happened.
HAPPENED: Mapping[str, str] = {
    change_event.name: "recorded_at",
    intervention_event.name: "recorded_at",
    observation.name: "recorded_at",
    publication.name: "published_at",
    query_event.name: "recorded_at",
    question_event.name: "recorded_at",
    register_snapshot.name: "recorded_at",
    return_release.name: "released_at",
    sign_off.name: "signed_at",
    site_release.name: "as_at",
    template_sign_off.name: "signed_at",
    waiver.name: "granted_at",
}

_AS_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def is_audited(table: Table, row: Mapping[str, Any]) -> bool:
    """Tell whether a row is an event of the trail: of the figures only those restated, corrected or withdrawn are."""
    if table is observation:
        return bool(row["status"] == "restated" or row["source"] == "entry")
    return table.name in HAPPENED


def audited_rows(table: Table) -> ColumnElement[bool]:
    """Say the same as ``is_audited`` in SQL."""
    if table is observation:
        return (table.c.status == "restated") | (table.c.source == "entry")
    return true() if table.name in HAPPENED else false()


def chain(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add events that are new to their chains, in the order given, in the caller's transaction.

    Writers of one chain take turns: the second goes on from what the first has committed.
    """
    chains: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        chains.setdefault((row["organisation"], financial_year(row[HAPPENED[table.name]])), []).append(row)
    for (organisation, year), events in sorted(chains.items()):
        _extend(connection, organisation, year, table, events)


def _extend(connection: Connection, organisation: str, year: str, table: Table, events: Sequence[Mapping[str, Any]]) -> None:
    """Put events behind the last row of a chain."""
    if connection.dialect.name == "postgresql":  # on SQLite every writer is alone anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:chain, 0))"), {"chain": f"audit {organisation} {year}"})
    this = (audit.c.organisation == organisation) & (audit.c.financial_year == year)
    last = select(audit.c.sequence, audit.c.digest).where(this).order_by(audit.c.sequence.desc()).limit(1)
    before = connection.execute(last).one_or_none()
    number, previous = (before.sequence, before.digest) if before else (0, "")
    entries = []
    for sequence, event in enumerate(events, number + 1):
        entry = {
            "organisation": organisation,
            "financial_year": year,
            "sequence": sequence,
            "event": table.name,
            "row_key": row_key(table, event),
            "happened_at": event[HAPPENED[table.name]],
            "content_digest": content_digest(table.name, event),
            "previous_digest": previous,
        }
        previous = entry_digest(entry)
        entries.append(entry | {"digest": previous})
    insert_rows(connection, audit, entries)


def financial_year(moment: datetime) -> str:
    """Name the financial year of a moment, by UTC: the warehouse knows no council's clock."""
    utc = moment.astimezone(UTC)
    return _financial_year(utc.year, utc.month)


@cache
def _financial_year(year: int, month: int) -> str:
    return Month(year, month).financial_year.key


def row_key(table: Table, row: Mapping[Any, Any]) -> str:
    """Print the primary key of an event as JSON, without the organisation."""
    return _as_json(printed_row({name: row[name] for name in _key_names(table)}))


@cache
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key if column.name != "organisation")


def content_digest(event: str, row: Mapping[Any, Any]) -> str:
    """Digest everything an event says. Empty columns are left out, so that a column added later alters no earlier event."""
    return _digest([event, printed_row({name: value for name, value in row.items() if value is not None})])


def entry_digest(entry: Mapping[str, Any]) -> str:
    """Digest a row of the trail, but for its own digest."""
    return _digest(printed_row({name: value for name, value in entry.items() if name != "digest"}))


def _digest(content: Any) -> str:
    return hashlib.sha256(_as_json(content).encode()).hexdigest()


def _as_json(content: Any) -> str:
    return _AS_JSON.encode(content)
