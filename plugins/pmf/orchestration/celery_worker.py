"""Imports once what every task of a Celery worker needs: its task processes inherit it by forking, and leave it be.

Celery loads this module because its setting ``imports`` names it (``production``); nothing else does.
"""

from __future__ import annotations

import gc

from celery.signals import worker_init, worker_process_init  # type: ignore[import-untyped]

from pmf.orchestration.preload import load_for_tasks


@worker_init.connect  # type: ignore[untyped-decorator]
def load_before_forking(**_details: object) -> None:
    """Load what tasks need before the worker makes its processes."""
    load_for_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def leave_what_is_inherited(**_details: object) -> None:
    """Let no task look through what it inherits for garbage, a third of a second in which it makes all of it its own memory.

    LocalExecutor does so itself. Airflow's Celery executor does so before this module is loaded, and with it what tasks need.
    """
    gc.freeze()
