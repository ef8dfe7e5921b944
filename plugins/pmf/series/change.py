"""Change in performance against an earlier period (scorecard column "Change in Performance").

Source: CCC quarter 2 report 2024/25, paragraph 2.4: the change shows whether performance is improving or
deteriorating, which is not always whether the figure went up or down.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pmf.series.shortfall import shortfall
from pmf.value import Direction, exact_sum, rounded

_ZERO = (Decimal(0), Decimal(0))


class Verdict(StrEnum):
    """What a change means for performance."""

    IMPROVED = "improved"
    DECLINED = "declined"
    UNCHANGED = "unchanged"


class Move(StrEnum):
    """What the figure itself did."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change between two periods. All None when one of the figures is missing.

    ``verdict`` alone is None where neither way is better, or where it depends on a target that is not there.
    ``amount`` is current less previous, in the KPI's unit.
    """

    verdict: Verdict | None = None
    moved: Move | None = None
    amount: Decimal | None = None


def change(
    current: Decimal | None,
    previous: Decimal | None,
    *,
    direction: Direction | None,
    target: tuple[Decimal, Decimal] | None = None,
    no_change_pct: Decimal = Decimal(0),
    decimals: int | None = None,
) -> Change:
    """Compare a figure with an earlier one: how much it moved, and whether that is better.

    ``target`` (low, high) is needed for the directions range and maintain only, where better means nearer to it: two
    figures inside the range are as good as each other. What moved by no more than ``no_change_pct`` per cent of the size
    of the earlier figure is unchanged, though it ``moved``. Figures that print the same with ``decimals`` have not even
    moved (None: they are not printed beside each other, and every digit counts).
    """
    if current is None or previous is None:
        return Change()
    amount = exact_sum((current, previous.copy_negate()))
    if decimals is not None and rounded(current, decimals) == rounded(previous, decimals):
        moved = Move.SAME
    else:
        moved = Move.SAME if current == previous else Move.UP if current > previous else Move.DOWN
    is_slight = moved is Move.SAME or abs(Fraction(amount)) * 100 <= abs(Fraction(previous)) * Fraction(no_change_pct)
    verdict = _verdict(current, previous, direction, target)
    return Change(verdict=Verdict.UNCHANGED if verdict and is_slight else verdict, moved=moved, amount=amount)


def distance(figure: Decimal, *, direction: Direction | None, target: tuple[Decimal, Decimal] | None) -> Fraction | None:
    """Give a number that is the smaller the better the figure. None: which figure is better cannot be said."""
    if direction is Direction.HIGHER or direction is Direction.LOWER:
        return shortfall(figure, target=_ZERO, direction=direction).amount
    if direction is None or target is None:
        return None
    return shortfall(figure, target=target, direction=direction).amount


def _verdict(current: Decimal, previous: Decimal, direction: Direction | None, target: tuple[Decimal, Decimal] | None) -> Verdict | None:
    now = distance(current, direction=direction, target=target)
    before = distance(previous, direction=direction, target=target)
    if now is None or before is None:
        return None
    if now == before:
        return Verdict.UNCHANGED
    return Verdict.IMPROVED if now < before else Verdict.DECLINED
