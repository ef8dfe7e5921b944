"""Standing: a KPI's figure of one window, the target it is judged by, and the status it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmf.cycle.figures import Figures
from pmf.cycle.rated.window import Window
from pmf.period import Month
from pmf.rating.judge import Judgement, judge
from pmf.rating.policy import Policy
from pmf.register import Kpi, Register, Target
from pmf.register.kpi import Aggregation, Frequency
from pmf.register.target import sum_of
from pmf.series.aggregation import Aggregated, aggregate
from pmf.series.point import Point


@dataclass(frozen=True)
class Rated:
    """A window's figure with the target it was judged by and the status it got."""

    window: Window
    figure: Aggregated
    target: Target | None
    judgement: Judgement


@dataclass(frozen=True)
class Rater:
    """Rates KPIs from what is known, by one policy."""

    register: Register
    figures: Figures
    policy: Policy

    def rated(self, kpi: Kpi, window: Window) -> Rated:
        """Judge a KPI's figure of a window."""
        figure = self.aggregate(kpi, window.months)
        target = self._target(kpi, window, figure)
        judgement = judge(
            actual=figure.value,
            target=target.bounds if target else None,
            direction=kpi.direction,
            policy=self.policy,
            status_type=kpi.status_type,
            absence=None if figure.value is not None else self.figures.absence(kpi.kpi_ref, window.months),
            intervention_level=target.intervention_level if target else None,
            unit=kpi.unit,
            decimals=kpi.decimals,
            suspended_reason=_suspended_reason(kpi),
        )
        return Rated(window, figure, target, judgement)

    def aggregate(self, kpi: Kpi, months: Sequence[Month]) -> Aggregated:
        """Work out a KPI's figure from its months."""
        return aggregate(
            self.figures.points.get(kpi.kpi_ref, ()),
            months=months,
            aggregation=kpi.aggregation,
            is_cumulative=kpi.is_cumulative,
            multiplier=kpi.ratio_multiplier,
        )

    def points(self, kpi: Kpi, last: Month) -> list[Point]:
        """List a KPI's monthly figures up to a month, oldest first."""
        return [point for point in self.figures.points.get(kpi.kpi_ref, ()) if isinstance(point.period, Month) and point.period <= last]

    def _target(self, kpi: Kpi, window: Window, figure: Aggregated) -> Target | None:
        """Find the target of what the figure is made of: what lacks a month is judged by the targets of the months it has."""
        if lacks_part(kpi, figure):
            months = figure.months_used[-1:] if kpi.is_cumulative else figure.months_used
            known = [target for month in months if (target := self.register.target(kpi.kpi_ref, month)) is not None]
            if len(known) == len(months):
                return sum_of(known, kind=known[-1].period_kind)
        own = self.register.target(kpi.kpi_ref, window.period)
        if own is not None or kpi.frequency is Frequency.MONTHLY:
            return own
        last = window.months[-1]
        longer = last.quarter if kpi.frequency is Frequency.QUARTERLY else last.financial_year
        return self.register.target(kpi.kpi_ref, longer)


def lacks_part(kpi: Kpi, figure: Aggregated) -> bool:
    """Tell whether a figure that adds months up, or runs up through them, is short by a month: it is then no figure of the whole period."""
    if not figure.months_used or not figure.months_missing:
        return False
    if kpi.is_cumulative:
        return figure.months_missing[-1] > figure.months_used[-1]
    return kpi.aggregation is Aggregation.SUM


def _suspended_reason(kpi: Kpi) -> str | None:
    """Say why a KPI is suspended and when that is looked at again. None: it is not suspended."""
    if kpi.review_on is None or not kpi.suspended_reason:
        return None
    return f"{kpi.suspended_reason.rstrip('.')}; to be reviewed on {kpi.review_on.day} {kpi.review_on:%B %Y}"
