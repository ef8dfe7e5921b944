"""Makes the pool of heavy tasks (``defaults.HEAVY_POOL``) when the scheduler starts: a task whose pool does not exist is never started."""

from __future__ import annotations

import os
import sys

from airflow.listeners import hookimpl

from pmf.orchestration.defaults import HEAVY_POOL
from pmf.orchestration.preload import is_scheduler
from pmf.settings import Settings, read_settings


@hookimpl
def on_starting(component: object) -> None:
    """Make the pool when the component that starts is the scheduler."""
    if is_scheduler(component, sys.argv):
        make_pool(read_settings(os.environ))


def make_pool(settings: Settings) -> None:
    """Make the pool with the number of slots that the settings say; one that is there gets that number."""
    from airflow.models.pool import Pool

    Pool.create_or_update_pool(
        HEAVY_POOL,
        slots=settings.heavy_tasks,
        description="Validation and documents of all councils. PMF_HEAVY_TASKS is its size",
        include_deferred=False,
    )
