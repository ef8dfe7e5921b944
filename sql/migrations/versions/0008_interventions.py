"""Interventions where a KPI stays beyond its intervention level."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Column, Integer, Text

from pmf.warehouse.columntypes import Instant, Word

revision = "0008"
down_revision = "0007"

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views" / "0008"


def upgrade() -> None:
    """Add the table, and the view that says how each intervention stands."""
    # One row per step of an intervention: opened, proposed, planned, approved, progress of a month, closed (HDC framework, Appendix F).
    op.create_table(
        "intervention_event",
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
    )
    op.create_index("ix_intervention_event_organisation_kpi_ref", "intervention_event", ["organisation", "kpi_ref"])
    op.execute((_VIEWS_FOLDER / "v_intervention.sql").read_text(encoding="utf-8"))
