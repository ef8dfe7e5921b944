"""The reason of a rating as one sentence a committee member can follow: figure, target, distance, rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pmf.rating.policy import Basis, Policy
from pmf.series.exact import to_decimal
from pmf.series.shortfall import shortfall
from pmf.status import Status
from pmf.value import Direction, printed, rounded

_UNRATED = {
    Status.IN_DEVELOPMENT: "In development: data collection and target setting are not finished.",
    Status.BASELINE: "Baseline: tracked in order to set a target.",
    Status.CONTEXTUAL: "Contextual: shown without a target.",
    Status.AWAITING_DATA: "Awaiting data: no figure has been returned.",
    Status.NIL_RETURN: "Nil return: the service has returned that there is no figure, and why.",
    Status.UNDER_QUERY: "Under query: the figure is withheld until the query about it is answered.",
}
_WORSE = {Direction.RANGE: "outside the target range", Direction.MAINTAIN: "away from target"}
# Enough to tell 10.000001% from 10%; a quotient's 28 digits would make the sentence unreadable.
_MOST_DECIMALS = 9


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is compared, with the unit and decimals of its print (``decimals`` None: every digit)."""

    actual: Decimal
    target: tuple[Decimal, Decimal]
    direction: Direction
    level: Decimal | None
    unit: str
    decimals: int | None


def unrated_reason(status: Status, suspended_reason: str | None = None) -> str:
    """Say why a KPI has no colour."""
    if status is Status.SUSPENDED:
        return f"Suspended: {suspended_reason.rstrip('.')}." if suspended_reason else "Suspended; no reason is recorded."
    return _UNRATED[status]


def rated_reason(figures: Figures, policy: Policy, *, in_short: str, show_unrounded: bool) -> str:
    """Say why a KPI has its colour.

    For example: "81.0% against a target of 95%: 14.7% worse than target, more than 10% is red." ``show_unrounded`` adds the
    figure in full, where the printed one would mislead.
    """
    actual = _printed(figures.actual, figures.unit, figures.decimals)
    if show_unrounded:
        actual += f" (unrounded {_printed(figures.actual, figures.unit, None)})"
    return f"{actual} against {_target(figures, policy)}: {_distance(figures, policy)}, {in_short}."


def _target(figures: Figures, policy: Policy) -> str:
    low, high = (_printed(bound, figures.unit, None) for bound in figures.target)
    target = f"a target of {low}" if low == high else f"a target of {low} to {high}"
    if policy.basis is Basis.INTERVENTION and figures.level is not None:
        target += f" and an intervention level of {_printed(figures.level, figures.unit, None)}"
    return target


def _distance(figures: Figures, policy: Policy) -> str:
    short = shortfall(figures.actual, target=figures.target, direction=figures.direction)
    if short.amount == 0:
        return "within the target range" if figures.target[0] != figures.target[1] else "on target"
    side = _WORSE.get(figures.direction, "worse than target") if short.amount > 0 else "better than target"
    if policy.basis is Basis.POINTS:
        points = to_decimal(abs(short.amount))
        amount = f"{_printed(points, '', None)} percentage points" if figures.unit == "%" else _printed(points, figures.unit, None)
        return f"{amount} {side}"
    if short.pct is None:
        return side
    return f"{_telling_pct(to_decimal(short.pct), policy)}% {side}"


def _telling_pct(pct: Decimal, policy: Policy) -> str:
    """Write a percentage to one decimal, or to as many as it takes not to land on the wrong side of a boundary."""
    enough = (decimals for decimals in range(1, _MOST_DECIMALS) if _says_the_same(rounded(pct, decimals), pct, policy))
    return printed(abs(pct), decimals=next(enough, _MOST_DECIMALS)).rstrip("0").rstrip(".")


def _says_the_same(shorter: Decimal, pct: Decimal, policy: Policy) -> bool:
    is_same_side = (shorter > 0, shorter < 0) == (pct > 0, pct < 0)
    return is_same_side and (policy.basis is not Basis.RELATIVE or policy.band_for(shorter) is policy.band_for(pct))


def _printed(figure: Decimal, unit: str, decimals: int | None) -> str:
    exponent = figure.as_tuple().exponent
    own = min(max(0, -exponent), _MOST_DECIMALS) if isinstance(exponent, int) else 0
    return printed(figure, unit=unit, decimals=own if decimals is None else decimals)
