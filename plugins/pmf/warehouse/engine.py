"""Opening the warehouse: SQLite or PostgreSQL by URL alone, brought up to the schema this code knows.

``engine.begin()`` is for writers; on SQLite they take turns. ``reading(engine)`` is for readers, who wait for nobody. No
connection is pooled: a verb opens two or three in its life, so none is left open and none goes stale when PostgreSQL is
restarted.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text

from pmf.settings import Settings

# Airflow's metadata database has Alembic's usual "alembic_version"; both may live in one PostgreSQL database.
VERSION_TABLE = "pmf_schema_version"
# How long a writer waits for another on SQLite: longer than any transaction of the cycle, shorter than an operator's patience.
_SQLITE_WAIT_SECONDS = 30
_POSTGRESQL_CONNECT_SECONDS = 10
# Any number, as long as it is the same in every process that migrates: the first eight letters of "pmf-schema".
_MIGRATION_LOCK = int.from_bytes(b"pmf-sche")
_READS_ONLY = "pmf_reads_only"
# A tenth of what SQLAlchemy's inspector takes, and asked at the start of every verb.
_FIND_VERSION_TABLE = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE name = :name"),
    "postgresql": text("SELECT to_regclass(:name)"),
}


class WarehouseError(Exception):
    """The warehouse cannot be used as it is; the message says what to do."""


def connect(url: str) -> Engine:
    """Make an engine for ``sqlite:////path/file.db`` (the folder is created) or ``postgresql://user:password@host/name``.

    Raises:
        WarehouseError: for any other database, and for an SQLite URL without a file.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise WarehouseError("the warehouse needs a file to live in: set PMF_WAREHOUSE_URL to sqlite:////path/warehouse.db")
        path = Path(str(parsed.database)).absolute()
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect_sqlite(path)
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return _connect_postgresql(parsed.set(drivername="postgresql+psycopg"))
    raise WarehouseError(f"the warehouse cannot be on {parsed.drivername!r}: set PMF_WAREHOUSE_URL to sqlite:////… or postgresql://…")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that cannot write, waits for no writer, and sees one state of the warehouse throughout."""
    options: dict[str, Any] = {_READS_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def migrate(engine: Engine, sql_root: Path) -> None:
    """Bring the schema up to the newest migration under ``sql_root``; do nothing, quickly, where it is there already.

    Safe to call from many processes at once: one migrates, in one transaction, and the others wait for it.

    Raises:
        WarehouseError: when the warehouse was written by a newer release than this one, or this account may not change its schema.
    """
    newest = newest_version(sql_root)
    with reading(engine) as connection:
        if _is_at(connection, newest):
            return
    from pmf.warehouse.guard import guard, unguard

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            _refuse_all_but_the_owner(connection)
        if not _is_at(connection, newest):
            unguard(connection)
            upgrade(connection, sql_root)
            guard(connection)


def look_at_warehouse(settings: Settings) -> Engine:
    """Connect to the warehouse of this installation to read it, making and changing nothing.

    Raises:
        WarehouseError: when it is not there, or its schema is not the one this release knows.
    """
    url = make_url(settings.warehouse_url)
    if url.get_backend_name() != "sqlite" or Path(str(url.database)).exists():
        engine = connect(settings.warehouse_url)
        with reading(engine) as connection:
            if _is_at(connection, newest_version(settings.sql)):
                return engine
    raise WarehouseError("the warehouse is not there yet, or older than this release: the next run of a DAG, or of `pmf`, sees to it")


def open_warehouse(settings: Settings) -> Engine:
    """Connect to the warehouse of this installation and migrate it if needed."""
    engine = connect(settings.warehouse_url)
    migrate(engine, settings.sql)
    return engine


# One engine for a warehouse: it holds no connection, but remembers every statement it has once put into the database's words.
@lru_cache(maxsize=16)
def _connect_postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        poolclass=NullPool,
        use_native_hstore=False,  # saves looking for a type the warehouse has no column of
        connect_args={"connect_timeout": _POSTGRESQL_CONNECT_SECONDS, "application_name": "pmf"},
    )


@lru_cache(maxsize=16)
def _connect_sqlite(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool, connect_args={"timeout": _SQLITE_WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: Any, _record: Any) -> None:
        # sqlite3 would begin transactions by itself, late and deferred: SQLAlchemy's recipe is to do it in "begin".
        dbapi_connection.isolation_level = None
        with _alone_in(path.parent):
            dbapi_connection.execute("PRAGMA journal_mode = WAL")
        dbapi_connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_READS_ONLY):
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN DEFERRED")
        else:
            # A transaction that reads first and writes later would fail when another wrote in between.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let one process at a time through. SQLite waits for every lock but the one that changes the journal mode."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def newest_version(sql_root: Path) -> str:
    """Read the newest revision from the file names: migrations are one line, numbered from 0001."""
    return max(path.name[:4] for path in (sql_root / "migrations" / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def schema_version(connection: Connection) -> str | None:
    """Name the schema a warehouse is at. None: it has none yet."""
    if connection.execute(_FIND_VERSION_TABLE[connection.dialect.name], {"name": VERSION_TABLE}).scalar() is None:
        return None
    version: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    return version


def upgrade(connection: Connection, sql_root: Path, *, to: str = "head") -> None:
    """Bring a warehouse up to a schema, in the caller's transaction; one without tables gets them."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(sql_root / "migrations"))
    command.upgrade(config, to)


def _is_at(connection: Connection, newest: str) -> bool:
    version = schema_version(connection)
    if version is not None and version > newest:
        raise WarehouseError(f"the warehouse has schema {version}, this release knows {newest}: install the newer release of pmf")
    return version == newest


def _refuse_all_but_the_owner(connection: Connection) -> None:
    if not connection.execute(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")).scalar():
        raise WarehouseError(
            "the warehouse is not at this release's schema, and this account may not change it: "
            "run `pmf migrate` with PMF_WAREHOUSE_OWNER_URL, the account that owns the tables"
        )
