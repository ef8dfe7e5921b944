"""Tables of what people decided, by post and moment. Rows are added, never edited (rulings 9, 13, 22)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

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

# One row per query: a challenge that a finding put to a service, opened once however often the finding is seen again.
query = Table(
    "query",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("query_id", Word, primary_key=True, comment="short, for people: Q-7F3K2A"),
    Column("period", Word, nullable=False),
    Column("point", Word, nullable=False, comment="the point of validation that found it: returns | ratings"),
    Column("rule_id", Word, nullable=False),
    Column("subject", Word, nullable=False, comment="kpi_ref, or the action's reference"),
    Column("kpi_ref", Word, comment="null: about a plan action"),
    Column("service_id", Word, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Index(None, "organisation", "period"),
)

# One row per step of a query's thread, oldest first by recorded_at and sequence. The last one says how it stands.
query_event = Table(
    "query_event",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("query_id", Word, primary_key=True),
    Column("event_id", Word, primary_key=True, comment="digest of kind, moment, author and words"),
    Column("kind", Word, nullable=False, comment="asked | answered | asked_again | accepted | resolved | reopened | escalated"),
    Column("author", Word, nullable=False, comment="post, or address of a sender; pmf where the pipeline itself took the step"),
    Column("text", Text, nullable=False),
    Column("severity", Word, comment="critical | warning as found; null where nothing was found then"),
    Column("found", Text, comment="what was found, printable: an accepted query stays closed while this is found again"),
    Column("file_hash", Word, comment="the file it came with; null: none"),
    Column("cell", Word, comment="sheet and cell it is about; null: none"),
    Column("recorded_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False),
)

# One row per step of a question that members put to a report: asked, answered, withdrawn.
question_event = Table(
    "question_event",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("question_id", Word, primary_key=True),
    Column("kind", Word, primary_key=True, comment="asked | answered | withdrawn"),
    Column("recorded_at", Instant, primary_key=True),
    Column("committee_id", Word, nullable=False),
    Column("period", Word, nullable=False, comment="the quarter of the paper it was put to"),
    Column("kpi_ref", Word, comment="null: about no single KPI"),
    Column("post", Word, nullable=False, comment="who recorded it, or who answers"),
    Column("words", Text, nullable=False),
)

# One row per step of an intervention: opened, proposed, planned, approved, progress of a month, closed (HDC framework, Appendix F).
intervention_event = Table(
    "intervention_event",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("intervention_id", Word, primary_key=True, comment="the KPI and the month that fired the rule: PI-09-2025-06"),
    Column("recorded_at", Instant, primary_key=True),
    Column("sequence", Integer, primary_key=True, comment="order among steps taken at the same instant"),
    Column("kind", Word, nullable=False, comment="opened | proposed | planned | approved | progress | closed"),
    Column("part", Word, nullable=False, comment="proposed, planned: cause | steps; approved: whose; progress: the month; else empty"),
    Column("kpi_ref", Word, nullable=False),
    Column("period", Word, nullable=False, comment="the month that fired the rule"),
    Column("post", Word, nullable=False, comment="who took the step; pmf where the pipeline itself did"),
    Column("decision", Word, comment="progress: yes | no, is more needed; closed: how it ended; else null"),
    Column("words", Text, nullable=False),
    Column("file_hash", Word, comment="the form it came with; null: none"),
    Index(None, "organisation", "kpi_ref"),
)
