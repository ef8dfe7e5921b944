"""How runs end, through ``dag.test``: a passed, a flagged and a failed month tell themselves apart in the grid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pmf.orchestration.inprocess import RunResult, is_known_run, run_dag
from pmf.period import FinancialYear, Month, Quarter

MONTH = Month(2024, 9)
CYCLE_AT = datetime(2024, 10, 14, 6, tzinfo=UTC)
EXPORT_AT = datetime(2024, 10, 16, 6, tzinfo=UTC)


def states(run: RunResult) -> dict[str, str | None]:
    return {task.task_id: task.state for task in run.tasks if task.map_index < 0}


def labels(run: RunResult, task_id: str) -> list[str | None]:
    return [task.label for task in run.tasks if task.task_id == task_id and task.map_index >= 0]


def log_of(run: RunResult, task_id: str, home: Path) -> list[dict[str, Any]]:
    path = home / "logs" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task_id}" / "attempt=1.log"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def _no_runs_of_other_tests(council: str) -> Iterator[None]:
    yield
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for run in session.query(DagRun).filter(DagRun.dag_id.startswith(council)):
            session.delete(run)


def test_a_month_that_passes(council: str, verbs: Any) -> None:
    """Every stage is called in order for the month and its cycle date; nothing is flagged, so ``flagged`` is skipped."""
    run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert run.state == "success"
    done = ["collect", "validate_returns", "gate", "rate", "validate_ratings", "gate_ratings", "alert", "list_flags"]
    done += ["report", "look_into", "deliver"]
    assert states(run) == dict.fromkeys(done, "success") | {"flagged": "skipped"}
    stages = [call.verb for call in verbs.calls if call.verb != "send_mail"]
    assert stages == ["collect_month", "validate_returns", "rate_month", "validate_ratings", "report_month", "look_into_reds"]
    assert {(call.organisation, call.as_at) for call in verbs.calls} == {(council, CYCLE_AT)}
    assert {call.period for call in verbs.calls} == {MONTH, None}
    assert len(verbs.called("send_mail")) == 2


def test_letters_can_say_where_the_run_is(council: str, verbs: Any) -> None:
    """Both validations are given the address of their run, and a run repeated for the same month has the same one."""
    addresses = set()
    for _ in range(2):
        verbs.calls.clear()
        run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
        addresses |= {call.extra["run_link"] for call in (*verbs.called("validate_returns"), *verbs.called("validate_ratings"))}
    (address,) = addresses
    assert address.endswith(f"/dags/{council}_monthly_cycle/runs/{quote(run.run_id, safe='')}")


def test_a_month_with_something_to_look_at(council: str, verbs: Any) -> None:
    """The run goes on to its end, and the grid shows one green square for each thing flagged, named by it."""
    verbs.validation("flag", "Libraries: 2 flagged", "Highways: 1 flagged")
    verbs.validation("flag", "Highways: 1 flagged", "Waste: 1 comment missing", at="validate_ratings")
    run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert run.state == "success"
    assert labels(run, "flagged") == ["Libraries: 2 flagged", "Highways: 1 flagged", "Waste: 1 comment missing"]
    assert {task.state for task in run.tasks} == {"success"}


def test_a_month_whose_data_fails(council: str, verbs: Any, airflow_database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run ends failed at ``gate`` alone; services are told, nothing is rated, and no engineer is called out."""
    verbs.validation("fail", "Libraries: 9 failed")
    run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert run.state == "failed"
    after = dict.fromkeys(["rate", "validate_ratings", "gate_ratings", "report", "look_into", "deliver"], "upstream_failed")
    assert (
        states(run)
        == {
            "collect": "success",
            "validate_returns": "success",
            "alert": "success",
            "gate": "failed",
            "list_flags": "success",
            "flagged": "skipped",
        }
        | after
    )
    assert [call.verb for call in verbs.calls] == ["collect_month", "validate_returns", "send_mail"]
    assert "Traceback" not in capsys.readouterr().out
    gate_logs = (airflow_database / "logs" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / "task_id=gate").iterdir()
    assert [path.name for path in gate_logs] == ["attempt=1.log"]
    (failure,) = (line for line in log_of(run, "gate", airflow_database) if line["level"] == "error")
    assert failure["error_detail"][0]["exc_value"] == "the data failed"


def test_a_month_whose_ratings_fail(council: str, verbs: Any) -> None:
    """Ratings that fail their checks end the run at the second gate: people are told, and no scorecard is made."""
    verbs.validation("fail", "Libraries: 1 failed", at="validate_ratings")
    run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert run.state == "failed"
    found = states(run)
    assert (found["gate"], found["gate_ratings"], found["alert"], found["report"]) == ("success", "failed", "success", "upstream_failed")
    assert not verbs.called("report_month")


def test_data_that_fails_after_a_good_run_leaves_its_outputs(council: str, verbs: Any) -> None:
    """A month that passed and fails when run again is neither rated nor reported anew: what was issued stays as it is."""
    assert run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT).state == "success"
    verbs.validation("fail", "Libraries: 9 failed")
    assert run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT).state == "failed"
    assert [len(verbs.called(verb)) for verb in ("validate_returns", "rate_month", "report_month")] == [2, 1, 1]


def test_a_breakdown_is_another_red_and_mails_the_engineers(council: str, verbs: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake of ours fails its own task at once, shows its traceback, and one mail with a link to the run goes out."""
    verbs.broken["rate_month"] = KeyError("kpi_ref")
    run = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert run.state == "failed"
    assert [task for task, state in states(run).items() if state == "failed"] == ["rate"]
    assert len(verbs.called("rate_month")) == 1
    (mail,) = verbs.called("report_breakdown")
    assert (mail.organisation, mail.period, mail.as_at) == (council, "2024-09", CYCLE_AT)
    assert (mail.extra["dag_id"], mail.extra["task_id"], mail.extra["exception"]) == (run.dag_id, "rate", "KeyError: 'kpi_ref'")
    assert mail.extra["run_link"].endswith("/tasks/rate")
    assert "KeyError: 'kpi_ref'" in capsys.readouterr().out


def test_a_callback_that_breaks_is_not_hidden(council: str, verbs: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """When the mail about a breakdown cannot be written either, both are on the screen."""
    verbs.broken["open_month"] = KeyError("kpi_ref")
    verbs.broken["report_breakdown"] = LookupError("no data engineers")
    assert run_dag(f"{council}_collection_round", logical_date=CYCLE_AT).state == "failed"
    shown = capsys.readouterr().out
    assert "KeyError: 'kpi_ref'" in shown
    assert "LookupError: no data engineers" in shown


def test_a_second_run_takes_the_place_of_the_first(council: str, verbs: Any) -> None:
    """Running the same month again leaves one run, with the second outcome."""
    verbs.validation("fail")
    first = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    verbs.validation("pass")
    second = run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT)
    assert (first.state, second.state) == ("failed", "success")
    assert first.run_id == second.run_id
    assert _runs(f"{council}_monthly_cycle") == [(second.run_id, "success")]


def test_a_run_is_named_by_its_moment_and_took_as_long_as_it_took(council: str, verbs: Any) -> None:
    """The run id is in UTC whatever clock the caller reads, and the run began when it began, not at its logical date."""
    from airflow.models.dagrun import DagRun

    assert verbs.calls == []
    began = datetime.now(UTC)
    run = run_dag(f"{council}_collection_round", logical_date=datetime.fromisoformat("2024-10-01T07:00:00+01:00"))
    assert run.run_id == "manual__2024-10-01T06:00:00+00:00"
    (stored,) = DagRun.find(dag_id=run.dag_id, run_id=run.run_id)
    assert stored.start_date
    assert stored.end_date
    assert began <= stored.start_date <= stored.end_date
    assert 0 < run.seconds < 60


def test_parameters_choose_period_and_clock(council: str, verbs: Any) -> None:
    """A run for an earlier month at a later moment is about that month, as known at that moment."""
    conf = {"period": "2024-07", "as_at": "2024-10-20T10:00:00+01:00"}
    assert run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT, conf=conf).state == "success"
    assert {call.period for call in verbs.calls} == {Month(2024, 7), None}
    assert {call.as_at for call in verbs.calls} == {datetime(2024, 10, 20, 9, tzinfo=UTC)}


def test_a_run_that_is_given_nothing_takes_nothing_from_the_one_before(council: str, verbs: Any) -> None:
    """What one run was given the next in the same process does not take for the default: it is about its own month, on its own date."""
    conf = {"period": "2024-07", "as_at": "2024-10-20T10:00:00+01:00"}
    assert run_dag(f"{council}_monthly_cycle", logical_date=datetime(2024, 10, 20, 9, tzinfo=UTC), conf=conf).state == "success"
    verbs.calls.clear()
    assert run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT).state == "success"
    assert {call.period for call in verbs.calls} == {MONTH, None}
    assert {call.as_at for call in verbs.calls} == {CYCLE_AT}


@pytest.mark.parametrize("period", ["2024-25-Q2", "July 2024", "2024-13"])
def test_a_period_that_is_none_is_refused(council: str, verbs: Any, period: str) -> None:
    """A parameter in the wrong form is refused before anything runs."""
    from airflow.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError, match=period):
        run_dag(f"{council}_monthly_cycle", logical_date=CYCLE_AT, conf={"period": period})
    assert verbs.calls == []


def test_an_unknown_dag_is_named_with_those_there_are(council: str) -> None:
    """A slip in a DAG id is answered with the ids that exist."""
    with pytest.raises(KeyError, match=f"no DAG 'nowhere_monthly_cycle'.*{council}_monthly_cycle"):
        run_dag("nowhere_monthly_cycle", logical_date=CYCLE_AT)


def test_the_round_opens_for_the_month_before(council: str, verbs: Any) -> None:
    """On the first working day of October the forms of September go out, as at that morning."""
    opens_at = datetime(2024, 10, 1, 6, tzinfo=UTC)
    assert run_dag(f"{council}_collection_round", logical_date=opens_at).state == "success"
    assert [(call.verb, call.period, call.as_at) for call in verbs.calls] == [
        ("open_month", MONTH, opens_at),
        ("send_mail", None, opens_at),
    ]


def test_a_return_that_came_in_starts_its_months_cycle_once(council: str, verbs: Any) -> None:
    """Each month that is due is started, shown by its name; a second look starts nothing; ``run_dag`` executes the run itself."""
    due = [{"period": month, "as_at": "2024-10-20T10:00:00+01:00"} for month in ("2024-07", "2024-08")]
    verbs.answers["scan_inbox"] = {"accepted": 2, "cycles_due": tuple(due)}
    conf = {"as_at": "2024-10-20T10:05:00+01:00"}
    at = datetime.fromisoformat(conf["as_at"])
    july = datetime(2024, 10, 20, 9, 0, 0, 24295, tzinfo=UTC)
    cycle = f"{council}_monthly_cycle"

    assert not is_known_run(cycle, july)
    first = run_dag(f"{council}_inbox", logical_date=at, conf=conf)
    assert (first.state, labels(first, "start_cycle")) == ("success", ["2024-07", "2024-08"])
    assert is_known_run(cycle, july)
    assert {state for _, state in _runs(cycle)} == {"queued"}

    started = run_dag(cycle, logical_date=july, conf=due[0])
    assert started.state == "success"
    assert verbs.called("collect_month")[0].period == Month(2024, 7)
    assert dict(_runs(cycle))[started.run_id] == "success"

    again = run_dag(f"{council}_inbox", logical_date=at, conf=conf)
    assert {task.state for task in again.tasks if task.task_id == "start_cycle"} == {"skipped"}
    assert len(_runs(cycle)) == 2


def test_an_empty_inbox_starts_nothing_and_still_sends_mail(council: str, verbs: Any) -> None:
    """Nothing due: ``start_cycle`` is skipped, and whoever sent an unreadable file is told all the same."""
    verbs.answers["scan_inbox"] = {"quarantined": 1, "cycles_due": ()}
    run = run_dag(f"{council}_inbox", logical_date=CYCLE_AT, conf={"as_at": CYCLE_AT.isoformat()})
    assert run.state == "success"
    assert states(run) == {"fetch": "success", "mailbox": "success", "scan": "success", "start_cycle": "skipped", "alert": "success"}


def test_a_mailbox_that_cannot_be_read_fails_the_run_and_keeps_nobody_waiting(council: str, verbs: Any) -> None:
    """Files are taken in and answered all the same, and the run ends failed for all to see."""
    verbs.broken["fetch_mail"] = ValueError("no mailbox")
    verbs.answers["scan_inbox"] = {"accepted": 1, "cycles_due": ()}
    run = run_dag(f"{council}_inbox", logical_date=CYCLE_AT, conf={"as_at": CYCLE_AT.isoformat()})
    assert run.state == "failed"
    assert states(run) == {"fetch": "failed", "mailbox": "upstream_failed", "scan": "success", "start_cycle": "skipped", "alert": "success"}


def test_papers_are_exported_when_the_months_have_ended(council: str, verbs: Any) -> None:
    """The quarter is rated, checked and exported as at its export date; what was flagged is shown."""
    verbs.validation("flag", "Audit and Accounts: 1 flagged", at="validate_ratings")
    run = run_dag(f"{council}_quarterly_export", logical_date=EXPORT_AT)
    assert run.state == "success"
    assert labels(run, "flagged") == ["Audit and Accounts: 1 flagged"]
    stages = [call.verb for call in verbs.calls]
    assert stages == ["months_ended", "rate_quarter", "validate_ratings", "export_papers", "send_mail"]
    assert {call.as_at for call in verbs.calls} == {EXPORT_AT}
    assert {call.period for call in verbs.calls} == {Quarter(2024, 2), None}


def test_papers_that_had_to_wait_are_dated_when_they_were_ready(council: str, verbs: Any) -> None:
    """A month that ended after the export date is in the papers: every later stage has the clock the wait ended with."""
    verbs.ended = lambda as_at: as_at > datetime(2025, 1, 1, tzinfo=UTC)
    assert run_dag(f"{council}_quarterly_export", logical_date=EXPORT_AT).state == "success"
    (moment,) = {call.as_at for call in verbs.calls if call.verb != "months_ended"}
    assert moment == verbs.called("months_ended")[-1].as_at
    assert moment > datetime(2025, 1, 1, tzinfo=UTC)


def test_no_paper_is_made_of_failed_data(council: str, verbs: Any) -> None:
    """The export ends failed at its gate, without a paper."""
    verbs.validation("fail", at="validate_ratings")
    run = run_dag(f"{council}_quarterly_export", logical_date=EXPORT_AT)
    assert run.state == "failed"
    assert states(run) | {"gate": "failed", "export": "upstream_failed", "flagged": "skipped"} == states(run)
    assert verbs.called("export_papers") == []


def test_a_year_is_rated_and_reported_with_its_last_quarter(council: str, verbs: Any) -> None:
    """The export of quarter 4 rates its year's quarters and the year, reports it and sends it, all with the export's clock."""
    conf = {"period": "2024-25-Q4", "as_at": "2025-04-17T07:00:00+01:00"}
    run = run_dag(f"{council}_quarterly_export", logical_date=EXPORT_AT, conf=conf)
    assert (run.state, states(run)["report_year"], states(run)["deliver_year"]) == ("success", "success", "success")
    of_year = [call for call in verbs.calls if isinstance(call.period, FinancialYear)]
    assert [call.verb for call in of_year] == ["rate_quarters", "rate_year", "report_year"]
    assert {(call.period, call.as_at) for call in of_year} == {(FinancialYear(2024), datetime(2025, 4, 17, 6, tzinfo=UTC))}


def test_a_year_that_goes_on_is_not_rated(council: str, verbs: Any, airflow_database: Path) -> None:
    """In the other quarters the year's tasks are skipped, the first says why, and the run is a success."""
    conf = {"period": "2024-25-Q2", "as_at": EXPORT_AT.isoformat()}
    run = run_dag(f"{council}_quarterly_export", logical_date=EXPORT_AT, conf=conf)
    assert (run.state, states(run)["report_year"], states(run)["deliver"]) == ("success", "skipped", "success")
    assert verbs.called("rate_quarters") == verbs.called("report_year") == []
    said = json.dumps(log_of(run, "rate_quarters", airflow_database))
    assert "quarter 2 2024/25 is not the last of 2024/25: the year is rated after quarter 4" in said


@pytest.mark.parametrize(("outcome", "broken", "state"), [("fail", False, "upstream_failed"), ("pass", True, "failed")])
def test_a_year_that_cannot_be_rated_is_no_success(council: str, verbs: Any, outcome: str, broken: bool, state: str) -> None:
    """Where the quarter's data failed the year is not rated, a breakdown is red, and either way the run ends failed."""
    verbs.validation(outcome, at="validate_ratings")
    if broken:
        verbs.broken["rate_year"] = KeyError("kpi_ref")
    conf = {"period": "2024-25-Q4", "as_at": "2025-04-17T07:00:00+01:00"}
    run = run_dag(f"{council}_quarterly_export", logical_date=EXPORT_AT, conf=conf)
    assert (run.state, states(run)["rate_year"]) == ("failed", state)


@pytest.mark.parametrize(
    ("outcome", "state", "gate", "found"),
    [("pass", "success", "success", []), ("flag", "success", "success", ["paper-a: 2 to clear"]), ("fail", "failed", "failed", [])],
)
def test_publication_ends_as_what_stood_against_it(council: str, verbs: Any, outcome: str, state: str, gate: str, found: list[str]) -> None:
    """A publication that nothing stood against passes, one with papers held back names them, one of a failed month ends failed."""
    labels_left = ("paper-a: 2 to clear",) if outcome != "pass" else ()
    verbs.validation(outcome, *labels_left, at="publish_signed_off")
    run = run_dag(f"{council}_publication", logical_date=EXPORT_AT)
    assert (run.state, states(run)["gate"]) == (state, gate)
    assert labels(run, "flagged") == found
    assert len(verbs.called("publish_signed_off")) == len(verbs.called("send_mail")) == 1


def test_publication_is_dated_when_it_was_asked_for(council: str, verbs: Any) -> None:
    """People decide when: the quarter is the one named, the clock the one given."""
    conf = {"period": "2024-25-Q1", "as_at": "2024-10-20T10:00:00+01:00"}
    assert run_dag(f"{council}_publication", logical_date=EXPORT_AT, conf=conf).state == "success"
    (published,) = verbs.called("publish_signed_off")
    assert (published.period, published.as_at) == (Quarter(2024, 1), datetime(2024, 10, 20, 9, tzinfo=UTC))


def test_a_years_report_is_published_by_its_year(council: str, verbs: Any) -> None:
    """The publication takes a financial year as well as a quarter."""
    conf = {"period": "FY2024-25", "as_at": "2025-05-20T10:00:00+01:00"}
    assert run_dag(f"{council}_publication", logical_date=EXPORT_AT, conf=conf).state == "success"
    (published,) = verbs.called("publish_signed_off")
    assert (published.period, published.as_at) == (FinancialYear(2024), datetime(2025, 5, 20, 9, tzinfo=UTC))


def _runs(dag_id: str) -> list[tuple[str, str]]:
    from airflow.models.dagrun import DagRun

    return [(run.run_id, str(run.state)) for run in DagRun.find(dag_id=dag_id)]
