"""A trend is named only when chance would rarely do the same, and says whether it is for the better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import Month
from pmf.series.point import Point
from pmf.series.trend import FEWEST_POINTS, MOST_POINTS, MannKendall, mann_kendall, trend
from pmf.value import Direction

# R. O. Gilbert, Statistical Methods for Environmental Pollution Monitoring (1987), section 16.4, page 212: Z is 3.1.
GILBERT = [20, 20, 20, 20, 15, 20, 20, 30, 27, 26, 23, 35, 25, 28, 70, 26, 24, 34, 32, 23, 50, 30]
# J. Little, College of the Holy Cross, "A Mann-Kendall Example (By Hand)": S is 54 and Z is 2.9058.
LITTLE = ["12.9", "14.8", "13.2", "15.7", "13.8", "15.6", "12.9", "11.0", "17.3", "15.9", "19.0", "18.3", "20.1", "21.7"]


OCTOBER_2023 = Month(2023, 10)


def months(figures: Sequence[str | None], start: Month = OCTOBER_2023) -> list[Point]:
    return [Point(period=start.plus(n), value=None if text is None else Decimal(text)) for n, text in enumerate(figures)]


def z(test: MannKendall) -> float:
    return (test.s - math.copysign(1, test.s)) / math.sqrt(test.variance)


def exact_two_sided(n: int) -> dict[int, Fraction]:
    """Work out the chance of |S| or more among n figures without ties, by counting the orders they can come in."""
    orders = {0: 1}
    for size in range(2, n + 1):
        longer: dict[int, int] = {}
        for s, count in orders.items():
            for place in range(size):
                longer[s + size - 1 - 2 * place] = longer.get(s + size - 1 - 2 * place, 0) + count
        orders = longer
    return {s: Fraction(sum(count for other, count in orders.items() if abs(other) >= s), math.factorial(n)) for s in orders if s >= 0}


def test_published_examples_come_out() -> None:
    """Two examples worked out in print, both with ties, give the same S and Z."""
    gilbert = mann_kendall([Decimal(figure) for figure in GILBERT])
    assert round(z(gilbert), 1) == 3.1
    little = mann_kendall([Decimal(figure) for figure in LITTLE])
    assert (little.s, little.variance) == (54, Fraction(14 * 13 * 33 - 2 * 1 * 9, 18))
    assert round(z(little), 4) == 2.9058


@pytest.mark.parametrize("n", range(FEWEST_POINTS, MOST_POINTS + 1))
def test_the_approximation_decides_as_the_exact_distribution(n: int) -> None:
    """For every length used and every possible S, the 5 per cent decision is the exact one."""
    variance = mann_kendall([Decimal(figure) for figure in range(n)]).variance
    for s, chance in exact_two_sided(n).items():
        assert MannKendall(s, variance).is_significant == (chance < Fraction(1, 20)), (n, s)


def test_the_exact_distribution_is_kendalls() -> None:
    """Our count of orders gives the values of Kendall's table: 0.031 for 16 or more among 8, 0.022 for 30 or more among 12."""
    assert round(float(exact_two_sided(8)[16] / 2), 3) == 0.031
    assert round(float(exact_two_sided(12)[30] / 2), 3) == 0.022


RISING = ["70", "71", "71", "73", "72", "75", "76", "78"]


@pytest.mark.parametrize(
    ("figures", "direction", "label"),
    [
        (RISING, Direction.HIGHER, "rising, getting better"),
        (RISING, Direction.LOWER, "rising, getting worse"),
        (RISING[::-1], Direction.HIGHER, "falling, getting worse"),
        (RISING[::-1], Direction.LOWER, "falling, getting better"),
        (RISING, None, "rising"),
        (RISING, Direction.RANGE, "rising"),
        (["70", "75", "71", "74", "72", "73", "70", "75"], Direction.HIGHER, "no clear trend"),
        (["5"] * 12, Direction.HIGHER, "no clear trend"),
        (RISING[:7], Direction.HIGHER, "not enough history"),
        ([], Direction.HIGHER, "not enough history"),
        ([*RISING[:7], None, None, "78"], Direction.HIGHER, "rising, getting better"),
    ],
)
def test_the_label_says_course_and_outlook(figures: list[str | None], direction: Direction | None, label: str) -> None:
    """Up and better are two things, and fewer than eight figures say neither."""
    assert label == trend(months(figures), direction=direction).label


def test_only_the_last_twelve_figures_count() -> None:
    """A rise of two years ago is no trend now."""
    made = trend(months([*RISING, *["80"] * 12]), direction=Direction.HIGHER)
    assert (made.label, made.points_used) == ("no clear trend", 12)


def test_nearer_to_target_is_better_for_a_range() -> None:
    """Rising towards a range is better, rising out of it worse, rising inside it neither."""
    labels = {
        (80, 90): "rising, getting better",
        (50, 60): "rising, getting worse",
        (60, 90): "rising",
    }
    for (low, high), label in labels.items():
        assert label == trend(months(RISING), direction=Direction.RANGE, target=(Decimal(low), Decimal(high))).label


def test_a_cumulative_figure_is_judged_on_what_each_month_added() -> None:
    """Collected to date always rises within a year; what counts is whether less is added each month."""
    added = ["12", "11.5", "11", "10.5", "10", "9.5", "9", "8.5", "8", "4", "3", "3"]
    to_date = [str(sum(map(Decimal, added[: n + 1]))) for n in range(12)]
    points = months(to_date, start=Month(2024, 4))
    assert trend(points, direction=Direction.HIGHER).label == "rising, getting better"
    assert trend(points, direction=Direction.HIGHER, is_cumulative=True).label == "falling, getting worse"


@given(st.lists(st.integers(-20, 20), min_size=FEWEST_POINTS, max_size=15))
def test_a_series_read_backwards_has_the_opposite_trend(figures: list[int]) -> None:
    """Turned round in time, S changes its sign and nothing else; a series that only rises is significant."""
    forwards, backwards = (mann_kendall([Decimal(figure) for figure in order]) for order in (figures, figures[::-1]))
    assert (forwards.s, forwards.variance) == (-backwards.s, backwards.variance)
    if all(earlier < later for earlier, later in pairwise(figures)):
        assert forwards.is_significant
