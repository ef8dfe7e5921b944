"""Who hears of a breakdown, and what the mail to the engineers can say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import AirflowFailException

from pmf.orchestration.address import run_link, task_link
from pmf.orchestration.callbacks import describe, mail_engineers
from pmf.orchestration.defaults import default_args
from pmf.register import RegisterError
from pmf.settings import read_settings

INSTANCE = SimpleNamespace(dag_id="testshire_monthly_cycle", run_id="manual__2024-10-14T06:00:00+00:00", task_id="rate")


def test_a_closed_gate_is_nobodys_breakdown() -> None:
    """A verdict on data mails no engineer: the callback returns before it looks at anything else."""
    mail_engineers("testshire")({"exception": AirflowFailException("a fifth of the figures is withheld")})


@pytest.mark.parametrize(
    ("exception", "words"),
    [
        (KeyError("kpi_ref"), "KeyError: 'kpi_ref'"),
        ("heartbeat timed out", "heartbeat timed out"),
        (None, "the task's process ended without an exception (killed, or out of memory)"),
    ],
)
def test_a_breakdown_is_told_in_one_line(exception: object, words: str) -> None:
    """An exception says its kind; a process that was killed left none, and that is said."""
    assert describe(exception) == words


def test_links_lead_to_the_run_and_to_the_task() -> None:
    """The address is the installation's own; a run id with a plus sign in it survives."""
    settings = read_settings({"PMF_AIRFLOW_URL": "https://airflow.example.org/"})
    run = "https://airflow.example.org/dags/testshire_monthly_cycle/runs/manual__2024-10-14T06%3A00%3A00%2B00%3A00"
    assert (run_link(settings, INSTANCE), task_link(settings, INSTANCE)) == (run, f"{run}/tasks/rate")


def test_without_an_address_of_ours_airflows_base_url_is_used() -> None:
    """An installation that sets nothing of ours still has links."""
    link = run_link(read_settings({}), INSTANCE)
    assert link is not None
    assert link.startswith("http://127.0.0.1:8080/dags/testshire_monthly_cycle/")


@pytest.mark.parametrize(
    ("exception", "action"),
    [
        (ConnectionRefusedError("mail server"), RetryAction.RETRY),
        (OSError("no space left on device"), RetryAction.RETRY),
        (RegisterError(["kpis.csv line 3, field unit"]), RetryAction.FAIL),
        (KeyError("kpi_ref"), RetryAction.FAIL),
    ],
)
def test_only_infrastructure_is_tried_again(exception: Exception, action: RetryAction) -> None:
    """What may have passed by the next try is tried again; a wrong register or a mistake of ours fails at once."""
    policy = default_args(mail_engineers("testshire"))["retry_policy"]
    assert policy.evaluate(exception, 1, 2).action is action


def test_a_busy_database_is_tried_again() -> None:
    """A locked SQLite file or a restarting PostgreSQL is infrastructure."""
    from sqlalchemy.exc import OperationalError

    policy = default_args(mail_engineers("testshire"))["retry_policy"]
    assert policy.evaluate(OperationalError("select 1", {}, Exception("locked")), 1, 2).action is RetryAction.RETRY
