"""From dataset rows to the frame that Great Expectations sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import pandas as pd

# Text in Python's own strings, whatever else is installed: pandas would take pyarrow's, whose regular expressions are others.
TEXT = pd.StringDtype("python", na_value=float("nan"))
# Figures become doubles. Rounding to a double never changes the order of two decimals and equal ones stay equal, so
# "at the limit" stays at the limit; only figures that differ beyond the 15 digits a workbook can hold fall together.
_DTYPES: Mapping[str, Any] = {
    "str": TEXT,
    "str | None": TEXT,
    "bool": "bool",
    "int": "int64",
    "int | None": "float64",
    "float | None": "float64",
    "Decimal": "float64",
    "Decimal | None": "float64",
}


def to_frame(row_class: type[Any], rows: Sequence[Any]) -> pd.DataFrame:
    """Lay rows out as a frame: one column per field of the row class, and ``row_id`` counting from 0.

    Columns keep their type when there are no rows or nothing but None, which becomes NaN.
    """
    columns = {
        field.name: pd.Series([getattr(row, field.name) for row in rows], dtype=_DTYPES[str(field.type)]) for field in fields(row_class)
    }
    return pd.DataFrame({"row_id": pd.RangeIndex(len(rows)), **columns})
