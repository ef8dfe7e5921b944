"""Upgrading a warehouse with data in it, from the first schema that was ever released to this release's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Engine, Integer, LargeBinary, MetaData, Table, insert, inspect, select, text

from pmf.settings import Settings
from pmf.warehouse.access import dump
from pmf.warehouse.columntypes import Exact, Instant
from pmf.warehouse.engine import connect, migrate, newest_version, upgrade
from pmf.warehouse.tables import metadata

ROWS = 3
NOON = datetime(2024, 10, 8, 12, tzinfo=UTC)


def a_value(column: Column[Any], number: int) -> Any:
    """Give a value that says which row it is in, and that a careless conversion would change."""
    values: Mapping[type, Any] = {
        Exact: Decimal(f"{number}.100000000000000000001"),
        Instant: NOON + timedelta(hours=number),
        Boolean: bool(number % 2),
        Integer: number,
        LargeBinary: bytes([0, 255, number]),
    }
    return values.get(type(column.type), f"{column.name} {number} – é")


def first_tables(engine: Engine) -> list[Table]:
    """Describe the tables of the first schema with the columns they had, in the types that this release knows."""
    looked = inspect(engine)
    return [
        Table(name, MetaData(), *(Column(column["name"], table.c[column["name"]].type) for column in looked.get_columns(name)))
        for name, table in metadata.tables.items()
        if looked.has_table(name)
    ]


def rows_of(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)


@pytest.fixture
def first_release(empty_warehouse_url: str, settings: Settings) -> Engine:
    """A warehouse as the first release left it: its schema, and rows in every table."""
    engine = connect(empty_warehouse_url)
    with engine.begin() as connection:
        upgrade(connection, settings.sql, to="0001")
    tables = first_tables(engine)
    with engine.begin() as connection:
        for table in tables:
            connection.execute(insert(table), [{column.name: a_value(column, number) for column in table.c} for number in range(ROWS)])
    return engine


def test_no_figure_is_lost_between_the_first_release_and_this(first_release: Engine, settings: Settings) -> None:
    """Every row of every table of the first schema is there after the upgrade, digit for digit, and every view can be read."""
    tables = first_tables(first_release)
    before = {table.name: rows_of(first_release, table) for table in tables}
    assert {name: len(rows) for name, rows in before.items()} == dict.fromkeys(before, ROWS)
    assert len(tables) >= 10
    migrate(first_release, settings.sql)
    assert {table.name: rows_of(first_release, table) for table in tables} == before
    with first_release.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM pmf_schema_version")).scalar_one() == newest_version(settings.sql)
        for view in inspect(connection).get_view_names():
            connection.execute(text(f"SELECT * FROM {view}")).all()  # noqa: S608 - the database's own names


def test_an_upgrade_again_changes_nothing(first_release: Engine, settings: Settings) -> None:
    """A warehouse that was upgraded is at this release's schema, and opening it again leaves it as it is."""
    migrate(first_release, settings.sql)
    state = dump(first_release)
    migrate(first_release, settings.sql)
    assert dump(first_release) == state


def test_an_upgrade_that_fails_leaves_the_old_warehouse(first_release: Engine, settings: Settings) -> None:
    """All steps are one transaction: where the last one cannot be taken, schema and rows are those of before."""
    before = {table.name: rows_of(first_release, table) for table in first_tables(first_release)}
    with first_release.begin() as connection:
        connection.execute(text("CREATE VIEW v_intervention AS SELECT 1 AS in_the_way"))
    with pytest.raises(Exception, match="v_intervention"):
        migrate(first_release, settings.sql)
    tables = first_tables(first_release)
    assert {table.name: rows_of(first_release, table) for table in tables} == before
    with first_release.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM pmf_schema_version")).scalar_one() == "0001"
