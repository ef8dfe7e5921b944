"""Starting a month's cycle again because a return for it came in: one run for each month and return, however often asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pmf.period import parse_month


def cycles_to_start(cycles_due: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Say with what arguments each cycle that is due is started (those of ``TriggerDagRunOperator``).

    ``cycles_due`` holds the month (``period``) and the business clock (``as_at``) of each. Everything follows from the
    two, so a cycle that is due at two scans is one run.
    """
    return [_cycle(due["period"], due["as_at"]) for due in cycles_due]


def _cycle(period: str, as_at: str) -> dict[str, Any]:
    # Airflow keeps one run for each logical date of a DAG. A microsecond for each month since the year 0 tells apart the
    # months whose returns came in at one moment, and leaves the clock their runs are given as it is.
    month = parse_month(period)
    moment = datetime.fromisoformat(as_at).astimezone(UTC) + timedelta(microseconds=month.year * 12 + month.month)
    return {
        # The name Airflow itself gives a run started by hand at that moment, in process or not.
        "trigger_run_id": f"manual__{moment.isoformat()}",
        "logical_date": moment.isoformat(),
        "run_after": moment.isoformat(),
        "conf": {"period": month.key, "as_at": as_at},
    }
