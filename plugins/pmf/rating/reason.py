"""The reason of a rating as one sentence a committee member can follow: figure, target, distance, rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from pmf.rating.band import SinceLastYear
from pmf.rating.distance import Basis, Figures
from pmf.rating.policy import Policy
from pmf.series.exact import to_decimal
from pmf.status import Status
from pmf.value import Direction, printed, rounded, shortened

_UNRATED = {
    Status.IN_DEVELOPMENT: "In development: data collection and target setting are not finished.",
    Status.BASELINE: "Baseline: tracked in order to set a target.",
    Status.CONTEXTUAL: "Contextual: shown without a target.",
    Status.AWAITING_DATA: "Awaiting data: no figure has been returned.",
    Status.NIL_RETURN: "Nil return: the service has returned that there is no figure, and why.",
    Status.UNDER_QUERY: "Under query: the figure is withheld until the query about it is answered.",
}
_WORSE = {Direction.RANGE: "outside the target range", Direction.MAINTAIN: "away from target"}
_SINCE_LAST_YEAR = {
    SinceLastYear.IMPROVED: "better than in the same period last year",
    SinceLastYear.UNCHANGED: "unchanged from the same period last year",
    SinceLastYear.DECLINED: "worse than in the same period last year",
    SinceLastYear.NOT_KNOWN: "not comparable with the same period last year",
}
# Enough to tell 10.000001% from 10%; a quotient's 28 digits would make the sentence unreadable.
_MOST_DECIMALS = 9


def unrated_reason(status: Status, suspended_reason: str | None = None) -> str:
    """Say why a KPI has no colour."""
    if status is Status.SUSPENDED:
        return f"Suspended: {suspended_reason.rstrip('.')}." if suspended_reason else "Suspended; no reason is recorded."
    return _UNRATED[status]


def rated_reason(figures: Figures, policy: Policy, *, in_short: str, with_last_year: bool, show_unrounded: bool) -> str:
    """Say why a KPI has its colour.

    For example: "81.0% against a target of 95%: 14.7% worse than target, more than 10% is red." ``with_last_year`` adds what
    has happened since the same period last year, where that decided; ``show_unrounded`` the figure in full, where the printed
    one would mislead.
    """
    actual = _printed(figures.actual, figures.unit, figures.decimals)
    if show_unrounded:
        actual += f" (unrounded {_printed(figures.actual, figures.unit, None)})"
    since = f" and {_SINCE_LAST_YEAR[figures.since_last_year]}" if with_last_year else ""
    return f"{actual} against {_target(figures, policy)}: {_distance(figures, policy)}{since}, {in_short}."


def _target(figures: Figures, policy: Policy) -> str:
    low, high = (_shortened(bound, figures) for bound in figures.target)
    target = f"a target of {low}" if low == high else f"a target of {low} to {high}"
    if policy.basis is Basis.INTERVENTION and figures.level is not None:
        target += f" and an intervention level of {_shortened(figures.level, figures)}"
    if policy.basis is Basis.TOLERANCE and figures.tolerance_pct is not None:
        target += f" and a tolerance of {_printed(figures.tolerance_pct, '%', None)}"
    return target


def _distance(figures: Figures, policy: Policy) -> str:
    short = figures.short
    if short.amount == 0:
        return "within the target range" if figures.target[0] != figures.target[1] else "on target"
    side = _WORSE.get(figures.direction, "worse than target") if short.amount > 0 else "better than target"
    if policy.basis is Basis.POINTS:
        points = to_decimal(abs(short.amount))
        amount = f"{_printed(points, '', None)} percentage points" if figures.unit == "%" else _printed(points, figures.unit, None)
        return f"{amount} {side}"
    if short.pct is None:
        return side
    return f"{_telling_pct(to_decimal(short.pct), figures, policy)}% {side}"


def _telling_pct(pct: Decimal, figures: Figures, policy: Policy) -> str:
    """Write a percentage to one decimal, or to as many as it takes not to land on the wrong side of a boundary."""
    enough = (decimals for decimals in range(1, _MOST_DECIMALS) if _says_the_same(rounded(pct, decimals), pct, figures, policy))
    return printed(abs(pct), decimals=next(enough, _MOST_DECIMALS)).rstrip("0").rstrip(".")


def _says_the_same(shorter: Decimal, pct: Decimal, figures: Figures, policy: Policy) -> bool:
    if (shorter > 0, shorter < 0) != (pct > 0, pct < 0):
        return False
    if policy.basis is Basis.INTERVENTION:  # its boundary is not printed in per cent
        return True
    per_cent = figures.tolerance_pct if policy.basis is Basis.TOLERANCE else Decimal(1)
    if not per_cent:
        return True
    bands = [policy.band_for(Fraction(number) / Fraction(per_cent), figures.since_last_year) for number in (shorter, pct)]
    return bands[0] is bands[1]


def _shortened(bound: Decimal, figures: Figures) -> str:
    """Print a target or intervention level as it is written down; one that was worked out, as far as it tells it from the figure."""
    return _printed(shortened(bound, decimals=figures.decimals or 0, beside=figures.actual), figures.unit, None)


def _printed(figure: Decimal, unit: str, decimals: int | None) -> str:
    exponent = figure.as_tuple().exponent
    own = min(max(0, -exponent), _MOST_DECIMALS) if isinstance(exponent, int) else 0
    return printed(figure, unit=unit, decimals=own if decimals is None else decimals)
