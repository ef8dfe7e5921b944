"""The distance of a figure from its target, as a policy counts it: what its intervals are about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from pmf.rating.band import SinceLastYear
from pmf.series.shortfall import Shortfall, shortfall
from pmf.value import Direction


class Basis(StrEnum):
    """What the intervals of a policy count. In all of them 0 is on target, positive is worse, negative better.

    ``relative``: per cent of the size of the target. ``points``: the KPI's own unit, percentage points for a percentage.
    ``tolerance``: the KPI's own tolerance, which is in per cent of the size of its target; 1 is as far as it goes.
    ``intervention``: the way from the target (0) to the KPI's intervention level (1).
    """

    RELATIVE = "relative"
    POINTS = "points"
    TOLERANCE = "tolerance"
    INTERVENTION = "intervention"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is compared, with the unit and decimals of its print (``decimals`` None: every digit).

    ``tolerance_pct`` (per cent of the size of the target) and ``level`` are None where the KPI has none.
    """

    actual: Decimal
    target: tuple[Decimal, Decimal]
    direction: Direction
    since_last_year: SinceLastYear
    level: Decimal | None
    tolerance_pct: Decimal | None
    unit: str
    decimals: int | None

    @cached_property
    def short(self) -> Shortfall:
        """How far the figure falls short of its target."""
        return shortfall(self.actual, target=self.target, direction=self.direction)


def off_target(figures: Figures, basis: Basis) -> Fraction | None:
    """Measure the distance as the policy counts it. None: it cannot be measured, and the policy's fallback decides.

    Raises:
        ValueError: when the intervention level is better than the target, or the tolerance is negative.
    """
    if basis is Basis.RELATIVE:
        return figures.short.pct
    if basis is Basis.POINTS:
        return figures.short.amount
    room = _tolerated(figures) if basis is Basis.TOLERANCE else _to_intervention(figures)
    return figures.short.amount / room if room else None


def _tolerated(figures: Figures) -> Fraction | None:
    if figures.tolerance_pct is None:
        return None
    if figures.tolerance_pct < 0:
        raise ValueError(f"the tolerance {figures.tolerance_pct} is negative: write how far short is tolerated, in per cent of the target")
    return abs(figures.short.bound) * Fraction(figures.tolerance_pct) / 100


def _to_intervention(figures: Figures) -> Fraction | None:
    if figures.level is None:
        return None
    room = shortfall(figures.level, target=figures.target, direction=figures.direction).amount
    if room < 0:
        raise ValueError(f"the intervention level {figures.level} is better than the target: it must be worse, or empty")
    return room
