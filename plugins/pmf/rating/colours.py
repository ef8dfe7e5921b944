"""The status of many figures at once, the same as ``judge`` gives each of them.

The distance from target is kept as numerator and denominator, both whole numbers, and compared with the ends of a policy's
bands by multiplying: nothing is divided, so nothing is rounded and a boundary is a boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np

from pmf.rating.band import SinceLastYear
from pmf.rating.columns import ABSENCES, DIRECTIONS, EMPTY, STATUS_TYPES, VERDICTS, Codes, Columns
from pmf.rating.distance import Basis
from pmf.rating.interval import EVERYTHING_STARTS, Cut
from pmf.rating.judge import judge
from pmf.rating.policy import Policy
from pmf.register.kpi import StatusType
from pmf.series.whole import Bools, Ints, roomy
from pmf.status import Status
from pmf.value import Absence, Direction

# A code is a place in this list.
STATUSES = tuple(Status)
_LOWER, _RANGE = DIRECTIONS.index(Direction.LOWER), DIRECTIONS.index(Direction.RANGE)
_RATED, _NO_RETURN = STATUS_TYPES.index(StatusType.RATED), ABSENCES.index(Absence.NO_RETURN)
# In the order of verdicts; the last answers for an empty cell, which has the code -1.
_SINCE = (*(SinceLastYear(verdict) for verdict in VERDICTS), SinceLastYear.NOT_KNOWN)


class RowError(ValueError):
    """A row of a table cannot be rated: ``row`` is its place, from 0, and ``words`` say why."""

    def __init__(self, row: int, words: str) -> None:
        super().__init__(f"row {row}: {words}")
        self.row, self.words = row, words


@dataclass(frozen=True)
class Rule:
    """A policy as tables: everything it could be asked, asked beforehand.

    ``ends`` are the numbers at which one band gives way to the next, in units of ``10**-decimals``; ``is_after`` tells whether
    the number itself still belongs to the band below. ``colours`` has a line for each stretch between ends and a column for
    what a figure has done since last year. ``unmeasured`` (None: the policy measures everything) is asked by whether the
    target is 0 and whether the figure falls short, ``unrated`` by status type and absence, whose last column is: none.
    """

    basis: Basis
    ends: tuple[int, ...]
    is_after: tuple[bool, ...]
    decimals: int
    colours: Codes
    asks_last_year: bool
    unmeasured: Codes | None
    unrated: Codes

    @classmethod
    def of(cls, policy: Policy) -> Rule:
        """Read the tables off a policy."""
        cuts = sorted({band.off_target.start for band in policy.bands} - {EVERYTHING_STARTS})
        decimals = max((_decimals(cut.number) for cut in cuts), default=0)
        return cls(
            basis=policy.basis,
            ends=tuple(int(Fraction(cut.number) * 10**decimals) for cut in cuts),
            is_after=tuple(cut.is_after for cut in cuts),
            decimals=decimals,
            colours=_codes([[policy.band_for(number, since).status for since in _SINCE] for number in _between(cuts)]),
            asks_last_year=policy.asks_last_year,
            unmeasured=None if policy.basis is Basis.POINTS else _unmeasured(policy),
            unrated=_unrated(policy),
        )

    def factor(self, columns: Columns) -> int:
        """Say by how much figures are multiplied at most when they are compared with an end."""
        percent = 100 if self.basis in (Basis.RELATIVE, Basis.TOLERANCE) else 1
        tolerance = columns.tolerance_pct if self.basis is Basis.TOLERANCE else None
        largest = 1 if tolerance is None or not tolerance.numbers.size else int(abs(tolerance.numbers).max())
        finest = 1 if tolerance is None else int(10**tolerance.scale)
        return 2 * max(percent * finest * int(10**self.decimals), largest * max((abs(end) for end in self.ends), default=1))


def statuses(columns: Columns, rule: Rule, *, since_last_year: Codes | None = None) -> Codes:
    """Give every row its status: places in ``STATUSES``. ``since_last_year`` None: nothing can be compared.

    Raises:
        RowError: where ``judge`` would refuse a row.
    """
    is_rated = columns.value.known & columns.low.known
    if columns.status_type is not None:
        is_rated &= columns.status_type == _RATED
    if columns.absence is not None:
        is_rated &= columns.absence == EMPTY
    colours = _colours(columns, rule, is_rated, since_last_year)
    if is_rated.all():
        return colours
    types = np.int8(_RATED) if columns.status_type is None else columns.status_type
    absences = np.int8(EMPTY) if columns.absence is None else columns.absence
    absences = np.where((absences == EMPTY) & ~columns.value.known, np.int8(_NO_RETURN), absences)
    return np.where(is_rated, colours, rule.unrated[types, absences])


def shortfalls(value: Ints, low: Ints, high: Ints, direction: Codes) -> tuple[Ints, Ints]:
    """Measure how far figures fall short of their targets, as ``shortfall`` does: the amounts, and the bounds they count from."""
    short: Ints = low - value
    np.negative(short, out=short, where=direction == _LOWER)
    by_distance = np.nonzero(direction >= _RANGE)
    if not len(by_distance[0]):
        return short, low
    bound = low.copy()
    own, bottom, top = value[by_distance], low[by_distance], high[by_distance]
    is_within = (own >= bottom) & (own <= top)
    # A figure to be maintained has a target of one figure, within which it is only by meeting it.
    short[by_distance] = np.where(is_within, 0, np.where(own < bottom, bottom - own, own - top))
    bound[by_distance] = np.where(own < bottom, bottom, np.where((own > top) | (top != 0), top, bottom))
    return short, bound


def _colours(columns: Columns, rule: Rule, is_rated: Bools, since_last_year: Codes | None) -> Codes:
    figures = [columns.value.numbers, columns.low.numbers, columns.high.numbers]
    level = columns.level if rule.basis is Basis.INTERVENTION else None
    figures += [] if level is None else [level.numbers]
    value, low, high, *levels = roomy(figures, rule.factor(columns))
    _refuse(columns, is_rated & (columns.direction == EMPTY), "a figure with a target needs a direction")
    _refuse(columns, is_rated & (low != high) & (columns.direction != _RANGE), "a target with two ends needs the direction range")
    short, bound = shortfalls(value, low, high, columns.direction)
    to_intervention = shortfalls(levels[0], low, high, columns.direction)[0] if levels else None
    room = _room(columns, rule, bound, to_intervention)
    if rule.basis in (Basis.TOLERANCE, Basis.INTERVENTION):
        _refuse(columns, is_rated & (room < 0), "the intervention level is better than the target, or the tolerance is negative")
    place = _place(short, room, columns, rule)
    since = np.int8(EMPTY) if since_last_year is None else since_last_year
    colours = rule.colours[place, since] if rule.asks_last_year else rule.colours[:, 0][place]
    if rule.unmeasured is None or room.all():
        return colours
    unmeasured = rule.unmeasured[(bound == 0).astype(np.int8), (short > 0).astype(np.int8)]
    return np.where(room == 0, unmeasured, colours)


def _room(columns: Columns, rule: Rule, bound: Ints, to_intervention: Ints | None) -> Ints:
    """Give what the shortfall is held against; 0: the distance cannot be measured."""
    if rule.basis is Basis.POINTS:
        return np.array(10**columns.value.scale)
    if rule.basis is Basis.RELATIVE:
        return np.abs(bound)
    if to_intervention is not None and columns.level is not None:
        return np.where(columns.level.known, to_intervention, 0)
    tolerance = columns.tolerance_pct
    if rule.basis is Basis.INTERVENTION or tolerance is None:
        return np.zeros_like(bound)
    return np.where(tolerance.known, np.abs(bound) * tolerance.numbers.astype(bound.dtype), 0)


def _place(short: Ints, room: Ints, columns: Columns, rule: Rule) -> Codes:
    """Count the ends of bands that each distance lies beyond."""
    percent = 100 if rule.basis in (Basis.RELATIVE, Basis.TOLERANCE) else 1
    finest = 10**columns.tolerance_pct.scale if rule.basis is Basis.TOLERANCE and columns.tolerance_pct is not None else 1
    amount = short * (percent * finest * 10**rule.decimals)
    place = np.zeros(short.shape, dtype=np.int8)
    for end, is_after in zip(rule.ends, rule.is_after, strict=True):
        edge = room * end if end else 0
        place += amount > edge if is_after else amount >= edge
    return place


def _refuse(columns: Columns, wrong: Bools, words: str) -> None:
    if wrong.any():
        raise RowError(int(columns.rows[wrong][0]), words)


def _between(cuts: list[Cut]) -> list[Fraction]:
    """Give a number from each stretch between cuts, and from before the first and after the last."""
    if not cuts:
        return [Fraction(0)]
    numbers = [Fraction(cut.number) for cut in cuts]
    inner = [(low + high) / 2 for low, high in pairwise(numbers)]
    return [numbers[0] - 1, *inner, numbers[-1] + 1]


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _unmeasured(policy: Policy) -> Codes:
    # Per cent of a target other than 0 can always be measured.
    rules = [policy.fallback(is_zero_target=is_zero or policy.basis is Basis.RELATIVE) for is_zero in (False, True)]
    return _codes([[rule.on_target_or_better, rule.short_of_target] for rule in rules])


def _unrated(policy: Policy) -> Codes:
    """Ask ``judge`` what has no colour, for every status type and absence."""
    return _codes(
        [
            [
                judge(actual=Decimal(0), target=None, direction=None, policy=policy, status_type=kind, absence=absence).status
                for absence in (*ABSENCES, None)
            ]
            for kind in STATUS_TYPES
        ]
    )


def _codes(lines: list[list[Status]]) -> Codes:
    return np.array([[STATUSES.index(status) for status in line] for line in lines], dtype=np.int8)
