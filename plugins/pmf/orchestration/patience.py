"""How long a quarterly export waits for its months, and what it then takes as now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException

from pmf.orchestration.connections import settings_for_tasks
from pmf.orchestration.subject import given_moment, this_run
from pmf.orchestration.timetables import WorkingDayTimetable


def ready_at(months_ended: Callable[..., bool], organisation: str, timetable: WorkingDayTimetable) -> datetime | None:
    """Say as at when the months of a run's quarter have all ended. None: not yet.

    That is the quarter's own export date when they had ended by then; else now, so that what the papers say includes
    the corrections they were waiting for.

    Raises:
        AirflowFailException: when the run was given its own ``as_at``: waiting cannot change what was known then.
    """
    subject, settings = this_run(timetable), settings_for_tasks()
    if months_ended(organisation, subject.period, as_at=subject.as_at, settings=settings):
        return subject.as_at
    if given_moment(get_current_context()) is not None:
        raise AirflowFailException(f"{subject.period.label}: not every month had a finished cycle as at {subject.as_at.isoformat()}")
    now = datetime.now(UTC)
    return now if months_ended(organisation, subject.period, as_at=now, settings=settings) else None
