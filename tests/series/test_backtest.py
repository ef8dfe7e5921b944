"""Past forecasts are made from what was known then, and the band is as wide as their misses say."""

from __future__ import annotations

import numpy as np
import pytest

from pmf.series.backtest import Misses, band, mean_miss, past_misses
from pmf.series.projection import Method


def no_change_misses(figures: list[list[float]], horizon: int = 3, fewest: int = 3) -> Misses:
    return past_misses(np.array(figures, dtype=float), method=Method.NO_CHANGE, season=12, horizon=horizon, fewest=fewest)


def test_a_miss_is_what_came_less_what_the_last_figure_of_then_said() -> None:
    """Up to three months back, each forecast of "no change" is held against the figures after it, by distance."""
    misses = no_change_misses([[1, 2, 4, 7, 11, 16]]).by_period
    assert misses[0, 0].tolist()[:1] == [5]
    assert misses[0, 1].tolist()[:2] == [4, 9]
    assert misses[0, 2].tolist() == [3, 7, 12]
    assert np.isnan(misses[0, 0, 1:]).all()
    assert np.isnan(misses[0, 3:]).all()


def test_totals_are_the_misses_added_up() -> None:
    """The miss of the total two months ahead is that of both months."""
    misses = no_change_misses([[1, 2, 4, 7, 11, 16]])
    assert misses.by_total[0, 1].tolist()[:2] == [4, 13]


def test_what_is_not_known_is_not_held_against_anybody() -> None:
    """A month without a figure starts no forecast and ends none."""
    misses = no_change_misses([[1, 2, 4, 7, float("nan"), 16]]).by_period
    assert np.isnan(misses[0, 0]).all()
    assert np.isnan(misses[0, 1, 0])
    assert misses[0, 1, 1] == 9


def test_the_future_of_a_past_forecast_is_not_known_to_it() -> None:
    """Changing the last figures changes the outcomes, never what was forecast of them."""
    figures = 100 + 10 * np.sin(np.arange(60.0))
    other = np.concatenate([figures[:-1], [1000.0]])
    kept = {"method": Method.THETA_AND_DAMPED, "season": 12, "horizon": 1, "fewest": 30}
    before, after = past_misses(figures[None], **kept).by_period, past_misses(other[None], **kept).by_period  # type: ignore[arg-type]
    assert after[0, 0, 0] - before[0, 0, 0] == pytest.approx(1000 - figures[-1])
    assert after[0, 1:, 0] == pytest.approx(before[0, 1:, 0])


def test_the_mean_miss_counts_what_there_is() -> None:
    """Sizes are averaged over all distances; with no past forecast it is 0 of 0."""
    sizes, counts = mean_miss(no_change_misses([[1, 2, 4, 7, 11, 16], [1, 2, 3, float("nan"), float("nan"), 4]], fewest=4).by_period)
    assert (sizes[0], counts[0]) == (pytest.approx((5 + 4 + 9) / 3), 3)
    assert (sizes[1], counts[1]) == (0, 0)


def test_the_band_holds_four_out_of_five() -> None:
    """Of a random walk, about 80% of what comes falls inside, at any distance and for totals."""
    steps = np.random.default_rng(5).normal(size=(400, 60)).cumsum(axis=1)
    known, came = steps[:, :48], steps[:, 48:]
    found = band(past_misses(known, method=Method.NO_CHANGE, season=1, horizon=12, fewest=10))
    ahead = np.arange(1, 13)
    single = np.abs(came - known[:, -1:]) <= found.of_period(ahead)
    total = np.abs((came - known[:, -1:]).cumsum(axis=1)) <= found.of_total(ahead, ahead)
    assert single.mean() == pytest.approx(0.8, abs=0.05)
    assert total.mean() == pytest.approx(0.8, abs=0.05)


def test_a_total_of_one_period_is_that_period() -> None:
    """One period ahead, a total and a single figure have the same band."""
    found = band(no_change_misses([[1, 2, 4, 7, 11, 16]], horizon=1))
    one = np.array([1])
    assert found.of_period(one) == pytest.approx(found.of_total(one, one))
