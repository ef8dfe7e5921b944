"""The cut-down council: at its beginning, and after it has lived through a month and published a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.fresh import Fresh
from faults.homes import Installation
from faults.repeats import live
from faults.size import only_in_make_faults
from postgresql_cluster import Cluster


@pytest.fixture(scope="session")
def fresh() -> Iterator[Fresh]:
    """A process to fork from."""
    process = Fresh()
    yield process
    process.end()


@pytest.fixture(scope="session")
def lived(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A council with a month behind it and a paper published. Nobody changes it: tests take a copy."""
    installation = Installation.begun(tmp_path_factory.mktemp("lived") / "home")
    fresh.do(live, installation)
    return installation


@pytest.fixture
def copy(lived: Installation, tmp_path: Path) -> Installation:
    """A copy of the council that has lived, to do something to."""
    return lived.copied(tmp_path / "home")


@pytest.fixture
def holds(record_property: Callable[[str, object], None]) -> Callable[[Installation], None]:
    """Have the independent checker look, and note what it saw for the table of `make faults`."""

    def look(installation: Installation) -> None:
        found = installation.check()
        record_property("saw", str(found))
        assert found.breaches == ()

    return look


@pytest.fixture
def server(postgres: Cluster, postgres_template: str, tmp_path: Path) -> Iterator[Installation]:
    """The cut-down council at its beginning, on PostgreSQL."""
    name = postgres.create_database(template=postgres_template)
    yield Installation.begun(tmp_path / "server", postgres.url(name))
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, only_in_make_faults])])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """The cut-down council at its beginning; in `make faults` on each of the two databases."""
    if request.param == "sqlite":
        return Installation.begun(tmp_path / "home")
    server: Installation = request.getfixturevalue("server")
    return server
