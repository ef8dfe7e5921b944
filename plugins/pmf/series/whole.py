"""Figures as whole numbers: many decimals at once, in the machine's own arithmetic and still exact.

Every figure of a table is written in units of the same last digit, so comparing, subtracting and multiplying by a constant
never round. Where 64 bits are too few (a quotient has 28 digits) the same arrays hold Python's integers instead: the same
code, slower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmf.value import is_no_figure_word, parse_figure

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

_BITS = 63
# Differences and sums of two stay within 64 bits.
_LARGEST = 2 ** (_BITS - 2)


@dataclass(frozen=True)
class Whole:
    """Figures in units of ``10**-scale``. Where ``known`` is False there is no figure and the number means nothing."""

    numbers: Ints
    known: Bools
    scale: int

    def at(self, rows: Places) -> Whole:
        """Take the figures of rows, in any arrangement; row -1 is none."""
        return Whole(self.numbers[rows], self.known[rows] & (rows >= 0), self.scale)


def whole_columns(columns: Mapping[str, pd.Series], *, scale: int | None = None) -> dict[str, Whole]:
    """Write columns of figures in units of the same last digit.

    With ``scale`` the columns hold whole numbers of ``10**-scale`` already. Without, each cell is a Decimal, a whole number,
    figures as people write them, or empty (None, NaN, "N/A"); the last digit is the smallest any of them has.

    Raises:
        ValueError: naming column and row, for a cell that is none of these. A float is refused: it is no exact figure.
    """
    if scale is not None:
        return {name: _of_integers(name, column, scale) for name, column in columns.items()}
    cells = {name: [_decimal(name, row, cell) for row, cell in enumerate(column)] for name, column in columns.items()}
    scale = max((_decimals(cell) for column in cells.values() for cell in column if cell is not None), default=0)
    numbers = {name: [0 if cell is None else _in_units(cell, scale) for cell in column] for name, column in cells.items()}
    fits = all(-_LARGEST < number < _LARGEST for column in numbers.values() for number in column)
    return {
        name: Whole(
            cast("Ints", np.array(column, dtype=np.int64 if fits else object)),
            np.array([cell is not None for cell in cells[name]], dtype=np.bool_),
            scale,
        )
        for name, column in numbers.items()
    }


def roomy(arrays: Sequence[Ints], factor: int) -> list[Ints]:
    """Give arrays in which products with ``factor`` do not overflow: the same ones, or Python's integers where 64 bits are too few."""
    largest = max((abs(int(edge)) for array in arrays if array.size for edge in (array.min(), array.max())), default=0)
    if largest * max(factor, 1) < _LARGEST:
        return list(arrays)
    return [cast("Ints", array.astype(object)) for array in arrays]


def _of_integers(name: str, column: pd.Series, scale: int) -> Whole:
    if not pd.api.types.is_integer_dtype(column.dtype):
        raise ValueError(f"column {name} is {column.dtype}: with a scale every figure is a whole number")
    known = column.notna().to_numpy()
    return Whole(column.fillna(0).to_numpy(dtype=np.int64) if not known.all() else column.to_numpy(dtype=np.int64), known, scale)


def _in_units(figure: Decimal, scale: int) -> int:
    numerator, denominator = figure.as_integer_ratio()
    return numerator * int(10**scale) // denominator


def _decimals(figure: Decimal) -> int:
    exponent = figure.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _decimal(name: str, row: int, cell: Any) -> Decimal | None:
    if isinstance(cell, Decimal) and cell.is_finite():
        return cell
    if isinstance(cell, int | np.integer) and not isinstance(cell, bool):
        return Decimal(int(cell))
    if cell is None or pd.isna(cell):
        return None
    figure = parse_figure(cell) if isinstance(cell, str) else None
    if figure is None and not (isinstance(cell, str) and is_no_figure_word(cell)):
        raise ValueError(f"column {name}, row {row} (found {cell!r}): write a figure as a Decimal or as text, or leave it empty")
    return figure
