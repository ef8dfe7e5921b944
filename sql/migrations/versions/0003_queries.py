"""Queries with their threads, and data-quality scores."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Column, Integer, Text

from pmf.warehouse.columntypes import Exact, Instant, Word

revision = "0003"
down_revision = "0002"

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views" / "0003"
_VIEWS = ("v_query", "v_quality_score_latest", "v_check_latest")


def upgrade() -> None:
    """Add the tables and views."""
    # One row per query: a challenge that a finding put to a service.
    op.create_table(
        "query",
        Column("organisation", Word, primary_key=True),
        Column("query_id", Word, primary_key=True, comment="short, for people: Q-7F3K2A"),
        Column("period", Word, nullable=False),
        Column("point", Word, nullable=False, comment="the point of validation that found it: returns | ratings"),
        Column("rule_id", Word, nullable=False),
        Column("subject", Word, nullable=False, comment="kpi_ref, or the action's reference"),
        Column("kpi_ref", Word, comment="null: about a plan action"),
        Column("service_id", Word, nullable=False),
        Column("opened_at", Instant, nullable=False),
    )
    op.create_index("ix_query_organisation_period", "query", ["organisation", "period"])
    # One row per step of a query's thread.
    op.create_table(
        "query_event",
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
    # One row per organisation x period x point x as_at x KPI x dimension.
    op.create_table(
        "quality_score",
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
    # The plan action a finding is about.
    op.add_column("finding", Column("action_ref", Word))
    for name in _VIEWS:
        op.execute((_VIEWS_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
