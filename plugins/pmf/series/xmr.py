"""The XmR chart: how far chance alone moves a figure, and which figures are more than chance.

Limits are the mean plus and minus 2.66 times the mean moving range, the mean step from one figure to the next (D. J. Wheeler,
Understanding Variation, 1993). The four rules and the assurance are those of NHS England's "Making Data Count" as its users
have written them down in NHSRplotthedots and nhspy-plotthedots; ours agrees with the published tests of both. Figures
are exact: one that lies on a limit or on the mean is not beyond it.

What does not belong here: which figures make a chart, and what a signal means for performance (``variation``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from pmf.value import Direction, exact_sum

Figure = int | Decimal
# 3 / 1.128: three standard deviations, estimated from the mean moving range of pairs.
_LIMIT = Fraction("2.66")
_NEAR = Fraction(2, 3)
# How many figures in a row on one side of the mean, or each higher than the one before, are more than chance.
RUN = 7


class Assurance(StrEnum):
    """What a process as it is does about its target: meets it each time, misses it each time, or leaves it to chance."""

    MET = "met"
    MISSED = "missed"
    HIT_OR_MISS = "hit_or_miss"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What chance alone explains: the mean, the process limits around it, and two thirds of the way to them."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    near_lower: Fraction
    near_upper: Fraction

    def is_beyond(self, figure: Figure) -> bool:
        """Tell whether a figure lies outside the limits."""
        return figure < self.lower or figure > self.upper

    def is_near(self, figure: Figure) -> bool:
        """Tell whether a figure lies inside the limits, in their last third."""
        return not self.is_beyond(figure) and (figure < self.near_lower or figure > self.near_upper)

    def side(self, figure: Figure) -> int:
        """Tell on which side of the mean a figure lies: 1 above, -1 below, 0 on it."""
        return (figure > self.mean) - (figure < self.mean)


def limits(figures: Sequence[Figure | None]) -> Limits:
    """Work out the limits of figures given in the order of time. None: a period without a figure.

    No moving range is taken across a gap: a step over several periods is no step of one. Without any two neighbours
    there is no range, and the limits lie on the mean.

    Raises:
        ValueError: when there is no figure.
    """
    known = [Decimal(figure) for figure in figures if figure is not None]
    if not known:
        raise ValueError("limits are worked out from at least one figure")
    neighbours = ((before, after) for before, after in pairwise(figures) if before is not None and after is not None)
    ranges = [exact_sum((Decimal(after), Decimal(before).copy_negate())).copy_abs() for before, after in neighbours]
    mean = Fraction(exact_sum(known)) / len(known)
    reach = _LIMIT * Fraction(exact_sum(ranges)) / len(ranges) if ranges else Fraction(0)
    return Limits(mean=mean, lower=mean - reach, upper=mean + reach, near_lower=mean - _NEAR * reach, near_upper=mean + _NEAR * reach)


def seven_on_one_side(sides: Sequence[int]) -> list[int]:
    """Mark with 1 each figure that is the seventh or a later one in a row on the same side of the mean.

    ``sides`` is a ``Limits.side`` per figure.
    """
    return [int(sides[at] != 0 and len(set(run)) == 1) if (run := _last(sides, at)) else 0 for at in range(len(sides))]


def seven_point_trend(figures: Sequence[Figure]) -> list[int]:
    """Mark the last of each seven figures that rise without a break with 1, of each seven that fall with -1, others with 0."""
    steps = [0] + [(after > before) - (after < before) for before, after in pairwise(figures)]
    trends = []
    for at in range(len(figures)):
        run = set(_last(steps, at)[1:])
        trends.append(run.pop() if len(run) == 1 else 0)
    return trends


def two_in_three(near: Sequence[int | bool], sides: Sequence[int]) -> list[int]:
    """Mark with 1 every figure of three in a row on one side of the mean of which two or three lie near a limit.

    ``near`` tells of each figure whether it does (``Limits.is_near``), ``sides`` on which side of the mean it lies.
    """
    marks = [0] * len(near)
    for at in range(len(near) - 2):
        three = slice(at, at + 3)
        if sum(map(bool, near[three])) >= 2 and abs(sum(sides[three])) == 3:
            marks[three] = [1, 1, 1]
    return marks


def assurance(
    lower: Figure | Fraction, upper: Figure | Fraction, *, target: tuple[Figure, Figure], direction: Direction | None
) -> Assurance | None:
    """Tell whether a process that stays between limits meets a target (low, high). None: neither way is better.

    As in rating, a figure on the target has met it. A figure to be maintained or kept in a range must stay between low and high.
    """
    low, high = target
    if direction is None:
        return None
    if direction is Direction.HIGHER:
        always, never = lower >= low, upper < low
    elif direction is Direction.LOWER:
        always, never = upper <= high, lower > high
    else:
        always, never = low <= lower and upper <= high, upper < low or lower > high
    return Assurance.MET if always else Assurance.MISSED if never else Assurance.HIT_OR_MISS


def _last(marks: Sequence[int], at: int) -> Sequence[int]:
    """Give the run of seven that ends at a place; nothing where there are not as many."""
    return marks[at + 1 - RUN : at + 1] if at + 1 >= RUN else ()
