"""Do once what every forked process needs: scheduler, DAG processor and Celery workers do it when they start, and what they fork has it.

A task process that imports Great Expectations itself pays two to three seconds of processor time and 230 MB; for the stages, with
Word, Excel, PDF and mail, it is a second and 40 MB, and for opening the grammar engine another. The process of a DAG file that parses
the profiles itself pays seven milliseconds a council, and each DAG file has one whenever it is looked at.
"""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Sequence

from airflow.listeners import hookimpl

from pmf.settings import read_settings

log = logging.getLogger(__name__)

# Each DAG file imports most of these when it is parsed, in the DAG processor and again before each task.
FOR_DAG_FILES = tuple(
    f"pmf.orchestration.{name}"
    for name in ("callbacks", "connections", "councils", "defaults", "lineage", "stage", "subject", "timetables", "verdict")
)
# Tasks import these themselves, when they run; those of the rooms they take their verbs from stand beside them.
FOR_TASKS = ("pandas", "great_expectations", "gptables", "holidays.countries.united_kingdom", *FOR_DAG_FILES)
ROOMS = ("pmf.cycle", "pmf.operations")


@hookimpl
def on_starting(component: object) -> None:
    """Load what tasks need where a scheduler starts that forks them, what DAG files need where the DAG processor does."""
    if is_scheduler(component, sys.argv):
        from airflow.configuration import conf

        if "LocalExecutor" in conf.get("core", "executor"):
            load_for_tasks()
    elif is_dag_processor(component, sys.argv):
        load(FOR_DAG_FILES)
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


def load_for_tasks() -> None:
    """Import everything that a stage runs with, and open what takes long to open."""
    # Great Expectations tells two hundred times at import which of its methods it does not document.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    load((*FOR_TASKS, *(name for room in ROOMS for name in modules_of(room))))
    from pmf.cycle.beforehand import open_beforehand
    from pmf.validation.suites import SuiteError

    try:
        open_beforehand(read_settings(os.environ))
    except SuiteError as error:
        log.error("%s. Validation will fail until it is mended.", error)
    except Exception:
        log.exception("Something could not be opened beforehand: every task that needs it will open it itself")


def modules_of(room: str) -> tuple[str, ...]:
    """Name the modules of a room, by name."""
    return tuple(f"{room}.{module.name}" for module in pkgutil.iter_modules(importlib.import_module(room).__path__))


def load(names: Sequence[str]) -> None:
    """Import modules by name; one that cannot be loaded is logged and left to the task that needs it."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # other listeners still have to hear of the start, and the task that needs it says what is wrong
            log.exception("%s could not be loaded beforehand: every process that needs it will load it itself", name)
