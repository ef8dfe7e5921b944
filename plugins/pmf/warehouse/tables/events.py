"""Tables of what people decided, by post and moment. Rows are added, never edited (rulings 9, 13, 22)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from pmf.warehouse.columntypes import Instant, Word
from pmf.warehouse.tables.base import metadata

# One row per sign-off of a document (warehouse event, rulings 22).
sign_off = Table(
    "sign_off",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("document_id", Word, primary_key=True),
    Column("content_digest", Word, primary_key=True, comment="what was signed: digest of all formats' hashes"),
    Column("post", Word, nullable=False),
    Column("reason", Text, nullable=False),
    Column("signed_at", Instant, nullable=False),
)

# One row per waiver: lets one withheld figure or blocked document through until it expires (rulings 13).
waiver = Table(
    "waiver",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("rule_id", Word, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("granted_at", Instant, primary_key=True),
    Column("post", Word, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# One row per release of a return by its service, where the council asks for one before it counts.
return_release = Table(
    "return_release",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("file_hash", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("post", Word, nullable=False),
    Column("released_at", Instant, nullable=False),
)

# One row per sign-off of a KPI's data-quality template for a financial year, as its answers stood.
template_sign_off = Table(
    "template_sign_off",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("financial_year", Word, primary_key=True),
    Column("template_digest", Word, primary_key=True, comment="what was signed: digest of all answers"),
    Column("signed_at", Instant, primary_key=True),
    Column("post", Word, nullable=False),
    Column("declaration", Text, nullable=False),
)

# One row per step in the life of a proposed change to the register: proposed, scoped, ... approved, adopted, reviewed.
change_event = Table(
    "change_event",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("change_id", Word, primary_key=True),
    Column("stage", Word, primary_key=True, comment="one of the nine stages of the KPI cycle"),
    Column("post", Word, primary_key=True, comment="who took the step: a post, board or committee"),
    Column("recorded_at", Instant, primary_key=True),
    Column("kpi_ref", Word, nullable=False),
    Column("kind", Word, nullable=False, comment="new | change | retire"),
    Column("level", Word, nullable=False),
    Column("decision", Word, comment="approve | reject | note, at the stages that decide; else null"),
    Column("note", Text, nullable=False, comment="what was done, and why"),
    Column("criteria", Word, nullable=False, comment="ids of the selection criteria met, comma-separated"),
    Column("effective_from", Word, nullable=False, comment="the day the change takes effect"),
    Index(None, "organisation", "kpi_ref"),
)
