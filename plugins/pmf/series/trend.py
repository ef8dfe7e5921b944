"""Trend: whether a KPI's recent figures rise or fall by more than chance (scorecard column "Trend Analysis").

The Mann-Kendall test counts, over all pairs of figures, how often the later one is higher. It assumes no shape and
is not thrown by one odd month. Source: R. O. Gilbert, Statistical Methods for Environmental Pollution Monitoring
(1987), section 16.4, with his correction for ties.

Where figures follow the seasons a year's ups and downs would pass for a trend. There the seasonal Kendall test counts
only pairs of the same month of different years. Source: R. M. Hirsch, J. R. Slack and R. A. Smith, Techniques of Trend
Analysis for Monthly Water Quality Data, Water Resources Research 18 (1982), pages 107 to 121; Gilbert, section 17.2.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from pmf.period import Month, Period, Quarter
from pmf.series.change import distance
from pmf.series.point import Point, known, ordinal, steps
from pmf.value import Direction

# A year of months: long enough for the test, short enough to be about now.
MOST_POINTS = 12
# With fewer, only an all but unbroken rise passes the test, and "no clear trend" would mean nothing.
FEWEST_POINTS = 8
# Of figures that follow the seasons: the latest year against the one before, or the two before where that makes too few pairs.
SEASONAL_YEARS = (2, 3)
# With fewer pairs of the same month, only an unbroken rise passes the test.
FEWEST_PAIRS = 9
# The two-sided 5 per cent point of the normal distribution.
_CRITICAL_Z = Fraction("1.959964")


class Course(StrEnum):
    """Where the figures are heading."""

    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_TREND = "no clear trend"
    NOT_ENOUGH_HISTORY = "not enough history"


class Outlook(StrEnum):
    """What the course means for performance."""

    GETTING_BETTER = "getting better"
    GETTING_WORSE = "getting worse"


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A trend over ``points_used`` figures. ``outlook`` None: no course, or neither way is better."""

    course: Course
    outlook: Outlook | None
    points_used: int

    @property
    def label(self) -> str:
        """The words printed beside the arrow: "rising, getting worse"."""
        return f"{self.course}, {self.outlook}" if self.outlook else str(self.course)


@dataclass(frozen=True)
class MannKendall:
    """The test's two numbers: later-is-higher pairs less later-is-lower ones, and the variance of that by chance."""

    s: int
    variance: Fraction

    @property
    def is_significant(self) -> bool:
        """Tell whether chance alone would do this in fewer than 1 in 20 cases; the 1 corrects for continuity."""
        return self.s != 0 and (abs(self.s) - 1) ** 2 > _CRITICAL_Z**2 * self.variance


def mann_kendall(figures: Sequence[Decimal | Fraction]) -> MannKendall:
    """Count the pairs of figures, given oldest first, and the variance of the count corrected for ties."""
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(figures, 2))
    ties = sum(_variance_term(times) for times in Counter(figures).values())
    return MannKendall(s, Fraction(_variance_term(len(figures)) - ties, 18))


def seasonal_kendall(seasons: Iterable[Sequence[Decimal | Fraction]]) -> MannKendall:
    """Count the pairs within each season's figures, given oldest first; seasons count as independent of each other."""
    tests = [mann_kendall(figures) for figures in seasons]
    return MannKendall(sum(test.s for test in tests), sum((test.variance for test in tests), Fraction(0)))


def trend(
    points: Sequence[Point],
    *,
    direction: Direction | None,
    target: tuple[Decimal, Decimal] | None = None,
    is_cumulative: bool = False,
    is_seasonal: bool = False,
    every: int = 1,
) -> Trend:
    """Say where recent figures are heading, and whether that is better.

    ``points`` run from oldest to newest; those without a figure are passed over. The last twelve figures count; where
    figures follow the seasons (``is_seasonal``), those of the last two years, each held against the same month of the other
    year (three years of quarters, or of months with gaps). A year-to-date figure always rises, so a cumulative KPI is
    judged on what each period added; ``every`` is the number of periods from one figure to the next. ``target`` is needed
    for the directions range and maintain only: getting better then means coming nearer to it.
    """
    figures = known(steps(points, every=every) if is_cumulative else points)
    if is_seasonal:
        by_years = [_seasons(figures, years) for years in SEASONAL_YEARS]
        seasons = next((found for found in by_years if _pairs(found) >= FEWEST_PAIRS), None)
    else:
        latest = [figure for _, figure in figures[-MOST_POINTS:]]
        seasons = [latest] if len(latest) >= FEWEST_POINTS else None
    if seasons is None:
        return Trend(course=Course.NOT_ENOUGH_HISTORY, outlook=None, points_used=len(figures))
    return _trend(seasons, direction, target)


def _seasons(figures: Sequence[tuple[Period, Decimal]], years: int) -> list[list[Decimal]]:
    """Group the figures of the last years by month or quarter of the year, oldest first."""
    seasons: dict[int, list[Decimal]] = {}
    for period, figure in figures:
        a_year = 12 if isinstance(period, Month) else 4 if isinstance(period, Quarter) else 1
        if ordinal(period) > ordinal(figures[-1][0]) - years * a_year:
            seasons.setdefault(ordinal(period) % a_year, []).append(figure)
    return list(seasons.values())


def _pairs(seasons: Iterable[Sequence[Decimal]]) -> int:
    return sum(math.comb(len(figures), 2) for figures in seasons)


def _trend(seasons: Sequence[Sequence[Decimal]], direction: Direction | None, target: tuple[Decimal, Decimal] | None) -> Trend:
    test, points_used = seasonal_kendall(seasons), sum(map(len, seasons))
    if not test.is_significant:
        return Trend(course=Course.NO_CLEAR_TREND, outlook=None, points_used=points_used)
    course = Course.RISING if test.s > 0 else Course.FALLING
    return Trend(course=course, outlook=_outlook(seasons, direction, target), points_used=points_used)


def _outlook(seasons: Iterable[Sequence[Decimal]], direction: Direction | None, target: tuple[Decimal, Decimal] | None) -> Outlook | None:
    distances = [[distance(figure, direction=direction, target=target) for figure in figures] for figures in seasons]
    test = seasonal_kendall([[each for each in season if each is not None] for season in distances])
    if not test.is_significant:
        return None
    return Outlook.GETTING_WORSE if test.s > 0 else Outlook.GETTING_BETTER


def _variance_term(n: int) -> int:
    return n * (n - 1) * (2 * n + 5)
