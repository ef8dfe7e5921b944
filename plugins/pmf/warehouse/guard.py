"""What the database itself refuses: to change or delete a row of a table that only grows, whoever asks.

Triggers on both databases, put in place after every migration and taken away for its duration alone: a migration may have to
rewrite what it converts. Whoever owns the tables can take triggers away too; the audit trail shows what was done then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, inspect, text

from pmf.warehouse.tables import metadata

# The tables a run of the same period writes anew, and the queue whose messages move on. Every other table only grows.
REWRITTEN = frozenset(
    {
        "comparison",
        "compiled_check",
        "document",
        "finding",
        "mail_queue",
        "quality_score",
        "rating",
        "stage_run",
        "suppression",
        "validation_run",
    }
)
_REFUSAL = "rows of {table} are never changed or deleted: the warehouse only adds to it"
_FUNCTION = "pmf_append_only"
_PARTITIONS = text("""
    SELECT pg_inherits.inhrelid::regclass::text
    FROM pg_inherits JOIN pg_class ON pg_class.oid = pg_inherits.inhparent
    WHERE pg_class.relnamespace = current_schema()::regnamespace AND pg_class.relkind = 'p' AND pg_class.relname = ANY(:tables)
    ORDER BY 1
""")


def append_only_tables() -> tuple[str, ...]:
    """List the tables whose rows are added and never changed."""
    return tuple(sorted(metadata.tables.keys() - REWRITTEN))


def guard(connection: Connection) -> None:
    """Have the database refuse every change and deletion in the tables that only grow, in the caller's transaction."""
    present = set(inspect(connection).get_table_names())
    tables = [name for name in append_only_tables() if name in present]
    for statement in _on_postgresql(connection, tables) if connection.dialect.name == "postgresql" else _on_sqlite(tables):
        connection.execute(text(statement))


def unguard(connection: Connection) -> None:
    """Take the triggers away again, for a migration in the same transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP FUNCTION IF EXISTS {_FUNCTION}() CASCADE"))
        return
    found = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append\\_only\\_%' ESCAPE '\\'")
    names: Sequence[str] = connection.execute(found).scalars().all()
    for name in names:
        connection.execute(text(f"DROP TRIGGER {name}"))


def _on_postgresql(connection: Connection, tables: Sequence[str]) -> Iterator[str]:
    words = _REFUSAL.format(table="%")
    body = f"BEGIN RAISE EXCEPTION '{words}', TG_ARGV[0] USING ERRCODE = 'insufficient_privilege'; END"
    yield f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
    for table in tables:
        yield f"CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}('{table}')"
    # A table's partitions take over what fires for a row, and can be emptied each by itself.
    for table in (*tables, *connection.execute(_PARTITIONS, {"tables": list(tables)}).scalars()):
        yield f"CREATE TRIGGER append_only_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}('{table}')"


def _on_sqlite(tables: Sequence[str]) -> Iterator[str]:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            refusal = f"SELECT RAISE(ABORT, '{_REFUSAL.format(table=table)}')"
            yield f"CREATE TRIGGER append_only_{table}_{verb.lower()} BEFORE {verb} ON {table} BEGIN {refusal}; END"
