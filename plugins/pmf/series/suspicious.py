"""Figures that look like a slip: in another unit, nought for "no data", last month's again. Many KPIs at once.

Every function takes ``figures`` as ``unusual.Histories`` does: a row per KPI, a column per month, oldest first, NaN where there is
no figure, the last column being the month in question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pmf.series.unusual import FEWEST_FIGURES, Bools, Floats, median

Counts = npt.NDArray[np.int64]

# What is usual is what the last year shows.
_RECENT_MONTHS = 12
# Of n cases expected none comes about with probability exp(-n) (Poisson): 1 in 8,000 at 9.
_CASES_THAT_CANNOT_VANISH = 9.0
# A run of equal figures is asked about when chance would bring it about less than once in a thousand.
_TOO_UNLIKELY = 0.001


@dataclass(frozen=True)
class Runs:
    """How often a figure has come again: ``repeats`` (0: it is new) and the most that chance explains, -1 where not judged."""

    repeats: Counts
    most: Counts


def added(figures: Floats, *, first_month: int, spacing: Counts) -> Floats:
    """Turn year-to-date figures into what each period added.

    ``first_month`` numbers the month of the first column (year x 12 + month, January being 0); ``spacing`` is how many months
    lie between a KPI's figures. The first period of a financial year added all of its figure; one whose predecessor is not
    known gets NaN.
    """
    columns = np.arange(figures.shape[1])
    earlier = columns - spacing[:, None]
    # Financial years run from April: the months are counted from there.
    starts_year = (first_month + columns - 3) // 12 != (first_month + earlier - 3) // 12
    before = np.where(earlier >= 0, np.take_along_axis(figures, np.maximum(earlier, 0), axis=1), np.nan)
    return np.where(starts_year, figures, figures - before)


def tens_off(figures: Floats, otherwise: Floats) -> Counts:
    """Say by how many powers of ten a figure is off what is usual: 2 for about 100 times as much, -2 for a hundredth, else 0.

    Compared with the nearest figure of the last year, by ratio (``otherwise`` where there is none), so that a KPI which has been
    as large before is not asked. Two powers of ten are a slip of unit: pence for pounds, a fraction for a percentage. A single
    one is left to what history says: real figures do that. 0 where nothing can be compared: nought, or another sign.
    """
    figure, recent = figures[:, -1:], figures[:, -_RECENT_MONTHS - 1 : -1]
    usual = np.where(np.isfinite(recent).any(axis=1, keepdims=True), recent, otherwise[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.log10(figure / usual)
    powers = np.where(np.isfinite(powers), powers, np.inf)
    nearest = np.take_along_axis(powers, np.abs(powers).argmin(axis=1)[:, None], axis=1)[:, 0]
    whole = np.round(np.where(np.isfinite(nearest), nearest, 0)).astype(np.int64)
    return np.where(np.abs(whole) >= 2, whole, 0)


def surprising_noughts(figures: Floats, otherwise: Floats, *, is_count: Bools, cases: Floats) -> Bools:
    """Tell where a figure of nought is one that chance does not bring about: as a rule it stands for "no data".

    Of a KPI with enough history it must be the first nought; with less, neither noughts nor figures of before settle it, and it is
    held against ``otherwise``, too. A KPI that has been below nought passes through it. Few cases may well be none: a count of
    up to nine, or a share (``cases``: its denominator) of so few.
    """
    past = figures[:, :-1]
    known = np.isfinite(past).sum(axis=1)
    is_new = (known >= FEWEST_FIGURES) & ~(past == 0).any(axis=1)
    seen = np.where(past == 0, np.nan, past)
    usual = np.where(known >= FEWEST_FIGURES, median(seen), np.fmax(np.fmax.reduce(seen, axis=1), otherwise))
    usual_cases = np.where(is_count, usual, np.where(np.isnan(cases), np.inf, usual / 100 * cases))
    can_vanish = np.isnan(usual) | (usual <= 0) | (usual_cases <= _CASES_THAT_CANNOT_VANISH)
    has_been_below = np.asarray((past < 0).any(axis=1))
    return np.asarray((figures[:, -1] == 0) & (is_new | (known < FEWEST_FIGURES)) & ~can_vanish & ~has_been_below)


def runs(steps: Floats) -> Runs:
    """Count how many periods a figure has not moved for, and how many would be nothing to ask about.

    ``steps`` holds what each period changed (of a year-to-date KPI: added). A KPI that stood still in r of n earlier steps does so
    again with probability p = (r + 1) / (n + 2) (Laplace's rule of succession), L times running with p to the power of L; what
    that leaves below 1 in 1,000 is too often. With three years of ever new figures that is the third alike, with half a year
    the fifth, and never for a KPI that is mostly 100%.
    """
    columns = np.arange(steps.shape[1])
    known = np.isfinite(steps)
    last_move = np.where(known & (steps != 0), columns, -1).max(axis=1, keepdims=True)
    repeats = np.where(known[:, -1], (known & (columns > last_move)).sum(axis=1), 0)
    judged = (known & (columns <= last_move)).sum(axis=1)
    stood_still = (known & (columns < last_move) & (steps == 0)).sum(axis=1)
    chance = (stood_still + 1) / (judged + 2)
    most = np.floor(np.log(_TOO_UNLIKELY) / np.log(chance)).astype(np.int64)
    return Runs(repeats, np.where(judged >= FEWEST_FIGURES - 1, most, -1))
