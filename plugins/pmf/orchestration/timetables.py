"""When a council's DAGs run: on the n-th working day after the month or financial quarter they report on.

The data interval of a run is that period; its run date is also the business clock of a run that is given no other.
Scheduler, DAG processor and API server import this module: nothing heavy, no database, no files.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow.exceptions import AirflowTimetableInvalid
from airflow.sdk import timezone as airflow_timezone
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from pendulum import DateTime, instance

from pmf.period import Month, Period, Quarter, parse_month, parse_quarter
from pmf.period.workdays import WorkingCalendar
from pmf.register import Profile

# No month has more working days than this; a larger number is a slip of the keyboard.
_MOST_WORKING_DAYS = 23


class Kind(StrEnum):
    """The period a DAG reports on."""

    MONTH = "month"
    QUARTER = "quarter"

    def containing(self, day: date) -> Month | Quarter:
        """Name the period of this kind a day lies in."""
        month = Month.of(day)
        return month if self is Kind.MONTH else month.quarter

    def parse(self, text: str) -> Month | Quarter:
        """Read the key of a period of this kind. Raises ValueError, with the right form, for anything else."""
        return parse_month(text) if self is Kind.MONTH else parse_quarter(text)


class WorkingDayTimetable(Timetable):
    """Runs on the n-th working day after each month or financial quarter, at a local time.

    ``at`` is wall-clock time in ``timezone``, summer and winter alike. Working days are those of England without the
    council's ``closure_days``.
    """

    def __init__(
        self, *, kind: str, working_day: int, at: str = "07:00", timezone: str = "Europe/London", closure_days: Iterable[str] = ()
    ) -> None:
        self.kind = Kind(kind)
        self.working_day = working_day
        self.at = time.fromisoformat(at)
        self.timezone = timezone
        self.closure_days = tuple(sorted(date.fromisoformat(day) for day in closure_days))

    @classmethod
    def of(cls, profile: Profile, kind: Kind, working_day: int) -> WorkingDayTimetable:
        """Build the timetable of a council from its profile."""
        return cls(
            kind=kind,
            working_day=working_day,
            at=profile.calendar.at.isoformat("minutes"),
            timezone=profile.timezone,
            closure_days=[day.isoformat() for day in profile.calendar.closure_days],
        )

    def due_at(self, period: Period) -> DateTime:
        """Say when the run that reports on a period starts; on a year, when the one on its last part does."""
        calendar = WorkingCalendar.with_closures(self.closure_days)
        day = calendar.nth_working_day(period.months[-1].next, self.working_day)
        return instance(datetime.combine(day, self.at, tzinfo=self._zone))

    def latest_due(self, moment: datetime) -> Month | Quarter:
        """Name the latest period whose run date is not after a moment."""
        period = self.period_of(moment)
        while self.due_at(period) > moment:
            period = period.previous
        return period

    def period_of(self, moment: datetime) -> Month | Quarter:
        """Name the period a moment lies in, by the council's own clock."""
        return self.kind.containing(moment.astimezone(self._zone).date())

    def interval(self, period: Month | Quarter) -> DataInterval:
        """Give the data interval of a period: from its first midnight to that of the next one."""
        return DataInterval(self._midnight(period.first_day), self._midnight(period.next.first_day))

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Take a run started by hand to mean the latest period that is due."""
        return self.interval(self.latest_due(run_after))

    def next_dagrun_info(self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction) -> DagRunInfo | None:
        """Give the period after the last one; without catch-up never one before the latest that is already due."""
        if last_automated_data_interval is not None:
            period = self.period_of(last_automated_data_interval.start).next
        elif restriction.earliest is not None:
            period = self._first_from(restriction.earliest)
        else:
            return None
        if not restriction.catchup:
            period = max(period, self.latest_due(airflow_timezone.utcnow()))
        interval = self.interval(period)
        if restriction.latest is not None and interval.start > restriction.latest:
            return None
        return DagRunInfo(run_after=self.due_at(period), data_interval=interval)

    def validate(self) -> None:
        """Refuse a working day or time zone that does not exist."""
        if not 1 <= self.working_day <= _MOST_WORKING_DAYS:
            raise AirflowTimetableInvalid(f"working day {self.working_day} does not exist: count from 1 to {_MOST_WORKING_DAYS}")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise AirflowTimetableInvalid(f"{self.timezone!r} is not a time zone: write one like Europe/London") from error

    def serialize(self) -> dict[str, Any]:
        """Turn the timetable into plain JSON."""
        return {
            "kind": self.kind.value,
            "working_day": self.working_day,
            "at": self.at.isoformat("minutes"),
            "timezone": self.timezone,
            "closure_days": [day.isoformat() for day in self.closure_days],
        }

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> WorkingDayTimetable:
        """Rebuild the timetable from what ``serialize`` gave."""
        return cls(**data)

    @property
    def summary(self) -> str:
        """Working day and time, for the list of DAGs."""
        return f"working day {self.working_day}, {self.at:%H:%M}"

    @property
    def description(self) -> str:  # type: ignore[override]  # the protocol declares a plain attribute
        """One sentence in plain English, shown beside the schedule."""
        what = "month" if self.kind is Kind.MONTH else "financial quarter"
        return f"At {self.at:%H:%M} ({self.timezone}) on working day {self.working_day} after the {what} reported on."

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _midnight(self, day: date) -> DateTime:
        return instance(datetime.combine(day, time.min, tzinfo=self._zone))

    def _first_from(self, earliest: datetime) -> Month | Quarter:
        period = self.period_of(earliest)
        return period if self._midnight(period.first_day) >= earliest else period.next
