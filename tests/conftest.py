"""What every room's tests may use: settings in a temporary home, and a warehouse on each of the two databases.

pytest-socket (see pyproject.toml) keeps every test off the network; a test that talks to a server of its own on the
loopback asks for it with ``@pytest.mark.enable_socket``. Nothing here imports Airflow.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pmf.settings import Settings, read_settings
from pmf.warehouse.engine import connect, migrate
from postgresql_cluster import Cluster, find_programs


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty installation in a temporary folder, reading from this project."""
    return read_settings({"PMF_HOME": str(tmp_path / "home")})


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server for the session; tests that need it are skipped, with the reason, where there is none."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs, 15 or newer, under /usr/lib/postgresql (Debian: apt-get install postgresql)")
    cluster = Cluster(programs)
    yield cluster
    cluster.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create_database()
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated warehouse without rows, on SQLite and on PostgreSQL: a copy of one made once."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'warehouse.db')}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create_database(template=request.getfixturevalue("postgres_template"))
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def engine(warehouse_url: str) -> Engine:
    """A migrated warehouse without rows, on SQLite and on PostgreSQL."""
    return connect(warehouse_url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite warehouse to copy."""
    path = tmp_path_factory.mktemp("template") / "warehouse.db"
    migrate(connect(f"sqlite:///{path}"), read_settings({}).sql)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """A migrated PostgreSQL database to copy."""
    name = postgres.create_database()
    migrate(connect(postgres.url(name)), read_settings({}).sql)
    return name
