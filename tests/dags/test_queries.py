"""The DAG of queries, with people in it: what they are shown, and that their decisions count.

A run is started in process and waits at the questions; the test answers them as Airflow's own page does, by the REST API,
from another thread.
"""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle.asking import LARGE_MOVEMENT, a_finding, queries, validate
from cycle.chasing import chasing_council
from cycle.council import SLUG, Council
from cycle.desk import ask
from dags.required_actions import Page
from pmf.cycle.answering import answer_for
from pmf.cycle.judging import Decision
from pmf.orchestration.inprocess import RunResult, run_dag

DAG_ID = f"{SLUG}_queries"
ASKED_AT, MORNING = datetime(2024, 5, 14, 6, tzinfo=UTC), datetime(2024, 5, 29, 6, tzinfo=UTC)
TEAM, HEAD = "governance-and-performance-team", "head-of-libraries"
# What would be a link, a heading, a tag and a template, were it obeyed.
HOSTILE = "# [click](https://example.org) <script>alert(1)</script> {{ 1 + 1 }}"


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: Path) -> Iterator[Council]:
    """A council with three queries about April: a failing and a flagged one that were answered, and an open one."""
    assert airflow_database.exists()
    council = chasing_council(tmp_path)
    validate(council, ASKED_AT, a_finding("36"), a_finding("37", LARGE_MOVEMENT), a_finding("SP-01", LARGE_MOVEMENT))
    for state in queries(council, ASKED_AT)[:2]:
        at = ASKED_AT + timedelta(days=1)
        answer_for(SLUG, state.query_id, said_by=HEAD, words=HOSTILE, post=TEAM, as_at=at, settings=council.settings)
    monkeypatch.setenv("PMF_ORGANISATIONS", str(council.settings.organisations))
    monkeypatch.setenv("PMF_HOME", str(council.settings.home))
    yield council
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for run in session.query(DagRun).filter(DagRun.dag_id == DAG_ID):
            session.delete(run)


@pytest.fixture(scope="module")
def page(airflow_database: Path) -> Page:
    """Airflow's page of required actions."""
    return Page(airflow_database.parent, DAG_ID, {"words": "", "let_through_until": None})


def morning(person: Callable[[], Any]) -> tuple[RunResult, Any]:
    """Run the DAG while a person does something; give both results."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(person)
        run = run_dag(DAG_ID, logical_date=MORNING, conf={"as_at": MORNING.isoformat()})
        return run, doing.result()


def states(run: RunResult) -> dict[tuple[str, str | None], str | None]:
    return {(task.task_id, task.label): task.state for task in run.tasks}


@pytest.mark.slow
def test_the_performance_team_decides_in_airflow(asking: Council, page: Page) -> None:
    """Answered queries are shown with their threads, each decision is recorded with who took it and told, and the board is told too."""
    failing, flagged, still_open = (state.query_id for state in queries(asking, ASKED_AT))

    def decide() -> dict[str, dict[str, Any]]:
        shown = page.shown(2)
        page.decide(shown[failing], "Accept", words="The flood.", let_through_until="2024-06-30")
        page.decide(shown[flagged], "Ask again", words="Who counted?")
        return shown

    run, shown = morning(decide)
    assert run.state == "success"
    assert states(run)["review.record", failing] == states(run)["review.record", flagged] == "success"
    assert set(shown) == {failing, flagged}
    body = shown[failing]["body"]
    assert "\\<script\\>alert\\(1\\)\\<\\/script\\> \\{\\{ 1 \\+ 1 \\}\\}" in body
    assert "[click]" not in body
    assert "To accept it, also give the last day" in body
    assert "To accept it" not in shown[flagged]["body"]

    found = {state.query_id: state for state in queries(asking, MORNING)}
    assert [found[name].state for name in (failing, flagged, still_open)] == ["closed", "open", "open"]
    assert (found[failing].last.author, found[failing].last.text) == ("Governance and Performance Team (admin)", "The flood.")
    assert [row["kpi_ref"] for row in ask(asking, "waivers_at", period="2024-04", as_at=MORNING)] == ["36"]
    subjects = sorted(str(letter["Subject"]).split(",")[0] for letter in mailbox.Maildir(asking.settings.mail))
    assert len([subject for subject in subjects if subject.startswith("See to 3 unresolved queries")]) == 1
    assert len([subject for subject in subjects if failing in subject or flagged in subject]) == 4


@pytest.mark.slow
def test_what_cannot_be_recorded_is_red_and_what_is_left_is_asked_again(asking: Council, page: Page) -> None:
    """Accepting a withheld figure without a day fails its own square and the run; left for now, a query stays as it is."""
    failing, flagged, _ = (state.query_id for state in queries(asking, ASKED_AT))

    def decide() -> None:
        shown = page.shown(2)
        page.decide(shown[failing], "Accept", words="Fine.")
        page.decide(shown[flagged], "Leave for now")

    run, _ = morning(decide)
    assert run.state == "failed"
    found = states(run)
    assert (found["review.record", failing], found["review.record", flagged]) == ("failed", "success")
    assert [state.state for state in queries(asking, MORNING)] == ["answered", "answered", "open"]


def test_a_morning_without_answers_waits_for_nobody(asking: Council) -> None:
    """With nothing to judge the run is over at once."""
    validate(asking, ASKED_AT + timedelta(days=2))
    run = run_dag(DAG_ID, logical_date=MORNING, conf={"as_at": MORNING.isoformat()})
    assert run.state == "success"
    assert {task.task_id: task.state for task in run.tasks} == {
        "escalate": "success",
        "send": "success",
        "list_answered": "success",
        "review.decide": "skipped",
        "review.record": "skipped",
        "review.tell": "skipped",
    }


def test_a_question_ends_before_the_next_morning_and_as_it_was(airflow_database: Path, asking: Council) -> None:
    """What nobody answers is left for now within the run's own time, so that runs do not pile up."""
    from airflow.dag_processing.dagbag import DagBag

    assert airflow_database.exists()
    assert asking.settings.home.exists()
    bag = DagBag(dag_folder=str(Path(__file__).resolve().parents[2] / "dags" / "queries.py"))
    assert bag.import_errors == {}
    dag = bag.dags[DAG_ID]
    decide = dag.get_task("review.decide")
    assert (decide.defaults, decide.options) == ([Decision.LEAVE], list(Decision))
    assert decide.response_timeout < dag.dagrun_timeout < timedelta(days=1)
    assert (dag.max_active_runs, dag.catchup) == (1, False)
