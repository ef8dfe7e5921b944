"""A council with something to keep: forms out, returns in, two papers published. Lived once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cycle.council import Council, council_at
from cycle.publishing import Q2, Publisher
from pmf.period import Month
from postgresql_cluster import Cluster

APRIL = Month(2024, 4)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def council(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Council]:
    """The council on each of the two databases, April collected and two releases on its site."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_council")
        return
    home, database = request.getfixturevalue("lived_on_postgresql")
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create_database(template=database)
    yield council_at(tmp_path / "home", warehouse_url=cluster.url(name))
    cluster.drop_database(name)


@pytest.fixture
def sqlite_council(lived: Path, tmp_path: Path) -> Council:
    """The same on SQLite alone."""
    shutil.copytree(lived, tmp_path / "home", symlinks=True)
    return council_at(tmp_path / "home")


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the council on SQLite, to copy."""
    return _live(council_at(tmp_path_factory.mktemp("lived") / "home"))


@pytest.fixture(scope="session")
def lived_on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres: Cluster, postgres_template: str) -> tuple[Path, str]:
    """The home of the council on PostgreSQL and the name of its database, to copy."""
    name = postgres.create_database(template=postgres_template)
    return _live(council_at(tmp_path_factory.mktemp("lived") / "home", warehouse_url=postgres.url(name))), name


def _live(council: Council) -> Path:
    council.begin()
    council.open(APRIL)
    council.deliver(APRIL)
    council.collect(APRIL)
    council.send(APRIL)
    publisher = Publisher(council)
    publisher.rate("220", "38.4", "red", hours=0)
    publisher.rate("220", "97", "green", hours=2000, period=Q2)
    # Its papers are no documents: what reads finished ones again would find nothing it knows.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
        publisher.paper("Q1", hours=0)
        publisher.paper("Q2", hours=2000, period=Q2)
    return council.settings.home
