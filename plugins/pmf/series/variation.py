"""Variation: whether a KPI's latest figure is more than chance, and whether that is better (XmR chart, ``xmr``).

A chart is of months or of quarters, as the KPI is reported. Its limits are worked out from all figures of a stretch: from
the first one known, or from a month that the council decided to begin anew with. Nothing else moves them: a stretch knows
nothing of the figures of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise

from pmf.period import Month, Period
from pmf.register.assessment import Rebase
from pmf.register.kpi import Frequency
from pmf.series.change import distance
from pmf.series.exact import to_decimal
from pmf.series.point import Point, known, ordinal
from pmf.series.xmr import RUN, Limits, limits, seven_on_one_side, seven_point_trend, two_in_three
from pmf.value import Direction

# NHSRplotthedots warns of limits made of fewer: their spread is then itself mostly chance.
FEWEST_FIGURES = 12
_WHOLE = 100


class Variation(StrEnum):
    """What moved the latest figure: chance, or a special cause that is better, worse, or neither (figures rise or fall)."""

    COMMON_CAUSE = "common_cause"
    IMPROVING = "improving"
    CONCERNING = "concerning"
    RISING = "rising"
    FALLING = "falling"


class Rule(StrEnum):
    """By which rule a figure is more than chance. Where several apply, the first of them is told."""

    BEYOND_LIMIT = "beyond a limit"
    ONE_SIDE = "seven on one side of the mean"
    TREND = "a trend of seven"
    TWO_IN_THREE = "two in three near a limit"


@dataclass(frozen=True)
class Signal:
    """A figure that is more than chance: it went from ``start`` (the mean) to ``end``, or its trend from its first figure to its last."""

    rule: Rule
    start: Fraction
    end: Fraction

    @property
    def is_up(self) -> bool:
        """Tell whether the figures went up."""
        return self.end > self.start


@dataclass(frozen=True)
class Stretch:
    """The figures between two decisions to work limits out anew, oldest first, one per period (None: there is no figure).

    ``rebase`` is the decision it begins with. None: it begins with the first figure known.
    """

    periods: tuple[Period, ...]
    figures: tuple[Decimal | None, ...]
    rebase: Rebase | None = None

    @property
    def known(self) -> list[Decimal]:
        """The figures there are."""
        return [figure for figure in self.figures if figure is not None]

    @property
    def latest_signal(self) -> Signal | None:
        """What the latest figure says. None: no more than chance, or too few figures to tell."""
        return next(signal for signal, figure in zip(reversed(self.signals), reversed(self.figures), strict=True) if figure is not None)

    def bounds(self, *, is_percentage: bool) -> tuple[Fraction, Fraction]:
        """Give the lower and the upper limit, as far as figures can go.

        Where no figure was ever below 0, none is expected there; nor above 100 per cent. What is cut off held no figure, so
        the rules find the same either way.

        Raises:
            ValueError: when there are too few figures for limits.
        """
        if self.limits is None:
            raise ValueError(f"{len(self.known)} figures are too few for limits")
        lower, upper = self.limits.lower, self.limits.upper
        if min(self.known) >= 0:
            lower = max(lower, Fraction(0))
            if is_percentage and max(self.known) <= _WHOLE:
                upper = min(upper, Fraction(_WHOLE))
        return lower, upper

    @property
    def steps(self) -> int:
        """How many figures there are whose period before has one too; limits are made of these steps."""
        return sum(before is not None and after is not None for before, after in pairwise(self.figures))

    @cached_property
    def limits(self) -> Limits | None:
        """The limits of the stretch. None: it has too few steps for any, twelve figures without a gap being the fewest."""
        return limits(self.figures) if self.steps >= FEWEST_FIGURES - 1 else None

    @cached_property
    def signals(self) -> tuple[Signal | None, ...]:
        """Say of each period whether its figure is more than chance. Runs go on over a period without a figure: silence ends none."""
        if self.limits is None:
            return (None,) * len(self.figures)
        found = iter(_signals(self.known, self.limits))
        return tuple(None if figure is None else next(found) for figure in self.figures)


def stretches(points: Sequence[Point], *, frequency: Frequency, rebases: Sequence[Rebase] = ()) -> tuple[Stretch, ...]:
    """Lay out a KPI's figures, oldest first, in a stretch for each decision to begin anew; the last holds the latest figure.

    ``points`` are by month, or by quarter for a quarterly KPI. ``rebases`` are the decisions about this KPI that are known;
    one that begins after the latest figure changes nothing yet. Nothing is returned where there is no figure.
    """
    figures = dict(sorted(known(points), key=lambda pair: ordinal(pair[0])))
    if not figures:
        return ()
    begun = {ordinal(charted(rebase.since, frequency)): rebase for rebase in sorted(rebases, key=lambda rebase: rebase.since)}

    def decision(period: Period) -> int:
        return max((start for start in begun if start <= ordinal(period)), default=0)

    periods = _up_to(next(iter(figures)), next(reversed(figures)))
    runs = ((begun.get(start), tuple(run)) for start, run in groupby(periods, key=decision))
    return tuple(Stretch(run, tuple(figures.get(period) for period in run), rebase) for rebase, run in runs)


def charted(month: Month, frequency: Frequency) -> Period:
    """Name the period under which a month's figure stands on the chart: itself, or its quarter for a quarterly KPI."""
    return month.quarter if frequency is Frequency.QUARTERLY else month


def variation(signal: Signal | None, *, direction: Direction | None, target: tuple[Decimal, Decimal] | None = None) -> Variation:
    """Say what a signal means for performance. None: the figure is no more than chance.

    ``target`` is needed for the directions range and maintain only, where better means nearer to it, as everywhere else.
    Where neither way is better, or both figures are as near, the figures only rise or fall.
    """
    if signal is None:
        return Variation.COMMON_CAUSE
    before = distance(to_decimal(signal.start), direction=direction, target=target)
    now = distance(to_decimal(signal.end), direction=direction, target=target)
    if before is None or now is None or before == now:
        return Variation.RISING if signal.is_up else Variation.FALLING
    return Variation.IMPROVING if now < before else Variation.CONCERNING


def icon_of(verdict: Variation, direction: Direction | None) -> str:
    """Name the icon of a variation (``page.icon``); where one way is better it shows which way the figures went."""
    if verdict in (Variation.IMPROVING, Variation.CONCERNING) and direction in (Direction.HIGHER, Direction.LOWER):
        is_high = (verdict is Variation.IMPROVING) == (direction is Direction.HIGHER)
        return f"{verdict}_{'high' if is_high else 'low'}"
    return str(verdict)


def _signals(figures: Sequence[Decimal], within: Limits) -> list[Signal | None]:
    """Say of each figure whether it is more than chance, or belongs to a run that is; a trend counts from its first to its last."""
    sides = [within.side(figure) for figure in figures]
    near = [within.is_near(figure) for figure in figures]
    one_side, trends, in_three = seven_on_one_side(sides), seven_point_trend(figures), two_in_three(near, sides)
    found: list[Signal | None] = []
    for at, figure in enumerate(figures):
        trend_end = next((end for end, trend in enumerate(trends[at : at + RUN], start=at) if trend), None)
        if within.is_beyond(figure):
            found.append(Signal(Rule.BEYOND_LIMIT, within.mean, Fraction(figure)))
        elif any(one_side[at : at + RUN]):
            found.append(Signal(Rule.ONE_SIDE, within.mean, Fraction(figure)))
        elif trend_end is not None:
            found.append(Signal(Rule.TREND, Fraction(figures[trend_end + 1 - RUN]), Fraction(figures[trend_end])))
        elif in_three[at] and near[at]:
            found.append(Signal(Rule.TWO_IN_THREE, within.mean, Fraction(figure)))
        else:
            found.append(None)
    return found


def _up_to(first: Period, last: Period) -> Iterator[Period]:
    period = first
    while ordinal(period) <= ordinal(last):
        yield period
        period = period.next
