"""The DAGs of those who run the installation: the watch tells and leaves its note, housekeeping tidies."""

from __future__ import annotations

import mailbox
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from pmf.operations.pulse import last_beat
from pmf.orchestration.inprocess import RunResult, run_dag
from pmf.store import address, put

OVERDUE = datetime(2024, 5, 14, 6, 40, tzinfo=UTC)


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: Path) -> Iterator[Council]:
    """The sample council with nothing but its history, as the DAG files see it."""
    assert airflow_database.exists()
    sample = council_at(tmp_path / "home")
    sample.begin()
    monkeypatch.setenv("PMF_ORGANISATIONS", str(sample.settings.organisations))
    monkeypatch.setenv("PMF_HOME", str(sample.settings.home))
    yield sample
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for run in session.query(DagRun).filter(DagRun.dag_id.in_([f"{SLUG}_watch", "housekeeping"])):
            session.delete(run)


def states(run: RunResult) -> dict[str, str | None]:
    return {task.label or task.task_id: task.state for task in run.tasks}


def test_an_overdue_month_is_flagged_told_and_the_note_left(council: Council) -> None:
    """One square for the month that is not rated, a letter each to team and engineers, and the hour's beat; the next hour no letter."""
    run = run_dag(f"{SLUG}_watch", logical_date=OVERDUE, conf={"as_at": OVERDUE.isoformat()})
    assert run.state == "success"
    assert states(run) == {
        "watch": "success",
        "send": "success",
        "beat": "success",
        "list_flags": "success",
        "month/2024-04": "success",
    }
    assert len(list(mailbox.Maildir(council.settings.mail))) == 2
    assert last_beat(SLUG, council.settings) == OVERDUE
    later = OVERDUE + timedelta(hours=1)
    run_dag(f"{SLUG}_watch", logical_date=later, conf={"as_at": later.isoformat()})
    assert (len(list(mailbox.Maildir(council.settings.mail))), last_beat(SLUG, council.settings)) == (2, later)


def test_a_watch_that_could_not_tell_leaves_no_note(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the letters cannot leave, the hour has not succeeded, and whoever looks from outside will see it."""
    monkeypatch.setenv("PMF_SMTP_URL", "no mail server's address")
    run = run_dag(f"{SLUG}_watch", logical_date=OVERDUE, conf={"as_at": OVERDUE.isoformat()})
    assert run.state == "failed"
    assert states(run)["beat"] == "upstream_failed"
    assert last_beat(SLUG, council.settings) is None


def test_housekeeping_tidies(council: Council) -> None:
    """The installation's DAG removes what nothing speaks of, and no more."""
    store, moment = council.settings.store, datetime(2024, 6, 2, 2, 30, tzinfo=UTC)
    before = {path for path in store.rglob("*") if path.is_file()}
    left = address(store, put(store, b"left behind"))
    for path in (*before, left):
        os.utime(path, (OVERDUE.timestamp(), OVERDUE.timestamp()))
    run = run_dag("housekeeping", logical_date=moment, conf={"as_at": moment.isoformat()})
    assert (run.state, states(run)) == ("success", {"tidy": "success"})
    assert {path for path in store.rglob("*") if path.is_file()} == before
