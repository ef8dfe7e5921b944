"""The three periods a council reports on: month, financial quarter, financial year (April to March).

Each has a ``key`` (the text stored in tables, sorted as time runs within its kind) and a ``label`` for print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_QUARTER = re.compile(r"^(\d{4})[-/](\d{2})[-\s]*Q([1-4])$", re.IGNORECASE)
_YEAR = re.compile(r"^FY(\d{4})[-/](\d{2})$", re.IGNORECASE)
_FIRST_FINANCIAL_MONTH = 4


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, key ``2024-09``."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Name the month a day lies in."""
        return cls(day.year, day.month)

    @property
    def key(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def label(self) -> str:
        return self.first_day.strftime("%B %Y")

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Month:
        return self.plus(1)

    @property
    def previous(self) -> Month:
        return self.plus(-1)

    @property
    def months(self) -> tuple[Month, ...]:
        return (self,)

    @property
    def year_before(self) -> Month:
        return Month(self.year - 1, self.month)

    @property
    def quarter(self) -> Quarter:
        start = self.year if self.month >= _FIRST_FINANCIAL_MONTH else self.year - 1
        return Quarter(start, (self.month - _FIRST_FINANCIAL_MONTH) % 12 // 3 + 1)

    @property
    def financial_year(self) -> FinancialYear:
        return FinancialYear(self.quarter.start_year)

    def plus(self, months: int) -> Month:
        """Step forwards (or backwards) by whole months."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def up_to(self, last: Month) -> Iterator[Month]:
        """Yield this month and every one after it up to and including ``last``."""
        month = self
        while month <= last:
            yield month
            month = month.next


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a financial year, key ``2024-25-Q2``: July to September 2024."""

    start_year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.start_year}-{(self.start_year + 1) % 100:02d}-Q{self.number}"

    @property
    def label(self) -> str:
        return f"quarter {self.number} {self.financial_year.label}"

    @property
    def months(self) -> tuple[Month, ...]:
        return self.financial_year.months[3 * (self.number - 1) : 3 * self.number]

    @property
    def first_day(self) -> date:
        return self.months[0].first_day

    @property
    def last_day(self) -> date:
        return self.months[-1].last_day

    @property
    def next(self) -> Quarter:
        return Quarter(self.start_year, self.number + 1) if self.number < 4 else Quarter(self.start_year + 1, 1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.start_year, self.number - 1) if self.number > 1 else Quarter(self.start_year - 1, 4)

    @property
    def year_before(self) -> Quarter:
        return Quarter(self.start_year - 1, self.number)

    @property
    def financial_year(self) -> FinancialYear:
        return FinancialYear(self.start_year)


@dataclass(frozen=True, order=True)
class FinancialYear:
    """April to March, key ``FY2024-25`` (the prefix keeps 2009/10 apart from October 2009)."""

    start_year: int

    @property
    def key(self) -> str:
        return f"FY{self.start_year}-{(self.start_year + 1) % 100:02d}"

    @property
    def label(self) -> str:
        return f"{self.start_year}/{(self.start_year + 1) % 100:02d}"

    @property
    def months(self) -> tuple[Month, ...]:
        return _months_of(self.start_year)

    @property
    def first_day(self) -> date:
        return date(self.start_year, _FIRST_FINANCIAL_MONTH, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> FinancialYear:
        return FinancialYear(self.start_year + 1)

    @property
    def previous(self) -> FinancialYear:
        return FinancialYear(self.start_year - 1)

    @property
    def year_before(self) -> FinancialYear:
        return self.previous

    @property
    def financial_year(self) -> FinancialYear:
        return self


Period = Month | Quarter | FinancialYear


def _financial_start(first: str, second: str, text: str) -> int:
    start = int(first)
    if (start + 1) % 100 != int(second):
        raise ValueError(f"{text!r} is not a financial year: write consecutive years, like 2024-25")
    return start


@lru_cache(maxsize=64)
def _months_of(start_year: int) -> tuple[Month, ...]:
    """Give the months of a financial year, which rating asks for thousands of times."""
    first = Month(start_year, _FIRST_FINANCIAL_MONTH)
    return tuple(first.plus(step) for step in range(12))


@lru_cache(maxsize=1024)
def parse_month(text: str) -> Month:
    """Read a month key such as ``2024-09``.

    Raises:
        ValueError: with the right form, when the text is anything else.
    """
    match = _MONTH.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a month: write it like 2024-09")
    return Month(int(match[1]), int(match[2]))


def parse_quarter(text: str) -> Quarter:
    """Read a financial quarter such as ``2024-25-Q2`` or "2024/25 Q2".

    Raises:
        ValueError: with the right form, when the text is anything else.
    """
    match = _QUARTER.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a financial quarter: write it like 2024-25-Q2")
    return Quarter(_financial_start(match[1], match[2], text), int(match[3]))


def parse_period(text: str) -> Period:
    """Read any of the three period keys.

    Raises:
        ValueError: naming the three forms, when the text is none of them.
    """
    stripped = text.strip()
    if _MONTH.match(stripped):
        return parse_month(stripped)
    if _QUARTER.match(stripped):
        return parse_quarter(stripped)
    match = _YEAR.match(stripped)
    if match is None:
        raise ValueError(f"{text!r} is not a period: write 2024-09, 2024-25-Q2 or FY2024-25")
    return FinancialYear(_financial_start(match[1], match[2], text))
