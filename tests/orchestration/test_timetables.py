"""When a council's DAGs run, by fixed dates: summer and winter time, bank holidays, closure days, catch-up."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.exceptions import AirflowTimetableInvalid
from airflow.timetables.base import DataInterval, TimeRestriction
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime, instance

from pmf.orchestration import timetables
from pmf.orchestration.timetables import Kind, WorkingDayTimetable
from pmf.period import Month, Quarter, parse_month, parse_quarter
from pmf.register import load_profile
from pmf.settings import read_settings

TENTH = WorkingDayTimetable(kind="month", working_day=10)
TWELFTH_AFTER_QUARTER = WorkingDayTimetable(kind="quarter", working_day=12)
FIRST = WorkingDayTimetable(kind="month", working_day=1)


def utc(text: str) -> DateTime:
    return instance(datetime.fromisoformat(text).replace(tzinfo=UTC))


def restriction(earliest: str | None, latest: str | None = None, *, catchup: bool = True) -> TimeRestriction:
    return TimeRestriction(utc(earliest) if earliest else None, utc(latest) if latest else None, catchup)


def at_time(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(timetables, "airflow_timezone", SimpleNamespace(utcnow=lambda: utc(text)))


@pytest.mark.parametrize(
    ("timetable", "period", "due"),
    [
        (TENTH, "2024-09", "2024-10-14T06:00"),  # summer time
        (TENTH, "2024-10", "2024-11-14T07:00"),  # winter time
        (FIRST, "2024-03", "2024-04-02T06:00"),  # 1 April 2024 was Easter Monday
        (FIRST, "2024-12", "2025-01-02T07:00"),  # New Year's Day
        (TENTH, "2024-04", "2024-05-15T06:00"),  # early May bank holiday
        (FIRST, "2024-05", "2024-06-03T06:00"),  # the month begins on a Saturday
    ],
)
def test_a_month_runs_on_its_working_day_at_local_time(timetable: WorkingDayTimetable, period: str, due: str) -> None:
    """Working days leave out week-ends and England's bank holidays; seven o'clock stays seven o'clock all year."""
    assert timetable.due_at(parse_month(period)) == utc(due)


def test_closure_days_are_not_working_days() -> None:
    """A day the council is closed moves everything after it by one."""
    closed = WorkingDayTimetable(kind="month", working_day=10, closure_days=["2024-10-01"])
    assert closed.due_at(parse_month("2024-09")) == utc("2024-10-15T06:00")


def test_the_hour_is_the_councils_own() -> None:
    """Time of day and time zone come from the profile."""
    early = WorkingDayTimetable(kind="month", working_day=10, at="05:30", timezone="UTC")
    assert early.due_at(parse_month("2024-09")) == utc("2024-10-14T05:30")


def test_a_quarter_runs_after_its_last_month() -> None:
    """The quarter's working days are counted from the first of the month after it."""
    assert TWELFTH_AFTER_QUARTER.due_at(parse_quarter("2024-25-Q2")) == utc("2024-10-16T06:00")


@pytest.mark.parametrize(
    ("timetable", "period", "start", "end"),
    [
        (TENTH, parse_month("2024-03"), "2024-03-01T00:00", "2024-03-31T23:00"),
        (TENTH, parse_month("2024-10"), "2024-09-30T23:00", "2024-11-01T00:00"),
        (TWELFTH_AFTER_QUARTER, parse_quarter("2024-25-Q4"), "2025-01-01T00:00", "2025-03-31T23:00"),
    ],
)
def test_the_interval_is_the_period_from_local_midnight(timetable: WorkingDayTimetable, period: Month, start: str, end: str) -> None:
    """A data interval runs from midnight to midnight by the clocks of the council, whichever way they were changed."""
    assert timetable.interval(period) == DataInterval(utc(start), utc(end))


def test_a_run_by_hand_means_the_latest_period_due() -> None:
    """From the very second of its run date a period is due; before it, the one before is."""
    on_the_dot, just_before = utc("2024-10-14T06:00:00"), utc("2024-10-14T05:59:59")
    assert TENTH.infer_manual_data_interval(run_after=on_the_dot) == TENTH.interval(parse_month("2024-09"))
    assert TENTH.infer_manual_data_interval(run_after=just_before) == TENTH.interval(parse_month("2024-08"))
    assert TWELFTH_AFTER_QUARTER.infer_manual_data_interval(run_after=on_the_dot) == TWELFTH_AFTER_QUARTER.interval(Quarter(2024, 1))


@given(st.integers(2018, 2027), st.integers(1, 12), st.integers(1, 23), st.sampled_from(Kind))
def test_every_run_date_means_its_own_period(year: int, month: int, working_day: int, kind: Kind) -> None:
    """Started at a period's run date, a run by hand and a scheduled run are about the same period."""
    timetable = WorkingDayTimetable(kind=kind, working_day=working_day)
    period = kind.containing(Month(year, month).first_day)
    assert timetable.latest_due(timetable.due_at(period)) == period
    assert timetable.due_at(period) > timetable.interval(period).end


def test_with_catchup_the_first_run_is_the_first_month_from_the_start_date() -> None:
    """A start date within a month leaves that month out: it is not the council's whole month."""
    whole = TENTH.next_dagrun_info(last_automated_data_interval=None, restriction=restriction("2024-03-31T23:00"))
    late = TENTH.next_dagrun_info(last_automated_data_interval=None, restriction=restriction("2024-04-02T00:00"))
    assert whole is not None
    assert late is not None
    assert (whole.data_interval, whole.run_after) == (TENTH.interval(Month(2024, 4)), utc("2024-05-15T06:00"))
    assert late.data_interval == TENTH.interval(Month(2024, 5))


def test_with_catchup_runs_follow_one_another() -> None:
    """After a period comes the next one, however long ago it was due."""
    info = TENTH.next_dagrun_info(last_automated_data_interval=TENTH.interval(Month(2024, 4)), restriction=restriction("2024-04-01T00:00"))
    assert info is not None
    assert info.data_interval == TENTH.interval(Month(2024, 5))


def test_without_catchup_only_the_latest_period_due_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A council switched on today gets the period that is due now, not the years before it and not nothing."""
    at_time(monkeypatch, "2024-10-20T12:00")
    info = TENTH.next_dagrun_info(last_automated_data_interval=None, restriction=restriction("2020-03-31T23:00", catchup=False))
    assert info is not None
    assert info.data_interval == TENTH.interval(Month(2024, 9))


def test_without_catchup_the_next_period_waits_for_its_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the latest period due has run, the next one is announced for its own date."""
    at_time(monkeypatch, "2024-10-20T12:00")
    last = TENTH.interval(Month(2024, 9))
    info = TENTH.next_dagrun_info(last_automated_data_interval=last, restriction=restriction("2020-03-31T23:00", catchup=False))
    assert info is not None
    assert info.run_after == utc("2024-11-14T07:00")


def test_without_catchup_nothing_runs_before_the_start_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """A council that begins in the future waits for its first period."""
    at_time(monkeypatch, "2024-10-20T12:00")
    info = TENTH.next_dagrun_info(last_automated_data_interval=None, restriction=restriction("2025-03-31T23:00", catchup=False))
    assert info is not None
    assert info.data_interval == TENTH.interval(Month(2025, 4))


def test_nothing_is_scheduled_after_the_end_or_without_a_start() -> None:
    """An end date ends it; a DAG without a start date is only run by hand."""
    last = TENTH.interval(Month(2024, 4))
    over = restriction("2024-03-31T23:00", "2024-04-15T00:00")
    assert TENTH.next_dagrun_info(last_automated_data_interval=last, restriction=over) is None
    assert TENTH.next_dagrun_info(last_automated_data_interval=None, restriction=restriction(None)) is None


@pytest.mark.parametrize(
    ("timetable", "problem"),
    [
        (WorkingDayTimetable(kind="month", working_day=0), "working day 0 does not exist"),
        (WorkingDayTimetable(kind="month", working_day=24), "working day 24 does not exist"),
        (WorkingDayTimetable(kind="month", working_day=3, timezone="Europe/Camelot"), "'Europe/Camelot' is not a time zone"),
    ],
)
def test_what_cannot_be_is_refused(timetable: WorkingDayTimetable, problem: str) -> None:
    """A working day or time zone that does not exist is refused when the DAG file is read."""
    with pytest.raises(AirflowTimetableInvalid, match=problem):
        timetable.validate()


def test_an_ordinary_timetable_is_valid() -> None:
    """Validation has nothing to say about a timetable that can be kept."""
    TENTH.validate()


def test_an_unknown_kind_is_refused() -> None:
    """There are months and quarters; a slip is an error at once."""
    with pytest.raises(ValueError, match="fortnight"):
        WorkingDayTimetable(kind="fortnight", working_day=1)


def test_serialization_keeps_everything() -> None:
    """What the DAG processor stores, the scheduler rebuilds to the same dates and words."""
    original = WorkingDayTimetable(kind="quarter", working_day=12, at="06:15", timezone="UTC", closure_days=["2024-12-27", "2024-12-24"])
    rebuilt = WorkingDayTimetable.deserialize(original.serialize())
    assert rebuilt.serialize() == original.serialize()
    assert (rebuilt.summary, rebuilt.description) == (original.summary, original.description)
    assert rebuilt.due_at(Quarter(2024, 3)) == original.due_at(Quarter(2024, 3))


def test_it_describes_itself_in_plain_english() -> None:
    """Airflow's pages show when a DAG runs in words."""
    assert TENTH.summary == "working day 10, 07:00"
    assert TENTH.description == "At 07:00 (Europe/London) on working day 10 after the month reported on."
    assert TWELFTH_AFTER_QUARTER.description == "At 07:00 (Europe/London) on working day 12 after the financial quarter reported on."


def test_kinds_read_their_own_periods_only() -> None:
    """A quarter given to a monthly DAG is refused with the right form."""
    assert Kind.MONTH.parse("2024-09") == Month(2024, 9)
    assert Kind.QUARTER.parse("2024-25-Q2") == Quarter(2024, 2)
    with pytest.raises(ValueError, match="write it like 2024-09"):
        Kind.MONTH.parse("2024-25-Q2")


def test_run_dates_are_the_profiles_own() -> None:
    """A run's date is the one the council's calendar gives: collection opens, cycle runs, papers are exported."""
    settings = read_settings({})
    profile = load_profile(settings.organisations / "cambridgeshire")
    calendar, month, quarter = profile.calendar, Month(2024, 9), Quarter(2024, 2)
    assert WorkingDayTimetable.of(profile, Kind.MONTH, calendar.open_working_day).due_at(month) == profile.opens_at(month)
    assert WorkingDayTimetable.of(profile, Kind.MONTH, calendar.cycle_working_day).due_at(month) == profile.cycle_at(month)
    assert WorkingDayTimetable.of(profile, Kind.QUARTER, calendar.export_working_day).due_at(quarter) == profile.export_at(quarter)
