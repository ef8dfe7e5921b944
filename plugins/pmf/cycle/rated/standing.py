"""Standing: a KPI's figure of one window, the target it is judged by, and the status it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pmf.cycle.figures import Figures
from pmf.cycle.rated.definition import is_same_measure
from pmf.cycle.rated.window import Window, year_before
from pmf.period import FinancialYear, Month
from pmf.rating.judge import Judgement, judge
from pmf.rating.policy import Policy
from pmf.register import Kpi, Register, Target
from pmf.register.kpi import Aggregation, Frequency, Incomplete
from pmf.register.target import sum_of
from pmf.series.aggregation import Aggregated, aggregate
from pmf.series.change import Change, change
from pmf.series.point import Point
from pmf.value import Absence


@dataclass(frozen=True)
class Measured:
    """What a window is judged by: its figure, and the target for that much of it.

    ``target`` None: there is none; ``of_whole`` is the whole window's, for print. ``absence`` None: the figure can have a colour.
    """

    figure: Aggregated
    target: Target | None
    of_whole: Target | None
    absence: Absence | None


@dataclass(frozen=True)
class Rated:
    """A window's figure with the target it was judged by and the status it got."""

    window: Window
    figure: Aggregated
    target: Target | None
    judgement: Judgement


@dataclass(frozen=True)
class Rater:
    """Rates KPIs from what is known, by one policy.

    ``as_at`` is the moment from which decisions of the register's profile are looked at. None: all of them count.
    """

    register: Register
    figures: Figures
    policy: Policy
    as_at: datetime | None = None

    def rated(self, kpi: Kpi, window: Window) -> Rated:
        """Judge a KPI's figure of a window."""
        found = self.measured(kpi, window)
        judgement = self.judged(kpi, window, found.figure, found.target, absence=found.absence)
        return Rated(window, found.figure, found.target or found.of_whole, judgement)

    def measured(self, kpi: Kpi, window: Window) -> Measured:
        """Work out a KPI's figure of a window, and find what it is to be judged by."""
        figure = self.aggregate(kpi, window.months)
        of_whole = self.target(kpi, window)
        # What lacks a month is judged by the targets of the months it has, and not by that of the whole period.
        target = self._target_of_part(kpi, figure) if lacks_part(kpi, figure) else of_whole
        absence = self._absence(kpi, window, figure, is_judged=target is not None or of_whole is None)
        return Measured(figure, target, of_whole, absence)

    def judged(self, kpi: Kpi, window: Window, figure: Aggregated, target: Target | None, *, absence: Absence | None = None) -> Judgement:
        """Judge a figure of a window, measured or forecast, by a target."""
        return judge(
            actual=figure.value,
            target=target.bounds if target else None,
            direction=kpi.direction,
            policy=self.policy,
            status_type=kpi.status_type,
            absence=absence,
            intervention_level=target.intervention_level if target else None,
            tolerance_pct=target.tolerance_pct if target else None,
            since_last_year=self.since_last_year(kpi, window, figure, target).verdict if self.policy.asks_last_year else None,
            unit=kpi.unit,
            decimals=kpi.decimals,
            suspended_reason=_suspended_reason(kpi),
        )

    def as_defined(self, kpi: Kpi, window: Window) -> Kpi:
        """Find a KPI as it was defined in a window; one that was not in the register then, as it is now."""
        return self.register.kpi(kpi.kpi_ref, window.period) or kpi

    def since_last_year(self, kpi: Kpi, window: Window, figure: Aggregated, target: Target | None) -> Change:
        """Compare a window's figure, to its last digit, with that of the same period a year before."""
        return self.compared(kpi, figure, self.earlier_figure(kpi, year_before(window)), target=target)

    def earlier_figure(self, kpi: Kpi, window: Window) -> Aggregated | None:
        """Work out a KPI's figure of an earlier window. None: the KPI measured something else then."""
        then = self.as_defined(kpi, window)
        is_alike = is_same_measure(kpi, then) and (len(window.months) == 1 or kpi.aggregation is then.aggregation)
        return self.aggregate(then, window.months) if is_alike else None

    def compared(
        self, kpi: Kpi, figure: Aggregated, earlier: Aggregated | None, *, target: Target | None, decimals: int | None = None
    ) -> Change:
        """Compare a figure with an earlier one, as printed with ``decimals`` (None: to the last digit); no part with a whole."""
        if earlier is None or lacks_part(kpi, figure) or lacks_part(kpi, earlier):
            return Change()
        return change(
            figure.value,
            earlier.value,
            direction=kpi.direction,
            target=target.bounds if target else None,
            no_change_pct=self.register.profile.no_change_pct,
            decimals=decimals,
        )

    def aggregate(self, kpi: Kpi, months: Sequence[Month]) -> Aggregated:
        """Work out a KPI's figure from its months; no value where the KPI's rule is to await a month that is missing."""
        made = aggregate(
            self.figures.points.get(kpi.kpi_ref, ()),
            months=months,
            aggregation=kpi.aggregation,
            is_cumulative=kpi.is_cumulative,
            multiplier=kpi.ratio_multiplier,
        )
        return replace(made, value=None, numerator=None, denominator=None) if _is_awaited(kpi, made) else made

    def points(self, kpi: Kpi, last: Month) -> list[Point]:
        """List a KPI's monthly figures up to a month, oldest first, without those of a time when it measured something else."""
        versions = [other for other in self.register.kpi_versions if other.kpi_ref == kpi.kpi_ref and not is_same_measure(kpi, other)]
        return [
            point
            for point in self.figures.points.get(kpi.kpi_ref, ())
            if isinstance(point.period, Month)
            and point.period <= last
            and not any(other.holds_on(point.period.last_day) for other in versions)
        ]

    def target(self, kpi: Kpi, window: Window) -> Target | None:
        """Find the target of a whole window: its own, else that of the longer period its one figure is about."""
        own = self.register.target(kpi.kpi_ref, window.period)
        if own is not None or kpi.frequency is Frequency.MONTHLY or isinstance(window.period, FinancialYear):
            return own
        last = window.months[-1]
        longer = last.quarter if kpi.frequency is Frequency.QUARTERLY else last.financial_year
        return self.register.target(kpi.kpi_ref, longer)

    def _absence(self, kpi: Kpi, window: Window, figure: Aggregated, *, is_judged: bool) -> Absence | None:
        """Say why a KPI has no colour though a figure is due. None: it can have one."""
        if figure.value is not None:
            return None if is_judged else Absence.NO_RETURN
        absence = self.figures.absence(kpi.kpi_ref, window.months)
        # That there is no figure of one month is not said of the whole period.
        return Absence.NO_RETURN if figure.months_used and absence is Absence.NIL_RETURN else absence

    def _target_of_part(self, kpi: Kpi, figure: Aggregated) -> Target | None:
        """Add up the targets of the months a figure has. None: one of them has none of its own."""
        months = figure.months_used[-1:] if kpi.is_cumulative else figure.months_used
        known = [target for month in months if (target := self.target(kpi, Window(month, (month,)))) is not None]
        return sum_of(known, kind=known[-1].period_kind) if len(known) == len(months) else None


def lacks_part(kpi: Kpi, figure: Aggregated) -> bool:
    """Tell whether a figure that adds months up, or runs up through them, is short by a month: it is then no figure of the whole period."""
    if not figure.months_used or not figure.months_missing:
        return False
    if kpi.is_cumulative:
        return figure.months_missing[-1] > figure.months_used[-1]
    return kpi.aggregation is Aggregation.SUM


def _is_awaited(kpi: Kpi, figure: Aggregated) -> bool:
    """Tell whether a figure is not given until a missing month is there. What a later month holds already is not waited for."""
    if kpi.incomplete is not Incomplete.AWAITING_DATA or not figure.months_missing:
        return False
    holds_earlier = kpi.is_cumulative or kpi.aggregation is Aggregation.LAST
    return not (holds_earlier and figure.months_used and figure.months_used[-1] > figure.months_missing[-1])


def _suspended_reason(kpi: Kpi) -> str | None:
    """Say why a KPI is suspended and when that is looked at again. None: it is not suspended."""
    if kpi.review_on is None or not kpi.suspended_reason:
        return None
    return f"{kpi.suspended_reason.rstrip('.')}; to be reviewed on {kpi.review_on.day} {kpi.review_on:%B %Y}"
