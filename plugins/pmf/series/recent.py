"""The last twelve figures up to each month, for a block of series at once; months without a figure are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pmf.series.trend import MOST_POINTS
from pmf.series.whole import Bools, Ints, Places

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True)
class Recent:
    """The figures of a block, a line per month and a column per series, moved up so that no gap is left between them.

    ``figures[i]`` are the i-th figures of all series and ``months[i]`` the lines they were reported for; ``last`` is the place
    of the last figure known in each month, -1 where there is none yet. Where no series ``has_gaps``, ``months`` and ``last``
    have one column, which stands for all.
    """

    figures: Ints
    months: Places
    last: Places
    has_gaps: bool

    @cached_property
    def count(self) -> Places:
        """How many figures the last twelve are, in each month: fewer at the beginning."""
        return np.minimum(self.last + 1, MOST_POINTS)

    def lags(self) -> Iterator[tuple[Ints, Places, Bools]]:
        """Yield, from the last figure backwards to the twelfth from last: figures, their months, and where there is one."""
        padding, lines = ((MOST_POINTS, 0), (0, 0)), len(self.figures)
        figures, months = np.pad(self.figures, padding), np.pad(self.months, padding)
        for back in range(MOST_POINTS):
            if self.has_gaps:
                place = self._flat_last - back * figures.shape[1]
                yield figures.take(place), months.take(place), self.last >= back
            else:
                start = MOST_POINTS - back
                yield figures[start : start + lines], months[start : start + lines], self.last >= back

    @cached_property
    def _flat_last(self) -> Places:
        """Count the cells before each month's last figure, in the padded block."""
        width = self.figures.shape[1]
        cells: Places = (self.last + MOST_POINTS) * width + np.arange(width)
        return cells

    def by_month(self, found: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
        """Spread what was found out at each place over the months it holds in; where no figure is known yet, the first place's."""
        return np.take_along_axis(found, np.maximum(self.last, 0), 0) if self.has_gaps else found

    def windows(self, lines: Places, columns: Places) -> tuple[Ints, Places, Bools]:
        """Take the last twelve figures, oldest first, of some months, a row each: figures, their months, and where there is one."""
        own = columns if self.has_gaps else np.zeros_like(columns)
        place = self.last[lines, own][:, None] + np.arange(1 - MOST_POINTS, 1)
        present = np.maximum(place, 0)
        return self.figures[present, columns[:, None]], self.months[present, own[:, None]], place >= 0


def recent(figures: Ints, known: Bools) -> Recent:
    """Move the known figures of a block together."""
    lines = np.arange(len(figures))[:, None]
    if known.all():
        return Recent(figures, lines, lines, has_gaps=False)
    last = np.cumsum(known, axis=0) - 1
    months, columns = np.nonzero(known)
    place = last[months, columns]
    closed, since = np.zeros_like(figures), np.zeros(figures.shape, dtype=np.intp)
    closed[place, columns] = figures[months, columns]
    since[place, columns] = months
    return Recent(closed, since, last, has_gaps=True)
