"""What every DAG of the house has in common: owner, retries, parameters, the callback for breakdowns, the pool of heavy tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, ExceptionRetryPolicy, Param, RetryAction, RetryRule

from pmf.orchestration.timetables import Kind

OWNER = "performance-data-engineering"
# Shared by what needs much memory or processor time (``pool`` makes it), so that many councils' months fit on the machine.
HEAVY_POOL = "pmf_heavy"

# Only what may have passed by the next try: network, disk, mail server, a database that is busy or away. Anything else
# fails at once, so that its mail is not twenty seconds late and a wrong register is not read three times.
_PASSING = RetryRule(
    exception=[OSError, "sqlalchemy.exc.OperationalError", "pmf.connector.ConnectorError", "pmf.connector.message.MailboxError"],
    action=RetryAction.RETRY,
    reason="infrastructure",
)


def default_args(on_breakdown: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """Give the arguments of every task: retried twice for infrastructure alone, stopped after half an hour."""
    return {
        "owner": OWNER,
        "retries": 2,
        "retry_delay": timedelta(seconds=10),
        "retry_policy": ExceptionRetryPolicy(rules=[_PASSING], default=RetryAction.FAIL),
        "execution_timeout": timedelta(minutes=30),
        "on_failure_callback": on_breakdown,
    }


def run_parameters(kind: Kind | None, *, or_year: bool = False) -> dict[str, Param]:
    """Give the parameters a run may be started with: the period (when a kind is given; or a year) and its business clock."""
    as_at = Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="As at",
        description="The moment the run takes as now. Empty: the period's own date in the council's calendar.",
    )
    return {"as_at": as_at} if kind is None else {"period": _period_parameter(kind, or_year=or_year), "as_at": as_at}


def with_parameters(dag: DAG, parameters: Mapping[str, Param]) -> None:
    """Let runs of a DAG be given parameters. Called once its tasks stand.

    Given to the DAG before, they become each task's own, and Airflow checks them anew for each task whenever it stores the
    DAG: with many councils that takes three times as long as all the rest. Set as a whole, they would be checked here as well.
    """
    dag.params.update(parameters)


def _period_parameter(kind: Kind, *, or_year: bool) -> Param:
    pattern, example = {
        Kind.MONTH: (r"^\d{4}-(0[1-9]|1[0-2])$", "2024-04"),
        Kind.QUARTER: (r"^\d{4}-\d{2}-Q[1-4]$", "2024-25-Q2"),
    }[kind]
    if or_year:
        pattern, example = rf"{pattern}|^FY\d{{4}}-\d{{2}}$", f"{example}, or the financial year, like FY2024-25"
    return Param(
        None,
        type=["null", "string"],
        pattern=pattern,
        title="Period",
        description=f"The {kind} to report on, like {example}. Empty: the one the run was scheduled for, or the latest due.",
    )
