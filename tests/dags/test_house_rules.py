"""The DAGs' house rules: which there are, who owns them, what they say about themselves, and that they stay light."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "dags").glob("*.py"))
STAGES = {
    "monthly_cycle",
    "collection_round",
    "chase",
    "inbox",
    "queries",
    "quarterly_export",
    "sign_off",
    "calendar",
    "publication",
    "watch",
}
# What there is once, for all councils together.
OF_ALL = {"housekeeping"}
# Airflow runs DAG files under their bare names: a file calendar.py would stand in the way of Python's own module.
FILE_OF = {"calendar": "meeting_calendar"}
OWNER = "performance-data-engineering"


@pytest.fixture(scope="module")
def bag(airflow_database: Path, organisations: Path) -> Any:
    """The DAGs of one small council."""
    assert airflow_database.exists()
    return _bag(organisations)


def _bag(organisations: Path) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("PMF_ORGANISATIONS", str(organisations))
        return DagBag(dag_folder=str(ROOT / "dags"))


def _in_a_new_process(code: str, environment: dict[str, str] | None = None) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | (environment or {}), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_shipped_councils_have_every_dag(airflow_database: Path) -> None:
    """Both councils' DAGs are there, and no file of the shipped installation fails to import."""
    assert airflow_database.exists()
    shipped = _bag(ROOT / "include" / "organisations")
    assert shipped.import_errors == {}
    assert set(shipped.dags) == OF_ALL | {f"{council}_{stage}" for council in ("cambridgeshire", "huntingdonshire") for stage in STAGES}


def test_each_council_has_its_dags(bag: Any) -> None:
    """The factories build exactly these for a council that declares no sources."""
    assert bag.import_errors == {}
    assert set(bag.dags) == OF_ALL | {f"testshire_{stage}" for stage in STAGES}


def test_every_dag_says_whose_it_is_and_what_it_does(bag: Any) -> None:
    """Owner, tags with the council's name, a description that opens with what the DAG is for."""
    for dag in bag.dags.values():
        assert {task.owner for task in dag.tasks} == {OWNER}, dag.dag_id
        assert dag.dag_id in OF_ALL or ("testshire" in dag.tags and len(dag.tags) >= 2), dag.dag_id
        assert dag.tags, dag.dag_id
        assert dag.doc_md, dag.dag_id
        assert dag.doc_md.startswith("**"), dag.dag_id


def test_no_dag_runs_beside_itself_or_for_ever(bag: Any) -> None:
    """One run at a time, no silent catching up, and a run that hangs ends."""
    for dag in bag.dags.values():
        assert (dag.catchup, dag.max_active_runs) == (False, 1), dag.dag_id
        assert dag.dagrun_timeout is not None, dag.dag_id


@pytest.mark.parametrize(
    "file", [path for path in FILES if path.stem in {FILE_OF.get(stage, stage) for stage in STAGES | OF_ALL}], ids=lambda path: path.stem
)
def test_catchup_and_schedule_are_written_out(file: Path) -> None:
    """Whoever reads the file sees whether it catches up, and above the schedule a comment in plain English."""
    source = file.read_text(encoding="utf-8")
    assert "catchup=False" in source
    lines = [line.strip() for line in source.splitlines()]
    (schedule,) = (number for number, line in enumerate(lines) if line.startswith("schedule="))
    assert lines[schedule - 1].startswith("# ")


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_dag_files_stay_thin(file: Path) -> None:
    """A DAG file names tasks, order, schedule and owner; it has no room for more, and imports no verb when it is parsed."""
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 130
    at_top = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    assert not [node.module for node in at_top if node.module and node.module.startswith("pmf.cycle")]


def test_every_task_is_retried_for_infrastructure_only_and_ends(bag: Any) -> None:
    """Each task has the house's retries, a time-out and the callback that mails the engineers."""
    for dag in bag.dags.values():
        for task in dag.tasks:
            assert task.retries == 2, task.task_id
            assert task.retry_policy is not None, task.task_id
            assert task.execution_timeout is not None, task.task_id
            assert task.on_failure_callback, task.task_id


def test_no_dag_file_shadows_the_standard_library() -> None:
    """The folder of DAGs is on Python's path in every worker, so a file named like a module of the library would replace it."""
    assert {path.stem for path in FILES} & set(sys.stdlib_module_names) == set()


def test_lineage_is_recorded_and_schedules_nothing(bag: Any) -> None:
    """Stages that leave something behind name it as an asset; no DAG waits for one."""
    outlets = {asset.name for dag in bag.dags.values() for task in dag.tasks for asset in task.outlets}
    assert outlets == {"testshire_returns", "testshire_ratings", "testshire_scorecards", "testshire_papers"}
    assert not [dag.dag_id for dag in bag.dags.values() if "Asset" in type(dag.timetable).__name__]


def test_a_stored_dag_is_the_dag(bag: Any) -> None:
    """What the DAG processor stores and the scheduler reads has the same tasks, order and timetable."""
    from airflow.serialization.serialized_objects import DagSerialization

    from pmf.orchestration.timetables import WorkingDayTimetable

    for dag in bag.dags.values():
        stored = DagSerialization.deserialize_dag(json.loads(json.dumps(DagSerialization.serialize_dag(dag))))
        assert {task.task_id: task.downstream_task_ids for task in stored.tasks} == {t.task_id: t.downstream_task_ids for t in dag.tasks}
        if isinstance(dag.timetable, WorkingDayTimetable):
            assert stored.timetable.serialize() == dag.timetable.serialize()


def test_past_months_can_be_backfilled(bag: Any) -> None:
    """A backfill of a quarter makes one run for each of its months, in order."""
    from airflow.serialization.serialized_objects import DagSerialization
    from pendulum import datetime

    stored = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(bag.dags["testshire_monthly_cycle"]))
    runs = list(stored.iter_dagrun_infos_between(datetime(2024, 6, 30, 23), datetime(2024, 9, 29, 23)))
    months = [run.data_interval.start.in_tz("Europe/London").format("YYYY-MM") for run in runs if run.data_interval]
    assert months == ["2024-07", "2024-08", "2024-09"]


def test_parsing_loads_nothing_heavy(airflow_database: Path, organisations: Path, record_property: Callable[[str, object], None]) -> None:
    """No DAG file imports pandas, Great Expectations, Typst or a verb; how long each takes to parse is reported."""
    assert airflow_database.exists()
    code = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder="dags")
heavy = {"pandas", "numpy", "great_expectations", "typst", "docxtpl", "holidays", "pmf.cycle", "pmf.warehouse", "pmf.page"}
seconds = {stat.file: stat.duration.total_seconds() for stat in bag.dagbag_stats}
print(json.dumps({"dags": len(bag.dags), "heavy": sorted(heavy & set(sys.modules)), "seconds": seconds}))
"""
    found = _in_a_new_process(code, {"PMF_ORGANISATIONS": str(organisations)})
    assert found["dags"] == len(STAGES | OF_ALL)
    assert found["heavy"] == []
    for file, seconds in found["seconds"].items():
        record_property(f"seconds to parse {file}", seconds)


def test_the_package_is_no_heap_of_plugins(airflow_database: Path) -> None:
    """Airflow loads the plugin file and leaves the package beside it alone: no module is run under its bare name."""
    assert airflow_database.exists()
    code = """
import json, sys
from airflow import plugins_manager
from airflow.plugins_manager import get_timetables_plugins
timetables = sorted(get_timetables_plugins())
errors = dict(plugins_manager.get_import_errors()) if hasattr(plugins_manager, "get_import_errors") else {}
bare = sorted(name for name, module in sys.modules.items()
              if "plugins/pmf/" in (getattr(module, "__file__", None) or "") and not name.startswith("pmf."))
print(json.dumps({"timetables": timetables, "errors": errors, "bare": bare}))
"""
    found = _in_a_new_process(code)
    assert found == {"timetables": ["pmf.orchestration.timetables.WorkingDayTimetable"], "errors": {}, "bare": ["pmf"]}


@pytest.fixture
def one_broken(organisations: Path, tmp_path: Path) -> Path:
    """A good council, one whose profile has a working day too many, and one that names a policy nobody has written."""
    good = (organisations / "testshire" / "organisation.yaml").read_text(encoding="utf-8")
    for slug, text in (
        ("testshire", good),
        ("brokenshire", good.replace("testshire", "brokenshire").replace("cycle_working_day: 10", "cycle_working_day: 99")),
        ("futureshire", good.replace("testshire", "futureshire").replace("ccc-framework-2024", "ccc-framework-2042")),
    ):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "organisation.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_one_councils_mistake_is_its_own(airflow_database: Path, one_broken: Path) -> None:
    """A wrong profile takes away that council's DAGs and no other's; ``profiles_check`` names the file and the field."""
    assert airflow_database.exists()
    found = _bag(one_broken)
    assert set(found.dags) == OF_ALL | {f"testshire_{stage}" for stage in STAGES}
    ((file, problem),) = found.import_errors.items()
    assert file.endswith("profiles_check.py")
    assert f"{one_broken}/brokenshire/organisation.yaml, field calendar.cycle_working_day (found 99)" in problem
    assert f"{one_broken}/futureshire/organisation.yaml, field headline_policies (found 'ccc-framework-2042')" in problem


def test_a_task_reads_only_its_own_council(one_broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that runs one task of one council builds no DAG of another."""
    from airflow.sdk.definitions.context import _AIRFLOW_PARSING_CONTEXT_DAG_ID

    from pmf.orchestration.councils import readable_profiles
    from pmf.settings import read_settings

    (one_broken / "otherton").mkdir()
    other = (one_broken / "testshire" / "organisation.yaml").read_text(encoding="utf-8").replace("testshire", "otherton")
    (one_broken / "otherton" / "organisation.yaml").write_text(other, encoding="utf-8")
    settings = read_settings({"PMF_ORGANISATIONS": str(one_broken)})
    assert [profile.slug for profile in readable_profiles(settings)] == ["otherton", "testshire"]
    monkeypatch.setenv(_AIRFLOW_PARSING_CONTEXT_DAG_ID, "testshire_monthly_cycle")
    assert [profile.slug for profile in readable_profiles(settings)] == ["testshire"]
