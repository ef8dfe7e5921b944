"""What is done once: heavy libraries are loaded in the scheduler and in each Celery worker, profiles read in the DAG processor."""

from __future__ import annotations

import ast
import importlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from councils import make_councils
from pmf.cycle import beforehand
from pmf.orchestration import councils, preload
from pmf.orchestration.production import IN_CONTAINERS, environment
from pmf.settings import read_settings
from pmf.validation.language import dictionary

ROOT = Path(__file__).parents[2]


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
    """At its start everything that tasks import is imported and what takes long is opened, if it is the scheduler that forks them."""
    done: list[str] = []
    monkeypatch.setattr(preload, "load", done.extend)
    monkeypatch.setattr(beforehand, "open_beforehand", lambda _settings: done.append("opened"))
    monkeypatch.setattr(sys, "argv", ["airflow", "triggerer"])
    preload.on_starting(Job())
    monkeypatch.setattr(sys, "argv", ["airflow", "scheduler"])
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    preload.on_starting(Job())
    assert done == []
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    preload.on_starting(Job())
    assert {"pandas", "great_expectations", "pmf.cycle.validate", "pmf.cycle.report", "pmf.operations.watch"} <= set(done)
    assert done[-1] == "opened"


def test_everything_a_dag_file_takes_from_the_package_is_loaded() -> None:
    """Each module that a DAG file or a task in it imports is among those loaded, in the processes that do so."""
    at_parsing, in_tasks = set(), set()
    for path in (ROOT / "dags").glob("*.py"):
        for node in ast.walk(tree := ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("pmf.orchestration", *preload.ROOMS)):
                (at_parsing if node in tree.body else in_tasks).add(node.module)
    # Three DAGs alone use these, and are no month's.
    assert at_parsing - set(preload.FOR_DAG_FILES) == {f"pmf.orchestration.{name}" for name in ("patience", "restart", "review", "signing")}
    assert in_tasks <= {*preload.FOR_TASKS, *(name for room in preload.ROOMS for name in preload.modules_of(room))}


def test_what_breaks_stops_nothing_else(caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a module raises is logged, and the next is loaded: the pool of heavy tasks is made by another listener of the same start."""
    (tmp_path / "pmf_breaks.py").write_text("raise AttributeError('half installed')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with caplog.at_level(logging.ERROR, logger=preload.log.name):
        preload.load(["pmf_breaks", "json"])
    assert "pmf_breaks could not be loaded" in caplog.text


def test_what_is_missing_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary installed while Airflow runs is found by the next task: nobody inherits that there was none."""
    monkeypatch.setitem(sys.modules, "enchant", None)
    dictionary.british_dictionary.cache_clear()
    beforehand.open_beforehand(read_settings({}))
    assert dictionary.british_dictionary.cache_info().currsize == 0


def test_a_wrong_suite_stops_no_scheduler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its log names the file; the tasks that validate are those that fail."""
    (tmp_path / "expectations").mkdir()
    (tmp_path / "expectations" / "returns.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("PMF_PROJECT_ROOT", str(tmp_path))
    monkeypatch.setattr(preload, "load", lambda _names: None)
    with caplog.at_level(logging.ERROR, logger=preload.log.name):
        preload.load_for_tasks()
    assert "returns.json is not readable as JSON" in caplog.text


def test_what_is_loaded_can_be_loaded_and_is_inherited() -> None:
    """In a process of its own: every module is there, and one forked from it has stages, the grammar engine, registers and templates."""
    program = (
        "import os, sys, logging; logging.basicConfig(level=logging.ERROR)\n"
        "from pmf.orchestration.preload import load_for_tasks; load_for_tasks()\n"
        "if not os.fork():\n"
        "    from pmf.validation.language.grammar import open_grammar_engine as engine\n"
        "    from pmf.validation.suites import _made\n"
        "    from pmf.cycle.workspace import _register as register\n"
        "    from pmf.page.environment import html_environment, text_environment\n"
        "    from pmf.settings import read_settings\n"
        "    pages, mail = (make(read_settings({}).templates / name).cache for make, name in\n"
        "        ((html_environment, 'report'), (text_environment, 'mail')))\n"
        "    known = engine.cache_info().currsize, _made.cache_info().currsize > 100, 'pmf.cycle.report' in sys.modules\n"
        "    known += register.cache_info().currsize, len(pages) > 5, len(mail) > 20\n"
        "    os._exit(0 if known == (1, True, True, 2, True, True) and engine().points('This could of been better. ' * 200) else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    said = done.stdout + done.stderr
    assert (done.returncode, "beforehand" in said) == (0, False), said


def test_the_dag_processor_reads_the_profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What it forks for a DAG file imports none of what DAG files share, and parses no profile again that is as it was at the start."""
    make_councils(tmp_path, 2)
    loaded: list[str] = []
    monkeypatch.setattr(preload, "load", loaded.extend)
    monkeypatch.setenv("PMF_ORGANISATIONS", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["airflow", "dag-processor"])
    preload.on_starting(Job())
    assert loaded == [*preload.FOR_DAG_FILES]
    monkeypatch.setattr(councils, "load_profile", None)
    assert [profile.slug for profile in councils.readable_profiles(read_settings(os.environ))] == ["district-01", "district-02"]


def test_a_library_that_cannot_be_loaded_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """The scheduler starts all the same, and its log says what every task will now pay for."""
    with caplog.at_level(logging.ERROR, logger=preload.log.name):
        preload.load(["pmf_no_such_library", "json"])
    assert "pmf_no_such_library could not be loaded beforehand" in caplog.text


def test_a_celery_worker_loads_what_its_tasks_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's configuration names the module that loads them when a worker starts, before it forks; importing it loads nothing."""
    signals = pytest.importorskip("celery.signals")
    (module,) = json.loads(environment(IN_CONTAINERS)["AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"])["imports"]
    celery_worker = importlib.import_module(module)
    done: list[str] = []
    monkeypatch.setattr(celery_worker, "load_for_tasks", lambda: done.append("loaded"))
    signals.worker_init.send(sender=None)
    assert done == ["loaded"]


def test_tasks_of_a_celery_worker_look_through_nothing_they_inherit() -> None:
    """In each process a worker makes, also one that replaces a killed one, garbage is looked for only among what came since."""
    program = (
        "import gc, sys; import pmf.orchestration.celery_worker, pandas; from celery.signals import worker_process_init\n"
        "worker_process_init.send(sender=None); sys.exit(0 if gc.get_freeze_count() > 100_000 > len(gc.get_objects()) else 1)\n"
    )
    pytest.importorskip("celery")
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
