"""Rows for tests: every column a table insists on has a value, and a test names only those it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Integer, LargeBinary, Table, Text

from pmf.warehouse.columntypes import Exact, Instant, Word

NOON = datetime(2024, 10, 8, 12, tzinfo=UTC)
_FILLERS: dict[type[Any], Any] = {
    Word: "x",
    Text: "",
    Exact: Decimal("1.10"),
    Instant: NOON,
    Boolean: False,
    Integer: 0,
    LargeBinary: b"\x00\xff",
}


def row(table: Table, **values: Any) -> dict[str, Any]:
    """Make a whole row; what is not named and may be null is null."""
    return {column.name: None if column.nullable else _FILLERS[type(column.type)] for column in table.c} | values
