"""What those who build reports of their own need: definitions of KPIs, publications, and views of them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from alembic import op
from sqlalchemy import Boolean, Column, Integer, Text, text

from pmf.warehouse.columntypes import Instant, Word

revision = "0010"
down_revision = "0009"

_VIEWS_FOLDER = Path(__file__).resolve().parents[2] / "views" / "0010"
_VIEWS = ("v_kpi", "v_period", "v_publication", "v_stage_latest", "v_validation_latest")


def upgrade() -> None:
    """Add the tables and views, and the publications that the releases of a site name."""
    op.create_table(
        # One row per organisation x register x KPI x version of its definition.
        "kpi_definition",
        Column("organisation", Word, primary_key=True),
        Column("register_digest", Word, primary_key=True),
        Column("kpi_ref", Word, primary_key=True),
        Column("valid_from", Word, primary_key=True, comment="ISO date"),
        Column("valid_to", Word, comment="ISO date of the first day it no longer holds; null: until further notice"),
        Column("title", Text, nullable=False),
        Column("description", Text, nullable=False),
        Column("level", Word, nullable=False),
        Column("directorate_id", Word, nullable=False),
        Column("directorate_name", Word, nullable=False),
        Column("service_id", Word, nullable=False),
        Column("service_name", Word, nullable=False),
        Column("committee_id", Word, comment="null: no committee looks at it"),
        Column("committee_name", Word),
        Column("ambitions", Text, nullable=False, comment="names, separated by semicolons"),
        Column("perspective", Word, nullable=False),
        Column("metric_category", Word, nullable=False),
        Column("frequency", Word, nullable=False, comment="monthly | quarterly | annual"),
        Column("unit", Word, nullable=False),
        Column("decimals", Integer, nullable=False),
        Column("direction", Word, comment="higher | lower | range | maintain; null: neither way is better"),
        Column("status_type", Word, nullable=False),
        Column("aggregation", Word, nullable=False, comment="how months become a quarter or a year"),
        Column("part_of", Word, comment="the corporate KPI it is combined into; null: none"),
        Column("is_public", Boolean, nullable=False),
    )
    publication = op.create_table(
        # One row per organisation x document x moment at which an edition of it went onto the public site.
        "publication",
        Column("organisation", Word, primary_key=True),
        Column("period", Word, primary_key=True),
        Column("document_id", Word, primary_key=True),
        Column("published_at", Instant, primary_key=True),
        Column("title", Text, nullable=False),
        Column("content_digest", Word, nullable=False, comment="of all its files, as it was signed off"),
        Column("made_at", Instant, nullable=False, comment="as_at of the edition in table document"),
    )
    op.bulk_insert(publication, _published())
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.alter_column("received_message", "outcome", comment="taken_in | signed_off | no_attachment | automatic | stranger | unreadable")
    for name in _VIEWS:
        op.execute((_VIEWS_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def _published() -> list[dict[str, object]]:
    """Read from the manifests of all releases which editions ever went out."""
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for organisation, manifest in op.get_bind().execute(text("SELECT organisation, manifest FROM site_release ORDER BY number")):
        for item in json.loads(manifest)["publications"]:
            key = (organisation, item["period"], item["document_id"], item["published_at"])
            found[key] = {
                "organisation": organisation,
                **{name: item[name] for name in ("period", "document_id", "title", "content_digest")},
                **{name: datetime.fromisoformat(item[name]) for name in ("published_at", "made_at")},
            }
    return list(found.values())
