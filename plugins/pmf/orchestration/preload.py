"""Do once what every forked process needs: the scheduler and the DAG processor do it at their start, and what they fork inherits it.

A task process that imports Great Expectations itself pays two to three seconds of processor time and 230 MB. The process of a DAG file
that parses the profiles itself pays seven milliseconds a council, and each DAG file has one whenever it is looked at.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Sequence

from airflow.listeners import hookimpl

from pmf.settings import read_settings

log = logging.getLogger(__name__)

HEAVY = ("pandas", "great_expectations")


@hookimpl
def on_starting(component: object) -> None:
    """Load the heavy libraries when the component that starts is the scheduler, the councils' profiles when it is the DAG processor."""
    if is_scheduler(component, sys.argv):
        load(HEAVY)
    elif is_dag_processor(component, sys.argv):
        from pmf.orchestration.councils import all_readable_profiles

        all_readable_profiles(read_settings(os.environ))


def is_scheduler(component: object, arguments: Sequence[str]) -> bool:
    """Tell the scheduler from every other process that announces its start."""
    return _is(component, arguments, "scheduler")


def is_dag_processor(component: object, arguments: Sequence[str]) -> bool:
    """Tell the DAG processor from every other process that announces its start."""
    return _is(component, arguments, "dag-processor")


def _is(component: object, arguments: Sequence[str], name: str) -> bool:
    """Tell whether a component is the job of a name.

    Scheduler, DAG processor and triggerer are jobs, and a job is announced before it knows its own kind: the command line
    says which it is. A task process announces a marker, not a job.
    """
    return type(component).__name__ == "Job" and name in arguments[1:2]


def load(names: Sequence[str]) -> None:
    """Import modules by name; one that cannot be imported is logged and left to the task that needs it."""
    # Great Expectations tells two hundred times at import which of its methods it does not document.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            log.exception("%s could not be loaded in the scheduler: every task that needs it will load it itself", name)
