"""The DAG that chases: when it runs, by whose clock, and that it sends what it writes."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cycle.chasing import chasing_council, open_collection
from cycle.council import SLUG, Council
from pmf.orchestration.inprocess import RunResult, run_dag
from pmf.period import Month

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_MORNING = datetime(2024, 5, 9, 6, tzinfo=UTC)
DAG_ID = f"{SLUG}_chase"


@pytest.fixture
def chasing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: Path) -> Iterator[Council]:
    """A council with steps to chase by, April opened and nothing returned, as the DAG files see it."""
    assert airflow_database.exists()
    council = chasing_council(tmp_path)
    open_collection(council, Month(2024, 4))
    monkeypatch.setenv("PMF_ORGANISATIONS", str(council.settings.organisations))
    monkeypatch.setenv("PMF_HOME", str(council.settings.home))
    yield council
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for run in session.query(DagRun).filter(DagRun.dag_id == DAG_ID):
            session.delete(run)


def states(run: RunResult) -> dict[str, str | None]:
    return {task.task_id: task.state for task in run.tasks}


def delivered(council: Council) -> list[Any]:
    return list(mailbox.Maildir(council.settings.mail))


def test_a_morning_chases_and_sends(chasing: Council) -> None:
    """On the day of the deadline every holder's letter is in the Maildir; the same morning again sends nothing."""
    run = run_dag(DAG_ID, logical_date=DEADLINE_MORNING)
    assert (run.state, states(run)) == ("success", {"chase": "success", "send": "success"})
    letters = delivered(chasing)
    assert len(letters) == 14
    assert {letter["Date"] for letter in letters} == {"Thu, 09 May 2024 06:00:00 +0000"}
    assert run_dag(DAG_ID, logical_date=DEADLINE_MORNING).state == "success"
    assert len(delivered(chasing)) == 14


def test_a_run_may_be_given_its_moment(chasing: Council) -> None:
    """With ``as_at`` a run takes that moment as now, whenever it is started."""
    run = run_dag(DAG_ID, logical_date=datetime(2024, 8, 1, 6, tzinfo=UTC), conf={"as_at": "2024-05-10T07:00:00+01:00"})
    assert run.state == "success"
    assert len(delivered(chasing)) == 28  # holders and deputies


def test_it_runs_on_weekdays_by_the_councils_clock(airflow_database: Path, organisations: Path) -> None:
    """It runs at seven in London from Monday to Friday, before and after the clocks change, and catches nothing up."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization
    from pendulum import datetime as moment

    assert airflow_database.exists()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("PMF_ORGANISATIONS", str(organisations))
        bag = DagBag(dag_folder=str(ROOT / "dags" / "chase.py"))
    assert bag.import_errors == {}
    (dag,) = bag.dags.values()
    assert (dag.dag_id, dag.catchup, dag.max_active_runs) == ("testshire_chase", False, 1)
    stored = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    runs = [info.run_after.in_tz("Europe/London") for info in stored.iter_dagrun_infos_between(moment(2024, 3, 28), moment(2024, 4, 3))]
    assert [run.format("ddd D HH:mm") for run in runs] == ["Thu 28 07:00", "Fri 29 07:00", "Mon 1 07:00", "Tue 2 07:00"]
