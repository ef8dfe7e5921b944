"""Tables of what came in: messages, files, their lines and cells, and the figures they state."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from pmf.warehouse.columntypes import Exact, Instant, Word
from pmf.warehouse.tables.base import metadata

# One row per organisation x content of an e-mail that ever came in.
received_message = Table(
    "received_message",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("message_hash", Word, primary_key=True, comment="sha-256 of the whole message, and its address in the store"),
    Column("message_id", Word),
    Column("sender_address", Word),
    Column("sender", Word, comment="post the address belongs to; null for a stranger"),
    Column("subject", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("outcome", Word, nullable=False, comment="taken_in | signed_off | no_attachment | automatic | stranger | unreadable"),
    Column("attachments", Integer, nullable=False),
)

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
    Column("sender", Word, comment="post id or address; null where it is not known"),
    Column("inbox_period", Word, primary_key=True, comment="the month it was sent in for: of its folder, else its own"),
    Column("outcome", Word, nullable=False, comment="accepted | rejected | quarantined"),
    Column("problem", Word, comment="code of the reason when not accepted"),
    Column("message", Text, comment="the reason in words for its sender"),
    Column("fix", Text),
    Column("period", Word, comment="the month the signed form is for; null when unreadable"),
    Column("service_id", Word),
    Column("form_version", Word),
    Column("is_late", Boolean, nullable=False),
    Column("channel", Word, nullable=False, comment="form | id of a declared source | entry:<kpi_ref>; the last file of each counts"),
    Column("needs_release", Boolean, nullable=False, comment="counts only once the service has released it"),
    Column("message_hash", Word, comment="the e-mail it was attached to; null where it came otherwise"),
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
    Column("is_withdrawn", Boolean, nullable=False, comment="the performance team has taken the figure back"),
    Column("reason", Text, nullable=False),
    Column("is_provisional", Boolean, nullable=False),
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
    Column("absence", Word, comment="nil_return | withdrawn, or null when there is a figure"),
    Column("reason", Text, comment="why there is no figure, or why it was corrected"),
    Column("forecast", Exact, comment="year-end forecast"),
    Column("comment", Text, nullable=False),
    Column("status", Word, nullable=False, comment="provisional | final | restated"),
    Column("source", Word, nullable=False, comment="return | source | entry | import"),
    Column("provenance", Word, comment="published | illustrative for imported sample history, else null"),
    Column("file_hash", Word, nullable=False),
    Column("sheet", Word),
    Column("cell", Word),
    Column("sender", Word),
    Column("recorded_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False, comment="order among versions recorded at the same instant"),
    Index(None, "organisation", "period"),
)

# One row per organisation x plan action x quarter x file that reported on it.
action_update = Table(
    "action_update",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("action_ref", Word, primary_key=True),
    Column("period", Word, primary_key=True, comment="quarter key"),
    Column("file_hash", Word, primary_key=True),
    Column("service_id", Word, nullable=False),
    Column("rag", Word, comment="red | amber | green | complete | not started; null: not said"),
    Column("update_text", Text, nullable=False),
    Column("impact", Text, nullable=False),
    Column("sheet", Word, nullable=False),
    Column("cells", Text, nullable=False, comment="JSON: field -> cell"),
    Column("sender", Word),
    Column("recorded_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False),
    Index(None, "organisation", "period"),
)

# One row per organisation x line of a panel x month x file that reported on it.
panel_update = Table(
    "panel_update",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("line_ref", Word, primary_key=True),
    Column("period", Word, primary_key=True, comment="month key"),
    Column("file_hash", Word, primary_key=True),
    Column("panel", Word, nullable=False, comment="risk | finance | change"),
    Column("directorate_id", Word, nullable=False),
    Column("rag", Word, comment="red | amber | green | complete; null: not said"),
    Column("figure", Exact, comment="risk: score now; finance: forecast of the year in pounds; null: not said, or none is asked for"),
    Column("comment", Text, nullable=False),
    Column("sheet", Word, nullable=False),
    Column("cells", Text, nullable=False, comment="JSON: field -> cell"),
    Column("sender", Word),
    Column("recorded_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False),
    Index(None, "organisation", "period"),
)
