"""The shipped policies, and the reference data that nobody here made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pmf.rating.policy import Policy, load_policies
from pmf.settings import read_settings


@pytest.fixture(scope="session")
def policies() -> dict[str, Policy]:
    """The policies as shipped."""
    return load_policies(read_settings({}).policies)


@pytest.fixture
def framework(policies: dict[str, Policy]) -> Policy:
    """The CCC framework's policy."""
    return policies["ccc-framework-2024"]


@pytest.fixture
def reference_data() -> Path:
    """Real councils' published figures; tests skip where they are not there."""
    folder = read_settings(os.environ).reference_data
    if not folder.exists():
        pytest.skip(f"no reference data at {folder}; set PMF_REFERENCE_DATA")
    return folder
