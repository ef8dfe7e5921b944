"""Seasonality: what a month of the year usually adds to a figure, taken out before a forecast and put back after.

Rows are series, columns periods; every row ends in the last column, and a figure that is not known is not-a-number.
An index measured on a few years is partly chance, so each series' indices are drawn back towards "no season" by the share
of their spread that chance alone would give. Floats are fine here: a forecast is an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Periods = npt.NDArray[np.int_]


@dataclass(frozen=True)
class Seasons:
    """Seasonal indices, one row per series and one column per period of the year, the last one that of the last figure.

    ``is_multiplicative``, a column of one flag per series: the index is a factor, else it is added.
    """

    indices: Array
    is_multiplicative: Flags

    def removed(self, figures: Array) -> Array:
        """Take the season out of the figures."""
        indices = self.indices[:, np.arange(-figures.shape[1], 0) % self.indices.shape[1]]
        return np.where(self.is_multiplicative, figures / np.where(self.is_multiplicative, indices, 1.0), figures - indices)

    def restored(self, path: Array) -> Array:
        """Put the season back into what is expected for the periods after the last figure."""
        indices = self.indices[:, np.arange(path.shape[1]) % self.indices.shape[1]]
        return np.where(self.is_multiplicative, path * indices, path + indices)


def seasons(figures: Array, *, length: int) -> Seasons:
    """Measure the seasonal indices of every series, shrunk by their own noise.

    ``length`` is the number of periods in a year. The measure is the mean distance from a centred moving average of a year:
    an amount, or a factor for a series that is always above zero and that factors fit better. Indices are multiplied by
    ``1 - noise / signal``, at least zero: signal is the variance of the indices, noise that of the distances around them
    divided by the number of years. A series too short to tell its noise has no season.
    """
    above_zero = np.nanmin(figures, axis=1, keepdims=True) > 0
    if length == 1 or figures.shape[1] <= length:
        return Seasons(np.zeros((len(figures), length)), np.zeros_like(above_zero))
    course = _moving_average(without_gaps(figures), length)
    amounts = _indices(figures - course, length, neutral=0.0)
    factors = _indices(figures / np.where(above_zero, course, 1.0), length, neutral=1.0)
    places = np.arange(-figures.shape[1], 0) % length
    misfit_of_amounts = np.nansum((figures - course - amounts[:, places]) ** 2, axis=1, keepdims=True)
    misfit_of_factors = np.nansum((figures - course * factors[:, places]) ** 2, axis=1, keepdims=True)
    is_multiplicative = above_zero & (misfit_of_factors < misfit_of_amounts)
    return Seasons(np.where(is_multiplicative, factors, amounts), is_multiplicative)


def _indices(distances: Array, length: int, *, neutral: float) -> Array:
    """Average the distances of each season, around ``neutral`` and drawn towards it by the share of their spread that is chance."""
    count = len(distances)
    missing = np.full((count, -distances.shape[1] % length), np.nan)
    by_year = np.concatenate([missing, distances], axis=1).reshape(count, -1, length)
    measured = np.isfinite(by_year).sum(axis=1)
    raw = np.nansum(by_year, axis=1) / np.maximum(measured, 1)
    # Over a year, amounts come to nothing and factors to one; factors are divided, which keeps them above zero.
    mean = raw.mean(axis=1, keepdims=True)
    raw = raw / np.where(mean > 0, mean, 1.0) if neutral else raw - mean
    trust = _trust(by_year - raw[:, None, :], raw - neutral)
    trust[(measured == 0).any(axis=1)] = 0.0
    indices: Array = neutral + trust[:, None] * (raw - neutral)
    return indices


def _trust(residuals: Array, effects: Array) -> Array:
    """Give, between 0 and 1, how much of the indices' spread is more than chance."""
    length = effects.shape[1]
    measured = np.isfinite(residuals).sum(axis=(1, 2))
    signal = (effects**2).sum(axis=1) / (length - 1)
    spare = measured - length
    noise = np.nansum(residuals**2, axis=(1, 2)) / np.maximum(spare, 1) / np.maximum(measured / length, 1)
    is_known = (spare > 0) & (signal > 0)
    return np.where(is_known, np.maximum(0.0, 1.0 - noise / np.where(is_known, signal, 1.0)), 0.0)


def _moving_average(figures: Array, length: int) -> Array:
    """Average a whole year around each figure, half of each end where the year has no middle; not-a-number at both ends."""
    weights = np.full(length + 1 - length % 2, 1.0 / length)
    if length % 2 == 0:
        weights[[0, -1]] /= 2
    averages = np.full_like(figures, np.nan)
    half = len(weights) // 2
    averages[:, half : figures.shape[1] - half] = np.lib.stride_tricks.sliding_window_view(figures, len(weights), axis=1) @ weights
    return averages


def without_gaps(figures: Array) -> Array:
    """Put figures not known between two known ones on the straight line between these, for the arithmetic alone."""
    gaps = np.isnan(figures) & np.logical_or.accumulate(np.isfinite(figures), axis=1)
    if not gaps.any():
        return figures
    filled = figures.copy()
    columns = np.arange(figures.shape[1])
    for row in np.flatnonzero(gaps.any(axis=1)):
        known = np.isfinite(figures[row])
        filled[row, gaps[row]] = np.interp(columns[gaps[row]], columns[known], figures[row, known])
    return filled
