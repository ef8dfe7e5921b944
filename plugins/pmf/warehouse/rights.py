"""What the accounts of a warehouse on PostgreSQL may do: the least that each needs.

The tables' owner migrates and is used for nothing else. A loader runs the cycle and only adds where rows are only added; a
publisher alone records what goes onto the public site; a reader sees the documented views. Whoever administers the server makes
the roles (``deploy/roles.sql``); those there are get their rights here, after each migration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection, Engine, inspect, text

from pmf.warehouse.engine import VERSION_TABLE
from pmf.warehouse.guard import REWRITTEN
from pmf.warehouse.tables import metadata

LOADER, PUBLISHER, READER = "pmf_loader", "pmf_publisher", "pmf_reader"
_VIEW = "v_"

# What only a release of the public site writes, and what it writes beside that: the log book with its register, and the trail.
_RELEASES = frozenset({"site_release", "publication"})
_BESIDE_RELEASES = frozenset({"audit", "kpi_definition", "register_snapshot", "stage_run"})


def grant_rights(engine: Engine) -> tuple[str, ...]:
    """Give each of the three roles that the server knows exactly its rights, and name those roles; none on SQLite.

    Rights a role had before and should not have are taken away.
    """
    if engine.dialect.name != "postgresql":
        return ()
    with engine.begin() as connection:
        known: set[str] = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
        present = tuple(role for role in (LOADER, PUBLISHER, READER) if role in known)
        schema = f'"{connection.execute(text("SELECT current_schema()")).scalar_one()}"'
        # Before PostgreSQL 15 everybody could make tables here.
        connection.execute(text(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"))
        for role in present:
            for statement in _statements(connection, role, schema):
                connection.execute(text(statement))
    return present


def _statements(connection: Connection, role: str, schema: str) -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {role}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    views = [name for name in inspect(connection).get_view_names() if name.startswith(_VIEW)]
    for right, names in _rights(role, views).items():
        if names:
            yield f"GRANT {right} ON {', '.join(sorted(names))} TO {role}"


def _rights(role: str, views: list[str]) -> Mapping[str, AbstractSet[str]]:
    """List what a role may do with which tables and views."""
    tables = set(metadata.tables)
    if role == READER:
        return {"SELECT": set(views)}
    seen = {"SELECT": {*tables, *views, VERSION_TABLE}}
    if role == PUBLISHER:
        return seen | {"INSERT": {*_RELEASES, *_BESIDE_RELEASES}, "DELETE": _BESIDE_RELEASES & REWRITTEN}
    return seen | {"INSERT": tables - _RELEASES, "UPDATE": {"mail_queue"}, "DELETE": REWRITTEN - {"mail_queue"}}
