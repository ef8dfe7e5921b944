"""Trends of many series at once are those of each."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from pmf.period import Month
from pmf.series.courses import _ASK, COURSES, _pairs, _verdicts, courses
from pmf.series.point import Point
from pmf.series.recent import recent
from pmf.series.trend import MOST_POINTS, trend
from pmf.value import Direction

FIRST = Month(2020, 4)


def one_by_one(figures: np.ndarray, known: np.ndarray) -> list[list[str]]:
    points = [
        [Point(period=FIRST.plus(line), value=Decimal(int(figure)) if is_known else None) for line, (figure, is_known) in enumerate(column)]
        for column in (zip(figures[:, place], known[:, place], strict=True) for place in range(figures.shape[1]))
    ]
    return [[trend(series[: line + 1], direction=Direction.HIGHER).course for series in points] for line in range(len(figures))]


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("distinct", [3, 6, 1000])
def test_every_month_of_every_series_has_its_own_trend(missing: float, distinct: int) -> None:
    """Rising, falling or neither, with many ties or none, with gaps or without: the course is the one ``trend`` gives."""
    dice = np.random.default_rng(distinct)
    drift = dice.normal(0, 0.08, 40) * np.arange(30)[:, None]
    figures = np.rint((drift + dice.normal(0, 0.5, (30, 40))) * distinct / 2).astype(np.int64)
    known = dice.random(figures.shape) >= missing
    found = courses(recent(figures, known))
    assert [[COURSES[code] for code in line] for line in found] == one_by_one(figures, known)
    assert {COURSES[code] for code in np.unique(found)} == set(COURSES)


def test_where_the_number_of_ties_does_not_tell_the_ties_are_looked_at() -> None:
    """Seven tied pairs among twelve figures can be significant or not at the same count, depending on which are tied."""
    dice = np.random.default_rng(3)
    figures = np.sort(dice.integers(0, 9, (MOST_POINTS, 60_000)), axis=0)
    # A sorted series with one pair of figures put the other way round, here and there.
    for _ in range(5):
        rows, columns = dice.integers(0, MOST_POINTS - 1, 60_000), np.arange(60_000)
        figures[rows, columns], figures[rows + 1, columns] = figures[rows + 1, columns], figures[rows, columns].copy()
    dice.shuffle(figures[: MOST_POINTS // 2])
    rises, falls = _pairs(figures)
    asked = np.flatnonzero(_verdicts(MOST_POINTS)[rises[-1], falls[-1]] == _ASK)
    assert len(asked) > 20
    some = figures[:, asked[:60]]
    found = courses(recent(some, np.ones(some.shape, dtype=np.bool_)))
    assert [COURSES[code] for code in found[-1]] == one_by_one(some, np.ones(some.shape, dtype=np.bool_))[-1]
    assert len(set(found[-1])) > 1
