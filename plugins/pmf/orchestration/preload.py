"""Import once what every task needs: the scheduler loads it at start and its workers inherit it by forking.

A task process that imports Great Expectations itself pays two to three seconds of processor time and 230 MB.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)

HEAVY = ("pandas", "great_expectations")


@hookimpl
def on_starting(component: object) -> None:
    """Load the heavy libraries when the component that starts is the scheduler."""
    if is_scheduler(component, sys.argv):
        load(HEAVY)


def is_scheduler(component: object, arguments: Sequence[str]) -> bool:
    """Tell the scheduler from every other process that announces its start.

    DAG processor and triggerer are jobs too, and a job is announced before it knows its own kind: the command line
    says which it is. A task process announces a marker, not a job.
    """
    return type(component).__name__ == "Job" and "scheduler" in arguments[1:2]


def load(names: Sequence[str]) -> None:
    """Import modules by name; one that cannot be imported is logged and left to the task that needs it."""
    # Great Expectations tells two hundred times at import which of its methods it does not document.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            log.exception("%s could not be loaded in the scheduler: every task that needs it will load it itself", name)
