"""Shortening Airflow's own history with Airflow's own command: no task may reach its database, so a person or cron does it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime

from pmf.orchestration.embedded import airflow_environment
from pmf.settings import Settings


class CleaningError(Exception):
    """Airflow's history could not be shortened; the message is Airflow's own."""


def clean_history(settings: Settings, environment: Mapping[str, str], *, before: datetime, apply: bool) -> str:
    """Remove runs, task instances and logs in Airflow's database from before a moment, or say what would go; give Airflow's words.

    The environment is that of an Airflow, or else of nothing: then it is the embedded one under the home.

    Raises:
        CleaningError: when there is no Airflow here, or its command fails.
    """
    if "AIRFLOW_HOME" not in environment and not (settings.airflow_home / "airflow.db").exists():
        raise CleaningError(
            f"AIRFLOW_HOME is not set, and {settings.airflow_home} holds no database of Airflow: run this where Airflow runs"
        )
    own = environment if "AIRFLOW_HOME" in environment else {**environment, **airflow_environment(settings)}
    how = ["--yes", "--skip-archive"] if apply else ["--dry-run"]
    command = [sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", before.isoformat(), *how]
    done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise CleaningError(f"airflow db clean failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
    return done.stdout
