"""Others' figures for a KPI: whose, about which period, published where and when.

Optional, one file for each council: ``benchmarks.csv``. The performance of statistical neighbours is "only available ... where
there is a standard national definition of the indicator" (CCC report of 5 December 2024, paragraph 2.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field, field_validator

from pmf.period import Period, parse_period
from pmf.register.dated import Figure, OptionalDate
from pmf.register.structure import Definition


class BenchmarkKind(StrEnum):
    """Whose figure it is: one neighbour's, the average of the statistical neighbours, a region's, the country's."""

    NEIGHBOUR = "neighbour"
    NEIGHBOURS = "neighbours"
    REGIONAL = "regional"
    NATIONAL = "national"


class Benchmark(Definition):
    """One figure of another area. Grain of ``benchmarks.csv``: one row per kpi_ref, area and period.

    ``value`` is in the KPI's unit; ``definition`` is what the publisher counts (empty: the national definition the KPI names);
    ``published_on`` None: the day is not known.
    """

    kpi_ref: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    area: str = Field(min_length=2)
    kind: BenchmarkKind
    period: str
    value: Figure
    source: str = Field(min_length=3)
    definition: str = ""
    published_on: OptionalDate = None

    @field_validator("period")
    @classmethod
    def _is_a_period(cls, text: str) -> str:
        return parse_period(text).key

    @property
    def about(self) -> Period:
        """The period the figure is about."""
        return parse_period(self.period)


def newest_benchmark(benchmarks: Iterable[Benchmark], day: date) -> Benchmark | None:
    """Find the benchmark about the latest period that had ended by a day. None: there is none."""
    ended = [benchmark for benchmark in benchmarks if benchmark.about.last_day <= day]
    return max(ended, key=lambda benchmark: benchmark.about.last_day, default=None)


def months_since(about: Period, period: Period) -> int:
    """Count the months from the end of the period that figures are about to the end of another: how old they are in its report."""
    last, now = about.months[-1], period.months[-1]
    return (now.year - last.year) * 12 + now.month - last.month
