"""What a run is about: the period it reports on and its business clock.

Both come from the run's parameters when given; else the period is the one its data interval covers, or the latest that
was due when the run started, and the clock is that period's own date in the council's calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from pmf.orchestration.timetables import WorkingDayTimetable
from pmf.period import Month, Period, parse_month, parse_period
from pmf.register import Profile


@dataclass(frozen=True)
class Subject:
    """The period a run, or one of its tasks, reports on, and the moment it takes as now."""

    period: Period
    as_at: datetime

    def at(self, as_at: datetime) -> Subject:
        """Keep the period and take another moment as now."""
        return replace(self, as_at=as_at)

    def year_ended(self) -> Subject:
        """Turn to the financial year that the period is the last of.

        Raises:
            AirflowSkipException: when the year goes on after the period.
        """
        year = self.period.financial_year
        if self.period.last_day < year.last_day:
            raise AirflowSkipException(f"{self.period.label} is not the last of {year.label}: the year is rated after quarter 4")
        return replace(self, period=year)


def this_run(timetable: WorkingDayTimetable) -> Subject:
    """Say what the run of the task being executed is about."""
    return subject_of(get_current_context(), timetable)


def subject_of(context: Mapping[str, Any], timetable: WorkingDayTimetable) -> Subject:
    """Say what the run of a task's context is about. Raises ValueError when a parameter is in no form it can have."""
    period = _period(context, timetable)
    return Subject(period, given_moment(context) or timetable.due_at(period))


def given_moment(context: Mapping[str, Any]) -> datetime | None:
    """Read the business clock a run was given (parameter ``as_at``). None: it was given none.

    Raises:
        ValueError: when it is no date and time, or has no UTC offset.
    """
    text = context["params"].get("as_at")
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"as_at {text!r} has no UTC offset: write it like 2024-10-14T07:00:00+01:00")
    return moment


def this_moment() -> datetime:
    """Give the business clock of a run that is about no period: the one it was given, else the time of day."""
    return given_moment(get_current_context()) or datetime.now(UTC)


def started_at(context: Mapping[str, Any]) -> datetime:
    """Give the business clock of a run that people decide on: the one it was given, else the moment it was started."""
    return given_moment(context) or context["dag_run"].run_after


def month_in_collection(profile: Profile) -> tuple[Month, datetime]:
    """Say which month a run that collects is about, and its clock: the month given, else the last whose collection has been opened."""
    context = get_current_context()
    as_at, text = started_at(context), context["params"].get("period")
    return parse_month(text) if text else profile.month_in_collection(as_at), as_at


def _period(context: Mapping[str, Any], timetable: WorkingDayTimetable) -> Period:
    text = context["params"].get("period")
    if text:
        # A DAG that takes no year has a parameter that refuses one.
        return parse_period(text) if text.upper().startswith("FY") else timetable.kind.parse(text)
    run = context["dag_run"]
    start, end = run.data_interval_start, run.data_interval_end
    # A DAG without a schedule gives a run an interval of no length, which says nothing about a period.
    if start is not None and end is not None and start < end:
        return timetable.period_of(start)
    return timetable.latest_due(run.run_after)
