"""Months become quarters and years by the KPI's rule, and say which months they were made of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import Month, Quarter
from pmf.register.kpi import Aggregation
from pmf.series.aggregation import Aggregated, aggregate, combine
from pmf.series.point import Point, steps

QUARTER_2 = Quarter(2024, 2)
JULY, AUGUST, SEPTEMBER = QUARTER_2.months


def value(month: Month, figure: str | None) -> Point:
    return Point(period=month, value=None if figure is None else Decimal(figure))


def share(month: Month, numerator: str | None, denominator: str | None) -> Point:
    part, whole = (None if text is None else Decimal(text) for text in (numerator, denominator))
    return Point(period=month, value=Decimal(0), numerator=part, denominator=whole)


def quarter(points: list[Point], rule: Aggregation, *, is_cumulative: bool = False, multiplier: int = 1) -> Aggregated:
    return aggregate(points, months=QUARTER_2.months, aggregation=rule, is_cumulative=is_cumulative, multiplier=multiplier)


THREE = [value(JULY, "10.1"), value(AUGUST, "20.2"), value(SEPTEMBER, "40.3")]


@pytest.mark.parametrize(
    ("rule", "is_cumulative", "expected"),
    [
        (Aggregation.SUM, False, "70.6"),
        (Aggregation.LAST, False, "40.3"),
        (Aggregation.MEAN, False, "23.53333333333333333333333333"),
        (Aggregation.SUM, True, "40.3"),
        (Aggregation.MEAN, True, "40.3"),
    ],
)
def test_values_follow_the_rule(rule: Aggregation, is_cumulative: bool, expected: str) -> None:
    """Sum, last and mean are what they say; a cumulative figure's last month holds the others already."""
    made = quarter(THREE, rule, is_cumulative=is_cumulative)
    assert (made.value, made.months_used, made.months_missing) == (Decimal(expected), QUARTER_2.months, ())
    assert not made.is_incomplete


def test_a_ratio_adds_up_what_is_above_and_below_the_line() -> None:
    """50% of 10 and 90% of 90 is 86%, not the average of 70%."""
    made = quarter([share(JULY, "5", "10"), share(AUGUST, "81", "90"), share(SEPTEMBER, "0", "0")], Aggregation.RATIO, multiplier=100)
    assert (made.value, made.numerator, made.denominator) == (Decimal(86), Decimal(86), Decimal(100))


def test_a_missing_month_is_named_and_the_others_count() -> None:
    """As for indicator 220 in the seed: figures to the end of August make a provisional quarter."""
    made = quarter([*THREE[:2], value(SEPTEMBER, None)], Aggregation.LAST)
    assert (made.value, made.months_used, made.months_missing) == (Decimal("20.2"), (JULY, AUGUST), (SEPTEMBER,))
    assert made.is_incomplete


def test_a_percentage_typed_without_its_parts_is_not_averaged_in() -> None:
    """For a ratio, a month without numerator and denominator is missing, whatever percentage stands there."""
    made = quarter([share(JULY, "5", "10"), share(AUGUST, None, None), share(SEPTEMBER, "9", None)], Aggregation.RATIO, multiplier=100)
    assert (made.value, made.months_missing) == (Decimal(50), (AUGUST, SEPTEMBER))


@pytest.mark.parametrize("rule", Aggregation)
def test_no_month_makes_no_figure(rule: Aggregation) -> None:
    """Without any month there is no value, and certainly no zero."""
    made = quarter([], rule)
    assert (made.value, made.months_used, made.months_missing) == (None, (), QUARTER_2.months)


def test_nothing_out_of_nothing_is_no_percentage() -> None:
    """Months whose denominators add up to zero were returned, but have no percentage."""
    made = quarter([share(month, "0", "0") for month in QUARTER_2.months], Aggregation.RATIO, multiplier=100)
    assert (made.value, made.denominator, made.months_missing) == (None, Decimal(0), ())


def test_only_the_months_due_are_looked_for() -> None:
    """A quarterly KPI has one month due, so the other two are neither missing nor counted."""
    made = aggregate(THREE, months=(SEPTEMBER,), aggregation=Aggregation.SUM)
    assert (made.value, made.months_used, made.months_missing) == (Decimal("40.3"), (SEPTEMBER,), ())


@given(st.permutations(THREE))
def test_the_order_of_the_points_does_not_matter(points: list[Point]) -> None:
    """The rule "last" takes the last month of the quarter, not the last row of a table."""
    assert quarter(points, Aggregation.LAST).value == Decimal("40.3")


@given(st.lists(st.decimals(-(10**12), 10**12, places=6), min_size=3, max_size=3))
def test_sums_are_exact(figures: list[Decimal]) -> None:
    """No digit is lost, however large or small the figures."""
    made = quarter([Point(period=month, value=figure) for month, figure in zip(QUARTER_2.months, figures, strict=True)], Aggregation.SUM)
    assert made.value is not None
    assert int(made.value.scaleb(6)) == sum(int(figure.scaleb(6)) for figure in figures)


def test_directorates_combine_like_months() -> None:
    """A corporate percentage adds up numerators and denominators; a directorate without a return is named."""
    parts = {"adults": share(JULY, "30", "100"), "places": share(JULY, "90", "900"), "finance": share(JULY, None, None)}
    made = combine(parts, aggregation=Aggregation.RATIO, multiplier=100)
    assert (made.value, made.parts_used, made.parts_missing) == (Decimal(12), ("adults", "places"), ("finance",))
    assert made.is_incomplete
    sums = combine({"adults": value(JULY, "3"), "places": value(JULY, "4.5")}, aggregation=Aggregation.SUM)
    assert (sums.value, sums.is_incomplete) == (Decimal("7.5"), False)
    assert combine({}, aggregation=Aggregation.MEAN).value is None


def test_quarterly_year_to_date_figures_come_apart_by_quarters() -> None:
    """Figures that come with the last month of each quarter are taken apart from quarter to quarter; June starts the year."""
    months = [Month(2024, 3), Month(2024, 6), Month(2024, 9), Month(2024, 12)]
    points = [value(month, figure) for month, figure in zip(months, ["97.5", "20", "45", "70"], strict=True)]
    assert [step.value for step in steps(points, every=3)] == [None, Decimal(20), Decimal(25), Decimal(25)]


def test_directorates_have_no_last() -> None:
    """The last of several directorates means nothing, so it is refused."""
    with pytest.raises(ValueError, match='cannot be combined by "last": use sum, ratio, weighted or mean'):
        combine({"adults": value(JULY, "3")}, aggregation=Aggregation.LAST)


def test_year_to_date_figures_come_apart_into_steps() -> None:
    """Each month's own share is what it added; April starts anew, and a gap leaves its neighbour's share unknown."""
    months = [Month(2024, 2), Month(2024, 3), Month(2024, 4), Month(2024, 5), Month(2024, 6), Month(2024, 7)]
    figures = ["88", "97.5", "10", None, "29.5", "39"]
    expected = [None, Decimal("9.5"), Decimal(10), None, None, Decimal("9.5")]
    assert expected == [step.value for step in steps([value(month, figure) for month, figure in zip(months, figures, strict=True)])]
