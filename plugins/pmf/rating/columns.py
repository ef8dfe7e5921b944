"""A table to be rated, as arrays: what ``judge`` asks of one figure, for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmf.register.kpi import StatusType
from pmf.series.change import Verdict
from pmf.series.whole import Bools, Places, Whole, whole_columns
from pmf.value import Absence, Direction

Codes = npt.NDArray[np.int8]

# Codes are places in these lists; -1 is an empty cell.
DIRECTIONS, STATUS_TYPES, ABSENCES, VERDICTS = tuple(Direction), tuple(StatusType), tuple(Absence), tuple(Verdict)
EMPTY = -1
_FIGURES = ("value", "target_low", "target_high", "intervention_level")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of a table, or of any arrangement of its rows; ``rows`` says which. None: the table has no such column.

    ``value``, ``low``, ``high`` (of the target) and ``level`` (of intervention) are in units of one last digit, and
    ``tolerance_pct`` in units of its own. ``printed_decimals`` are those of the KPI's print.
    """

    rows: Places
    value: Whole
    low: Whole
    high: Whole
    direction: Codes
    level: Whole | None = None
    tolerance_pct: Whole | None = None
    status_type: Codes | None = None
    absence: Codes | None = None
    since_last_year: Codes | None = None
    printed_decimals: Codes | None = None
    is_percentage: Bools | None = None

    def at(self, rows: Places) -> Columns:
        """Take rows, in any arrangement; row -1 is none, and has no figure."""
        return Columns(
            rows=rows,
            value=self.value.at(rows),
            low=self.low.at(rows),
            high=self.high.at(rows),
            direction=self.direction[rows],
            level=None if self.level is None else self.level.at(rows),
            tolerance_pct=None if self.tolerance_pct is None else self.tolerance_pct.at(rows),
            status_type=None if self.status_type is None else self.status_type[rows],
            absence=None if self.absence is None else self.absence[rows],
            since_last_year=None if self.since_last_year is None else self.since_last_year[rows],
            printed_decimals=None if self.printed_decimals is None else self.printed_decimals[rows],
            is_percentage=None if self.is_percentage is None else self.is_percentage[rows],
        )


def columns_of(frame: pd.DataFrame, *, scale: int | None) -> Columns:
    """Read the columns that rating needs and those it takes notice of (``rate_history`` says which).

    Raises:
        ValueError: naming the column that is missing, or the cell that cannot be read.
    """
    missing = [name for name in ("value", "target_low", "target_high", "direction") if name not in frame]
    if missing:
        raise ValueError(f"column {', '.join(missing)} is missing: a history has value, target_low, target_high and direction")
    figures = whole_columns({name: frame[name] for name in _FIGURES if name in frame}, scale=scale)
    tolerance = whole_columns({"tolerance_pct": frame["tolerance_pct"]})["tolerance_pct"] if "tolerance_pct" in frame else None
    return Columns(
        rows=np.arange(len(frame)),
        value=figures["value"],
        low=figures["target_low"],
        high=figures["target_high"],
        level=figures.get("intervention_level"),
        tolerance_pct=tolerance,
        direction=_coded(frame["direction"], DIRECTIONS),
        status_type=_coded(frame["status_type"].fillna(StatusType.RATED), STATUS_TYPES) if "status_type" in frame else None,
        absence=_coded(frame["absence"], ABSENCES) if "absence" in frame else None,
        since_last_year=_coded(frame["since_last_year"], VERDICTS) if "since_last_year" in frame else None,
        printed_decimals=frame["decimals"].to_numpy(dtype=np.int8) if "decimals" in frame else None,
        is_percentage=frame["is_percentage"].to_numpy(dtype=np.bool_) if "is_percentage" in frame else None,
    )


def _coded(column: pd.Series, words: Sequence[StrEnum]) -> Codes:
    """Turn words into their places in a list; an empty cell is -1."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, found = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, found = pd.factorize(column)
    unknown = [str(word) for word in found if word not in words]
    if unknown:
        raise ValueError(f"column {column.name} (found {unknown[0]!r}): write {', '.join(words)}, or leave it empty")
    places = np.array([*(words.index(cast("StrEnum", word)) for word in found), EMPTY], dtype=np.int8)
    return places[codes]
