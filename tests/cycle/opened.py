"""The sample council with its history and the forms of April and May sent out: opened once for all tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cycle.council import Council, council_at
from cycle.desk import APRIL, MAY
from madeonce import made_once


def opened_council(factory: pytest.TempPathFactory, home: Path) -> Council:
    """Give the council in a home of one's own: April and May opened, nothing returned."""
    shutil.copytree(made_once(factory, "opened", _open), home)
    return council_at(home)


def _open(home: Path) -> None:
    council = council_at(home)
    council.begin()
    council.open(APRIL)
    council.open(MAY)
