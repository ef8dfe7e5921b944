"""What the database refuses of itself: changes in tables that only grow."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from pmf.warehouse.access import append_new
from pmf.warehouse.engine import VERSION_TABLE
from pmf.warehouse.guard import REWRITTEN, append_only_tables
from pmf.warehouse.tables import metadata
from table_rows import row


@pytest.mark.parametrize("statement", ["UPDATE {0} SET organisation = 'y'", "DELETE FROM {0}"])
def test_no_row_of_a_growing_table_is_changed_or_deleted(engine: Engine, statement: str) -> None:
    """Whoever asks, the tables' owner included, is refused with the reason; what is there stays."""
    for name in append_only_tables():
        with engine.begin() as connection:
            append_new(connection, metadata.tables[name], [row(metadata.tables[name])])
        with pytest.raises(DBAPIError, match=f"rows of {name} are never changed or deleted"), engine.begin() as connection:
            connection.execute(text(statement.format(name)))
        with engine.connect() as connection:
            assert connection.execute(text(f"SELECT COUNT(*) FROM {name} WHERE organisation = 'x'")).scalar()  # noqa: S608 - the test's own


def test_a_growing_table_is_not_emptied(engine: Engine) -> None:
    """PostgreSQL's TRUNCATE fires no trigger of a row; it is refused by one of its own, for every partition of a table too."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    others = {*REWRITTEN, VERSION_TABLE}
    tables = [name for name in inspect(engine).get_table_names() if name not in others]
    assert {"observation", "observation_00", "observation_15"} <= set(tables)
    for name in tables:
        with pytest.raises(DBAPIError, match="never changed or deleted"), engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {name}"))


def test_what_a_run_writes_anew_is_left_to_it(engine: Engine) -> None:
    """The tables that a repeated run rewrites, and the mail queue, can be changed; every name on that list is a table."""
    assert set(metadata.tables) >= REWRITTEN
    for name in REWRITTEN:
        with engine.begin() as connection:
            append_new(connection, metadata.tables[name], [row(metadata.tables[name])])
            assert connection.execute(text(f"DELETE FROM {name}")).rowcount == 1  # noqa: S608 - the test's own words
