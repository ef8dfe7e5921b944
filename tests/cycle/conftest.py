"""The sample council with its history imported, in homes of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from council import Council, council_at


@pytest.fixture
def council(tmp_path: Path, warehouse_url: str) -> Council:
    """The sample council on each of the two databases."""
    return _begun(council_at(tmp_path / "home", warehouse_url=warehouse_url))


@pytest.fixture
def sqlite_council(tmp_path: Path) -> Council:
    """The sample council on SQLite alone."""
    return _begun(council_at(tmp_path / "home"))


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
