"""Registers with Airflow what the package adds to it: a timetable and a listener. Nothing else lives here.

Airflow executes this file by its bare name; ``.airflowignore`` keeps it from doing the same to the package beside it.
"""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from pmf.orchestration import preload
from pmf.orchestration.timetables import WorkingDayTimetable


class PmfPlugin(AirflowPlugin):
    """The performance management framework's plugin."""

    name = "pmf"
    timetables = [WorkingDayTimetable]  # noqa: RUF012  # Airflow's own declaration
    listeners = [preload]  # noqa: RUF012
