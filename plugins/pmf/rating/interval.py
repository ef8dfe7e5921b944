"""Intervals with open and closed ends, written as mathematicians and policies write them: ``(10, +inf)``, ``[-5, 0]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_INTERVAL = re.compile(r"^\s*(?P<left>[(\[])\s*(?P<low>[^,]+?)\s*,\s*(?P<high>[^,]+?)\s*(?P<right>[)\]])\s*$")
_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_INFINITIES = {"-inf": Decimal("-Infinity"), "+inf": Decimal("Infinity"), "inf": Decimal("Infinity")}


@dataclass(frozen=True, order=True)
class Cut:
    """A place between numbers: just before ``number``, or just after it. Intervals run from cut to cut, so they compare plainly."""

    number: Decimal
    is_after: bool


EVERYTHING_STARTS = Cut(Decimal("-Infinity"), is_after=True)
EVERYTHING_ENDS = Cut(Decimal("Infinity"), is_after=False)


@dataclass(frozen=True)
class Interval:
    """All numbers between two cuts."""

    start: Cut
    end: Cut

    def __contains__(self, number: Decimal | Fraction) -> bool:
        """Tell whether the number lies in the interval, exactly."""
        above = number > self.start.number if self.start.is_after else number >= self.start.number
        below = number <= self.end.number if self.end.is_after else number < self.end.number
        return above and below

    def __str__(self) -> str:
        """Write the interval as it is read: ``[-5, 0]``, or ``exactly 10`` when it is one number."""
        if self.start.number == self.end.number:
            return f"exactly {_written(self.start.number)}"
        left, right = "(" if self.start.is_after else "[", "]" if self.end.is_after else ")"
        return f"{left}{_written(self.start.number)}, {_written(self.end.number)}{right}"


def parse_interval(text: str) -> Interval:
    """Read an interval: a square bracket takes its end in, a round one leaves it out, ``inf`` has no end.

    Raises:
        ValueError: with the right form, when the text is no interval or no number lies in it.
    """
    match = _INTERVAL.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not an interval: write it like (10, +inf) or [-5, 0]; [ ] takes the end in, ( ) leaves it out")
    low, high = _end(match["low"], text), _end(match["high"], text)
    interval = Interval(Cut(low, is_after=match["left"] == "("), Cut(high, is_after=match["right"] == "]"))
    if interval.start < EVERYTHING_STARTS or interval.end > EVERYTHING_ENDS:
        raise ValueError(f"{text!r}: infinity is never reached, so its bracket is round")
    if interval.start >= interval.end:
        raise ValueError(f"{text!r} holds no number: the lower end comes first")
    return interval


def _end(text: str, interval: str) -> Decimal:
    if text in _INFINITIES:
        return _INFINITIES[text]
    if _NUMBER.match(text) is None:
        raise ValueError(f"{interval!r}: {text!r} is neither a number nor -inf or +inf")
    return Decimal(text)


def _written(number: Decimal) -> str:
    if number.is_infinite():
        return "-inf" if number < 0 else "+inf"
    return f"{number:f}"
