"""Imports once what every task of a Celery worker needs: its task processes inherit it by forking.

Celery loads this module because its setting ``imports`` names it (``production``); nothing else does.
"""

from __future__ import annotations

from celery.signals import worker_init  # type: ignore[import-untyped]

from pmf.orchestration.preload import load_for_tasks


@worker_init.connect  # type: ignore[untyped-decorator]
def load_before_forking(**_details: object) -> None:
    """Load what tasks need before the worker makes its processes."""
    load_for_tasks()
