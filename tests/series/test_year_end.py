"""The year's figure is what there is and a forecast of the rest, put together by the KPI's own rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.period import FinancialYear, Month
from pmf.register.kpi import Aggregation
from pmf.series.forecast import Shown
from pmf.series.point import Point
from pmf.series.projection import Projection
from pmf.series.track import History
from pmf.series.yearend import UnfinishedYear, project_year_ends

APRIL, YEAR_2024 = Month(2020, 4), FinancialYear(2024)
YEAR = [80, 82, 91, 95, 99, 120, 118, 104, 97, 90, 85, 81]
SEPTEMBER = 4 * 12 + 6


def figures(count: int = SEPTEMBER, value: Callable[[int], int | None] = lambda month: YEAR[month % 12]) -> list[Point]:
    made = [(APRIL.plus(month), value(month)) for month in range(count)]
    return [Point(period=period, value=None if figure is None else Decimal(figure)) for period, figure in made]


def project_year_end(history: History, aggregation: Aggregation, year: FinancialYear = YEAR_2024, multiplier: int = 1) -> Shown:
    [shown] = project_year_ends([UnfinishedYear(history=history, year=year, aggregation=aggregation, multiplier=multiplier)])
    return shown


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
    ("points", "year", "told"),
    [
        ([], 2024, "there is no figure"),
        (figures(48), 2023, "the figures of 2023/24 are complete"),
        (figures(5), 2020, "5 figures, and 6 are needed"),
        (figures(41, value=lambda _: 7), 2023, "did as well"),
        (figures(41), 2024, "2024/25 has no figure yet, and the year before lacks its last ones"),
    ],
)
def test_no_year_end_has_its_reason(points: list[Point], year: int, told: str) -> None:
    """No figure, a year that is complete, too short a history, or no better than no change: each is said."""
    shown = project_year_end(History(points=points), aggregation=Aggregation.SUM, year=FinancialYear(year))
    assert shown.projection is None
    assert told in shown.reason


def test_a_ratio_without_denominators_is_not_forecast() -> None:
    """There is nothing to weigh the months by."""
    shown = project_year_end(History(points=figures()), aggregation=Aggregation.RATIO)
    assert (shown.projection, shown.reason) == (None, "no forecast shown: the figures of 2024/25 have nothing to be weighed by")


def test_a_weighted_mean_is_weighed_by_its_denominators() -> None:
    """Figures count as often as their denominators say, those to come as this year's did on average."""
    points = [
        Point(period=point.period, value=point.value, denominator=Decimal(3 if place == 48 else 1)) for place, point in enumerate(figures())
    ]
    made = projected(project_year_end(History(points=points), aggregation=Aggregation.WEIGHTED))
    usual = 8 / 6
    expected = (2 * YEAR[0] + sum(YEAR[:6]) + usual * sum(YEAR[6:])) / (8 + 6 * usual)
    assert float(made.value) == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("aggregation", [Aggregation.SUM, Aggregation.MEAN, Aggregation.LAST])
def test_a_year_can_be_forecast_before_its_first_figure(aggregation: Aggregation) -> None:
    """When March is known and April is not, all twelve months are still to come."""
    made = projected(project_year_end(History(points=figures(48)), aggregation=aggregation))
    expected = {Aggregation.SUM: sum(YEAR), Aggregation.MEAN: sum(YEAR) / 12, Aggregation.LAST: YEAR[-1]}[aggregation]
    assert (made.period, float(made.value)) == (YEAR_2024, pytest.approx(expected, rel=0.005))


def test_a_yearly_figure_is_forecast_for_the_year_after() -> None:
    """Whatever its rule, a KPI of one figure a year is forecast from its years."""
    points = [Point(period=FinancialYear(2009 + place), value=Decimal(10 + place)) for place in range(15)]
    for aggregation in (Aggregation.SUM, Aggregation.RATIO, Aggregation.LAST):
        made = projected(project_year_end(History(points=points), aggregation=aggregation))
        assert (made.period, float(made.value)) == (YEAR_2024, pytest.approx(25, abs=0.7))


def test_misses_are_told_in_the_unit_of_the_year() -> None:
    """Of a mean, a total of months missed by twelve is a year's figure missed by one."""
    history = History(points=figures(value=lambda month: YEAR[month % 12] + month % 5))
    total, mean = (project_year_end(history, aggregation=rule).trial for rule in (Aggregation.SUM, Aggregation.MEAN))
    assert total is not None
    assert mean is not None
    assert (mean.miss, mean.miss_of_no_change) == (pytest.approx(total.miss / 12), pytest.approx(total.miss_of_no_change / 12))


SERIES = st.lists(st.one_of(st.none(), st.integers(0, 10**7), st.decimals(0, 500, places=1)), min_size=0, max_size=60)


def months(series: list[Decimal | int | None]) -> list[Point]:
    last = Month(2024, 9)
    return [
        Point(period=last.plus(place + 1 - len(series)), value=None if each is None else Decimal(each)) for place, each in enumerate(series)
    ]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(SERIES, st.sampled_from(list(Aggregation)), st.booleans()), min_size=2, max_size=6))
def test_company_changes_nothing(council: list[tuple[list[Decimal | int | None], Aggregation, bool]]) -> None:
    """A year end is the same alone, among a council's others and in any order; the forecast lies within its band."""
    years = [
        UnfinishedYear(history=History(points=months(series), is_cumulative=runs_up), year=YEAR_2024, aggregation=rule)
        for series, rule, runs_up in council
    ]
    together = project_year_ends(years)
    assert together == [project_year_ends([each])[0] for each in years]
    assert together[::-1] == project_year_ends(years[::-1])
    for shown in together:
        assert shown.projection is None or projected(shown)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([0, 2, 5]), st.sampled_from([1, 1000, 10**6]))
def test_what_has_been_reached_is_not_lost_again(seed: int, decimals: int, size: int) -> None:
    """The year end of a running figure that never fell, band included, is not below what there is."""
    added = [abs(math.sin(seed + place)) * size + size * (place % 12) for place in range(SEPTEMBER)]
    running = [sum(added[place - place % 12 : place + 1]) for place in range(SEPTEMBER)]
    points = [Point(period=APRIL.plus(place), value=Decimal(f"{each:.{decimals}f}")) for place, each in enumerate(running)]
    last = points[-1].value
    assert last is not None
    shown = project_year_end(History(points=points, is_cumulative=True), aggregation=Aggregation.SUM)
    made = projected(shown)
    assert made.low is not None
    assert made.low >= last
