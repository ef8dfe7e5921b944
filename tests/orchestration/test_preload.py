"""What is done once: heavy libraries are loaded in the scheduler and in each Celery worker, profiles read in the DAG processor."""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
from pathlib import Path

import pytest

from councils import make_councils
from pmf.orchestration import councils, preload
from pmf.orchestration.production import IN_CONTAINERS, environment
from pmf.settings import read_settings


class Job:
    """As Airflow's scheduler, DAG processor and triggerer announce themselves."""


class TaskRunnerMarker:
    """As a task process announces itself."""


@pytest.mark.parametrize(
    ("component", "arguments", "kind"),
    [
        (Job(), ["airflow", "scheduler", "--skip-serve-logs"], "scheduler"),
        (Job(), ["airflow", "dag-processor"], "DAG processor"),
        (Job(), ["airflow", "triggerer"], None),
        (Job(), ["pytest", "tests/scheduler", "dag-processor"], None),
        (Job(), ["airflow"], None),
        (TaskRunnerMarker(), ["airflow", "scheduler"], None),
        (TaskRunnerMarker(), ["airflow", "dag-processor"], None),
    ],
)
def test_every_component_is_known_by_its_command(component: object, arguments: list[str], kind: str | None) -> None:
    """Other processes announce their start too, and must stay small."""
    assert preload.is_scheduler(component, arguments) is (kind == "scheduler")
    assert preload.is_dag_processor(component, arguments) is (kind == "DAG processor")


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


def test_the_dag_processor_reads_the_profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What it forks for a DAG file parses no profile again that is as it was at the start."""
    make_councils(tmp_path, 2)
    monkeypatch.setenv("PMF_ORGANISATIONS", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["airflow", "dag-processor"])
    preload.on_starting(Job())
    monkeypatch.setattr(councils, "load_profile", None)
    assert [profile.slug for profile in councils.readable_profiles(read_settings(os.environ))] == ["district-01", "district-02"]


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
