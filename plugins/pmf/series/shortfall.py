"""How far a figure falls short of its target, whichever way is better. One definition for change, trend and rating."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pmf.value import Direction


@dataclass(frozen=True)
class Shortfall:
    """The distance from target in the KPI's unit, positive when worse, and the target figure it is counted from."""

    amount: Fraction
    bound: Fraction

    @property
    def pct(self) -> Fraction | None:
        """The distance in per cent of the size of the target. None when the target is 0, of which nothing is a percentage."""
        return None if self.bound == 0 else self.amount * 100 / abs(self.bound)


def shortfall(figure: Decimal, *, target: tuple[Decimal, Decimal], direction: Direction) -> Shortfall:
    """Measure how far a figure falls short of its target: positive is worse, 0 on target, negative better.

    ``target`` is (low, high), both equal for a single figure. Inside a range nothing is short; outside, the nearest
    end counts. A figure to be maintained is short by its distance either way.

    Raises:
        ValueError: when a range is given for a direction that needs a single figure.
    """
    actual, low, high = Fraction(figure), Fraction(target[0]), Fraction(target[1])
    if direction is Direction.RANGE:
        return _outside(actual, low, high)
    if low != high:
        raise ValueError(f"a target of {target[0]}..{target[1]} needs the direction range, not {direction}")
    if direction is Direction.MAINTAIN:
        return Shortfall(abs(actual - low), low)
    return Shortfall(low - actual if direction is Direction.HIGHER else actual - low, low)


def _outside(actual: Fraction, low: Fraction, high: Fraction) -> Shortfall:
    if actual < low:
        return Shortfall(low - actual, low)
    if actual > high:
        return Shortfall(actual - high, high)
    # Inside, either end will do to count nothing from; one that is not 0 keeps "0 per cent off" sayable.
    return Shortfall(Fraction(0), high or low)
