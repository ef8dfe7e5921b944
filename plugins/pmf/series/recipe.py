"""Recipe: which method expects what, from the figures up to one moment and nothing later.

The same recipe makes the forecast that is shown and the past ones it is tested by (``backtest``). Rows are series,
columns periods, as in ``seasonality``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pmf.series import smoothing
from pmf.series.projection import FEWEST_POINTS, MOST_POINTS, Method
from pmf.series.seasonality import Array, seasons, without_gaps


def fullest(figures: int, *, season: int) -> Method:
    """Choose the method a history of so many figures can bear.

    Three years of months or quarters, or twelve years, bear trend and season: Theta and the damped trend, whose mean
    missed by less than either. Fewer bear a smoothed level: with them, trends did worse than "no change" a year ahead.
    """
    return Method.THETA_AND_DAMPED if figures >= max(3 * season, 12) else Method.SMOOTHING


def fewest_figures(method: Method, *, season: int) -> int:
    """Tell how much of a history a past forecast must rest on to stand for the one that is shown."""
    if method is Method.THETA_AND_DAMPED:
        # Two and a half years: the season of two has been measured, though barely.
        return max(5 * season // 2, 10)
    return FEWEST_POINTS if method is Method.LINEAR else 3


def expected(figures: Array, *, method: Method, season: int, horizon: int) -> Array:
    """Give what a method expects for each of the periods after the last column.

    ``season`` is the number of periods in a year. The last column must be known. Needs a method of its own, not "auto".
    """
    if method is Method.NO_CHANGE:
        return np.repeat(figures[:, -1:], horizon, axis=1)
    if method is Method.LINEAR:
        return _line(figures, horizon)
    if method is Method.SMOOTHING:
        return smoothing.smoothed(without_gaps(figures), horizon=horizon)
    found = seasons(figures, length=season)
    level = without_gaps(found.removed(figures))
    return found.restored(np.mean([path(level, horizon=horizon) for path in _PATHS[method]], axis=0))


_PATHS: dict[Method, list[Callable[..., Array]]] = {
    Method.THETA_AND_DAMPED: [smoothing.theta, smoothing.damped],
    Method.THETA: [smoothing.theta],
    Method.DAMPED: [smoothing.damped],
}


def _line(figures: Array, horizon: int) -> Array:
    """Extend the least-squares line through the last twelve figures."""
    known = np.isfinite(figures)
    later = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    recent = np.where(later <= MOST_POINTS, figures, np.nan)
    places = np.where(np.isfinite(recent), np.arange(figures.shape[1]), np.nan)
    ahead = figures.shape[1] + np.arange(horizon) - np.nanmean(places, axis=1, keepdims=True)
    path: Array = np.nanmean(recent, axis=1, keepdims=True) + smoothing.line_slope(recent)[:, None] * ahead
    return path
