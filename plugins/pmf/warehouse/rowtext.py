"""Rows in print: one text for a row on both databases, for dumps, comparisons and digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pmf.value import plain


def printed_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Turn a row into JSON values: instants as UTC to the second, figures digit for digit as text, bytes in hexadecimal."""
    return {name: value if value is None or isinstance(value, str) else _printed(value) for name, value in row.items()}


def line(table: str, row: Mapping[Any, Any]) -> str:
    """Print a row of a table as one line."""
    return json.dumps([table, printed_row(row)], ensure_ascii=False)


def _printed(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    if isinstance(value, Decimal):
        return plain(value or value.copy_abs())
    return value.hex() if isinstance(value, bytes) else value
