"""Sixty councils in one installation: each has its DAGs, and what is wrong with one is its own affair."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from councils import make_councils, slug_of
from dags.test_house_rules import ROOT, STAGES, _bag
from pmf.register import load_register
from pmf.settings import read_settings

BROKEN = (7, 23, 59)


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty councils, three of whose profiles are wrong: one no YAML, one with a day that does not exist, one with an unknown field."""
    folder = tmp_path_factory.mktemp("sixty")
    make_councils(folder, 60, broken=BROKEN)
    return folder


def test_three_wrong_profiles_take_nobody_elses_dags(airflow_database: Path, sixty: Path) -> None:
    """Fifty-seven councils have every DAG; ``profiles_check`` names each of the other three with its file and field."""
    assert airflow_database.exists()
    found = _bag(sixty)
    good = [slug_of(number) for number in range(1, 61) if number not in BROKEN]
    of_one = {dag_id.partition("_")[2] for dag_id in found.dags if dag_id.startswith(f"{good[0]}_")}
    assert of_one >= STAGES
    councils = {dag_id for dag_id in found.dags if dag_id.startswith("district-")}
    assert councils == {f"{slug}_{stage}" for slug in good for stage in of_one}
    ((file, problem),) = found.import_errors.items()
    assert file.endswith("profiles_check.py")
    said = [line for line in problem.splitlines() if str(sixty) in line]
    assert [number for number in range(1, 61) if any(f"/{slug_of(number)}/" in line for line in said)] == list(BROKEN)
    assert any("is not readable as YAML" in line for line in said)
    assert any("field calendar.cycle_working_day (found 99)" in line for line in said)
    assert any("field colour" in line for line in said)


def test_parameters_are_the_dags_and_not_each_tasks(airflow_database: Path, sixty: Path) -> None:
    """A run may be given its clock and period; the tasks have no copy of their own, which Airflow would check anew for each task."""
    assert airflow_database.exists()
    found = _bag(sixty)
    for stage, parameters in {"monthly_cycle": {"as_at", "period"}, "inbox": {"as_at"}}.items():
        dag = found.dags[f"{slug_of(1)}_{stage}"]
        assert dag.params.validate() == dict.fromkeys(parameters)
        assert [task.task_id for task in dag.tasks if len(task.params)] == []


def test_the_made_councils_are_valid_and_differ(sixty: Path) -> None:
    """What tests and benchmarks of many councils stand on: whole registers, no two with the same addresses or figures."""
    policies = read_settings({}).policies
    registers = [load_register(sixty / slug_of(number), policies=policies) for number in (1, 2, 60)]
    assert len({register.digest for register in registers}) == 3
    addresses = [{post.email for post in register.profile.posts} for register in registers]
    assert not addresses[0] & addresses[1]


def test_councils_are_made_the_same_each_time(tmp_path: Path) -> None:
    """The same number is the same council, byte for byte."""
    for copy in ("one", "other"):
        make_councils(tmp_path / copy, 2)
    one, other = (
        {path.relative_to(tmp_path / copy): path.read_bytes() for path in (tmp_path / copy).rglob("*") if path.is_file()}
        for copy in ("one", "other")
    )
    assert one == other


def test_the_pool_of_heavy_tasks_is_there_before_any_of_them(airflow_database: Path) -> None:
    """The scheduler makes the pool at its start, with the size of the settings, and every task's pool is that or Airflow's own."""
    assert airflow_database.exists()
    code = """
import json, sys
sys.argv = ["airflow", "scheduler"]
from airflow.jobs.job import Job
from airflow.models.pool import Pool
Job()
from airflow.dag_processing.dagbag import DagBag
pools = {task.pool for dag in DagBag(dag_folder="dags").dags.values() for task in dag.tasks}
print(json.dumps({"slots": Pool.get_pool("pmf_heavy").slots, "pools": sorted(pools)}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PMF_HEAVY_TASKS": "3"}, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"slots": 3, "pools": ["default_pool", "pmf_heavy"]}
