"""Tampering with the warehouse, as only somebody can who owns its tables and has taken its triggers away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from pmf.warehouse.guard import guard, unguard


@contextmanager
def tampering(engine: Engine) -> Iterator[Connection]:
    """Open a transaction in which nothing keeps rows from being changed or deleted; afterwards everything does again."""
    with engine.begin() as connection:
        unguard(connection)
        yield connection
        guard(connection)
