"""What every test of the pages may use: the templates, and the sample documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from page import samples
from pmf.page.document import Document


@pytest.fixture(scope="session")
def templates() -> Path:
    return Path(__file__).resolve().parents[2] / "include" / "templates"


@pytest.fixture(scope="session")
def scorecard() -> Document:
    return samples.scorecard()


@pytest.fixture(scope="session")
def paper() -> Document:
    return samples.paper()


@pytest.fixture(scope="session")
def hostile() -> Document:
    return samples.hostile()


@pytest.fixture(scope="session")
def live() -> Document:
    return samples.live()
