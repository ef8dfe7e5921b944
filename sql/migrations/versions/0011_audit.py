"""The audit trail, begun with every event there is."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text, inspect, select

from pmf.warehouse.audit import HAPPENED, audited_rows, chain
from pmf.warehouse.columntypes import Instant, Word
from pmf.warehouse.tables import metadata

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table, and the chains of what has happened so far: in order of moment, table and key."""
    op.create_table(
        # One row per event that must not be altered: a chain for each organisation and financial year, in the order they were written.
        "audit",
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
    connection = op.get_bind()
    found = []
    for name, happened in HAPPENED.items():
        table = metadata.tables[name]
        there = {column["name"] for column in inspect(connection).get_columns(name)}
        columns = [column for column in table.c if column.name in there]  # later migrations may add some
        rows = connection.execute(select(*columns).where(audited_rows(table)).order_by(*table.primary_key)).mappings()
        found += [(row[happened], table, row) for row in rows]
    for _, table, row in sorted(found, key=lambda event: (event[0], event[1].name)):
        chain(connection, table, [row])
