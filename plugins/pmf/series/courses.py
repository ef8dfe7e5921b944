"""Trends of many series at once: for every month the Mann-Kendall test over the last twelve figures, as ``trend`` makes it.

Two months' windows share eleven figures, so each pair of figures is compared once for all of them: a window's count grows by
the pairs its newest figure makes and loses those of the figure that drops out. Which counts are significant is not worked
out here but asked of ``trend`` beforehand, for every count there can be. There is no seasonal test among many series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt

from pmf.series.recent import Recent
from pmf.series.trend import FEWEST_POINTS, MOST_POINTS, Course, MannKendall, mann_kendall
from pmf.series.whole import Bools, Ints, Places

Codes = npt.NDArray[np.int8]
Counts = npt.NDArray[np.uint8]

# A code is a place in this list.
COURSES = tuple(Course)
_RISING, _FALLING, _NO_TREND, _TOO_FEW = (COURSES.index(course) for course in Course)
# The count alone does not tell: it depends on which figures are tied.
_ASK = -1
_PAIRS = MOST_POINTS * (MOST_POINTS - 1) // 2


def courses(block: Recent) -> Codes:
    """Say of every month of a block where the last twelve figures are heading: places in ``COURSES``."""
    rises, falls = _pairs(block.figures)
    found = np.full(block.figures.shape, _TOO_FEW, dtype=np.int8)
    for count in range(FEWEST_POINTS, MOST_POINTS + 1):
        places = slice(count - 1, count if count < MOST_POINTS else None)
        found[places] = _verdicts(count)[rises[places], falls[places]]
    by_month = block.by_month(found)
    by_month = np.where(block.count >= FEWEST_POINTS, by_month, np.int8(_TOO_FEW))
    lines, columns = np.nonzero(by_month == _ASK)
    if len(lines):
        figures, _, is_there = block.windows(lines, columns)
        by_month[lines, columns] = significant_courses(figures, is_there)
    return by_month


def significant_courses(figures: Ints, known: Bools) -> Codes:
    """Test windows of figures one by one, a row each, oldest first; what is not ``known`` does not take part."""
    own, others = figures[:, :, None], figures[:, None, :]
    is_pair = known[:, :, None] & known[:, None, :]
    is_higher = (own > others) & is_pair
    # Higher than an earlier one is a rise, higher than a later one a fall.
    s = np.tril(is_higher).sum(axis=(1, 2)) - np.triu(is_higher).sum(axis=(1, 2))
    tied_with = np.where(known, ((own == others) & is_pair).sum(axis=2) - 1, 0)
    # Of t tied figures each adds (t - 1)(2t + 5): together Gilbert's t(t - 1)(2t + 5).
    ties = (tied_with * (2 * tied_with + 7)).sum(axis=1)
    return _tested(s, ties, known.sum(axis=1))


def _tested(s: Ints, ties: Ints, count: Places) -> Codes:
    tests, which = np.unique(np.stack([np.abs(s), ties, count]), axis=1, return_inverse=True)
    is_significant = np.array([_is_significant(*(int(number) for number in test)) for test in tests.T], dtype=np.bool_)
    return np.where(is_significant[which], np.where(s > 0, _RISING, _FALLING), _NO_TREND).astype(np.int8)


@cache
def _is_significant(s: int, ties: int, count: int) -> bool:
    variance = mann_kendall([Fraction(place) for place in range(count)]).variance - Fraction(ties, 18)
    return MannKendall(s, variance).is_significant


def _pairs(figures: Ints) -> tuple[Counts, Counts]:
    """Count, for the twelve figures up to each place, the pairs whose later figure is higher, and those where it is lower."""
    counts = np.zeros((2, *figures.shape), dtype=np.uint8)
    gone = np.zeros_like(counts)
    is_so = np.empty(figures.shape, dtype=np.bool_)
    for back in range(1, min(MOST_POINTS, len(figures))):
        later, earlier = figures[back:], figures[:-back]
        for count, lost, compare in zip(counts, gone, (np.greater, np.less), strict=True):
            compare(later, earlier, out=is_so[back:])
            count[back:] += is_so[back:].view(np.uint8)
            lost[:-back] += is_so[back:].view(np.uint8)
    counts[:, MOST_POINTS:] -= gone[:, :-MOST_POINTS]
    # A window counts 66 pairs at most, so that what overflows on the way is made good again.
    running = np.add.accumulate(counts, axis=1, dtype=np.uint8)
    return running[0], running[1]


@cache
def _verdicts(count: int) -> Codes:
    """Tabulate the test of so many figures by rises and falls: a course, or that the ties themselves must be looked at."""
    pairs = count * (count - 1) // 2
    table = np.full((_PAIRS + 1, _PAIRS + 1), _NO_TREND, dtype=np.int8)
    variances = _variances(count)
    for rises in range(pairs + 1):
        for falls in range(pairs + 1 - rises):
            s = rises - falls
            answers = {MannKendall(s, variance).is_significant for variance in variances[pairs - rises - falls]}
            if len(answers) > 1:
                table[rises, falls] = _ASK
            elif answers == {True}:
                table[rises, falls] = _RISING if s > 0 else _FALLING
    return table


def _variances(count: int) -> dict[int, set[Fraction]]:
    """Map numbers of tied pairs among so many figures to the variances that they can come with."""
    found: dict[int, set[Fraction]] = defaultdict(set)
    for sizes in _partitions(count, count):
        figures = [Fraction(value) for value, size in enumerate(sizes) for _ in range(size)]
        found[sum(size * (size - 1) // 2 for size in sizes)].add(mann_kendall(figures).variance)
    return found


def _partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to write a number as a sum, larger parts first."""
    if total == 0:
        yield ()
    for first in range(min(total, largest), 0, -1):
        for rest in _partitions(total - first, first):
            yield (first, *rest)
