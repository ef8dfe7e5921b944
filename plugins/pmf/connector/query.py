"""Asking another system's database: one SELECT, in a transaction that cannot write, its rows as CSV.

The same rows give the same bytes, so that an answer that has not changed is known by its hash.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Date, Engine, NullPool, TextClause, bindparam, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pmf.connector import ConnectorError
from pmf.period import Month
from pmf.value import from_double, plain

_MOST_ROWS = 5000
_CONNECT_SECONDS = 10
# What separates or hides words of a statement: texts, quoted names, comments.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|(\$\w*\$).*?\1", re.DOTALL)
_PARAMETERS = {"period": None, "first_day": Date(), "last_day": Date()}


def run_query(url: str, statement_text: str, *, period: Month, timeout_seconds: int = 60) -> bytes:
    """Run a statement and give its rows, sorted, as CSV in UTF-8 with figures in full.

    The statement may use :period ("2024-09"), :first_day and :last_day (dates). Decimals come as the database has them,
    floating-point numbers by 15 significant digits, a null as nothing. On PostgreSQL the statement may take
    ``timeout_seconds``.

    Raises:
        ConnectorError: when the database cannot be asked, or the statement is not one SELECT, fails, or gives too much.
    """
    location = _parse(url)
    place = f"The query on the {location.get_backend_name()} database {location.database}{f' on {location.host}' if location.host else ''}"
    statement = _statement(statement_text, place)
    values = {"period": period.key, "first_day": period.first_day, "last_day": period.last_day}
    try:
        with _engine(location).connect() as connection:
            _forbid_writing(connection, timeout_seconds)
            result = connection.execution_options(stream_results=True).execute(
                statement, {name: values[name] for name in statement.compile().params}
            )
            names, rows = list(result.keys()), result.fetchmany(_MOST_ROWS + 1)
    except (NoSuchModuleError, ImportError) as error:
        raise ConnectorError(f"{place} cannot be run: no driver for it is installed ({error}).") from None
    except SQLAlchemyError as error:
        reason = _without_secrets(str(getattr(error, "orig", None) or error), location)
        raise ConnectorError(f"{place} failed: {reason}. Check the connection's settings and the statement in sources.yaml.") from None
    if len(rows) > _MOST_ROWS:
        raise ConnectorError(f"{place} gives more than {_MOST_ROWS} rows: have it choose the month by :period, :first_day or :last_day.")
    return _csv(names, rows)


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        message = "The address of a query's connection cannot be read: write it like postgresql://user:password@host/database."
        raise ConnectorError(message) from None


def _statement(statement_text: str, place: str) -> TextClause:
    """Take one SELECT and nothing else, with the parameters there are."""
    bare = _QUOTED.sub(" ", statement_text).strip().removesuffix(";").strip()
    if ";" in bare or not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise ConnectorError(f"{place} was not run: its statement must be one SELECT (or WITH ... SELECT) and nothing else.")
    statement = text(statement_text.strip().removesuffix(";"))
    names = statement.compile().params.keys()
    if unknown := sorted(names - _PARAMETERS.keys()):
        known = ", ".join(f":{name}" for name in _PARAMETERS)
        message = f"{place} was not run: it uses :{unknown[0]}, but the parameters are {known}. A colon in a text is written \\:."
        raise ConnectorError(message)
    return statement.bindparams(*(bindparam(name, type_=_PARAMETERS[name]) for name in names))


def _engine(location: URL) -> Engine:
    backend = location.get_backend_name()
    if backend == "sqlite":
        # A plain path that does not exist would be created, and be an empty database.
        uri = f"file:{quote(str(location.database or ''))}"
        return create_engine(location.set(database=uri, query={"mode": "ro", "uri": "true"}), poolclass=NullPool)
    arguments = {"connect_timeout": _CONNECT_SECONDS} if backend == "postgresql" else {}
    return create_engine(location, poolclass=NullPool, connect_args=arguments)


def _forbid_writing(connection: Connection, timeout_seconds: int) -> None:
    """Make the transaction one that cannot write; whatever the database, it is never committed."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(postgresql_readonly=True)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_seconds * 1000)}")
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _without_secrets(reason: str, location: URL) -> str:
    secrets = [str(location.password or ""), *(str(value) for key, value in location.query.items() if "pass" in key.casefold())]
    first_line = (reason.strip().splitlines() or ["no reason given"])[0].rstrip(".")
    for secret in filter(None, secrets):
        first_line = first_line.replace(secret, "***")
    return first_line


def _csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    written = StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(sorted([_written(value) for value in row] for row in rows))
    return written.getvalue().encode()


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: float) -> str:
    try:
        return plain(from_double(value))
    except ValueError:
        return str(value)  # infinity or not a number: the reader will say that it is no figure
