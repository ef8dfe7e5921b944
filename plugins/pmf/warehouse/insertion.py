"""Rows into a table, many by one statement, each value by the type of its column.

SQLAlchemy's own way of inserting many rows does more for each of them than the database does, and PostgreSQL is told of each
apart: here they go over to it in one piece, as JSON. What does not belong here: what a row means, and which ones are audited.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult, LargeBinary, Table

# How many rows a statement holds at most. SQLite's are written out, place for place.
_AT_ONCE = {"sqlite": 100, "postgresql": 1000}
_NESTED = (dict, list, tuple)  # which JSON could hold and a column cannot
_ONLY_NEW = "ON CONFLICT DO NOTHING"

_Row = Mapping[str, Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[_Row]) -> None:
    """Insert rows, which all name the same columns; one whose primary key is there already is an error."""
    for _ in _inserted(connection, table, rows, _values(connection, table, rows)):
        pass


def insert_new(connection: Connection, table: Table, rows: Sequence[_Row]) -> int:
    """Insert the rows whose primary key is new and return how many were."""
    results = _inserted(connection, table, rows, _values(connection, table, rows), ending=_ONLY_NEW)
    return sum(result.rowcount for result in results)


def insert_and_tell(connection: Connection, table: Table, rows: Sequence[_Row]) -> list[_Row]:
    """Insert the rows whose primary key is new and return those, as they were given: of two with one key the first."""
    if not rows:
        return []
    values, key = _values(connection, table, rows), table.primary_key.columns.keys()
    results = _inserted(connection, table, rows, values, ending=f"{_ONLY_NEW} RETURNING {', '.join(key)}")
    new = {tuple(found) for result in results for found in result}
    places = [list(rows[0]).index(name) for name in key]
    first: dict[tuple[Any, ...], _Row] = {}
    for given, row in zip(values, rows, strict=True):
        first.setdefault(tuple(given[place] for place in places), row)
    return [row for found, row in first.items() if found in new]


def _values(connection: Connection, table: Table, rows: Sequence[_Row]) -> list[list[Any]]:
    """List each row's values as the driver takes them, by the types of their columns."""
    names = list(rows[0]) if rows else []
    values = [[row[name] for name in names] for row in rows]
    for place, name in enumerate(names):
        kind = table.c[name].type
        process = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if process and not isinstance(kind, LargeBinary):  # bytes go in as they are
            for row in values:
                row[place] = process(row[place])
    return values


def _inserted(
    connection: Connection, table: Table, rows: Sequence[_Row], values: Sequence[Sequence[Any]], *, ending: str = ""
) -> Iterator[CursorResult[Any]]:
    """Insert batch after batch. Where something is binary, and so may be long, each row goes by itself."""
    at_once = 1 if any(isinstance(column.type, LargeBinary) for column in table.c) else _AT_ONCE[connection.dialect.name]
    for begin in range(0, len(values), at_once):
        names, batch = list(rows[0]), values[begin : begin + at_once]
        source, given = (_in_json if connection.dialect.name == "postgresql" else _written_out)(table, names, batch)
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) {source} {ending}"
        yield connection.exec_driver_sql(statement, given, execution_options={"preserve_rowcount": True})


def _written_out(_table: Table, names: Sequence[str], batch: Sequence[Sequence[Any]]) -> tuple[str, tuple[Any, ...]]:
    row = f"({', '.join('?' * len(names))})"
    return f"VALUES {', '.join([row] * len(batch))}", tuple(chain.from_iterable(batch))


def _in_json(table: Table, names: Sequence[str], batch: Sequence[Sequence[Any]]) -> tuple[str, tuple[Any, ...]]:
    if nested := [value for row in batch for value in row if isinstance(value, _NESTED)]:
        raise TypeError(f"a column holds one value, not {nested[0]!r}")
    rows = json.dumps([dict(zip(names, row, strict=True)) for row in batch], ensure_ascii=False, default=_as_word)
    return f"SELECT {', '.join(names)} FROM json_populate_recordset(NULL::{table.name}, %s)", (rows,)  # noqa: S608 - the tables' own names


def _as_word(value: Any) -> str:
    """Write what JSON has no kind of its own for as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, Decimal | datetime):
        return str(value)
    raise TypeError(f"a column holds words, figures, instants and yes or no, not {value!r}")
