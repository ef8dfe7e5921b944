"""Observations in partitions, on PostgreSQL, and what a warehouse from before them becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from pmf.settings import Settings
from pmf.warehouse.access import append_new, dump
from pmf.warehouse.engine import connect, migrate
from pmf.warehouse.tables import observation
from postgresql_cluster import Cluster
from table_rows import row

pytestmark = pytest.mark.postgresql
ROWS = [row(observation, organisation=f"council-{place}", kpi_ref=str(kpi), source="import") for place in range(60) for kpi in range(3)]


@pytest.fixture
def before(postgres: Cluster, settings: Settings) -> Iterator[Engine]:
    """A warehouse as it was before its observations were put into partitions, with rows."""
    name = postgres.create_database()
    engine = connect(postgres.url(name))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(settings.sql / "migrations"))
        command.upgrade(config, "0011")
        append_new(connection, observation, ROWS)
    yield engine
    postgres.drop_database(name)


@pytest.fixture
def parted(postgres: Cluster, postgres_template: str) -> Iterator[Engine]:
    """A warehouse without rows, as it is now."""
    name = postgres.create_database(template=postgres_template)
    yield connect(postgres.url(name))
    postgres.drop_database(name)


def in_views(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(found) for found in connection.execute(text("SELECT * FROM v_observation_now ORDER BY organisation, kpi_ref"))]


def test_a_warehouse_is_converted_where_it_stands(before: Engine, settings: Settings) -> None:
    """Every row, and what the views show, is as it was, and the rows lie in several partitions."""
    with before.connect() as connection:
        seen = in_views(connection)
    rows = dump(before)
    migrate(before, settings.sql)
    with before.connect() as connection:
        assert in_views(connection) == seen
        assert connection.execute(text("SELECT COUNT(DISTINCT tableoid) FROM observation")).scalar_one() > 8
    assert dump(before) == rows


def test_the_rights_of_others_stay(before: Engine, settings: Settings) -> None:
    """Whoever could read the table and its views can still, and nobody else."""
    with before.begin() as connection:
        connection.execute(text("CREATE ROLE looker; CREATE ROLE stranger; GRANT SELECT ON observation, v_observation_now TO looker"))
    migrate(before, settings.sql)
    with before.begin() as connection:
        may = text("SELECT has_table_privilege(:role, :name, 'SELECT')")
        for role, expected in (("looker", True), ("stranger", False)):
            for name in ("observation", "v_observation_now"):
                assert connection.execute(may, {"role": role, "name": name}).scalar_one() is expected
        assert not connection.execute(text("SELECT has_table_privilege('looker', 'observation', 'INSERT')")).scalar_one()
        connection.execute(text("DROP OWNED BY looker; DROP ROLE looker; DROP ROLE stranger"))


def test_a_query_looks_into_one_partition(parted: Engine) -> None:
    """What asks for one organisation reads its partition alone: the plan names no other."""
    with parted.connect() as connection:
        plan = connection.execute(text("EXPLAIN SELECT * FROM observation WHERE organisation = 'a' AND period = '2024-09'")).scalars().all()
    assert len(set(re.findall(r"observation_\d\d", " ".join(plan)))) == 1


def test_a_partition_itself_refuses_changes(parted: Engine) -> None:
    """Rows cannot be changed behind the table's back either."""
    with parted.begin() as connection:
        append_new(connection, observation, ROWS)
        partition = connection.execute(text("SELECT tableoid::regclass::text FROM observation LIMIT 1")).scalar_one()
    with pytest.raises(DBAPIError, match="never changed or deleted"), parted.begin() as connection:
        connection.execute(text(f"DELETE FROM {partition}"))  # noqa: S608 - the server's own name
