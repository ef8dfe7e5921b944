"""Opening and migrating the warehouse, on both databases."""

from __future__ import annotations

import multiprocessing
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from pmf.settings import Settings
from pmf.warehouse.access import append_new, dump
from pmf.warehouse.engine import VERSION_TABLE, WarehouseError, connect, migrate, open_warehouse, reading
from pmf.warehouse.tables import metadata, waiver
from postgresql_cluster import Cluster
from processes import at_once
from table_rows import row

PROCESSES = 16
ROWS = [row(waiver, kpi_ref=str(number)) for number in range(20)]
# Each of them has its row of the audit trail.
LINES = 2 * len(ROWS)


def is_no_partition(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what PostgreSQL keeps a table's rows in."""
    return kind != "table" or not re.fullmatch(r"observation_\d\d", name or "")


def test_the_migrated_database_is_what_the_tables_say(engine: Engine) -> None:
    """Alembic finds no difference between the migrated database and ``tables.py``: columns, types, nulls, indexes, comments."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "version_table": VERSION_TABLE, "include_name": is_no_partition}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
        for name, table in metadata.tables.items():
            assert inspect(connection).get_pk_constraint(name)["constrained_columns"] == [column.name for column in table.primary_key]


def test_text_sorts_alike_on_both_databases(engine: Engine) -> None:
    """A key sorts by code point, whatever the language PostgreSQL was installed with."""
    keys = ["B1", "a-2", "a1", "_x", "Ä", "10", "9"]
    with engine.begin() as connection:
        append_new(connection, waiver, [row(waiver, kpi_ref=key) for key in keys])
        assert connection.execute(text("SELECT kpi_ref FROM waiver ORDER BY kpi_ref")).scalars().all() == sorted(keys)


def test_the_version_read_from_file_names_is_alembic_s(empty_warehouse_url: str, settings: Settings) -> None:
    """A migrated warehouse is at Alembic's own head, in a version table that cannot be taken for Airflow's."""
    config = Config()
    config.set_main_option("script_location", str(settings.sql / "migrations"))
    engine = open_warehouse(replace(settings, warehouse_url=empty_warehouse_url))
    with engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM pmf_schema_version")).scalar_one()
        assert version == ScriptDirectory.from_config(config).get_current_head()
        assert not inspect(connection).has_table("alembic_version")


def test_opening_again_changes_nothing(engine: Engine, settings: Settings) -> None:
    """A warehouse at the newest version is left as it is, rows and all."""
    with engine.begin() as connection:
        append_new(connection, waiver, [row(waiver)])
    before = dump(engine)
    migrate(engine, settings.sql)
    assert dump(engine) == before
    assert before.count("\n") == 2  # the waiver and its row of the audit trail


def test_a_warehouse_at_head_opens_without_alembic(settings: Settings) -> None:
    """Every verb opens the warehouse, so that must not cost Alembic's import."""
    open_warehouse(settings)
    program = (
        "import sys; from pathlib import Path; from pmf.warehouse.engine import connect, migrate; "
        f"migrate(connect({settings.warehouse_url!r}), Path({str(settings.sql)!r})); print('alembic' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert answer.stdout == "False\n"


def test_many_first_starts_at_once_migrate_once(empty_warehouse_url: str, settings: Settings) -> None:
    """Sixteen processes that open a new warehouse at the same moment all find it ready."""

    def start(number: int) -> int:
        engine = open_warehouse(replace(settings, warehouse_url=empty_warehouse_url))
        with engine.begin() as connection:
            return append_new(connection, waiver, [row(waiver, kpi_ref=str(number))])

    assert at_once(start, processes=PROCESSES) == [1] * PROCESSES


def test_many_first_connections_to_a_file_all_succeed(tmp_path: Path) -> None:
    """A new SQLite file is put into its journal mode by whoever comes first, and nobody finds it locked meanwhile."""
    gate = multiprocessing.get_context("fork").Barrier(PROCESSES)

    def connect_to_each(_number: int) -> None:
        for file in range(25):
            engine = connect(f"sqlite:///{tmp_path / str(file)}")
            gate.wait(20)
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE IF NOT EXISTS made (x INTEGER)"))

    at_once(connect_to_each, processes=PROCESSES)


def test_a_newer_warehouse_is_refused(engine: Engine, settings: Settings) -> None:
    """A release that is older than the warehouse says so and touches nothing."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE pmf_schema_version SET version_num = '9999'"))
    with pytest.raises(WarehouseError, match=r"the warehouse has schema 9999, this release knows .*: install the newer release"):
        migrate(engine, settings.sql)


def test_a_migration_that_fails_leaves_nothing(empty_warehouse_url: str, tmp_path: Path, settings: Settings) -> None:
    """Migrations are one transaction: when the second statement is wrong, the first has not happened."""
    versions = tmp_path / "sql" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text((settings.sql / "migrations" / "env.py").read_text())
    (versions / "0001_wrong.py").write_text(
        "from alembic import op\nrevision = '0001'\ndown_revision = None\n\n\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (x INTEGER)')\n    op.execute('NONSENSE')\n"
    )
    engine = connect(empty_warehouse_url)
    with pytest.raises(DBAPIError):
        migrate(engine, tmp_path / "sql")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_warehouse_without_a_file_is_refused(url: str) -> None:
    """SQLite in memory would forget everything between two connections."""
    with pytest.raises(WarehouseError, match="needs a file"):
        connect(url)


def test_another_database_is_refused() -> None:
    """Only the two databases that are tested are allowed, and the message says which."""
    with pytest.raises(WarehouseError, match=r"cannot be on 'mysql\+pymysql': set PMF_WAREHOUSE_URL to sqlite"):
        connect("mysql+pymysql://x@y/z")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg_3(scheme: str) -> None:
    """A URL as hosting providers write it works, and never falls back to another driver."""
    assert connect(f"{scheme}://u:p@db.example.org/pmf").url.drivername == "postgresql+psycopg"


def test_a_reader_cannot_write(engine: Engine) -> None:
    """What only loads cannot change a row by mistake."""
    with reading(engine) as connection, pytest.raises(DBAPIError):
        append_new(connection, waiver, [row(waiver)])


def test_a_reader_sees_one_state_and_waits_for_nobody(engine: Engine) -> None:
    """A reader goes on seeing what it saw first, though a writer has come and gone in between."""

    def count(connection: Connection) -> int:
        return int(connection.execute(text("SELECT COUNT(*) FROM waiver")).scalar_one())

    with reading(engine) as reader:
        assert count(reader) == 0
        with engine.begin() as writer:
            append_new(writer, waiver, [row(waiver)])
            assert count(reader) == 0
        assert count(reader) == 0
    with reading(engine) as reader:
        assert count(reader) == 1


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    """Rows and even tables made in a transaction are gone when it is rolled back."""

    def fail() -> None:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE extra (x INTEGER)"))
            append_new(connection, waiver, [row(waiver)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert dump(engine) == ""
    assert not inspect(engine).has_table("extra")


def test_a_writer_on_sqlite_waits_for_the_other(settings: Settings) -> None:
    """A second writer does not fail with "database is locked": it begins when the first has committed."""
    engine = open_warehouse(settings)
    order = []
    with engine.begin() as first:
        append_new(first, waiver, [row(waiver)])

        def second() -> None:
            with engine.begin() as connection:
                order.append(append_new(connection, waiver, [row(waiver)]))

        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.2)
        order.append("first commits")
    waiting.join()
    assert order == ["first commits", 0]


@pytest.fixture
def database(postgres: Cluster, postgres_template: str) -> Iterator[Engine]:
    """A migrated warehouse on PostgreSQL, for what only a server can suffer."""
    name = postgres.create_database(template=postgres_template)
    yield connect(postgres.url(name))
    postgres.drop_database(name)


def append_interrupted(engine: Engine, interrupt: Callable[[], None]) -> None:
    with engine.begin() as connection:
        append_new(connection, waiver, ROWS[:10])
        interrupt()
        append_new(connection, waiver, ROWS[10:])


@pytest.mark.postgresql
def test_a_lost_connection_leaves_all_or_nothing(database: Engine) -> None:
    """When PostgreSQL drops the connection in the middle, nothing of the transaction stays and doing it again works."""

    def drop_connections() -> None:
        with database.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in%'"))

    with pytest.raises(OperationalError):
        append_interrupted(database, drop_connections)
    assert dump(database) == ""
    append_interrupted(database, lambda: None)
    assert dump(database).count("\n") == LINES


@pytest.mark.postgresql
def test_a_killed_server_leaves_all_or_nothing(database: Engine, postgres: Cluster) -> None:
    """After kill -9 and a restart, what was committed is there and what was not is not."""

    def kill_and_restart() -> None:
        postgres.kill()
        postgres.start()

    with pytest.raises(OperationalError):
        append_interrupted(database, kill_and_restart)
    assert dump(database) == ""
    append_interrupted(database, lambda: None)
    kill_and_restart()
    assert dump(database).count("\n") == LINES
