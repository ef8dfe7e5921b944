"""The DAGs of sign-off and of the calendar: a person signs in Airflow, and a missed date is a square of its own."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import insert, table
from dags.required_actions import Page
from pmf.cycle.askingsignoff import Decision
from pmf.orchestration import signing
from pmf.orchestration.inprocess import RunResult, run_dag
from pmf.period import Quarter
from pmf.store import put

ROOT = Path(__file__).resolve().parents[2]
SIGN_OFF, CALENDAR = f"{SLUG}_sign_off", f"{SLUG}_calendar"
MORNING = datetime(2024, 10, 15, 6, tzinfo=UTC)
HIGHWAYS, ADULTS = "paper-highways-and-transport", "paper-adults-and-health"
_PROVENANCE = dict.fromkeys(("code_version", "lock_digest", "register_digest", "policy_digest"), "x")


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: Path) -> Iterator[Council]:
    """The sample council with two papers that wait for their sign-off."""
    assert airflow_database.exists()
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    own = council_at(tmp_path / "home")
    for document_id in (HIGHWAYS, ADULTS):
        digest = put(own.settings.store, document_id.encode())
        row = {"period": Quarter(2024, 2).key, "document_id": document_id, "format": "html", "as_at": MORNING - timedelta(days=1)}
        insert(
            own,
            "document",
            row | _PROVENANCE | {"title": f"Title {document_id}", "content_hash": digest, "path": f"outbox/{document_id}.html"},
        )
    monkeypatch.setenv("PMF_HOME", str(own.settings.home))
    yield own
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for run in session.query(DagRun).filter(DagRun.dag_id.in_([SIGN_OFF, CALENDAR])):
            session.delete(run)


@pytest.fixture(scope="module")
def page(airflow_database: Path) -> Page:
    """Airflow's page of required actions."""
    return Page(airflow_database.parent, SIGN_OFF, {"words": ""})


def morning(dag_id: str, person: Callable[[], Any], *, at: datetime = MORNING) -> tuple[RunResult, Any]:
    """Run a DAG while a person does something; give both results."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(person)
        run = run_dag(dag_id, logical_date=at, conf={"as_at": at.isoformat()})
        return run, doing.result()


def states(run: RunResult) -> dict[tuple[str, str | None], str | None]:
    return {(task.task_id, task.label): task.state for task in run.tasks}


@pytest.mark.slow
def test_a_document_is_signed_off_in_airflow(council: Council, page: Page) -> None:
    """Each waiting paper is a question of its own; signed, its record names who did, its clean file is placed, the other one waits."""

    def decide() -> dict[str, dict[str, Any]]:
        shown = page.shown(2, by=",")
        page.decide(shown[HIGHWAYS], "Sign off", words="Read with the director.")
        page.decide(shown[ADULTS], "Not yet")
        return shown

    run, shown = morning(SIGN_OFF, decide)
    assert run.state == "success"
    assert states(run)["sign.record", HIGHWAYS] == states(run)["sign.record", ADULTS] == "success"
    assert "Nothing stands against it" in shown[HIGHWAYS]["body"]
    (row,) = table(council, "sign_off")
    assert (row["document_id"], row["reason"]) == (HIGHWAYS, "Read with the director. (in Airflow, by admin)")
    assert (council.settings.home / f"outbox/{HIGHWAYS}.html").read_bytes() == HIGHWAYS.encode()
    (letter,) = mailbox.Maildir(council.settings.mail)
    assert str(letter["Subject"]).startswith("Sign off 2 documents")


def test_a_morning_with_nothing_to_sign_waits_for_nobody(council: Council) -> None:
    """Long after the papers the run is over at once."""
    run = run_dag(SIGN_OFF, logical_date=MORNING, conf={"as_at": "2025-05-06T07:00:00+01:00"})
    assert run.state == "success"
    assert council.settings.home.exists()
    assert {task.task_id for task in run.tasks if task.state == "skipped"} == {"sign.decide", "sign.record"}


def test_the_calendar_flags_each_meeting_and_tells_the_team(council: Council) -> None:
    """A meeting whose paper slips is a square named by what slipped, the letter is in the Maildir, and a quiet day skips the flag."""
    run = run_dag(CALENDAR, logical_date=MORNING, conf={"as_at": "2024-11-14T07:00:00+00:00"})
    assert run.state == "success"
    labels = [task.label for task in run.tasks if task.task_id == "flagged"]
    assert any(label and label.startswith("communities-social-mobility-inclusion 5 Dec: data missed") for label in labels)
    assert len(mailbox.Maildir(council.settings.mail)) == 1
    quiet = run_dag(CALENDAR, logical_date=MORNING + timedelta(hours=1), conf={"as_at": "2026-07-01T07:00:00+01:00"})
    assert [task.state for task in quiet.tasks if task.task_id == "flagged"] == ["skipped"]


def test_a_question_ends_before_the_next_morning_and_as_it_was(airflow_database: Path) -> None:
    """What nobody signs is left as it is within the run's own time; the buttons are the verb's."""
    from airflow.dag_processing.dagbag import DagBag

    assert airflow_database.exists()
    assert list(Decision) == [signing.SIGN_OFF, signing.LEAVE]
    bag = DagBag(dag_folder=str(ROOT / "dags" / "sign_off.py"))
    assert bag.import_errors == {}
    decide = bag.dags[SIGN_OFF].get_task("sign.decide")
    assert (decide.defaults, decide.options) == ([Decision.LEAVE], list(Decision))
    assert decide.response_timeout < bag.dags[SIGN_OFF].dagrun_timeout < timedelta(days=1)


@pytest.mark.parametrize(("file", "dag_id"), [("sign_off", SIGN_OFF), ("meeting_calendar", CALENDAR)])
def test_they_run_on_weekdays_by_the_councils_clock(airflow_database: Path, file: str, dag_id: str) -> None:
    """Both run at seven in London from Monday to Friday, before and after the clocks change, and catch nothing up."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization
    from pendulum import datetime as moment

    assert airflow_database.exists()
    dag = DagBag(dag_folder=str(ROOT / "dags" / f"{file}.py")).dags[dag_id]
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    stored = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    runs = [info.run_after.in_tz("Europe/London") for info in stored.iter_dagrun_infos_between(moment(2025, 3, 27), moment(2025, 4, 2))]
    assert [run.format("ddd D HH:mm") for run in runs] == ["Thu 27 07:00", "Fri 28 07:00", "Mon 31 07:00", "Tue 1 07:00"]
