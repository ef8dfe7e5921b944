"""The sample council with its history imported, in homes of its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from council import Council, council_at

from madeonce import made_once
from pmf.period import Month
from postgresql_cluster import Cluster


@pytest.fixture
def postgresql_council(tmp_path: Path, postgres: Cluster, postgres_template: str) -> Council:
    """The sample council on PostgreSQL."""
    url = postgres.url(postgres.create_database(template=postgres_template))
    return _begun(council_at(tmp_path / "home", warehouse_url=url))


@pytest.fixture
def sqlite_council(tmp_path: Path) -> Council:
    """The sample council on SQLite alone."""
    return _begun(council_at(tmp_path / "home"))


@pytest.fixture
def april_done(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Council:
    """The sample council after its April: collected, validated, rated and reported; in a home of the test's own."""
    shutil.copytree(made_once(tmp_path_factory, "april", _live_through_april), tmp_path / "home")
    return council_at(tmp_path / "home")


def _live_through_april(home: Path) -> None:
    _begun(council_at(home)).whole_month(Month(2024, 4))


@pytest.fixture
def make_council(tmp_path: Path) -> Callable[[str], Council]:
    """Make sample councils in homes of their own that share one signing key, so that their files can be compared."""

    def make(name: str) -> Council:
        home = tmp_path / name
        home.mkdir()
        key = home / "signing.key"
        key.write_text("0" * 64, encoding="ascii")
        key.chmod(0o600)
        return _begun(council_at(home))

    return make


def _begun(council: Council) -> Council:
    council.begin()
    return council
