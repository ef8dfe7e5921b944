"""A trend is named only when chance would rarely do the same, and says whether it is for the better."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import Month, Quarter
from pmf.series.point import Point
from pmf.series.trend import FEWEST_POINTS, MOST_POINTS, MannKendall, mann_kendall, seasonal_kendall, trend
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


def orders_by_s(n: int) -> Counter[int]:
    """Count the orders in which n figures without ties can come, by the S they give."""
    orders = Counter({0: 1})
    for size in range(2, n + 1):
        longer: Counter[int] = Counter()
        for s, count in orders.items():
            for place in range(size):
                longer[s + size - 1 - 2 * place] += count
        orders = longer
    return orders


def exact_two_sided(n: int, seasons: int = 1) -> dict[int, Fraction]:
    """Work out the chance of |S| or more among n figures without ties in each of so many seasons."""
    orders = Counter({0: 1})
    for _ in range(seasons):
        both: Counter[int] = Counter()
        for (s, count), (more, times) in product(orders.items(), orders_by_s(n).items()):
            both[s + more] += count * times
        orders = both
    ways = math.factorial(n) ** seasons
    return {s: Fraction(sum(count for other, count in orders.items() if abs(other) >= s), ways) for s in orders if s >= 0}


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


# Library visits as they come: few in winter, many in summer, the same every year but for a little.
A_YEAR = [60, 62, 70, 78, 85, 90, 100, 98, 80, 72, 65, 55]


def years(*levels: float) -> list[Point]:
    """Make years of months from April on that differ by their level alone."""
    return months([str(round(figure * level)) for level in levels for figure in A_YEAR], start=Month(2022, 4))


def test_a_season_is_no_trend() -> None:
    """Every year falls from its summer on and rises to it: of a KPI declared seasonal that is no trend, whatever the month."""
    points = years(1, 1, 1, 1)
    plain, seasonal = (
        {trend(points[n : n + 36], direction=Direction.HIGHER, is_seasonal=declared).label for n in range(12)} for declared in (False, True)
    )
    assert plain == {"no clear trend", "rising, getting better", "falling, getting worse"}
    assert seasonal == {"no clear trend"}


def test_a_trend_through_the_seasons_is_found() -> None:
    """Two per cent more visits every year are a trend, for the better or worse, though a month's figure swings by forty."""
    for direction, label in ((Direction.HIGHER, "rising, getting better"), (Direction.LOWER, "rising, getting worse"), (None, "rising")):
        assert trend(years(1, 1.02, 1.04), direction=direction, is_seasonal=True).label == label
    assert trend(years(1.04, 1.02, 1), direction=Direction.HIGHER, is_seasonal=True).label == "falling, getting worse"


def test_a_seasonal_kpi_is_held_against_its_year_before() -> None:
    """Nine pairs of the same month are enough, eight are not; what was a year earlier still does not count."""
    points = years(1, 1.1)
    assert trend(points[3:], direction=Direction.HIGHER, is_seasonal=True).label == "rising, getting better"
    assert trend(points[4:], direction=Direction.HIGHER, is_seasonal=True).label == "not enough history"
    assert trend([], direction=Direction.HIGHER, is_seasonal=True).label == "not enough history"
    made = trend(years(0.5, 1, 1), direction=Direction.HIGHER, is_seasonal=True)
    assert (made.label, made.points_used) == ("no clear trend", 24)


def test_gaps_are_made_up_for_by_a_third_year() -> None:
    """A year with six months missing makes too few pairs with its neighbour; the year before helps out."""
    points = [point for n, point in enumerate(years(1, 1.1, 1.2)) if not 24 <= n < 30]
    made = trend(points, direction=Direction.HIGHER, is_seasonal=True)
    assert (made.label, made.points_used) == ("rising, getting better", 30)


def test_a_turn_is_no_trend_the_other_way() -> None:
    """Plans in time fell for a year and have risen for half of one: nobody is told that they are falling, or rising."""
    shares = ["51", "49", "50", "50", "45", "48", "45", "45", "43", "42", "41", "43", "43", "40", "42", "45", "40", "43"]
    assert (
        trend(months([*shares, "41", "43", "45", "46", "48", "49"]), direction=Direction.HIGHER, is_seasonal=True).label == "no clear trend"
    )


def test_ten_months_of_twelve_above_last_years_are_a_trend() -> None:
    """With two years a hand can do the test: ten more and two less is S = 8, 0.039 by chance; nine and three is not enough."""
    for more, label in ((10, "rising, getting better"), (9, "no clear trend")):
        second = [figure + (1 if n < more else -1) for n, figure in enumerate(A_YEAR)]
        points = months([str(figure) for figure in (*A_YEAR, *second)], start=Month(2022, 4))
        assert trend(points, direction=Direction.HIGHER, is_seasonal=True).label == label
    assert round(float(exact_two_sided(2, seasons=12)[8]), 3) == 0.039


def test_quarters_have_seasons_too() -> None:
    """Three years of quarters are twelve pairs; a month between them that has no figure changes nothing."""
    quarters = [
        Point(period=Quarter(2022 + year, number), value=Decimal(10 * number + year)) for year in range(3) for number in range(1, 5)
    ]
    due = [Point(period=point.period.months[-1], value=point.value) for point in quarters]
    for points in (quarters, due):
        made = trend(points, direction=Direction.LOWER, is_seasonal=True)
        assert (made.label, made.points_used) == ("rising, getting worse", 12)


def test_seasons_add_up_by_hand() -> None:
    """A season that rises (3 pairs), one that falls and rises again (1 less 1 twice: -1 + 2) and one with a tie add S and variance."""
    made = seasonal_kendall([[Decimal(1), Decimal(2), Decimal(3)], [Decimal(5), Decimal(4), Decimal(6)], [Decimal(7), Decimal(7)]])
    assert (made.s, made.variance) == (3 + 1 + 0, Fraction(3 * 2 * 11, 18) * 2 + 0)


@pytest.mark.parametrize(("n", "seasons"), [(2, 12), (3, 12), (3, 4), (3, 10), (2, 14)])
def test_no_seasonal_trend_is_named_that_chance_would_make(n: int, seasons: int) -> None:
    """For the lengths used the decision is never bolder than the exact one, and never shy by more than the next possible S."""
    variance = Fraction(seasons * n * (n - 1) * (2 * n + 5), 18)
    chances = exact_two_sided(n, seasons)
    named = [s for s in sorted(chances) if MannKendall(s, variance).is_significant]
    possible = [s for s, chance in sorted(chances.items()) if chance < Fraction(1, 20)]
    assert named in (possible, possible[1:])
