"""Observations in partitions on PostgreSQL: sixteen, by organisation, so that a council's work touches one (decision 0026).

SQLite has no partitions and is left as it is. Queries name the same table as before. The partitions are in the same schema, which
takes no more rights than the table did, and nobody needs to know of them.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0012"
down_revision = "0011"

_PARTITIONS = 16
_VIEWS = text("""
    SELECT DISTINCT view.oid::regclass::text, pg_get_viewdef(view.oid)
    FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid JOIN pg_class AS view ON view.oid = pg_rewrite.ev_class
    WHERE pg_depend.refobjid = 'observation'::regclass AND view.relkind = 'v'
    ORDER BY 1
""")
_GRANTS = text("""
    SELECT privilege_type, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'observation'::regclass AND grantee <> relowner
""")


def upgrade() -> None:
    """Put the table in partitions where it stands, with its rows, its keys, what others may do with it, and the views of it."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    views, grants = connection.execute(_VIEWS).all(), connection.execute(_GRANTS).all()
    op.rename_table("observation", "observation_before")
    op.execute("CREATE TABLE observation (LIKE observation_before INCLUDING COMMENTS) PARTITION BY HASH (organisation)")
    for number in range(_PARTITIONS):
        bounds = f"MODULUS {_PARTITIONS}, REMAINDER {number}"
        op.execute(f"CREATE TABLE observation_{number:02d} PARTITION OF observation FOR VALUES WITH ({bounds})")
    op.execute("INSERT INTO observation SELECT * FROM observation_before")
    for name, definition in views:  # replaced, not made anew: what readers were granted stays
        connection.exec_driver_sql(f"CREATE OR REPLACE VIEW {name} AS {definition}".replace("%", "%%"))
    op.drop_table("observation_before")  # and with it the names of its keys
    op.create_primary_key("pk_observation", "observation", ["organisation", "kpi_ref", "period", "version_id"])
    op.create_index("ix_observation_organisation_period", "observation", ["organisation", "period"])
    for privilege, role in grants:
        op.execute(f"GRANT {privilege} ON observation TO {role}")
