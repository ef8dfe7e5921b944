"""Running DAGs inside one process: the same DAG files, the same metadata database, no scheduler.

``prepare`` (``embedded``) must have been called first: Airflow reads its configuration when it is imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True)
class TaskResult:
    """How one task instance ended. ``map_index`` is -1 and ``label`` None for a task that is not mapped."""

    task_id: str
    map_index: int
    label: str | None
    state: str | None


@dataclass(frozen=True)
class RunResult:
    """How a run ended, its tasks in the order of the DAG."""

    dag_id: str
    run_id: str
    state: str
    tasks: tuple[TaskResult, ...]
    seconds: float


def run_dag(dag_id: str, *, logical_date: datetime, conf: Mapping[str, Any] | None = None) -> RunResult:
    """Run one DAG to its end in this process and say how each task ended.

    A second run for the same logical date takes the place of the first, and so of a queued one.

    Raises:
        KeyError: when no DAG of that id can be parsed, naming those that can.
    """
    began, moment = datetime.now(UTC), logical_date.astimezone(UTC)
    bag = _parsed_dags(os.environ["AIRFLOW__CORE__DAGS_FOLDER"], os.environ.get("PMF_ORGANISATIONS", ""))
    if dag_id not in bag.dags:
        raise KeyError(f"there is no DAG {dag_id!r}; there are {', '.join(sorted(bag.dags))}; {bag.import_errors}")
    from pmf.orchestration.task_log import task_logs

    dag = bag.dags[dag_id]
    with _parsed_once(bag), _parameters_kept(dag), task_logs():
        run = dag.test(run_after=moment, logical_date=moment, run_conf=dict(conf or {}))
    _note_beginning(run.id, began)
    order = {task_id: place for place, task_id in enumerate(task.task_id for task in dag.topological_sort())}
    tasks = [
        TaskResult(instance.task_id, instance.map_index, instance.rendered_map_index, instance.state and str(instance.state))
        for instance in run.get_task_instances()
    ]
    tasks.sort(key=lambda task: (order[task.task_id], task.map_index))
    return RunResult(dag_id, run.run_id, str(run.state), tuple(tasks), (datetime.now(UTC) - began).total_seconds())


def _note_beginning(run_id: int, began: datetime) -> None:
    """Correct when a run began: ``dag.test`` says at its logical date, and the sample's runs would seem to take years."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        session.get_one(DagRun, run_id).start_date = began


@lru_cache(maxsize=1)
def _parsed_dags(dags_folder: str, organisations: str) -> Any:  # noqa: ARG001 - part of what is cached
    """Parse the DAG files and write them to the metadata database, once for a process and the councils it sees."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    manager = DagBundlesManager()  # type: ignore[no-untyped-call]
    manager.sync_bundles_to_db()
    (bundle,) = manager.get_all_dag_bundles()
    bag = BundleDagBag(dag_folder=dags_folder, bundle_path=bundle.path, bundle_name=bundle.name)
    sync_bag_to_db(bag, bundle.name, None)
    return bag


@contextmanager
def _parsed_once(bag: Any) -> Iterator[None]:
    """Let ``dag.test`` find the DAGs as they are already parsed and stored.

    It would parse and store every file again on each call, which takes longer than a small DAG does.
    """
    from airflow.dag_processing import dagbag

    with patch.object(dagbag, "BundleDagBag", return_value=bag), patch.object(dagbag, "sync_bag_to_db"):
        yield


@contextmanager
def _parameters_kept(dag: Any) -> Iterator[None]:
    """Leave the parameters of a DAG as they are.

    Airflow writes what a run is given into them, where the next run would take it for the default.
    """
    as_they_are = deepcopy(dag.params)
    try:
        yield
    finally:
        dag.params = as_they_are


def is_known_run(dag_id: str, logical_date: datetime) -> bool:
    """Tell whether a DAG has a run for a logical date, waiting, running or ended: whether another DAG has started it."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        return bool(DagRun.find(dag_id=dag_id, logical_date=logical_date, session=session))
