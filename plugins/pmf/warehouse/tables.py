"""The tables. Each comment gives the grain: what one row is.

Text keys are the field's own (``organisation`` slug, ``kpi_ref``, period key). ``as_at`` is the business clock of the
run that wrote a row; ``received_at`` when a return first came in. Rows are added, never edited, but for the state of a
message in ``mail_queue`` and of a ``document``, which only move forwards.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from pmf.warehouse.columntypes import Exact, Instant, Word

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"})

# One row per organisation x month of the inbox x content of a file that ever came in.
received_file = Table(
    "received_file",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("file_hash", Word, primary_key=True, comment="sha-256 of the bytes, and their address in the store"),
    Column("file_name", Word, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False, comment="order among files received at the same instant"),
    Column("sender", Word, comment="post id or address; null where the folder does not tell"),
    Column("inbox_period", Word, primary_key=True, comment="the month of the inbox folder it lay in"),
    Column("outcome", Word, nullable=False, comment="accepted | rejected | quarantined"),
    Column("problem", Word, comment="code of the reason when not accepted"),
    Column("message", Text, comment="the reason in words for its sender"),
    Column("fix", Text),
    Column("period", Word, comment="the month the signed form is for; null when unreadable"),
    Column("service_id", Word),
    Column("form_version", Word),
    Column("is_late", Boolean, nullable=False),
    Index(None, "organisation", "period", "service_id"),
)

# One row per file x KPI row of an accepted return: all the officer wrote, with the cell of every field.
returned_line = Table(
    "returned_line",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("file_hash", Word, primary_key=True),
    Column("line_number", Integer, primary_key=True, comment="row on the sheet; a broken row has no kpi_ref"),
    Column("kpi_ref", Word),
    Column("period", Word, nullable=False),
    Column("service_id", Word, nullable=False),
    Column("sheet", Word, nullable=False),
    Column("value", Exact),
    Column("numerator", Exact),
    Column("denominator", Exact),
    Column("forecast", Exact),
    Column("not_available", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("cells", Text, nullable=False, comment="JSON: field -> cell"),
    Column("raw", Text, nullable=False, comment="JSON: field -> what the cell held where it is no figure"),
    Column("received_at", Instant, nullable=False),
    Index(None, "organisation", "period", "kpi_ref"),
)

# One row per cell of an accepted return that holds something the form has no room for.
cell_problem = Table(
    "cell_problem",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("file_hash", Word, primary_key=True),
    Column("cell", Word, primary_key=True),
    Column("code", Word, primary_key=True),
    Column("period", Word, nullable=False),
    Column("service_id", Word, nullable=False),
    Column("sheet", Word, nullable=False),
    Column("field", Word, nullable=False),
    Column("kpi_ref", Word),
    Column("found", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("fix", Text, nullable=False),
)

# One row per organisation x KPI x period x recorded version of its value. Append-only.
observation = Table(
    "observation",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("version_id", Word, primary_key=True, comment="digest of value, parts, absence and source file"),
    Column("value", Exact, comment="numerator/denominator where both were given, else as typed; null for a nil return"),
    Column("numerator", Exact),
    Column("denominator", Exact),
    Column("absence", Word, comment="nil_return, or null when there is a figure"),
    Column("reason", Text, comment="the officer's reason for a nil return"),
    Column("forecast", Exact, comment="year-end forecast"),
    Column("comment", Text, nullable=False),
    Column("status", Word, nullable=False, comment="provisional | final | restated"),
    Column("source", Word, nullable=False, comment="return | import"),
    Column("provenance", Word, comment="published | illustrative for imported sample history, else null"),
    Column("file_hash", Word, nullable=False),
    Column("sheet", Word),
    Column("cell", Word),
    Column("sender", Word),
    Column("recorded_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False, comment="order among versions recorded at the same instant"),
    Index(None, "organisation", "period"),
)

# One row per organisation x period x point of validation x as_at x problem.
finding = Table(
    "finding",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("point", Word, primary_key=True, comment="returns | ratings | publication"),
    Column("as_at", Instant, primary_key=True),
    Column("finding_id", Word, primary_key=True),
    Column("rule_id", Word, nullable=False),
    Column("severity", Word, nullable=False),
    Column("scope", Word, nullable=False),
    Column("dimension", Word, nullable=False),
    Column("dqt_field", Word),
    Column("kpi_ref", Word),
    Column("service_id", Word),
    Column("file_hash", Word),
    Column("file_name", Word),
    Column("sheet", Word),
    Column("cell", Word),
    Column("found", Text),
    Column("expected", Text),
    Column("message", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("is_waived", Boolean, nullable=False),
    Index(None, "organisation", "period", "kpi_ref"),
)

# One row per compiled check of a run: which rule applied to which KPI with which limits.
compiled_check = Table(
    "compiled_check",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("as_at", Instant, primary_key=True),
    Column("rule_id", Word, primary_key=True),
    Column("kpi_ref", Word, primary_key=True, comment="'*' for a rule of the whole dataset"),
    Column("parameters", Text, nullable=False, comment="JSON"),
    Column("severity", Word, nullable=False),
)

# One row per organisation x period x point x as_at: how a validation ended, and the raw results behind it.
validation_run = Table(
    "validation_run",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("point", Word, primary_key=True),
    Column("as_at", Instant, primary_key=True),
    Column("outcome", Word, nullable=False, comment="pass | flag | fail"),
    Column("reason", Text, nullable=False),
    Column("due", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("withheld", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("flagged", Integer, nullable=False),
    Column("withheld_refs", Text, nullable=False, comment="JSON list of kpi_ref"),
    Column("results", Text, nullable=False, comment="JSON: Great Expectations results by suite"),
    Column("register_digest", Word, nullable=False),
)

# One row per organisation x KPI x period x policy x as_at (rulings 16).
rating = Table(
    "rating",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("period", Word, primary_key=True, comment="month, quarter or financial year key"),
    Column("policy_id", Word, primary_key=True),
    Column("as_at", Instant, primary_key=True),
    Column("status", Word, nullable=False),
    Column("value", Exact),
    Column("numerator", Exact),
    Column("denominator", Exact),
    Column("target", Word, comment="as printed in the register: 95, or 85..95"),
    Column("target_version", Word, nullable=False, comment="empty when there is no target"),
    Column("off_target_pct", Exact, comment="positive when worse than target"),
    Column("reason", Text, nullable=False),
    Column("flags", Word, nullable=False, comment="comma-separated"),
    Column("is_provisional", Boolean, nullable=False),
    Column("months_used", Word, nullable=False, comment="comma-separated month keys"),
    Column("months_missing", Word, nullable=False),
    Column("previous_period", Word, nullable=False),
    Column("previous_value", Exact),
    Column("previous_status", Word),
    Column("previous_target", Word),
    Column("change", Word, comment="improved | declined | unchanged, or null where it cannot be told"),
    Column("moved", Word, comment="up | down | same, or null"),
    Column("trend", Word, nullable=False),
    Column("projection", Exact, comment="next period by the plain linear line; null with fewer than six points"),
    Column("forecast", Exact, comment="the service's year-end forecast"),
    Column("forecast_status", Word),
    Column("comment", Text, nullable=False),
    Column("code_version", Word, nullable=False),
    Column("lock_digest", Word, nullable=False),
    Column("register_digest", Word, nullable=False),
    Column("policy_digest", Word, nullable=False),
    Index(None, "organisation", "period", "policy_id"),
)

# One row per organisation x period x document x format x as_at: a finished file and its address in the store.
document = Table(
    "document",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("document_id", Word, primary_key=True, comment="scorecard-<directorate>, scorecard-organisation, paper-<committee>, ..."),
    Column("format", Word, primary_key=True, comment="html | pdf | docx | xlsx | json"),
    Column("as_at", Instant, primary_key=True),
    Column("title", Word, nullable=False),
    Column("content_hash", Word, nullable=False),
    Column("path", Word, nullable=False, comment="relative to the home folder"),
    Column("code_version", Word, nullable=False),
    Column("lock_digest", Word, nullable=False),
    Column("register_digest", Word, nullable=False),
    Column("policy_digest", Word, nullable=False),
)

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

# One row per message: organisation, event, subject of the event, recipient and version make its Message-ID.
mail_queue = Table(
    "mail_queue",
    metadata,
    Column("message_id", Word, primary_key=True),
    Column("organisation", Word, nullable=False),
    Column("period", Word, nullable=False),
    Column("event", Word, nullable=False),
    Column("event_subject", Word, nullable=False),
    Column("version", Word, nullable=False),
    Column("recipient", Word, nullable=False),
    Column("subject", Word, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="the whole message as sent"),
    Column("queued_at", Instant, nullable=False),
    Column("state", Word, nullable=False, comment="queued | sent | refused"),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Index(None, "state"),
    Index(None, "organisation", "period", "event"),
)

# One row per organisation x digest: the register as it was read, for replay and audit.
register_snapshot = Table(
    "register_snapshot",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("digest", Word, primary_key=True),
    Column("files", Text, nullable=False, comment="JSON: file name -> text"),
    Column("recorded_at", Instant, nullable=False),
)

# One row per organisation x period x stage x as_at that has finished: the cycle's log book.
stage_run = Table(
    "stage_run",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("stage", Word, primary_key=True, comment="open, collect, validate_returns, rate, ... : the verb"),
    Column("as_at", Instant, primary_key=True),
    Column("summary", Text, nullable=False, comment="JSON"),
    Column("register_digest", Word, nullable=False),
)
