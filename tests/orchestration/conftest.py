"""Airflow for the tests of this folder: its environment is set here, before any test module can import it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmf.orchestration.embedded import airflow_environment
from pmf.settings import read_settings

# One Airflow home for the whole test process, as Airflow reads its configuration once; tests/dags names the same one.
HOME = Path(tempfile.gettempdir()) / f"pmf-tests-{os.getpid()}"
os.environ.update(
    {name: value for name, value in airflow_environment(read_settings({"PMF_HOME": str(HOME)})).items() if name.startswith("AIRFLOW")}
)


@pytest.fixture(scope="session", autouse=True)
def _no_trace() -> Iterator[None]:
    """Remove Airflow's home when the tests are over."""
    yield
    shutil.rmtree(HOME, ignore_errors=True)
