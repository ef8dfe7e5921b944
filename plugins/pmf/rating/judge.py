"""One figure, its target and a policy make one status, with the reason in a sentence.

Figures are rated as they are, never as they are printed; the sums are exact, so a boundary is a boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pmf.rating.band import SinceLastYear
from pmf.rating.distance import Figures, off_target
from pmf.rating.policy import Policy
from pmf.rating.reason import rated_reason, unrated_reason
from pmf.register.kpi import StatusType
from pmf.series.change import Verdict
from pmf.series.exact import to_decimal
from pmf.status import Status
from pmf.value import Absence, Direction, rounded

ROUNDING_SHOWS_OTHER = "rounding_shows_other"

_BY_TYPE = {
    StatusType.SUSPENDED: Status.SUSPENDED,
    StatusType.IN_DEVELOPMENT: Status.IN_DEVELOPMENT,
    StatusType.BASELINE: Status.BASELINE,
    StatusType.CONTEXTUAL: Status.CONTEXTUAL,
}
_BY_ABSENCE = {
    Absence.NO_RETURN: Status.AWAITING_DATA,
    Absence.NIL_RETURN: Status.NIL_RETURN,
    Absence.UNDER_QUERY: Status.UNDER_QUERY,
}
# No figure is expected of these, so none can be missing.
_NOT_COLLECTED = frozenset({StatusType.SUSPENDED, StatusType.IN_DEVELOPMENT})


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A status and why.

    ``off_target_pct`` is in per cent of the size of the target, positive when worse; None when not rated or the target
    is 0. ``flags`` are a band's own ("well_above_target") and "rounding_shows_other": the printed figure would have
    another status.
    """

    status: Status
    reason: str
    off_target_pct: Decimal | None = None
    flags: tuple[str, ...] = ()


def judge(
    *,
    actual: Decimal | None,
    target: tuple[Decimal, Decimal] | None,
    direction: Direction | None,
    policy: Policy,
    status_type: StatusType = StatusType.RATED,
    absence: Absence | None = None,
    intervention_level: Decimal | None = None,
    tolerance_pct: Decimal | None = None,
    since_last_year: Verdict | None = None,
    unit: str = "",
    decimals: int | None = None,
    suspended_reason: str | None = None,
) -> Judgement:
    """Give a figure its status by a policy.

    ``actual`` None without an ``absence`` is no return; an absence withholds a figure that is there. ``target`` is
    (low, high), equal for a single figure; None: none is set, which makes the KPI contextual. ``unit`` and ``decimals``
    are those printed (None: every digit). ``intervention_level``, ``tolerance_pct`` (per cent of the size of the target) and
    ``suspended_reason`` are None where there is none; ``since_last_year`` is None where the figure cannot be compared with
    that of the same period last year. A policy takes notice of what it asks for only.

    Raises:
        ValueError: when a rated KPI with a target cannot be judged: no direction, a range for a direction that needs a
            single figure, an intervention level that is better than the target, or a negative tolerance.
    """
    if actual is None and absence is None:
        absence = Absence.NO_RETURN
    if status_type in _NOT_COLLECTED:
        return _unrated(_BY_TYPE[status_type], suspended_reason)
    if absence is not None:
        return _unrated(_BY_ABSENCE[absence])
    if status_type is not StatusType.RATED:
        return _unrated(_BY_TYPE[status_type])
    if actual is None or target is None:
        return Judgement(status=Status.CONTEXTUAL, reason="The target is missing: shown for context until one is set.")
    if direction is None:
        raise ValueError("a figure with a target needs a direction: higher, lower, range or maintain")
    figures = Figures(
        actual=actual,
        target=target,
        direction=direction,
        since_last_year=SinceLastYear(since_last_year) if since_last_year else SinceLastYear.NOT_KNOWN,
        level=intervention_level,
        tolerance_pct=tolerance_pct,
        unit=unit,
        decimals=decimals,
    )
    return _rated(figures, policy)


def _unrated(status: Status, suspended_reason: str | None = None) -> Judgement:
    return Judgement(status=status, reason=unrated_reason(status, suspended_reason))


@dataclass(frozen=True)
class _Outcome:
    """What a policy makes of one figure, and the words and flag that go with it."""

    status: Status
    in_short: str
    flag: str | None = None
    asks_last_year: bool = False


def _rated(figures: Figures, policy: Policy) -> Judgement:
    outcome = _outcome(figures, policy)
    misleads = figures.decimals is not None and (
        _outcome(replace(figures, actual=rounded(figures.actual, figures.decimals)), policy).status is not outcome.status
    )
    flags = (outcome.flag, ROUNDING_SHOWS_OTHER if misleads else None)
    pct = figures.short.pct
    return Judgement(
        status=outcome.status,
        reason=rated_reason(figures, policy, in_short=outcome.in_short, with_last_year=outcome.asks_last_year, show_unrounded=misleads),
        off_target_pct=None if pct is None else to_decimal(pct),
        flags=tuple(flag for flag in flags if flag is not None),
    )


def _outcome(figures: Figures, policy: Policy) -> _Outcome:
    distance = off_target(figures, policy.basis)
    if distance is not None:
        band = policy.band_for(distance, figures.since_last_year)
        return _Outcome(band.status, band.in_short, band.flag, band.asks_last_year)
    rule = policy.fallback(is_zero_target=figures.short.bound == 0)
    return _Outcome(rule.short_of_target if figures.short.amount > 0 else rule.on_target_or_better, rule.in_short)
