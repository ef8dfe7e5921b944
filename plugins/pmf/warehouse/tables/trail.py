"""The audit trail: what was decided and published, chained so that whoever changes it afterwards is found out."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from pmf.warehouse.columntypes import Instant, Word
from pmf.warehouse.tables.base import metadata

# One row per event that must not be altered: a chain for each organisation and financial year, in the order they were written.
audit = Table(
    "audit",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("financial_year", Word, primary_key=True, comment="in which it happened, by UTC: FY2024-25"),
    Column("sequence", Integer, primary_key=True, comment="from 1, without a gap"),
    Column("event", Word, nullable=False, comment="the table that holds the event"),
    Column("row_key", Text, nullable=False, comment="JSON: its primary key there, without the organisation"),
    Column("happened_at", Instant, nullable=False, comment="as the event itself says"),
    Column("content_digest", Word, nullable=False, comment="SHA-256 of the event's row as JSON"),
    Column("previous_digest", Word, nullable=False, comment="digest of the row before; empty in the first of a year"),
    Column("digest", Word, nullable=False, comment="SHA-256 of everything in this row as JSON"),
)
