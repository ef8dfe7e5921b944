"""Ratios, weighted figures, means and sums agree where they must, however months are grouped; a missing month is never filled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import FinancialYear
from pmf.register.kpi import Aggregation
from pmf.series.aggregation import Aggregated, aggregate, combine
from pmf.series.point import Point

YEAR = FinancialYear(2024)
QUARTERS = tuple(month.quarter.months for month in YEAR.months[::3])
FIGURES = st.decimals(-(10**6), 10**6, places=4)
WEIGHTS = st.integers(1, 10**6).map(Decimal)
LINE = st.tuples(st.none() | FIGURES, st.none() | WEIGHTS)
Line = tuple[Decimal | None, Decimal | None]


def year_of(lines: Sequence[Line], rule: Aggregation, *, multiplier: int = 1) -> Aggregated:
    """Work out a year of typed figures with their weights."""
    points = [Point(period=month, value=value, denominator=weight) for month, (value, weight) in zip(YEAR.months, lines, strict=True)]
    return aggregate(points, months=YEAR.months, aggregation=rule, multiplier=multiplier)


def shares(lines: Sequence[tuple[int, int]]) -> list[Point]:
    """Give percentages as returned: numerator, denominator, and their quotient cut off where it has no end."""
    return [
        Point(period=month, value=Decimal(100 * over) / Decimal(under), numerator=Decimal(over), denominator=Decimal(under))
        for month, (over, under) in zip(YEAR.months, lines, strict=True)
    ]


def by_quarters(points: Sequence[Point], rule: Aggregation, *, multiplier: int) -> Aggregated:
    """Work out a year from quarters that were worked out from months."""
    quarters = []
    for months in QUARTERS:
        made = aggregate(points, months=months, aggregation=rule, multiplier=multiplier)
        quarters.append(Point(period=months[-1], value=made.value, numerator=made.numerator, denominator=made.denominator))
    return aggregate(quarters, months=YEAR.months[2::3], aggregation=rule, multiplier=multiplier)


def test_a_weighted_figure_counts_by_its_denominator() -> None:
    """A wait of 10 days in 300 cases and one of 40 in 100 make 17.5 days, not the mean of 25."""
    lines: list[Line] = [(Decimal(10), Decimal(300)), (Decimal(40), Decimal(100))] + [(Decimal(0), Decimal(0))] * 10
    made = year_of(lines, Aggregation.WEIGHTED)
    assert (made.value, made.numerator, made.denominator, made.months_missing) == (Decimal("17.5"), None, Decimal(400), ())


def test_weights_that_add_up_to_nothing_give_no_figure() -> None:
    """There were no cases in any month: nothing can be weighed, and no month is missing."""
    made = year_of([(Decimal(10), Decimal(0))] * 12, Aggregation.WEIGHTED)
    assert (made.value, made.denominator, made.months_missing) == (None, Decimal(0), ())


@given(st.lists(LINE, min_size=12, max_size=12), st.sampled_from(Aggregation))
def test_what_is_missing_is_named_and_never_filled(lines: list[Line], rule: Aggregation) -> None:
    """A month without what its rule needs is missing, and the figure is what the other months alone would give."""
    needs_weight = rule in (Aggregation.WEIGHTED, Aggregation.RATIO)
    lacks = [value is None or (needs_weight and weight is None) for value, weight in lines]
    points = [
        Point(period=month, value=value, numerator=value, denominator=weight)
        for month, (value, weight) in zip(YEAR.months, lines, strict=True)
    ]
    made = aggregate(points, months=YEAR.months, aggregation=rule)
    assert made.months_missing == tuple(month for month, is_lacking in zip(YEAR.months, lacks, strict=True) if is_lacking)
    alone = aggregate(points, months=made.months_used, aggregation=rule)
    assert (made.value, made.numerator, made.denominator) == (alone.value, alone.numerator, alone.denominator)


@given(st.lists(FIGURES, min_size=12, max_size=12), WEIGHTS)
def test_equal_weights_make_the_mean(figures: list[Decimal], weight: Decimal) -> None:
    """Where every month counts the same, weighted is the mean, to the last digit."""
    lines: list[Line] = [(figure, weight) for figure in figures]
    assert year_of(lines, Aggregation.WEIGHTED).value == year_of(lines, Aggregation.MEAN).value


@given(st.lists(st.tuples(FIGURES, WEIGHTS), min_size=12, max_size=12))
def test_a_weighted_figure_is_exact_and_lies_among_its_months(lines: list[tuple[Decimal, Decimal]]) -> None:
    """It is the quotient of exact sums, right to its last digit, and never beyond the lowest and highest month."""
    made = year_of(lines, Aggregation.WEIGHTED).value
    exact = sum(Fraction(value) * Fraction(weight) for value, weight in lines) / sum(Fraction(weight) for _, weight in lines)
    assert made is not None
    assert abs(Fraction(made) - exact) <= abs(exact) / 10**27
    assert min(value for value, _ in lines) <= made <= max(value for value, _ in lines)


@given(st.lists(st.tuples(st.integers(0, 10**4), st.integers(1, 10**4)), min_size=12, max_size=12))
def test_weighted_is_ratio_where_the_figures_are_quotients(lines: list[tuple[int, int]]) -> None:
    """Thirds cut off at 28 digits make no difference: what was returned above the line is added up, not what was cut off."""
    points = shares(lines)
    ratio, weighted = (
        aggregate(points, months=YEAR.months, aggregation=rule, multiplier=100) for rule in (Aggregation.RATIO, Aggregation.WEIGHTED)
    )
    assert ratio == weighted


@given(st.lists(st.tuples(st.integers(0, 10**4), st.integers(1, 10**4)), min_size=12, max_size=12), st.randoms(use_true_random=False))
@pytest.mark.parametrize("rule", [Aggregation.SUM, Aggregation.RATIO, Aggregation.WEIGHTED])
def test_order_and_grouping_do_not_matter(rule: Aggregation, lines: list[tuple[int, int]], random: Random) -> None:
    """Months make the same year in any order, and through quarters the same as at once."""
    points = [Point(period=p.period, value=p.numerator) for p in shares(lines)] if rule is Aggregation.SUM else shares(lines)
    shuffled = list(points)
    random.shuffle(shuffled)
    at_once = aggregate(shuffled, months=YEAR.months, aggregation=rule, multiplier=100)
    through_quarters = by_quarters(points, rule, multiplier=100)
    for name in ("value", "numerator", "denominator"):
        assert getattr(at_once, name) == getattr(through_quarters, name)


@given(st.lists(st.tuples(FIGURES, WEIGHTS), min_size=12, max_size=12))
def test_typed_figures_can_be_grouped_to_25_digits(lines: list[tuple[Decimal, Decimal]]) -> None:
    """A quarter's weighted figure is cut off at 28 digits, so a year made of quarters agrees to 25 of the largest month's."""
    points = [Point(period=month, value=value, denominator=weight) for month, (value, weight) in zip(YEAR.months, lines, strict=True)]
    at_once, through_quarters = year_of(lines, Aggregation.WEIGHTED).value, by_quarters(points, Aggregation.WEIGHTED, multiplier=1).value
    assert at_once is not None
    assert through_quarters is not None
    assert abs(at_once - through_quarters) <= max(abs(value) for value, _ in lines) * Decimal("1e-25")


def test_directorates_are_weighed_like_months() -> None:
    """A corporate figure counts each directorate by its weight; one without a weight is named as missing."""
    month = YEAR.months[0]
    parts = {
        "adults": Point(period=month, value=Decimal(4), denominator=Decimal(300)),
        "places": Point(period=month, value=Decimal(8), denominator=Decimal(100)),
    }
    assert combine(parts, aggregation=Aggregation.WEIGHTED).value == Decimal(5)
    lacking = combine(parts | {"finance": Point(period=month, value=Decimal(9))}, aggregation=Aggregation.WEIGHTED)
    assert (lacking.value, lacking.parts_missing) == (Decimal(5), ("finance",))
