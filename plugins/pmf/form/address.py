"""Cell addresses: "G9" is row 9, column 7, both counted from 1 as people count them."""

from __future__ import annotations

import re
from functools import lru_cache

_CELL = re.compile(r"^\$?([A-Z]{1,3})\$?([1-9]\d{0,6})$", re.IGNORECASE | re.ASCII)

Position = tuple[int, int]


def column_number(letters: str) -> int:
    """Turn a column's letters into its number: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def position(address: str) -> Position:
    """Turn a cell's address into (row, column).

    Raises:
        ValueError: when it is not the address of one cell.
    """
    match = _CELL.match(address)
    if match is None:
        raise ValueError(f"{address!r} is not the address of a cell")
    return int(match[2]), column_number(match[1])


# The same few hundred addresses occur in every return of a round.
@lru_cache(maxsize=8192)
def is_inside(address: str, rows: int, columns: int) -> bool:
    """Tell whether a cell lies in the rectangle of so many rows and columns from A1.

    Raises:
        ValueError: when it is not the address of one cell.
    """
    row, column = position(address)
    return row <= rows and column <= columns
