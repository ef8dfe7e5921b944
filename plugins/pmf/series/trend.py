"""Trend: whether a KPI's recent figures rise or fall by more than chance (scorecard column "Trend Analysis").

The Mann-Kendall test counts, over all pairs of figures, how often the later one is higher. It assumes no shape and
is not thrown by one odd month. Source: R. O. Gilbert, Statistical Methods for Environmental Pollution Monitoring
(1987), section 16.4, with his correction for ties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from pmf.series.change import distance
from pmf.series.point import Point, known, steps
from pmf.value import Direction

# A year of months: long enough for the test, short enough to be about now.
MOST_POINTS = 12
# With fewer, only an all but unbroken rise passes the test, and "no clear trend" would mean nothing.
FEWEST_POINTS = 8
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


def trend(
    points: Sequence[Point], *, direction: Direction | None, target: tuple[Decimal, Decimal] | None = None, is_cumulative: bool = False
) -> Trend:
    """Say where the last twelve figures are heading, and whether that is better.

    ``points`` run from oldest to newest; those without a figure are passed over. A year-to-date figure always rises, so
    a cumulative KPI is judged on what each period added. ``target`` is needed for the directions range and maintain
    only: getting better then means coming nearer to it.
    """
    figures = [figure for _, figure in known(steps(points) if is_cumulative else points)][-MOST_POINTS:]
    if len(figures) < FEWEST_POINTS:
        return Trend(course=Course.NOT_ENOUGH_HISTORY, outlook=None, points_used=len(figures))
    test = mann_kendall(figures)
    if not test.is_significant:
        return Trend(course=Course.NO_CLEAR_TREND, outlook=None, points_used=len(figures))
    course = Course.RISING if test.s > 0 else Course.FALLING
    return Trend(course=course, outlook=_outlook(figures, direction, target), points_used=len(figures))


def _outlook(figures: Sequence[Decimal], direction: Direction | None, target: tuple[Decimal, Decimal] | None) -> Outlook | None:
    distances = [distance(figure, direction=direction, target=target) for figure in figures]
    test = mann_kendall([each for each in distances if each is not None])
    if not test.is_significant:
        return None
    return Outlook.GETTING_WORSE if test.s > 0 else Outlook.GETTING_BETTER


def _variance_term(n: int) -> int:
    return n * (n - 1) * (2 * n + 5)
