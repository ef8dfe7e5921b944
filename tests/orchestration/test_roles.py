"""Roles of Airflow's web page, asked of Airflow's own FAB auth manager."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pmf.cli import app

FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
NORTH = ("north_monthly_cycle", "north_publication")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an Airflow with two councils' DAGs answers about users of one council's roles."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONPATH"))}
    own |= {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("fab")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__AUTH_MANAGER": FAB,
    }
    program = Path(__file__).with_name("fab_roles.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False, env=own)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_each_role_reaches_its_own_council_and_no_more(said: dict[str, Any]) -> None:
    """A viewer looks, an officer runs and signs off as well, an engineer mends as well: each in the DAGs of the one council.

    None may delete a DAG, or see connections, variables or the configuration.
    """
    looks = {*(f"GET {dag}" for dag in NORTH), *(f"log {dag}" for dag in NORTH)}
    runs = looks | {f"{what} {dag}" for what in ("PUT", "run", "sign off") for dag in NORTH}
    mends = runs | {f"clear {dag}" for dag in NORTH}
    assert {role: set(allowed) for role, allowed in said["may"].items()} == {"viewer": looks, "officer": runs, "engineer": mends}


@pytest.mark.slow
def test_a_right_given_by_hand_is_taken_back(said: dict[str, Any]) -> None:
    """Syncing again makes the rights of a role exactly those it should have; a council without DAGs yet has its roles all the same."""
    assert said["taken back"] == {"north viewer": ["can_edit Connections"]}
    assert said["counts"] == {"north": 2, "south": 1, "empty": 0}


def test_another_auth_manager_is_told_apart() -> None:
    """The Airflow of one machine, whose auth manager has no such roles, is refused in words."""
    done = CliRunner().invoke(app, ["sync-roles"])
    assert (done.exit_code, "roles are kept by Airflow's FAB auth manager" in done.output) == (2, True)
