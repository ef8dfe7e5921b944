"""Releases of the public site."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text

from pmf.warehouse.columntypes import Instant, Word

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table, and say which formats a document may have now."""
    # One row per organisation x release of its public site, named by the digest of its manifest.
    op.create_table(
        "site_release",
        Column("organisation", Word, primary_key=True),
        Column("digest", Word, primary_key=True, comment="SHA-256 of the manifest"),
        Column("number", Integer, nullable=False, comment="from 1; each follows the one before it"),
        Column("as_at", Instant, nullable=False),
        Column("manifest", Text, nullable=False, comment="JSON, byte for byte the release's manifest.json"),
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.alter_column("document", "format", comment="html | pdf | docx | xlsx | ods | csv | json")
