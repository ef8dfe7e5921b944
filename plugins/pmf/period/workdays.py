"""Working days of England with a council's own closure days, and clear days before a meeting.

Bank holidays come from the ``holidays`` package (offline, equal to GOV.UK's list on every weekday 2018-2028).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pmf.period.kinds import Month

_SATURDAY = 5


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    import holidays  # imported late: a DAG file must parse without it

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days the council works: weekdays that are neither a bank holiday in England nor a closure day."""

    closure_days: frozenset[date] = frozenset()

    @classmethod
    def with_closures(cls, days: Iterable[date]) -> WorkingCalendar:
        """Build the calendar of a council that also closes on the given days."""
        return cls(frozenset(days))

    def is_working_day(self, day: date) -> bool:
        """Tell whether the council works on a day."""
        return day.weekday() < _SATURDAY and day not in self.closure_days and day not in _bank_holidays(day.year)

    def nth_working_day(self, month: Month, n: int) -> date:
        """Find the n-th working day counted from the first of the month (it may fall in a later month)."""
        if n < 1:
            raise ValueError(f"working day {n} does not exist: count from 1")
        return self.add_working_days(month.first_day - timedelta(days=1), n)

    def add_working_days(self, day: date, n: int) -> date:
        """Step n working days forwards (or, when negative, backwards) from a day that is itself not counted."""
        step = timedelta(days=1 if n > 0 else -1)
        left = abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def publication_deadline(self, meeting: date) -> date:
        """Give the last day to publish papers: the earlier of seven days and five clear working days before.

        Clear days count neither the day of publication nor the day of the meeting (Local Government Act 1972,
        section 100B; CCC framework: papers on the website a week before).
        """
        return min(meeting - timedelta(days=7), self.add_working_days(meeting, -6))
