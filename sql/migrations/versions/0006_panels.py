"""What directorates report of risk, finance and change."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import Column, Integer, Text

from pmf.warehouse.columntypes import Exact, Instant, Word

revision = "0006"
down_revision = "0005"

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views" / "0006"


def upgrade() -> None:
    """Add the table, and the view of what was last reported."""
    op.create_table(
        # One row per organisation x line of a panel x month x file that reported on it.
        "panel_update",
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
    )
    op.create_index("ix_panel_update_organisation_period", "panel_update", ["organisation", "period"])
    op.execute((_VIEWS_FOLDER / "v_panel_latest.sql").read_text(encoding="utf-8"))
