"""A long table as a panel: each series a column, each month a row, without sorting anything.

Where every row of the table stands is worked out once; blocks of series are then taken out of the table one after the
other, so that memory holds the table, its answers and one block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmf.period import parse_month
from pmf.series.point import ordinal
from pmf.series.whole import Bools, Ints, Places

# Cells of a block: its arrays then stay in a processor's second cache, which is worth half the time.
_BLOCK_CELLS = 40_000


@dataclass(frozen=True)
class Panel:
    """Where the rows of a table stand.

    ``rows`` has a line per month (the first is number ``first``, as ``ordinal`` counts) and a column per series; -1: the
    table has no row there. ``series`` gives the column of each row.
    """

    rows: npt.NDArray[np.int32]
    first: int
    series: Ints

    def blocks(self, kinds: Ints) -> Iterator[tuple[int, Places]]:
        """Yield the series of each kind, some at a time: the kind, and the rows of the table by month and series.

        ``kinds`` has a number per series; series of one kind are yielded together.
        """
        width = max(1, _BLOCK_CELLS // len(self.rows))
        in_order = np.argsort(kinds, kind="stable")
        ends = np.flatnonzero(np.diff(kinds[in_order])) + 1
        for alike in np.split(in_order, ends):
            for start in range(0, len(alike), width):
                columns = alike[start : start + width]
                yield int(kinds[columns[0]]), self.rows[:, columns].astype(np.intp)


def panel_of(keys: tuple[pd.Series, ...], periods: pd.Series) -> Panel:
    """Arrange a table with one row per ``keys`` and month; months are written ``2024-09``. Categories are quickest.

    Raises:
        ValueError: when a key or month is empty or no month, or a series has two rows for one month.
    """
    series, count = _series(keys)
    months, first, length = _months(periods)
    rows = np.full((length, count), -1, dtype=np.int32)
    rows.reshape(-1)[months * count + series] = np.arange(len(series), dtype=np.int32)
    if np.count_nonzero(rows >= 0) != len(series):
        raise ValueError(f"{' and '.join(str(key.name) for key in keys)}: a series has two rows for the same month")
    return Panel(rows, first, series)


def _series(keys: tuple[pd.Series, ...]) -> tuple[Ints, int]:
    """Number the series of a table's rows from 0, and count them."""
    number, size = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in keys:
        codes, words = _codes(key)
        number, size = number * len(words) + codes, size * max(len(words), 1)
    is_there: Bools = np.zeros(size, dtype=np.bool_)
    is_there[number] = True
    return (np.cumsum(is_there) - 1)[number], int(np.count_nonzero(is_there))


def _months(periods: pd.Series) -> tuple[Ints, int, int]:
    """Number the months of a table's rows from the first; give that month's own number, and how many there are to the last."""
    codes, words = _codes(periods)
    ordinals = np.array([ordinal(parse_month(str(word))) for word in words], dtype=np.int64)
    is_used = np.bincount(codes, minlength=len(words)) > 0
    if not is_used.any():
        return codes, 0, 0
    first, last = int(ordinals[is_used].min()), int(ordinals[is_used].max())
    return ordinals[codes] - first, first, last - first + 1


def _codes(column: pd.Series) -> tuple[Ints, pd.Index]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, words = column.cat.codes.to_numpy().astype(np.int64), column.cat.categories
    else:
        found, words = pd.factorize(column)
        codes = found.astype(np.int64)
    if len(codes) and codes.min() < 0:
        raise ValueError(f"column {column.name}: row {int(np.flatnonzero(codes < 0)[0])} is empty")
    return codes, words
