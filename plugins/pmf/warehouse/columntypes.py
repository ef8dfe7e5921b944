"""Column types that keep what goes in: words, exact decimals and instants, alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Numeric, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from pmf.value import plain


class Word(TypeDecorator[str]):
    """A key, code or name, compared and sorted by code point: a PostgreSQL locale would order KPIs unlike SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else String(collation="C"))


class Exact(TypeDecorator[Decimal]):
    """A decimal kept digit for digit: NUMERIC on PostgreSQL, text on SQLite (whose Numeric is a float) and in Parquet files.

    Infinities and not-a-number are no figures and are refused. PostgreSQL knows no negative zero, so none is stored.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Numeric() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"an exact column takes a Decimal, not {type(value).__name__} ({value!r})")
        if not value.is_finite():
            raise ValueError(f"an exact column takes a finite figure, not {value}")
        figure = value or value.copy_abs()
        return figure if dialect.name == "postgresql" else plain(figure)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - the interface's name
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """An instant, stored as UTC to the second; a time without a zone is refused. SQLite's ISO text sorts as time runs."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"an instant needs a time zone: {value!r} has none")
        utc = value.astimezone(UTC).replace(microsecond=0)
        return utc.isoformat() if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface's name
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)
