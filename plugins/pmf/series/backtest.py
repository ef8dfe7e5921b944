"""Backtest: what a method would have expected in the past, held against what came.

The method is given a series only up to an earlier figure, as if the rest were unknown, and its misses are counted by how
far ahead they were. "No change" is asked the same. From the same misses comes the band that four out of five figures
should fall in. Rows are series, columns periods, as in ``seasonality``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pmf.series.projection import Method
from pmf.series.recipe import expected
from pmf.series.seasonality import Array, Periods

# The past forecasts begin so many periods before the last figure: close together near the end, a year and a half at most.
_ORIGINS = (1, 2, 3, 4, 6, 9, 12, 15, 18)
# Four out of five misses are smaller than 1.61 times their mean, for normal and for heavy-tailed (Laplace) misses alike; the
# rest is for the mean being measured on few. Coverage by benchmarks/bench_projection.py.
_FOUR_IN_FIVE = 1.75
# How a miss may grow: by this power of the number of periods ahead. The usual is about that of figures that wander (0.5, and
# 1.5 for totals). A few past misses do not argue it away: with a third of the faith, the bands of what is a year ahead held
# 7 in 10 on the training part of the M3 months.
_GROWTHS = np.arange(0.0, 1.85, 0.1)
_USUAL_GROWTH, _USUAL_GROWTH_OF_TOTAL = 0.6, 1.4
_FAITH_IN_USUAL = 30.0


@dataclass(frozen=True)
class Misses:
    """Past misses: outcome less forecast, by series, by forecast and by periods ahead; not-a-number where there is no outcome."""

    by_period: Array

    @property
    def by_total(self) -> Array:
        """The same for the total of all periods up to there."""
        totals: Array = np.cumsum(self.by_period, axis=2)
        return totals


def past_misses(figures: Array, *, method: Method, season: int, horizon: int, fewest: int) -> Misses:
    """Let a method forecast from earlier figures of every series, each resting on at least ``fewest`` of them."""
    ahead = min(horizon, _ORIGINS[-1])
    count, width = figures.shape
    misses = np.full((count, len(_ORIGINS), ahead), np.nan)
    pasts, places = [], []
    for place, back in enumerate(_ORIGINS):
        if back >= width:
            break
        past = np.full_like(figures, np.nan)
        past[:, back:] = figures[:, :-back]
        rows = np.flatnonzero((np.isfinite(past).sum(axis=1) >= fewest) & np.isfinite(past[:, -1]))
        pasts.append(past[rows])
        places.append((place, back, rows))
    if any(len(past) for past in pasts):
        paths = expected(np.concatenate(pasts), method=method, season=season, horizon=ahead)
        for (place, back, rows), path in zip(places, np.split(paths, np.cumsum([len(past) for past in pasts])[:-1]), strict=True):
            seen = min(back, ahead)
            misses[rows, place, :seen] = figures[rows, width - back : width - back + seen] - path[:, :seen]
    return Misses(misses)


def mean_miss(misses: Array) -> tuple[Array, Array]:
    """Give the mean size of every series' misses and how many they are; 0 of 0 where there are none."""
    count = np.isfinite(misses).sum(axis=(1, 2))
    return np.nansum(np.abs(misses), axis=(1, 2)) / np.maximum(count, 1), count


@dataclass(frozen=True)
class Band:
    """How far from the forecast four out of five figures fall, one row per series.

    The reach is a ``size`` times the number of periods ahead to the power of a ``growth``; totals have their own.
    """

    size: Array
    growth: Array
    total_size: Array
    total_growth: Array

    def of_period(self, ahead: Periods) -> Array:
        """Give the half-width for a single period so many ``ahead`` of the last figure; one column per period."""
        half: Array = self.size * ahead**self.growth
        return half

    def of_total(self, ahead: Periods, added: Periods) -> Array:
        """Give the half-width for the total of the last ``added`` periods of those ``ahead``.

        A total that begins later than the period after the last figure is as much wider as a single period there is.
        """
        half: Array = self.total_size * added**self.total_growth * (ahead / added) ** self.growth
        return half


def band(misses: Misses) -> Band:
    """Fit the band of every series to its past misses."""
    size, growth = _fitted(misses.by_period, usual=_USUAL_GROWTH)
    total_size, total_growth = _fitted(misses.by_total, usual=_USUAL_GROWTH_OF_TOTAL)
    return Band(_FOUR_IN_FIVE * size, growth, _FOUR_IN_FIVE * total_size, total_growth)


def _fitted(misses: Array, *, usual: float) -> tuple[Array, Array]:
    """Find size and growth, as columns, that come nearest to the mean misses of every number of periods ahead."""
    count = np.isfinite(misses).sum(axis=1)
    means = np.nansum(np.abs(misses), axis=1) / np.maximum(count, 1)
    ahead = np.arange(1, misses.shape[2] + 1)
    sizes, distances = [], []
    for growth in _GROWTHS:
        relative = means / ahead**growth
        size = (count * relative).sum(axis=1) / np.maximum(count.sum(axis=1), 1)
        off = relative / np.where(size > 0, size, 1.0)[:, None] - 1
        distances.append((count * off**2).sum(axis=1) + _FAITH_IN_USUAL * (growth - usual) ** 2)
        sizes.append(size)
    best = np.argmin(distances, axis=0)
    return np.choose(best, sizes)[:, None], _GROWTHS[best][:, None]
