"""A table of the warehouse as lines of text: one JSON object a row, alike from SQLite and from PostgreSQL.

Columns go by their kind, which a backup's manifest names: so a table can be read back whatever the schema is by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, MetaData, Table, Text, insert, select
from sqlalchemy.types import TypeEngine

from pmf.value import plain
from pmf.warehouse.columntypes import Exact, Instant, Word

_AT_A_TIME = 1000
_KINDS: Mapping[str, type[TypeEngine[Any]]] = {
    "word": Word,
    "text": Text,
    "exact": Exact,
    "instant": Instant,
    "boolean": Boolean,
    "integer": Integer,
    "bytes": LargeBinary,
}
# How a value that JSON has no form for is written, by its kind, and read back.
_READERS: Mapping[str, Any] = {"exact": Decimal, "instant": datetime.fromisoformat, "bytes": bytes.fromhex}


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A table as it was written out: its columns by kind, its key, how many rows, and the SHA-256 of the lines."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    rows: int
    sha256: str


def described(table: Table) -> TableFile:
    """Describe a table of the warehouse that has not been written out yet."""
    kinds = {kind: name for name, kind in _KINDS.items()}
    columns = {column.name: kinds[type(column.type)] for column in table.c}
    return TableFile(name=table.name, columns=columns, key=tuple(column.name for column in table.primary_key), rows=0, sha256="")


def lines_of(connection: Connection, file: TableFile) -> Iterator[bytes]:
    """Write out a table, one row a line in order of its key, without holding more than a thousand rows."""
    table = _table(file)
    rows = select(table).order_by(*(table.c[name] for name in file.key)).execution_options(yield_per=_AT_A_TIME)
    for row in connection.execute(rows).mappings():
        printed = {name: _printed(value) for name, value in row.items()}
        yield json.dumps(printed, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load_lines(connection: Connection, file: TableFile, lines: Iterable[bytes]) -> None:
    """Insert the rows of a table that was written out, in the caller's transaction."""
    table = _table(file)
    rows = (_read(file, json.loads(line)) for line in lines)
    while batch := list(islice(rows, _AT_A_TIME)):
        connection.execute(insert(table), batch)


def digest_of_table(connection: Connection, file: TableFile) -> str:
    """Hash a table as it would be written out now."""
    digest = hashlib.sha256()
    for line in lines_of(connection, file):
        digest.update(line)
    return digest.hexdigest()


def _table(file: TableFile) -> Table:
    return Table(file.name, MetaData(), *(Column(name, _KINDS[kind]) for name, kind in file.columns.items()))


def _printed(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    return value.hex() if isinstance(value, bytes) else value


def _read(file: TableFile, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _READERS[kind](row[name]) if kind in _READERS and row[name] is not None else row[name] for name, kind in file.columns.items()
    }
