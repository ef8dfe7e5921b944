"""Tables that nothing in the cycle reads: what those who build reports of their own need beside figures and ratings."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text

from pmf.warehouse.columntypes import Instant, Word
from pmf.warehouse.tables.base import metadata

# One row per organisation x register x KPI x version of its definition.
kpi_definition = Table(
    "kpi_definition",
    metadata,
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

# One row per organisation x document x moment at which an edition of it went onto the public site.
publication = Table(
    "publication",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("period", Word, primary_key=True),
    Column("document_id", Word, primary_key=True),
    Column("published_at", Instant, primary_key=True),
    Column("title", Text, nullable=False),
    Column("content_digest", Word, nullable=False, comment="of all its files, as it was signed off"),
    Column("made_at", Instant, nullable=False, comment="as_at of the edition in table document"),
)
