"""Rows in and out of the warehouse: append, replace a partition, run a named query, dump everything.

Every function works in the caller's transaction, so that a task stays one transaction. What does not belong here: any
query of its own; those are the ``.sql`` files under ``sql/``, the same text on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Boolean, Connection, Engine, Table, Text, TextClause, and_, bindparam, delete, select, text
from sqlalchemy.types import TypeEngine

from pmf.warehouse.audit import chain, is_audited
from pmf.warehouse.columntypes import Exact, Instant
from pmf.warehouse.engine import reading
from pmf.warehouse.insertion import insert_and_tell, insert_new, insert_rows
from pmf.warehouse.rowtext import line, printed_row
from pmf.warehouse.tables import metadata

_Row = TypeVar("_Row", bound=Mapping[Any, Any])


def append_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose primary key is new, leave the others as they are, and return how many were new.

    Columns a row does not name are null. Rows go in by key, so that two writers of the same rows wait for each other
    instead of locking each other out. Events of which there is an audit trail are added to it in the same transaction.
    """
    complete = _by_key(table, _complete(table, rows))
    events = [row for row in complete if is_audited(table, row)]
    others = [row for row in complete if not is_audited(table, row)] if events else complete
    new = insert_and_tell(connection, table, events)
    chain(connection, table, new)
    return len(new) + insert_new(connection, table, others)


def replace_partition(connection: Connection, table: Table, key: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the rows that match ``key`` exactly these rows; where they are already, nothing is written.

    Raises:
        ValueError: when a row does not lie in the partition it is to replace.
    """
    complete = _by_key(table, _complete(table, rows))
    if any(row[name] != value for row in complete for name, value in key.items()):
        raise ValueError(f"a row for {table.name} does not lie in the partition {dict(key)}")
    if connection.dialect.name == "postgresql":
        # Two runs of one period take turns; on SQLite every writer is alone anyway.
        partition = line(table.name, key)
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:partition, 0))"), {"partition": partition})
    condition = and_(*(table.c[name] == value for name, value in key.items()))
    present = _by_key(table, connection.execute(select(table).where(condition)).mappings())
    if [printed_row(row) for row in present] == [printed_row(row) for row in complete]:
        return
    connection.execute(delete(table).where(condition))
    insert_rows(connection, table, complete)


def read(connection: Connection, name: str, /, *, sql_root: Path, **parameters: Any) -> list[dict[str, Any]]:
    """Run ``<sql_root>/<name>.sql`` and return its rows as dictionaries.

    A result column named like an exact, instant or yes/no column of the tables has that column's type. A list or tuple
    as parameter stands for the members of ``IN (:name)``; an empty one is taken for a list of text.
    """
    lists = tuple(sorted(parameter for parameter, value in parameters.items() if isinstance(value, list | tuple)))
    bound = [_bound(parameter, value) for parameter, value in parameters.items()]
    query = _query(sql_root / f"{name}.sql", lists).bindparams(*bound).columns(**_typed_columns())
    found = connection.execute(query)
    names = tuple(found.keys())
    # A stage reads thousands of rows: a dictionary from names and values takes a third of one from SQLAlchemy's mapping.
    return [dict(zip(names, row, strict=True)) for row in found]


def dump(engine: Engine) -> str:
    """Write out every row of every table, one a line, in order of table and key: the same dump means the same state."""
    with reading(engine) as connection:
        tables = sorted(metadata.tables.items())
        return "".join(
            f"{line(name, row)}\n" for name, table in tables for row in _by_key(table, connection.execute(select(table)).mappings())
        )


def _complete(table: Table, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    nothing = dict.fromkeys(table.c.keys())
    complete = [nothing | dict(row) for row in rows]
    if unknown := {name for row in complete if len(row) > len(nothing) for name in row} - nothing.keys():
        raise ValueError(f"the table {table.name} has no column {', '.join(sorted(unknown))}")
    return complete


def _by_key(table: Table, rows: Iterable[_Row]) -> list[_Row]:
    return sorted(rows, key=lambda row: tuple(row[column.name] for column in table.primary_key))


@cache
def _query(path: Path, lists: tuple[str, ...]) -> TextClause:
    lines = path.read_text(encoding="utf-8").splitlines()
    sql = "\n".join(line for line in lines if not line.startswith("--"))  # a comment may speak of :as_at, which is no parameter there
    for name in lists:  # SQLAlchemy writes the parentheses of an expanded list itself
        sql = sql.replace(f"(:{name})", f":{name}")
    return text(sql)


def _bound(name: str, value: Any) -> BindParameter[Any]:
    if isinstance(value, list | tuple):
        return bindparam(name, list(value), type_=_bound_type(value[0]) if value else Text(), expanding=True)
    return bindparam(name, value, type_=_bound_type(value))


def _bound_type(value: Any) -> TypeEngine[Any] | None:
    if isinstance(value, datetime):
        return Instant()
    return Exact() if isinstance(value, Decimal) else None


@cache
def _typed_columns() -> dict[str, TypeEngine[Any]]:
    """Name the columns whose type the databases would not give back by themselves."""
    columns = (column for table in metadata.tables.values() for column in table.c)
    return {column.name: column.type for column in columns if isinstance(column.type, Exact | Instant | Boolean)}
