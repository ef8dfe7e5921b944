"""Tables of what was made of it: findings, ratings, documents, letters, and the log book of the cycle."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text

from pmf.warehouse.columntypes import Exact, Instant, Word
from pmf.warehouse.tables.base import metadata

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
    Column("action_ref", Word),
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

# One row per organisation x period x point x as_at x KPI x dimension: how well a KPI did in the checks of one kind.
quality_score = Table(
    "quality_score",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("point", Word, primary_key=True, comment="returns | ratings"),
    Column("as_at", Instant, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("dimension", Word, primary_key=True, comment="of the Government Data Quality Framework; all: over all of them"),
    Column("checks", Integer, nullable=False, comment="checks made of the KPI"),
    Column("failed", Integer, nullable=False, comment="of them those with a critical finding, waived ones included"),
    Column("flagged", Integer, nullable=False, comment="of the others those with a warning"),
    Column("score_pct", Exact, comment="null: nothing was checked"),
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
    # Movement. Null where it cannot be told, and in what was rated before there was any.
    Column("last_year_period", Word, comment="the same period a year before"),
    Column("last_year_value", Exact),
    Column("last_year_change", Word, comment="improved | declined | unchanged since then"),
    Column("reds_in_a_row", Integer, comment="rated periods up to this one that are red without a break; null when not rated"),
    Column("is_deep_dive", Boolean, comment="as many reds lately as the council looks into"),
    # Outlook: where the year is expected to end.
    Column("year_target", Word, comment="the year's target, as printed in the register"),
    Column("year_end", Exact, comment="forecast by the pipeline; null where none is shown"),
    Column("year_end_low", Exact, comment="four out of five years should end between low and high"),
    Column("year_end_high", Exact),
    Column("year_end_status", Word, comment="the status the year would have"),
    Column("year_end_reason", Text, comment="how it is made, or why none is shown"),
    Column("forecast_count", Integer, comment="ended years that the service's forecasts can be held against"),
    Column("forecast_mean_miss", Exact, comment="how far they were out on average"),
    Column("forecast_bias", Exact, comment="the same with its sign: positive is forecasting too high"),
    # Process behaviour (XmR chart).
    Column("variation", Word, comment="common_cause | improving | concerning | rising | falling; null where no chart is drawn"),
    Column("assurance", Word, comment="met | missed | hit_or_miss; null where no target is judged by"),
    Column("variation_reason", Text, comment="what the chart shows, or why there is none, in a sentence"),
    Column("centre_line", Exact),
    Column("lower_limit", Exact),
    Column("upper_limit", Exact),
    Index(None, "organisation", "period", "policy_id"),
)

# One row per organisation x KPI x period x as_at x kind of others x period their figures are about.
comparison = Table(
    "comparison",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("period", Word, primary_key=True, comment="the period reported on"),
    Column("as_at", Instant, primary_key=True),
    Column("kind", Word, primary_key=True, comment="neighbours | regional | national"),
    Column("about", Word, primary_key=True, comment="the period the others' figures are about"),
    Column("name", Word, nullable=False, comment="of the set of neighbours, or the area"),
    Column("own_value", Exact, comment="the council's figure of that period; null: there is none"),
    Column("others", Integer, nullable=False, comment="figures of others"),
    Column("median", Exact, nullable=False, comment="of the others; the figure itself where there is one"),
    Column("quartile", Integer, comment="1 is the best quarter of all; null: too few, or neither way is better"),
    Column("place", Integer, comment="from 1, the best, among all"),
    Column("better_by", Exact, comment="own figure against the median, positive when better; null where that cannot be told"),
    Column("is_other_period", Boolean, nullable=False, comment="the figures are not about the period reported on"),
    Column("words", Text, nullable=False, comment="the comparison in a sentence"),
    Column("source", Text, nullable=False),
    Column("definition", Text, nullable=False),
)

# One row per organisation x period x document x format x as_at: a finished file and its address in the store.
document = Table(
    "document",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("document_id", Word, primary_key=True, comment="scorecard-<directorate>, scorecard-organisation, paper-<committee>, ..."),
    Column("format", Word, primary_key=True, comment="html | pdf | docx | xlsx | ods | csv | json"),
    Column("as_at", Instant, primary_key=True),
    Column("title", Word, nullable=False),
    Column("content_hash", Word, nullable=False),
    Column("path", Word, nullable=False, comment="relative to the home folder"),
    Column("code_version", Word, nullable=False),
    Column("lock_digest", Word, nullable=False),
    Column("register_digest", Word, nullable=False),
    Column("policy_digest", Word, nullable=False),
)

# One row per organisation x release of its public site, named by the digest of its manifest.
site_release = Table(
    "site_release",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("digest", Word, primary_key=True, comment="SHA-256 of the manifest"),
    Column("number", Integer, nullable=False, comment="from 1; each follows the one before it"),
    Column("as_at", Instant, nullable=False),
    Column("manifest", Text, nullable=False, comment="JSON, byte for byte the release's manifest.json"),
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

# One row per part of a KPI that public editions of a period leave out, as decided by the run that made them.
suppression = Table(
    "suppression",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("as_at", Instant, primary_key=True),
    Column("kpi_ref", Word, primary_key=True),
    Column("part", Word, primary_key=True, comment="value | previous_value | last_year_value | quarters | history | comment"),
    Column("kind", Word, nullable=False, comment="primary: small itself | secondary: would tell what is | dependent: speaks of it"),
    Column("reason", Text, nullable=False),
)
