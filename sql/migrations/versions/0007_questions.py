"""Members' questions and their answers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from pmf.warehouse.columntypes import Instant, Word

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        # One row per step of a question that members put to a report: asked, answered, withdrawn.
        "question_event",
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
