"""Heavy libraries are loaded once: in the scheduler, and in each Celery worker."""

from __future__ import annotations

import importlib
import json
import logging
import sys

import pytest

from pmf.orchestration import preload
from pmf.orchestration.production import IN_CONTAINERS, environment


class Job:
    """As Airflow's scheduler, DAG processor and triggerer announce themselves."""


class TaskRunnerMarker:
    """As a task process announces itself."""


@pytest.mark.parametrize(
    ("component", "arguments", "is_scheduler"),
    [
        (Job(), ["airflow", "scheduler", "--skip-serve-logs"], True),
        (Job(), ["airflow", "dag-processor"], False),
        (Job(), ["airflow", "triggerer"], False),
        (Job(), ["pytest", "tests/scheduler"], False),
        (Job(), ["airflow"], False),
        (TaskRunnerMarker(), ["airflow", "scheduler"], False),
    ],
)
def test_only_the_scheduler_is_one(component: object, arguments: list[str], *, is_scheduler: bool) -> None:
    """Other processes announce their start too, and must stay small."""
    assert preload.is_scheduler(component, arguments) is is_scheduler


def test_the_scheduler_loads_what_tasks_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """At its start pandas and Great Expectations are imported; any other start imports nothing."""
    loaded: list[str] = []
    monkeypatch.setattr(importlib, "import_module", loaded.append)
    monkeypatch.setattr(sys, "argv", ["airflow", "triggerer"])
    preload.on_starting(Job())
    assert loaded == []
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler"])
    preload.on_starting(Job())
    assert loaded == ["pandas", "great_expectations"]


def test_a_library_that_cannot_be_loaded_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """The scheduler starts all the same, and its log says what every task will now pay for."""
    with caplog.at_level(logging.ERROR, logger=preload.log.name):
        preload.load(["pmf_no_such_library", "json"])
    assert "pmf_no_such_library could not be loaded in the scheduler" in caplog.text


def test_a_celery_worker_loads_what_its_tasks_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's configuration names the module that loads them when a worker starts, before it forks; importing it loads nothing."""
    signals = pytest.importorskip("celery.signals")
    (module,) = json.loads(environment(IN_CONTAINERS)["AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"])["imports"]
    importlib.import_module(module)
    loaded: list[str] = []
    monkeypatch.setattr(importlib, "import_module", loaded.append)
    signals.worker_init.send(sender=None)
    assert loaded == ["pandas", "great_expectations"]
