"""Lines of many series at once: for every month the plain line through the last twelve figures, as ``linear`` draws it.

A projection is an estimate, so it is worked out in floats, from figures that are exact; nothing is judged by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pmf.series.projection import FEWEST_POINTS
from pmf.series.recent import Recent
from pmf.series.whole import Bools, Places

Floats = npt.NDArray[np.float64]
# The number of the month in which a financial year begins, as ``ordinal`` counts.
APRIL = 4


def next_figures(block: Recent, *, scale: int, step: int, first: int, is_percentage: Bools | None, is_cumulative: bool) -> Floats:
    """Extend the line through the last twelve figures by a step. NaN: fewer than six figures.

    ``step`` is the months from one period to the next and ``first`` the number of the block's first month. ``is_percentage``
    (None: nothing is) keeps the line between 0 and 100 where the figures are; of a cumulative series only figures of the
    financial year projected count.
    """
    to = np.arange(len(block.figures))[:, None] + step
    year_begins = (first + to - APRIL) // 12 * 12 + APRIL - first
    sums = _sums(block, to, year_begins if is_cumulative else None)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Times are counted from the month projected, so that the line's height there is its constant.
        height = (sums.y * sums.xx - sums.x * sums.xy) / (sums.count * sums.xx - sums.x * sums.x)
    line: Floats = np.where(sums.count >= FEWEST_POINTS, height, np.nan)
    if is_percentage is not None:
        _keep_percentages(line, block, is_percentage, hundred=100 * 10**scale, year_begins=year_begins if is_cumulative else None)
    # Dividing rounds once; the power itself may be larger than a float can hold exactly, never than it can hold.
    return line / float(10**scale)


@dataclass
class _Sums:
    """Sums over the figures a line is drawn through; ``x`` counts months from the month projected, ``y`` are the figures."""

    count: Floats
    x: Floats
    xx: Floats
    y: Floats
    xy: Floats


def _sums(block: Recent, to: Places, year_begins: Places | None) -> _Sums:
    sums = _Sums(*(np.zeros(block.last.shape) for _ in range(3)), *(np.zeros(block.figures.shape) for _ in range(2)))
    product = np.empty(block.figures.shape)
    for y, months, is_there in replace(block, figures=block.figures.astype(np.float64)).lags():
        counts = is_there if year_begins is None else is_there & (months >= year_begins)
        x = np.where(counts, months - to, 0).astype(np.float64)
        sums.count += counts
        sums.x += x
        sums.xx += x * x
        # Where there is no figure there is a 0.
        sums.y += y if year_begins is None else np.multiply(y, counts, out=product)
        sums.xy += np.multiply(y, x, out=product)
    return sums


def _keep_percentages(line: Floats, block: Recent, is_percentage: Bools, *, hundred: int, year_begins: Places | None) -> None:
    """Keep the line of a percentage between 0 and 100, where the figures it is drawn through are."""
    lines, columns = np.nonzero(is_percentage & ((line < 0) | (line > hundred)))
    figures, months, is_there = block.windows(lines, columns)
    if year_begins is not None:
        is_there &= months >= year_begins[lines]
    is_within = ~(is_there & ((figures < 0) | (figures > hundred))).any(axis=1)
    lines, columns = lines[is_within], columns[is_within]
    line[lines, columns] = np.clip(line[lines, columns], 0, hundred)
