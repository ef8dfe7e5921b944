"""Very many rows into the warehouse at once: whole histories, column by column, in the caller's transaction.

The rows go to a table of their own first, the quickest way there is (COPY on PostgreSQL; on SQLite ADBC, into a file of its own
that is attached), and from there by one statement, the same on both databases, to where they belong. What is there already is
looked for only where there can be any. Arrow and ADBC come with the optional packages ``scale``. What a month brings goes in by
``pmf.warehouse.access.append_new``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Column, Connection, MetaData, Table, Text, and_, exists, insert, literal, select, text
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeEngine

from pmf.value import plain
from pmf.warehouse.audit import is_audited
from pmf.warehouse.columntypes import Exact, Instant, Word

if TYPE_CHECKING:
    import pyarrow as pa

_STAGED = "pmf_staged"
# Room for the pages of both keys while they grow; SQLite's own 2 MB have every page written and read again many times.
_SQLITE_CACHE_KIB = 262_144
# Of how many organisations it is asked first whether they have any row; England has some 330 councils.
_MOST_LOOKED_FOR = 1000
_ISO_UTC = "%Y-%m-%dT%H:%M:%S+00:00"


def is_installed() -> bool:
    """Tell whether the optional packages for bulk loads are installed."""
    return all(find_spec(name) is not None for name in ("pyarrow", "adbc_driver_sqlite"))


def columns_of(table: Table, rows: Sequence[Mapping[str, Any]], *, leaving_out: Container[str] = ()) -> pa.Table:
    """Turn rows, which all name the same columns, into the columns of a bulk load: figures as text, digit for digit."""
    import pyarrow as pa

    def column(name: str) -> pa.Array:
        kind, values = table.c[name].type, [row[name] for row in rows]
        if isinstance(kind, Exact):
            return pa.array([None if value is None else plain(value) for value in values], pa.string())
        return pa.array(values, _arrow_type(kind))

    return pa.table({name: column(name) for name in rows[0] if name not in leaving_out})


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, Word | Text):
        return pa.string()
    if isinstance(kind, Instant):
        return pa.timestamp("s", "UTC")
    return pa.bool_() if isinstance(kind, Boolean) else pa.int64()


def append_table(connection: Connection, table: Table, rows: pa.Table, *, shared: Mapping[str, Any]) -> int:
    """Insert the rows whose primary key is new, leave the others as they are, and return how many were new.

    ``rows`` has a column for each of the table's that differs from row to row, exact figures as decimals or text and instants as
    timestamps in UTC; ``shared`` holds what is the same in all. Other columns are null. No key may be there twice.

    Once in a transaction. Bulk loads take turns. On PostgreSQL a row that another writer adds at the same moment is an error, and
    doing it again works.

    Raises:
        ValueError: for rows of which there is an audit trail.
    """
    if is_audited(table, shared):
        raise ValueError(f"rows of {table.name} that the audit trail follows go in by append_new")
    columns = [table.c[name] for name in rows.column_names]
    staging = _copied if connection.dialect.name == "postgresql" else _attached
    with staging(connection, columns, rows) as staged, _indices_later(connection, table):
        given = [*(staged.c[column.name] for column in columns), *(literal(value, table.c[name].type) for name, value in shared.items())]
        chosen = select(*given)
        if _may_be_there(connection, table, rows, shared):
            key = and_(*(table.c[column.name] == _given(staged, shared, column) for column in table.primary_key))
            chosen = chosen.where(~exists().where(key))
        statement = insert(table).from_select([*rows.column_names, *shared], chosen)
        return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def _may_be_there(connection: Connection, table: Table, rows: pa.Table, shared: Mapping[str, Any]) -> bool:
    """Tell whether the table holds anything of the same organisations: where it does not, no row needs looking for."""
    first = next(iter(table.primary_key))
    values = [shared[first.name]] if first.name in shared else rows.column(first.name).unique().to_pylist()
    return len(values) > _MOST_LOOKED_FOR or connection.execute(select(first).where(first.in_(values)).limit(1)).first() is not None


@contextmanager
def _indices_later(connection: Connection, table: Table) -> Iterator[None]:
    """Have SQLite build the indices of a table without rows once it is full; whatever goes wrong meanwhile, they are there.

    On PostgreSQL that is its owner's to do, and whoever loads is not.
    """
    if connection.dialect.name == "postgresql" or connection.execute(select(table).limit(1)).first() is not None:
        yield
        return
    with connection.begin_nested():
        for index in table.indexes:
            index.drop(connection)
        yield
        for index in table.indexes:
            index.create(connection)


def _given(staged: Table, shared: Mapping[str, Any], column: Column[Any]) -> Any:
    return literal(shared[column.name], column.type) if column.name in shared else staged.c[column.name]


@contextmanager
def _copied(connection: Connection, columns: list[Column[Any]], rows: pa.Table) -> Iterator[Table]:
    """Copy rows to a temporary table of PostgreSQL, gone with the transaction."""
    import pyarrow as pa
    from pyarrow.csv import WriteOptions, write_csv

    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": _STAGED})
    staged = Table(
        _STAGED, MetaData(), *(Column(column.name, column.type) for column in columns), prefixes=["TEMPORARY"], postgresql_on_commit="DROP"
    )
    connection.execute(CreateTable(staged))
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {_STAGED} FROM STDIN (FORMAT csv)") as copy:
        for batch in rows.to_batches(max_chunksize=100_000):
            written = pa.BufferOutputStream()
            write_csv(batch, written, WriteOptions(include_header=False))
            copy.write(memoryview(written.getvalue()))
    yield staged


@contextmanager
def _attached(connection: Connection, columns: list[Column[Any]], rows: pa.Table) -> Iterator[Table]:
    """Write rows to an SQLite file of their own and attach it. It is gone with the connection, whatever becomes of the process."""
    from adbc_driver_sqlite import dbapi

    connection.execute(text(f"PRAGMA cache_size = -{_SQLITE_CACHE_KIB}"))
    with tempfile.TemporaryDirectory(prefix="pmf-bulk-") as folder:
        path = Path(folder) / "rows.db"
        with dbapi.connect(str(path)) as loader, loader.cursor() as cursor:
            cursor.adbc_ingest(_STAGED, _as_text(rows))
            loader.commit()
        connection.execute(text(f"ATTACH :path AS {_STAGED}"), {"path": str(path)})
        yield Table(_STAGED, MetaData(), *(Column(column.name, column.type) for column in columns), schema=_STAGED)


def _as_text(rows: pa.Table) -> pa.Table:
    """Write decimals and instants as SQLite holds them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, field in enumerate(rows.schema):
        if pa.types.is_decimal(field.type):
            rows = rows.set_column(place, field.name, pc.cast(rows.column(place), pa.string()))
        elif pa.types.is_timestamp(field.type):
            rows = rows.set_column(place, field.name, pc.strftime(pc.cast(rows.column(place), pa.timestamp("s", "UTC")), format=_ISO_UTC))
    return rows
