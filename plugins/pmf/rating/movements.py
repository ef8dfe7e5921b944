"""What has become of many figures at once, the same as ``change``, ``trend`` and ``count_reds`` say of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from pmf.rating.colours import STATUSES, shortfalls
from pmf.rating.columns import DIRECTIONS, EMPTY, VERDICTS, Codes, Columns
from pmf.series.change import Verdict
from pmf.series.courses import COURSES, significant_courses
from pmf.series.recent import Recent
from pmf.series.trend import Course, Outlook
from pmf.series.whole import Bools, Ints, Whole, roomy
from pmf.status import Status
from pmf.value import Direction

# A code is a place in this list; -1 is none.
OUTLOOKS = tuple(Outlook)
_BETTER, _WORSE = OUTLOOKS.index(Outlook.GETTING_BETTER), OUTLOOKS.index(Outlook.GETTING_WORSE)
_IMPROVED, _DECLINED, _UNCHANGED = (VERDICTS.index(each) for each in (Verdict.IMPROVED, Verdict.DECLINED, Verdict.UNCHANGED))
_RISING, _FALLING = COURSES.index(Course.RISING), COURSES.index(Course.FALLING)
_HIGHER, _LOWER = DIRECTIONS.index(Direction.HIGHER), DIRECTIONS.index(Direction.LOWER)
_RED = STATUSES.index(Status.RED)
_COLOURS = np.array([status.is_rated for status in STATUSES])


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How figures are compared with those of ``back`` months before.

    What moved by no more than ``no_change_pct`` is unchanged. ``by_target``: they can be held against the target, as what
    periods added to a figure cannot; ``as_printed``: those that print the same have not moved.
    """

    back: int
    no_change_pct: Decimal
    by_target: bool = True
    as_printed: bool = True


def verdicts(figures: Whole, columns: Columns, how: Comparison) -> Codes:
    """Compare every figure of a block with an earlier one: places in ``VERDICTS``, -1 where it cannot be told.

    ``figures`` are those of ``columns``, or what each period added to them.
    """
    back = how.back
    found = np.full(figures.known.shape, EMPTY, dtype=np.int8)
    if len(found) <= back:
        return found
    now, before, direction = figures.numbers[back:], figures.numbers[:-back], columns.direction[back:]
    is_lower = direction == _LOWER
    up, down = now > before, now < before
    found[back:] = np.where(up == down, _UNCHANGED, np.where(up != is_lower, _IMPROVED, _DECLINED))
    if (direction >= 0).all() and (direction <= _LOWER).all():
        can_tell = figures.known[back:] & figures.known[:-back]
    else:
        can_tell = figures.known[back:] & figures.known[:-back] & (direction != EMPTY)
        can_tell &= (direction <= _LOWER) | (columns.low.known[back:] if how.by_target else False)
        _by_distance(found[back:], now, before, columns.low.numbers[back:], columns.high.numbers[back:], direction)
    is_slight = _is_slight(now, before, columns, how)
    if is_slight is not None:
        found[back:][is_slight] = _UNCHANGED
    found[back:][~can_tell] = EMPTY
    return found


def outlooks(found: Codes, block: Recent, columns: Columns) -> Codes:
    """Say whether each course is for the better: places in ``OUTLOOKS``, -1 where there is none or it cannot be said."""
    is_course = (found == _RISING) | (found == _FALLING)
    is_for_better = (found == _RISING) == (columns.direction == _HIGHER)
    plain = is_course & (columns.direction >= _HIGHER) & (columns.direction <= _LOWER)
    meaning = np.where(plain, np.where(is_for_better, _BETTER, _WORSE), EMPTY).astype(np.int8)
    lines, cells = np.nonzero(is_course & (columns.direction > _LOWER) & columns.low.known)
    if len(lines):
        figures, _, is_there = block.windows(lines, cells)
        low, high = (bound.numbers[lines, cells][:, None] for bound in (columns.low, columns.high))
        direction = np.broadcast_to(columns.direction[lines, cells][:, None], figures.shape)
        low, high = (np.broadcast_to(bound, figures.shape) for bound in (low, high))
        apart = significant_courses(shortfalls(figures, low, high, direction)[0], is_there)
        meaning[lines, cells] = np.where(apart == _RISING, _WORSE, np.where(apart == _FALLING, _BETTER, EMPTY))
    return meaning


def reds_in_a_row(found: Codes) -> npt.NDArray[np.int16]:
    """Count for every month of a block the reds up to it; what has no colour neither counts nor ends a run, and gets -1."""
    is_rated = _COLOURS[found]
    is_red = found == _RED
    reds = np.cumsum(is_red, axis=0, dtype=np.int16)
    ended = np.maximum.accumulate(np.where(is_rated & ~is_red, reds, np.int16(0)), axis=0)
    return np.where(is_rated, reds - ended, np.int16(EMPTY))


def _by_distance(found: Codes, now: Ints, before: Ints, low: Ints, high: Ints, direction: Codes) -> None:
    """Where nearer to the target is better, compare the distances."""
    cells = np.nonzero(direction > _LOWER)
    own = (low[cells], high[cells], direction[cells])
    distance, distance_before = shortfalls(now[cells], *own)[0], shortfalls(before[cells], *own)[0]
    found[cells] = np.where(distance == distance_before, _UNCHANGED, np.where(distance < distance_before, _IMPROVED, _DECLINED))


def _is_slight(now: Ints, before: Ints, columns: Columns, how: Comparison) -> Bools | None:
    """Tell which figures moved too little to count as changed, or print the same. None: neither is asked."""
    slight: Bools | None = None
    if how.no_change_pct:
        share = how.no_change_pct.as_integer_ratio()
        now, before = roomy([now, before], 2 * max(100 * share[1], share[0]))
        slight = np.abs(now - before) * (100 * share[1]) <= np.abs(before) * share[0]
    if how.as_printed and columns.printed_decimals is not None:
        decimals, scale = columns.printed_decimals[how.back :], columns.value.scale
        for places in range(min(scale, int(decimals.max(initial=0)) + 1)):
            unit = 10 ** (scale - places)
            same = (decimals == places) & (_rounded(now, unit) == _rounded(before, unit))
            slight = same if slight is None else slight | same
    return slight


def _rounded(numbers: Ints, unit: int) -> Ints:
    """Round half away from 0 to whole units, as ``rounded`` does."""
    rounded: Ints = np.sign(numbers) * ((np.abs(numbers) * 2 + unit) // (2 * unit))
    return rounded
