"""What public editions leave out so that nobody can be known from them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from pmf.warehouse.columntypes import Instant, Word

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        # One row per part of a KPI that public editions of a period leave out, as decided by the run that made them.
        "suppression",
        Column("organisation", Word, primary_key=True),
        Column("period", Word, primary_key=True),
        Column("as_at", Instant, primary_key=True),
        Column("kpi_ref", Word, primary_key=True),
        Column("part", Word, primary_key=True, comment="value | previous_value | last_year_value | quarters | history | comment"),
        Column("kind", Word, nullable=False, comment="primary: small itself | secondary: would tell what is | dependent: speaks of it"),
        Column("reason", Text, nullable=False),
    )
