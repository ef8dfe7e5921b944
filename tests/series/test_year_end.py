"""The year's figure is what there is and a forecast of the rest, put together by the KPI's own rule."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from pmf.period import FinancialYear, Month
from pmf.register.kpi import Aggregation
from pmf.series.forecast import Shown
from pmf.series.point import Point
from pmf.series.projection import Projection
from pmf.series.track import History
from pmf.series.yearend import project_year_end

APRIL = Month(2020, 4)
YEAR = [80, 82, 91, 95, 99, 120, 118, 104, 97, 90, 85, 81]
SEPTEMBER = 4 * 12 + 6


def figures(count: int = SEPTEMBER, value: Callable[[int], int | None] = lambda month: YEAR[month % 12]) -> list[Point]:
    made = [(APRIL.plus(month), value(month)) for month in range(count)]
    return [Point(period=period, value=None if figure is None else Decimal(figure)) for period, figure in made]


def projected(shown: Shown) -> Projection:
    assert shown.projection is not None, shown.reason
    assert shown.projection.low is not None
    assert shown.projection.high is not None
    assert shown.projection.low <= shown.projection.value <= shown.projection.high
    return shown.projection


@pytest.mark.parametrize(
    ("aggregation", "expected"), [(Aggregation.SUM, sum(YEAR)), (Aggregation.MEAN, sum(YEAR) / 12), (Aggregation.LAST, YEAR[-1])]
)
def test_a_year_like_the_others_ends_like_them(aggregation: Aggregation, expected: float) -> None:
    """After four identical years and half a fifth, sum, mean and last figure are those of a whole year."""
    made = projected(project_year_end(History(points=figures()), aggregation=aggregation))
    assert made.period == FinancialYear(2024)
    assert float(made.value) == pytest.approx(expected, rel=0.005)


def test_a_running_figure_ends_where_its_months_lead() -> None:
    """A year-to-date figure is forecast for March, whatever the rule says about months."""
    points = figures(value=lambda month: sum(YEAR[: month % 12 + 1]))
    made = projected(project_year_end(History(points=points, is_cumulative=True), aggregation=Aggregation.SUM))
    assert float(made.value) == pytest.approx(sum(YEAR), rel=0.005)


def test_a_ratio_is_weighed_by_its_denominators() -> None:
    """A busy spring counts for more than the months to come, which weigh as this year's did on average."""
    points = []
    for month in range(SEPTEMBER):
        busy = month % 12 == 0
        part, whole = Decimal(YEAR[month % 12]), Decimal(1000 if busy else 200)
        points.append(Point(period=APRIL.plus(month), value=100 * part / whole, numerator=part, denominator=whole))
    made = projected(project_year_end(History(points=points, is_percentage=True), aggregation=Aggregation.RATIO, multiplier=100))
    shares = [100 * YEAR[month] / (1000 if month == 0 else 200) for month in range(12)]
    usual = (1000 + 5 * 200) / 6
    expected = (100 * sum(YEAR[:6]) + usual * sum(shares[6:])) / (2000 + 6 * usual)
    assert float(made.value) == pytest.approx(expected, rel=0.01)


def test_a_sum_with_a_month_missing_is_not_filled_in() -> None:
    """Nobody knows what July would have added; a mean is taken of the months there are."""
    gap = History(points=figures(value=lambda month: None if month == 51 else YEAR[month % 12]))
    shown = project_year_end(gap, aggregation=Aggregation.SUM)
    assert (shown.projection, shown.reason) == (None, "no forecast shown: a period of 2024/25 has no figure to add up")
    assert projected(project_year_end(gap, aggregation=Aggregation.MEAN))


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([], "there is no figure"),
        (figures(48), "the figures of 2023/24 are complete"),
        (figures(5), "5 figures, and 6 are needed"),
        (figures(41, value=lambda _: 7), "did as well"),
    ],
)
def test_no_year_end_has_its_reason(points: list[Point], told: str) -> None:
    """No figure, a year that is over, too short a history, or no better than no change: each is said."""
    shown = project_year_end(History(points=points), aggregation=Aggregation.SUM)
    assert shown.projection is None
    assert told in shown.reason


def test_a_ratio_without_denominators_is_not_forecast() -> None:
    """There is nothing to weigh the months by."""
    shown = project_year_end(History(points=figures()), aggregation=Aggregation.RATIO)
    assert (shown.projection, shown.reason) == (None, "no forecast shown: the figures of 2024/25 have nothing to be weighed by")
