"""A forecast follows level, trend and season as far as the history bears them, and is shown only where it beats "no change"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.series.forecast import Forecast, forecasts, project
from pmf.series.point import Point
from pmf.series.projection import Method
from pmf.series.track import History

APRIL = Month(2020, 4)


def history(figures: Sequence[object], start: Period = APRIL, **kind: bool) -> History:
    points, period = [], start
    for figure in figures:
        points.append(Point(period=period, value=None if figure is None else Decimal(str(figure))))
        period = period.next
    return History(points=points, **kind)


def forecast(figures: Sequence[object], horizon: int = 12, start: Period = APRIL, method: Method = Method.AUTO, **kind: bool) -> Forecast:
    [made] = forecasts([history(figures, start, **kind)], horizon=horizon, method=method)
    return made


def values(made: Forecast) -> list[float]:
    return [float(step.value) for step in made.path]


def wandering(months: int, seed: int = 7) -> list[float]:
    """A season, a slow rise and noise, to one decimal."""
    chance = np.random.default_rng(seed)
    return [round(200 + place + 30 * math.sin(math.pi * place / 6) + float(chance.normal(0, 5)), 1) for place in range(months)]


def test_a_figure_that_never_changes_stays() -> None:
    """The constant is forecast without a band's width, and not shown: the last value does as well."""
    made = forecast(["79.9"] * 48)
    assert {(step.value, step.low, step.high) for step in made.path} == {(Decimal("79.90"),) * 3}
    assert not made.is_shown
    assert made.reason.startswith("no forecast shown: the last value did as well")


def test_a_steady_rise_goes_on() -> None:
    """With four years of a straight line the forecast rises with it, if more and more cautiously, and is shown."""
    made = forecast(range(100, 148))
    assert made.is_shown
    assert values(made) == pytest.approx(range(148, 160), abs=4)
    assert values(made) == sorted(values(made))


def test_a_pure_season_comes_back() -> None:
    """Four identical years are followed by a fifth."""
    year = [80, 82, 91, 95, 99, 120, 118, 104, 97, 90, 85, 81]
    made = forecast(year * 4)
    assert made.is_shown
    assert values(made) == pytest.approx(year, rel=0.002)


def test_chance_is_not_taken_for_a_season() -> None:
    """Noise around a level leaves a forecast far flatter than the noise."""
    chance = np.random.default_rng(1)
    made = forecast([round(float(chance.normal(50, 10)), 1) for _ in range(60)])
    assert max(values(made)) - min(values(made)) < 10


@pytest.mark.parametrize(("count", "method"), [(6, "smoothing"), (35, "smoothing"), (36, "theta and damped"), (60, "theta and damped")])
def test_the_history_decides_what_is_used(count: int, method: str) -> None:
    """Three years of months bear trend and season, fewer a level alone; the number of figures is told."""
    first = forecast(wandering(count)).path[0]
    assert (first.method, first.points_used, first.period) == (method, count, APRIL.plus(count))


@pytest.mark.parametrize(("figures", "told"), [([], "0 figures"), ([1], "1 figure,"), ([1, 2, None, 3, 4, 5], "5 figures")])
def test_fewer_than_six_figures_forecast_nothing(figures: list[object], told: str) -> None:
    """There is no path, and the reason counts the figures."""
    made = forecast(figures)
    assert made.path == ()
    assert told in made.reason


def test_a_forecast_that_did_worse_is_not_shown() -> None:
    """Where steps come from nowhere, the last value did as well; the reason gives both mean misses."""
    steps = [100] * 10 + [200] * 10 + [50] * 10 + [160] * 5
    [shown] = project([(history(steps), APRIL.plus(40))])
    assert shown.projection is None
    assert shown.reason.startswith("no forecast shown: the last value did as well (past forecasts missed by ")


def test_no_change_takes_over_where_it_clearly_did_better() -> None:
    """After a climb that ended long ago a trend is a bad guide: "auto" says no change, a named method is kept."""
    figures = [min(10 * month, 260) for month in range(48)]
    auto, named = forecast(figures), forecast(figures, method=Method.THETA)
    assert {step.method for step in auto.path} == {"no change"}
    assert set(values(auto)) == {figures[-1]}
    assert {step.method for step in named.path} == {"theta"}
    assert not auto.is_shown


def test_a_projection_that_is_shown_has_its_band() -> None:
    """One KPI for one later month: value within the band, the method named, the evidence in words."""
    [shown] = project([(history(wandering(60)), Month(2026, 3))])
    assert shown.projection is not None
    assert shown.projection.period == Month(2026, 3)
    assert shown.projection.low is not None
    assert shown.projection.high is not None
    assert shown.projection.low < shown.projection.value < shown.projection.high
    assert shown.reason.startswith("past forecasts missed by ")


def test_the_band_widens_with_distance() -> None:
    """What is further ahead is less sure, month for month."""
    widths = [step.high - step.low for step in forecast(wandering(60), horizon=24).path if step.high is not None and step.low is not None]
    assert len(widths) == 24
    assert widths == sorted(widths)
    assert widths[-1] > 0


@pytest.mark.parametrize("to", [APRIL.plus(5), Quarter(2030, 1)])
def test_the_past_is_not_forecast(to: Period) -> None:
    """A period that has its figure, or is of another kind, is refused."""
    with pytest.raises(ValueError, match="forecast a later period of the same kind"):
        project([(history(wandering(12)), to)])


def test_kinds_of_period_are_not_mixed() -> None:
    """Months and quarters in one history are refused."""
    mixed = History(points=[*history([1] * 6).points, *history([1], start=Quarter(2020, 1)).points])
    with pytest.raises(ValueError, match="one kind of period"):
        forecasts([mixed], horizon=1)


def test_months_without_a_figure_keep_their_place() -> None:
    """A gap moves neither season nor trend; that the month is listed or left out makes no difference."""
    figures: list[object] = list(wandering(60))
    whole = values(forecast(figures))
    figures[20:22] = [None, None]
    listed = forecast(figures)
    left_out = History(points=[point for point in history(figures).points if point.value is not None])
    assert values(listed) == pytest.approx(whole, rel=0.03)
    assert forecasts([left_out], horizon=12) == [listed]


def test_what_lies_after_the_last_figure_is_forecast() -> None:
    """Months still without a figure at the end are the first that are forecast."""
    assert forecast([*wandering(40), None, None]) == forecast(wandering(40))


def test_quarters_have_seasons_and_years_have_none() -> None:
    """Four identical years of quarters are followed by a fifth; years are forecast year by year."""
    quarters = forecast([10, 20, 30, 25] * 5, start=Quarter(2019, 1), horizon=4)
    assert values(quarters) == pytest.approx([10, 20, 30, 25], rel=0.01)
    assert [step.period.key for step in quarters.path] == ["2024-25-Q1", "2024-25-Q2", "2024-25-Q3", "2024-25-Q4"]
    years = forecast(range(10, 25), start=FinancialYear(2009), horizon=2)
    assert [step.period for step in years.path] == [FinancialYear(2024), FinancialYear(2025)]
    assert values(years) == pytest.approx([25, 26], abs=0.7)


def test_a_percentage_stays_where_a_percentage_can_be() -> None:
    """Value and band keep to 0 and 100, unless the KPI has itself been beyond."""
    rising = [60 + place for place in range(40)]
    kept = forecast(rising, is_percentage=True).path
    assert max(step.value for step in kept) <= 100
    assert max(step.high for step in kept if step.high is not None) <= 100
    assert max(values(forecast([*rising, 104, 105], is_percentage=True))) > 105


def test_a_count_is_never_negative() -> None:
    """A figure that falls towards zero does not go below; one that has been below may."""
    falling = [400 - 10 * place for place in range(40)]
    assert min(step.low for step in forecast(falling).path if step.low is not None) == 0
    assert min(values(forecast([each - 50 for each in falling]))) < -50


def test_a_cumulative_figure_is_forecast_by_what_each_month_adds() -> None:
    """Up to March it climbs from where it stands, in April it starts anew, and it never falls within a year."""
    added = [10, 12, 9, 11, 10, 12, 30, 11, 9, 10, 12, 11]
    running = [sum(added[: month + 1]) for _ in range(4) for month in range(12)]
    made = forecast([*running, *running[:6]], horizon=12, is_cumulative=True)
    assert [step.period for step in made.path][5] == Month(2025, 3)
    assert values(made) == pytest.approx([*running[6:12], *running[:6]], rel=0.01)
    assert made.is_shown
    assert all(step.low is not None and step.low >= 64 for step in made.path[:6])


def test_a_gap_in_a_cumulative_year_is_shared_out() -> None:
    """What two months added together is known, so the month missing between them costs nothing."""
    running = [10.0 * (month + 1) for _ in range(4) for month in range(12)]
    gap: list[object] = [*running[:30], None, *running[31:]]
    assert values(forecast(gap, is_cumulative=True)) == pytest.approx(running[:12])


def test_one_running_figure_is_one_figure() -> None:
    """September's year-to-date figure says what six months added, and is still a single figure."""
    made = forecast([None] * 5 + [60], is_cumulative=True)
    assert (made.path, made.reason) == ((), "no forecast shown: 1 figure, and 6 are needed")


def test_a_total_adds_up_the_periods_to_come() -> None:
    """As a total, the third month ahead holds all three; its band is wider than that of the month alone."""
    each, total = forecast(wandering(60), horizon=3), forecast(wandering(60), horizon=3, is_total=True)
    assert float(total.path[2].value) == pytest.approx(sum(values(each)), abs=0.2)
    single, summed = each.path[2], total.path[2]
    assert single.high is not None
    assert summed.high is not None
    assert summed.high - summed.value > single.high - single.value


def test_company_changes_nothing() -> None:
    """A KPI is forecast the same alone, among others and in any order."""
    many = [history(wandering(count, seed=count)) for count in (6, 20, 36, 48, 60, 61, 90, 130)]
    together = forecasts(many, horizon=6)
    assert together[::-1] == forecasts(many[::-1], horizon=6)
    assert together == [forecasts([each], horizon=6)[0] for each in many]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([8, 40, 60]), st.sampled_from([Decimal("0.001"), Decimal(4), Decimal(1000)]))
def test_the_unit_does_not_matter(seed: int, count: int, factor: Decimal) -> None:
    """Pounds or thousands of pounds: forecast and band are the same times the factor."""
    plain = history(wandering(count, seed))
    scaled = History(points=[Point(period=each.period, value=each.value and each.value * factor) for each in plain.points])
    [small], [large] = forecasts([plain], horizon=6), forecasts([scaled], horizon=6)
    assert small.is_shown == large.is_shown
    for one, other in zip(small.path, large.path, strict=True):
        for ours, theirs in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
            assert ours is not None
            assert theirs is not None
            assert float(theirs) == pytest.approx(float(ours * factor), abs=0.11 * float(max(factor, Decimal("0.01"))))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([8, 40, 60]))
def test_where_zero_lies_does_not_matter_below_it(seed: int, count: int) -> None:
    """Figures below zero have a season that is added: the same figures 1,000 lower are forecast 1,000 lower."""
    figures = [round(each - 400, 1) for each in wandering(count, seed)]
    high, low = forecast(figures, horizon=6), forecast([round(each - 1000, 1) for each in figures], horizon=6)
    assert values(low) == pytest.approx([each - 1000 for each in values(high)], abs=0.03)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(st.none(), st.decimals(0, 100, places=1)), min_size=6, max_size=60), st.booleans())
def test_any_percentages_are_forecast_in_order(figures: list[Decimal | None], is_cumulative: bool) -> None:
    """Whatever the history, there is a path or a reason, low <= value <= high within 0 and 100, and the same on every run."""
    made = forecast(figures, is_percentage=True, is_cumulative=is_cumulative)
    assert made.reason
    assert made == forecast(figures, is_percentage=True, is_cumulative=is_cumulative)
    for step in made.path:
        assert step.value <= 100
        assert is_cumulative or step.value >= 0
        if step.low is not None and step.high is not None:
            assert step.low <= step.value <= step.high


@pytest.mark.parametrize("method", [each for each in Method if each is not Method.AUTO])
def test_every_method_can_be_asked_for(method: Method) -> None:
    """A named method is used whatever the length of the history, and named in the result."""
    for count in (6, 12, 25, 60):
        made = forecast(wandering(count), method=method, horizon=3)
        assert {step.method for step in made.path} == {method.value}
        assert all(math.isfinite(each) for each in values(made))


def test_the_line_is_the_one_of_the_dashboard() -> None:
    """Method "linear" is the straight line through the last twelve figures, gaps or not."""
    from pmf.series.projection import linear

    figures: list[object] = [*wandering(20), None, *wandering(8, seed=2)]
    [step] = forecast(figures, horizon=1, method=Method.LINEAR).path
    exact = linear(history(figures).points, to=step.period)
    assert exact is not None
    assert float(step.value) == pytest.approx(float(exact.value), abs=0.006)


def test_no_horizon_is_refused() -> None:
    """Asking for no period ahead is an error, not an empty answer."""
    with pytest.raises(ValueError, match="ask for one or more"):
        forecasts([], horizon=0)
