"""Where a run, or one of its tasks, can be seen in Airflow: the links in letters to engineers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airflow.sdk.configuration import conf

from pmf.settings import Settings


def run_link(settings: Settings, instance: Any) -> str | None:
    """Give the address of the page of a task instance's run. None: this installation does not know its own address."""
    base = settings.run_link_base or conf.get("api", "base_url", fallback="")
    if not base:
        return None
    return f"{base.rstrip('/')}/dags/{instance.dag_id}/runs/{quote(instance.run_id, safe='')}"


def task_link(settings: Settings, instance: Any) -> str | None:
    """Give the address of a task instance's own page. None: this installation does not know its own address."""
    run = run_link(settings, instance)
    return f"{run}/tasks/{instance.task_id}" if run else None
