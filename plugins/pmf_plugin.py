"""Registers with Airflow what the package adds to it: a timetable, listeners and the performance team's pages. Nothing else lives here.

Airflow executes this file by its bare name; ``.airflowignore`` keeps it from doing the same to the package beside it.
"""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from pmf.orchestration import pool, preload, telemetry
from pmf.orchestration.timetables import WorkingDayTimetable

_PREFIX = "/performance"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23{colour}' stroke-width='2'%3E"
    "%3Cpath d='M3 3v18h18M7 16l4-5 3 3 6-8'/%3E%3C/svg%3E"
)


class PmfPlugin(AirflowPlugin):
    """The performance management framework's plugin."""

    name = "pmf"
    timetables = [WorkingDayTimetable]  # noqa: RUF012  # Airflow's own declaration
    listeners = [pool, preload, telemetry]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "KPIs",
            # Without a slash before it: Airflow may itself be served under a path.
            "href": f"{_PREFIX[1:]}/",
            "destination": "nav",
            "url_route": "performance",
            "nav_top_level": True,
            "icon": _ICON.format(colour="64748b"),
            "icon_dark_mode": _ICON.format(colour="a1a1aa"),
        }
    ]

    # Asked for by the API server alone; every other process would load Airflow's security for nothing.
    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The pages, built when they are asked for."""
        from pmf.orchestration.pages.app import pages_app

        return [{"app": pages_app(), "url_prefix": _PREFIX, "name": "Performance"}]
