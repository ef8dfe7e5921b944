"""Whole histories at once: every figure of many councils rated, moved, trended and projected in one pass.

The same answers as ``judge``, ``change``, ``trend``, ``linear`` and ``count_reds`` give figure by figure (a test holds them
against each other), for tables of any length: 11 million figures in seconds (benchmarks/bench_rating.py). Memory holds the
table, its answers, and one block of series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmf.rating.colours import STATUSES, Rule, statuses
from pmf.rating.columns import EMPTY, VERDICTS, Codes, Columns, columns_of
from pmf.rating.movements import OUTLOOKS, Comparison, outlooks, reds_in_a_row, verdicts
from pmf.rating.policy import Policy
from pmf.series.courses import COURSES, courses
from pmf.series.lines import APRIL, Floats, next_figures
from pmf.series.panel import Panel, panel_of
from pmf.series.recent import recent
from pmf.series.whole import Bools, Ints, Places, Whole

KEYS = ("organisation", "kpi_ref", "period")
_A_YEAR = 12


@dataclass(frozen=True)
class _Answers:
    """What is said of each row of a table, or of a block of it; -1 is nothing, and so is NaN."""

    status: Codes
    change: Codes
    last_year_change: Codes
    trend: Codes
    outlook: Codes
    projection: Floats
    reds_in_a_row: npt.NDArray[np.int16]

    def put(self, rows: Places, block: _Answers) -> None:
        """Write the answers of a block down where its rows stand."""
        is_there = rows >= 0
        is_whole = is_there.all()
        for name, answers in vars(block).items():
            getattr(self, name)[rows if is_whole else rows[is_there]] = answers if is_whole else answers[is_there]


def statuses_of(frame: pd.DataFrame, policy: Policy, *, scale: int | None = None) -> pd.Series:
    """Give every row of a table its status by a policy, each by itself.

    Takes the columns of ``rate_history`` that are about one figure and its target; ``since_last_year`` (improved, declined,
    unchanged or empty) is what a policy that asks for it goes by.

    Raises:
        RowError: where ``judge`` would refuse a row.
        ValueError: naming column or row, when the table cannot be read.
    """
    columns = columns_of(frame, scale=scale)
    found = statuses(columns, Rule.of(policy), since_last_year=columns.since_last_year)
    return pd.Series(_words(found, STATUSES), index=frame.index, name="status")


def rate_history(frame: pd.DataFrame, policy: Policy, *, scale: int | None = None, no_change_pct: Decimal = Decimal(0)) -> pd.DataFrame:
    """Rate whole histories.

    One row per organisation, kpi_ref and period (a month, ``2024-09``), in any order; a month without a row has no figure.
    Needed: ``value`` (empty: there is none, or it is withheld), ``target_low`` and ``target_high`` (equal for a single figure,
    empty for none) and ``direction``. Taken notice of: ``intervention_level``, ``tolerance_pct``, ``status_type``, ``absence``
    (why there is no figure), ``decimals`` (of print), ``is_percentage``; and of a series, the same in all its rows, ``every``
    (months from one period to the next, 1 unless given) and ``is_cumulative``. Figures are Decimals or text, or with ``scale``
    whole numbers of ``10**-scale``. Words may be categories, which is quickest.

    Gives a row for each, under the same index: ``status``; ``change`` and ``last_year_change`` (empty where it cannot be told);
    ``trend`` and ``outlook``, of the last twelve figures, without seasons; ``projection`` to the next period by the plain line,
    a float, in the figures' unit (NaN with fewer than six); ``reds_in_a_row`` (empty where there is no colour).

    Raises:
        RowError: where ``judge`` would refuse a row.
        ValueError: naming column or row, when the table cannot be read.
    """
    panel = panel_of((frame["organisation"], frame["kpi_ref"]), frame["period"])
    columns = columns_of(frame, scale=scale)
    rule = Rule.of(policy)
    answers = _nothing(len(frame))
    for kind, rows in panel.blocks(_kinds(frame, panel, columns.value.known)):
        every, is_cumulative = divmod(kind // 2, 2)
        series = _Series(columns.at(rows), panel.first, every, bool(is_cumulative), no_change_pct)
        answers.put(rows, series.answers(rule))
    return _table(answers, frame.index)


@dataclass(frozen=True)
class _Series:
    """A block of series of one kind, a line per month and a column per series."""

    columns: Columns
    first: int
    every: int
    is_cumulative: bool
    no_change_pct: Decimal

    def answers(self, rule: Rule) -> _Answers:
        """Answer everything about every month of the block."""
        columns, value = self.columns, self.columns.value
        added = self._added() if self.is_cumulative else value
        is_itself = not self.is_cumulative
        before = Comparison(back=self.every, no_change_pct=self.no_change_pct, by_target=is_itself, as_printed=is_itself)
        a_year_before = Comparison(back=_A_YEAR, no_change_pct=self.no_change_pct)
        # A policy goes by the last digit, whatever is printed.
        since = verdicts(value, columns, replace(a_year_before, as_printed=False)) if rule.asks_last_year else None
        block = recent(value.numbers, value.known)
        lately = recent(added.numbers, added.known) if self.is_cumulative else block
        course = courses(lately)
        status = statuses(columns, rule, since_last_year=since)
        return _Answers(
            status=status,
            change=verdicts(added, columns, before),
            last_year_change=verdicts(value, columns, a_year_before),
            trend=course,
            outlook=outlooks(course, lately, columns),
            projection=next_figures(
                block,
                scale=value.scale,
                step=self.every,
                first=self.first,
                is_percentage=columns.is_percentage,
                is_cumulative=self.is_cumulative,
            ),
            reds_in_a_row=reds_in_a_row(status),
        )

    def _added(self) -> Whole:
        """Work out what each period added to figures that run up from April on; the first of a year added all of its figure."""
        value, months = self.columns.value, self.first + np.arange(len(self.columns.rows)) - APRIL
        starts_the_year = (months // _A_YEAR != (months - self.every) // _A_YEAR)[:, None]
        before, known_before = np.zeros_like(value.numbers), np.zeros_like(value.known)
        before[self.every :], known_before[self.every :] = value.numbers[: -self.every], value.known[: -self.every]
        return Whole(
            np.where(starts_the_year, value.numbers, value.numbers - before), value.known & (known_before | starts_the_year), value.scale
        )


def _kinds(frame: pd.DataFrame, panel: Panel, known: Bools) -> Ints:
    """Number the series by what is the same in all their rows, and by whether they have gaps, so that like is worked out with like."""
    kinds = np.full(panel.rows.shape[1], 2, dtype=np.int64)
    if "every" in frame or "is_cumulative" in frame:
        every = frame["every"].to_numpy(dtype=np.int64) if "every" in frame else 1
        rows = every * 2 + (frame["is_cumulative"].to_numpy(dtype=np.bool_) if "is_cumulative" in frame else False)
        kinds[panel.series] = rows
        differs = kinds[panel.series] != rows
        if differs.any():
            raise ValueError(f"row {int(np.flatnonzero(differs)[0])}: every and is_cumulative are the same in all rows of a series")
    has_gaps: Bools = np.any(panel.rows < 0, axis=0)
    has_gaps[panel.series[~known]] = True
    return kinds * 2 + has_gaps


def _nothing(length: int) -> _Answers:
    status, change, last_year_change, trend, outlook = (np.full(length, EMPTY, dtype=np.int8) for _ in range(5))
    reds = np.full(length, EMPTY, dtype=np.int16)
    return _Answers(status, change, last_year_change, trend, outlook, np.full(length, np.nan), reds)


def _table(answers: _Answers, index: pd.Index) -> pd.DataFrame:
    reds = answers.reds_in_a_row
    return pd.DataFrame(
        {
            "status": _words(answers.status, STATUSES),
            "change": _words(answers.change, VERDICTS),
            "last_year_change": _words(answers.last_year_change, VERDICTS),
            "trend": _words(answers.trend, COURSES),
            "outlook": _words(answers.outlook, OUTLOOKS),
            "projection": answers.projection,
            "reds_in_a_row": pd.arrays.IntegerArray(reds, reds == EMPTY),
        },
        index=index,
        copy=False,
    )


def _words(codes: Codes, words: Sequence[StrEnum]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, categories=pd.Index([str(word) for word in words]))
