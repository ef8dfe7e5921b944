"""Smoothing: forecasts that lean on the latest figures most, for many series at once.

Rows are series without season or gaps, columns periods; every row ends in the last column and may begin late
(not-a-number before). Each function chooses a series' constants by the smallest squared misses one period ahead, and
gives a path: one column per period after the last figure. Sources: E. S. Gardner and E. McKenzie, Management Science 31
(1985), for the damped trend; R. J. Hyndman and B. Billah, International Journal of Forecasting 19 (2003), for Theta as
smoothing with half the slope of the line.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pmf.series.seasonality import Array

# The weights of the latest figure that are tried; 1 is "no change".
_WEIGHTS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
# For the damped trend: weights of level and of trend (as a share of the level's), and what is left of a trend after a period.
# Three times as many gain half a per cent on the training part of the M3 months and cost three times as much.
_LEVELS, _TRENDS, _DAMPINGS = (0.05, 0.15, 0.3, 0.5, 0.8), (0.02, 0.1, 0.4), (0.8, 0.9, 0.98)
# The first trend is the mean step over so many periods: half a year of months.
_FIRST_STEPS = 6
# So many series at once keep the arrays of all constants in the processor's cache.
_ROWS_AT_ONCE = 512


def smoothed(figures: Array, *, horizon: int) -> Array:
    """Expect the level of simple exponential smoothing for every period ahead."""
    level, _ = _smoothed_level(figures)
    return np.repeat(level[:, None], horizon, axis=1)


def theta(figures: Array, *, horizon: int) -> Array:
    """Expect the smoothed level, moving on by half the slope of the straight line through all figures."""
    level, weight = _smoothed_level(figures)
    known = np.isfinite(figures).sum(axis=1)
    # Smoothing lags behind a line by its slope times this many periods.
    lag = (1 - (1 - weight) ** known) / weight
    path: Array = level[:, None] + 0.5 * line_slope(figures)[:, None] * (np.arange(horizon) + lag[:, None])
    return path


def damped(figures: Array, *, horizon: int) -> Array:
    """Expect the smoothed level, moving on by a smoothed trend that fades from period to period."""
    constants = np.array([(level, level * trend, damping) for level in _LEVELS for trend in _TRENDS for damping in _DAMPINGS]).T
    starts = _starts(figures)
    path = np.empty((len(figures), horizon))
    # Series that begin together are smoothed together, from their first figure on.
    order = np.argsort(starts, kind="stable")
    for rows in np.array_split(order, range(_ROWS_AT_ONCE, len(order), _ROWS_AT_ONCE)):
        path[rows] = _damped_rows(figures[rows, starts[rows].min() :], horizon, constants)
    return path


def line_slope(figures: Array) -> Array:
    """Give the slope, per period, of the least-squares line through the known figures of every series."""
    known = np.isfinite(figures)
    count = known.sum(axis=1, keepdims=True)
    places = np.where(known, np.arange(figures.shape[1]), 0.0)
    places = np.where(known, places - places.sum(axis=1, keepdims=True) / count, 0.0)
    spread: Array = (places**2).sum(axis=1)
    slope: Array = np.nansum(places * figures, axis=1) / np.where(spread > 0, spread, 1.0)
    return slope


def _starts(figures: Array) -> npt.NDArray[np.intp]:
    columns: npt.NDArray[np.intp] = np.isfinite(figures).argmax(axis=1)
    return columns


def _from_the_start(figures: Array) -> Array:
    """Write the first figure in all columns before it: a level that starts there is not moved by them."""
    first = figures[np.arange(len(figures)), _starts(figures)]
    return np.where(np.isfinite(figures), figures, first[:, None])


def _smoothed_level(figures: Array) -> tuple[Array, Array]:
    """Give the last level of every series and the weight it was made with."""
    filled = _from_the_start(figures)
    level = np.repeat(filled[:, :1], len(_WEIGHTS), axis=1)
    squares = np.zeros_like(level)
    for column in filled.T:
        miss = column[:, None] - level
        squares += miss * miss
        level += _WEIGHTS * miss
    rows, best = np.arange(len(figures)), squares.argmin(axis=1)
    return level[rows, best], _WEIGHTS[best]


def _damped_rows(figures: Array, horizon: int, constants: Array) -> Array:
    level_weight, trend_weight, damping = constants
    starts, rows = _starts(figures), np.arange(len(figures))
    filled = _from_the_start(figures)
    after = np.minimum(starts + _FIRST_STEPS, figures.shape[1] - 1)
    first_trend = (filled[rows, after] - filled[rows, starts]) / np.maximum(after - starts, 1)
    level = np.repeat(filled[:, :1], constants.shape[1], axis=1)
    trend, squares = np.zeros_like(level), np.zeros_like(level)
    miss, moved = np.empty_like(level), np.empty_like(level)
    for place, column in enumerate(filled.T):
        # In place: this loop is nearly all of what a forecast costs.
        trend *= damping
        level += trend
        np.subtract(column[:, None], level, out=miss)
        squares += np.multiply(miss, miss, out=moved)
        level += np.multiply(miss, level_weight, out=moved)
        trend += np.multiply(miss, trend_weight, out=moved)
        begins = starts == place
        trend[begins] = first_trend[begins, None]
    best = squares.argmin(axis=1)
    fading = np.cumsum(damping[best][:, None] ** np.arange(1, horizon + 1), axis=1)
    path: Array = level[rows, best][:, None] + fading * trend[rows, best][:, None]
    return path
