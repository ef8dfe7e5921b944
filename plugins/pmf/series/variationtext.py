"""What a chart says, in sentences an officer can read out: the variation, the assurance, and where its limits come from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, takewhile

from pmf.register import Kpi, Target
from pmf.register.assessment import Rebase
from pmf.register.kpi import Frequency
from pmf.series.exact import to_decimal
from pmf.series.variation import FEWEST_FIGURES, Rule, Signal, Stretch, Variation
from pmf.series.xmr import Assurance, Limits
from pmf.value import printed

_NOUNS = {Frequency.MONTHLY: "month", Frequency.QUARTERLY: "quarter"}
_MEANINGS = {
    Variation.IMPROVING: "a change that is not chance, and for the better",
    Variation.CONCERNING: "a change that is not chance, and for the worse",
    Variation.RISING: "a change that is not chance, and neither better nor worse",
    Variation.FALLING: "a change that is not chance, and neither better nor worse",
}
# Limits no further apart than this many units of the KPI's last decimal are printed with one decimal more.
_NARROW = 20
_MOST_MORE = 6


@dataclass(frozen=True)
class Wording:
    """The words for a stretch of a KPI's figures that has limits."""

    kpi: Kpi
    stretch: Stretch
    limits: Limits

    @property
    def mean(self) -> str:
        """The mean as printed."""
        return self.printed(self.limits.mean)

    @property
    def bounds(self) -> tuple[str, str]:
        """The lower and the upper limit as printed."""
        lower, upper = self.stretch.bounds(is_percentage=self.kpi.unit == "%")
        return self.printed(lower), self.printed(upper)

    @property
    def decimals(self) -> int:
        """The decimals that mean and limits are printed with: the KPI's own, or one more where these would hardly tell them apart."""
        width = self.limits.upper - self.limits.lower
        return self.kpi.decimals + (0 < width < _NARROW * Fraction(1, 10**self.kpi.decimals))

    def printed(self, figure: Fraction) -> str:
        """Print a limit or a mean in the KPI's unit."""
        return printed(to_decimal(figure), unit=self.kpi.unit, decimals=self.decimals)

    def variation(self, verdict: Variation) -> str:
        """Say what the latest figure tells of the process."""
        signal, figures, low_high = self.stretch.latest_signal, f"{_NOUNS[self.kpi.frequency]}ly figures", " and ".join(self.bounds)
        if self.limits.lower == self.limits.upper:
            return f"All {len(self.stretch.known)} {figures} are {self.mean}: nothing varies."
        if signal is None:
            return f"The latest figure is no more than chance: {figures} move between {low_high}, around a mean of {self.mean}."
        return f"{self._signalled(signal, figures)}: {_MEANINGS[verdict]}."

    def _signalled(self, signal: Signal, figures: str) -> str:
        known, side, end = self.stretch.known, *(("above", "upper") if signal.is_up else ("below", "lower"))
        limit = self.bounds[signal.is_up]
        if signal.rule is Rule.BEYOND_LIMIT:
            latest, limit = self._apart(known[-1], limit, self.limits.upper if signal.is_up else self.limits.lower)
            return f"The latest figure, {latest}, lies {side} the {end} limit of {limit}"
        if signal.rule is Rule.TWO_IN_THREE:
            close = f"At least two of the last three {figures} lie close to the {end} limit of {limit}"
            return f"{close}, all three {side} the mean of {self.mean}"
        if signal.rule is Rule.ONE_SIDE:
            length = _run([self.limits.side(figure) for figure in known])
            return f"The last {length} {figures} are all {side} the mean of {self.mean}"
        length = 1 + _run([(after > before) - (after < before) for before, after in pairwise(known)])
        return f"The last {length} {figures} {'rise' if signal.is_up else 'fall'} without a break"

    def _apart(self, figure: Decimal, limit: str, exact: Fraction) -> tuple[str, str]:
        """Print a figure and the limit it lies beyond; with more decimals where rounding would print them alike."""
        latest = printed(figure, unit=self.kpi.unit, decimals=self.kpi.decimals)
        places = (self.decimals + more for more in range(1, _MOST_MORE))
        while latest == limit and (decimals := next(places, None)) is not None:
            latest, limit = (printed(each, unit=self.kpi.unit, decimals=decimals) for each in (figure, to_decimal(exact)))
        return latest, limit

    def assurance(self, within: Assurance, latest: Assurance, target: Target) -> str:
        """Say what figures within the limits do about a target (low, high), and whether the latest figure does otherwise."""
        noun, aim = _NOUNS[self.kpi.frequency], target.printed(self.kpi)
        if within is Assurance.HIT_OR_MISS:
            return f"Within these limits, chance decides which {noun}s meet the target of {aim}."
        which, otherwise = ("every", "does not") if within is Assurance.MET else ("no", "does")
        if latest is within:
            return f"Within these limits, {which} {noun} meets the target of {aim}."
        return f"Within these limits, {which} {noun} would meet the target of {aim}; the latest figure {otherwise}."


def too_few(kpi: Kpi, stretch: Stretch) -> str:
    """Say that a stretch has not enough figures for limits, or too many gaps between them."""
    noun, count = _NOUNS[kpi.frequency], len(stretch.known)
    since = f" since {stretch.rebase.since.label}" if stretch.rebase else ""
    figures = f"{count} {noun}ly figure{'' if count == 1 else 's'}{since}"
    if count < FEWEST_FIGURES:
        return f"No chart yet: {figures}, and limits need {FEWEST_FIGURES}."
    return (
        f"No chart yet: of {figures} only {stretch.steps} follow one of the {noun} before, and limits need {FEWEST_FIGURES - 1} such steps."
    )


def seasonal(kpi: Kpi) -> str:
    """Say that a signal may be the season's."""
    return f"The figures follow the seasons, of which the limits know nothing: see also the same {_NOUNS[kpi.frequency]} of last year."


def rebased(rebase: Rebase, post_title: str) -> str:
    """Say since when limits are worked out anew, by whose decision and why."""
    return f"Limits since {rebase.since.label}, set anew by the {post_title}: {rebase.reason.rstrip('.')}."


def _run(signs: list[int]) -> int:
    """Count how many at the end are alike."""
    return len(list(takewhile(lambda sign: sign == signs[-1], reversed(signs))))
