"""The first warehouse: every table, and the read views that extracts and Power BI may rely on.

Once released, neither this file nor the view files it names change: a later migration brings what it needs in files of
its own. There is no way down. The warehouse is a record; the way back is the backup taken before the upgrade.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Boolean, Column, Integer, LargeBinary, Text

from pmf.warehouse.columntypes import Exact, Instant, Word

revision = "0001"
down_revision = None

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views"
_VIEWS = ("v_observation_now", "v_rating_latest", "v_finding_latest", "v_document_latest", "v_return_latest")


def upgrade() -> None:
    """Create the tables, their indexes and the views."""
    _create_tables()
    for name in _VIEWS:
        op.execute((_VIEWS_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def _create_tables() -> None:
    # One row per organisation x content of a file that ever came in.
    op.create_table(
        "received_file",
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
    )
    op.create_index("ix_received_file_organisation_period_service_id", "received_file", ["organisation", "period", "service_id"])

    # One row per file x KPI row of an accepted return: all the officer wrote, with the cell of every field.
    op.create_table(
        "returned_line",
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
    )
    op.create_index("ix_returned_line_organisation_period_kpi_ref", "returned_line", ["organisation", "period", "kpi_ref"])

    # One row per cell of an accepted return that holds something the form has no room for.
    op.create_table(
        "cell_problem",
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
    op.create_table(
        "observation",
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
    )
    op.create_index("ix_observation_organisation_period", "observation", ["organisation", "period"])

    # One row per organisation x period x point of validation x as_at x problem.
    op.create_table(
        "finding",
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
    )
    op.create_index("ix_finding_organisation_period_kpi_ref", "finding", ["organisation", "period", "kpi_ref"])

    # One row per compiled check of a run: which rule applied to which KPI with which limits.
    op.create_table(
        "compiled_check",
        Column("organisation", Word, primary_key=True),
        Column("period", Word, primary_key=True),
        Column("as_at", Instant, primary_key=True),
        Column("rule_id", Word, primary_key=True),
        Column("kpi_ref", Word, primary_key=True, comment="'*' for a rule of the whole dataset"),
        Column("parameters", Text, nullable=False, comment="JSON"),
        Column("severity", Word, nullable=False),
    )

    # One row per organisation x period x point x as_at: how a validation ended, and the raw results behind it.
    op.create_table(
        "validation_run",
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
    op.create_table(
        "rating",
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
    )
    op.create_index("ix_rating_organisation_period_policy_id", "rating", ["organisation", "period", "policy_id"])

    # One row per organisation x period x document x format x as_at: a finished file and its address in the store.
    op.create_table(
        "document",
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
    op.create_table(
        "sign_off",
        Column("organisation", Word, primary_key=True),
        Column("period", Word, primary_key=True),
        Column("document_id", Word, primary_key=True),
        Column("content_digest", Word, primary_key=True, comment="what was signed: digest of all formats' hashes"),
        Column("post", Word, nullable=False),
        Column("reason", Text, nullable=False),
        Column("signed_at", Instant, nullable=False),
    )

    # One row per waiver: lets one withheld figure or blocked document through until it expires (rulings 13).
    op.create_table(
        "waiver",
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
    op.create_table(
        "mail_queue",
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
    )
    op.create_index("ix_mail_queue_state", "mail_queue", ["state"])
    op.create_index("ix_mail_queue_organisation_period_event", "mail_queue", ["organisation", "period", "event"])

    # One row per organisation x digest: the register as it was read, for replay and audit.
    op.create_table(
        "register_snapshot",
        Column("organisation", Word, primary_key=True),
        Column("digest", Word, primary_key=True),
        Column("files", Text, nullable=False, comment="JSON: file name -> text"),
        Column("recorded_at", Instant, nullable=False),
    )

    # One row per organisation x period x stage x as_at that has finished: the cycle's log book.
    op.create_table(
        "stage_run",
        Column("organisation", Word, primary_key=True),
        Column("period", Word, primary_key=True),
        Column("stage", Word, primary_key=True, comment="open, collect, validate_returns, rate, ... : the verb"),
        Column("as_at", Instant, primary_key=True),
        Column("summary", Text, nullable=False, comment="JSON"),
        Column("register_digest", Word, nullable=False),
    )
