"""What a run is about: parameters first, then the data interval, then the latest period due when it started."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pmf.orchestration.subject import Subject, given_moment, started_at, subject_of
from pmf.orchestration.timetables import WorkingDayTimetable
from pmf.period import Month, Quarter

MONTHLY = WorkingDayTimetable(kind="month", working_day=10)
QUARTERLY = WorkingDayTimetable(kind="quarter", working_day=12)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def context(*, period: str | None = None, as_at: str | None = None, interval: tuple[str, str] | None = None) -> dict[str, Any]:
    start, end = (utc(interval[0]), utc(interval[1])) if interval else (None, None)
    run = SimpleNamespace(data_interval_start=start, data_interval_end=end, run_after=utc("2024-12-20T09:00"))
    return {"params": {"period": period, "as_at": as_at}, "dag_run": run}


JULY = ("2024-06-30T23:00", "2024-07-31T23:00")


def test_the_parameter_names_the_period() -> None:
    """A run started for a month is about that month, whatever it was scheduled for."""
    subject = subject_of(context(period="2024-09", interval=JULY), MONTHLY)
    assert subject == Subject(Month(2024, 9), utc("2024-10-14T06:00"))


def test_a_scheduled_run_is_about_its_interval() -> None:
    """The data interval is the month reported on, by the council's own clock."""
    assert subject_of(context(interval=JULY), MONTHLY).period == Month(2024, 7)
    assert subject_of(context(interval=("2024-06-30T23:00", "2024-09-30T23:00")), QUARTERLY).period == Quarter(2024, 2)


@pytest.mark.parametrize("interval", [None, ("2024-12-20T09:00", "2024-12-20T09:00")])
def test_a_run_without_an_interval_takes_the_latest_period_due(interval: tuple[str, str] | None) -> None:
    """Runs by API or of a DAG without a schedule have no interval, or one of no length: the time they started decides."""
    assert subject_of(context(interval=interval), MONTHLY).period == Month(2024, 11)
    assert subject_of(context(interval=interval), QUARTERLY).period == Quarter(2024, 2)


def test_the_clock_is_the_one_given_else_the_periods_own() -> None:
    """The business clock is the parameter; without it, the date on which the council's calendar runs the period."""
    assert subject_of(context(period="2024-09", as_at="2024-11-01T10:00:00Z"), MONTHLY).as_at == utc("2024-11-01T10:00")
    assert subject_of(context(period="2024-25-Q2"), QUARTERLY).as_at == utc("2024-10-16T06:00")


def test_a_clock_without_an_offset_is_refused() -> None:
    """Ten o'clock where? A moment that does not say is an error, not a guess."""
    with pytest.raises(ValueError, match="has no UTC offset: write it like"):
        given_moment(context(as_at="2024-11-01T10:00:00"))


def test_a_period_of_the_wrong_kind_is_refused() -> None:
    """A quarter given to a monthly run is refused with the form of a month."""
    with pytest.raises(ValueError, match="is not a month: write it like 2024-09"):
        subject_of(context(period="2024-25-Q2"), MONTHLY)


def test_what_people_decide_is_dated_when_they_did() -> None:
    """A publication started by hand carries the moment it was started, unless it is told another."""
    assert started_at(context()) == utc("2024-12-20T09:00")
    assert started_at(context(as_at="2024-11-01T10:00:00Z")) == utc("2024-11-01T10:00")


def test_another_moment_keeps_the_period() -> None:
    """A run that had to wait is about the same quarter, as at a later moment."""
    later = utc("2024-11-01T10:00")
    assert subject_of(context(period="2024-09"), MONTHLY).at(later) == Subject(Month(2024, 9), later)
