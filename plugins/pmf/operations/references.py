"""Which files of the store anything in the warehouse speaks of: every SHA-256 in every column of every table.

It asks no column by name, so that a table added tomorrow protects its files without anybody thinking of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, and_, func, or_, select

from pmf.warehouse.columntypes import Word
from pmf.warehouse.tables import cell_problem, finding, metadata, received_file, received_message

_DIGITS = 64
_DIGEST = re.compile(rf"\b[0-9a-f]{{{_DIGITS}}}\b")
_AT_A_TIME = 1000
# What is said of a file that nothing came from, and of the e-mail that brought it.
_ABOUT_INTAKE = (received_file, received_message, finding, cell_problem)


def files_spoken_of(connection: Connection) -> set[str]:
    """Collect every SHA-256 that any row speaks of."""
    return {digest for table in metadata.tables.values() for digest in _digests(connection, table)}


def files_in_use(connection: Connection, *, since: datetime) -> set[str]:
    """Collect every SHA-256 that a figure, rating, document, release or decision traces to, or that came in since a moment.

    Left out is what came in earlier and led to nothing: refused and quarantined files, and e-mails that brought only such.
    """
    others = [table for table in metadata.tables.values() if table not in _ABOUT_INTAKE]
    used = {digest for table in others for digest in _digests(connection, table)}
    counted = or_(received_file.c.outcome == "accepted", received_file.c.received_at >= since)
    used |= set(_digests(connection, received_file, counted))
    return used | set(_digests(connection, received_message, received_message.c.received_at >= since))


def _digests(connection: Connection, table: Table, condition: ColumnElement[bool] | None = None) -> Iterator[str]:
    for column in table.c:
        if isinstance(column.type, Word | Text):
            yield from _in_column(connection, column, condition)


def _in_column(connection: Connection, column: Column[str], condition: ColumnElement[bool] | None) -> Iterator[str]:
    """Find digests in a column: words are one as a whole, texts (a manifest) may hold many."""
    is_word = isinstance(column.type, Word)
    long_enough = func.length(column) == _DIGITS if is_word else func.length(column) >= _DIGITS
    conditions = [long_enough] if condition is None else [long_enough, condition]
    query = select(column).distinct() if is_word else select(column)
    for text in connection.execute(query.where(and_(*conditions)).execution_options(yield_per=_AT_A_TIME)).scalars():
        yield from _DIGEST.findall(text)
