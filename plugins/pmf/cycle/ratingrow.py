"""One KPI's rating of one period, as a row of table ``rating``: figure, target, status, change, trend, projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pmf.cycle.figures import Figures
from pmf.period import Month, Period, Quarter
from pmf.rating.judge import Judgement, judge
from pmf.rating.policy import Policy
from pmf.register import Kpi, Register, Target
from pmf.register.kpi import Aggregation, Frequency, StatusType
from pmf.register.target import sum_of
from pmf.series.aggregation import Aggregated, aggregate
from pmf.series.change import Change, change
from pmf.series.point import Point
from pmf.series.projection import linear
from pmf.series.trend import Trend, trend
from pmf.status import Status
from pmf.value import exact_sum

_STEP_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}


@dataclass(frozen=True)
class Window:
    """The months a period's figure is made of, and the period its target is looked up for."""

    period: Period
    months: tuple[Month, ...]


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

    def row(self, kpi: Kpi, period: Month | Quarter) -> dict[str, Any]:
        """Rate a KPI for a month or a quarter.

        A KPI not due in the period is shown with the figure of its last due month. A quarter with months missing is
        rated on those there are and marked provisional (rulings 17).
        """
        window = window_of(kpi, period)
        window_before = earlier_window(kpi, window)
        # The period before is judged as the KPI was defined then: one that is contextual now may have been red.
        kpi_before = self.register.kpi(kpi.kpi_ref, window_before.period) or kpi
        now, before = self._rated(kpi, window), self._rated(kpi_before, window_before)
        bounds = now.target.bounds if now.target else None
        moved = self._change(kpi, now, before)
        return (
            {
                "kpi_ref": kpi.kpi_ref,
                "period": period.key,
                "policy_id": self.policy.id,
                "policy_digest": self.policy.digest,
                "change": moved.verdict.value if moved.verdict else None,
                "moved": moved.moved.value if moved.moved else None,
                "trend": _trend_words(self._trend(kpi, window, bounds)),
                "projection": self._projection(kpi, window),
                "comment": self._comment(kpi, window),
            }
            | _current(now)
            | self._absence_reason(kpi, now)
            | self._provisional(kpi, now)
            | _previous(before)
            | self._forecast(kpi, window)
        )

    def _rated(self, kpi: Kpi, window: Window) -> Rated:
        figure = self._aggregate(kpi, window.months)
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

    def _aggregate(self, kpi: Kpi, months: Sequence[Month]) -> Aggregated:
        return aggregate(
            self.figures.points.get(kpi.kpi_ref, ()),
            months=months,
            aggregation=kpi.aggregation,
            is_cumulative=kpi.is_cumulative,
            multiplier=kpi.ratio_multiplier,
        )

    def _change(self, kpi: Kpi, now: Rated, before: Rated) -> Change:
        """Compare like with like: what each period added where figures run up through the year, and no part of a sum with a whole."""
        if _lacks_part(kpi, now.figure) or _lacks_part(kpi, before.figure):
            return Change()
        if not kpi.is_cumulative:
            bounds = now.target.bounds if now.target else None
            return change(now.figure.value, before.figure.value, direction=kpi.direction, target=bounds)
        earlier = earlier_window(kpi, before.window)
        added = _added(now.figure, now.window, before.figure, before.window)
        added_before = _added(before.figure, before.window, self._aggregate(kpi, earlier.months), earlier)
        return change(added, added_before, direction=kpi.direction)

    def _target(self, kpi: Kpi, window: Window, figure: Aggregated) -> Target | None:
        """Find the target of what the figure is made of: what lacks a month is judged by the targets of the months it has."""
        if _lacks_part(kpi, figure):
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

    def _points(self, kpi: Kpi, last: Month) -> list[Point]:
        return [point for point in self.figures.points.get(kpi.kpi_ref, ()) if isinstance(point.period, Month) and point.period <= last]

    def _trend(self, kpi: Kpi, window: Window, bounds: tuple[Decimal, Decimal] | None) -> Trend:
        points = self._points(kpi, window.months[-1])
        return trend(points, direction=kpi.direction, target=bounds, is_cumulative=kpi.is_cumulative)

    def _projection(self, kpi: Kpi, window: Window) -> Decimal | None:
        """Extend the line to the next period of the kind reported on; None with too few figures."""
        points: list[Point]
        following: Period
        if isinstance(window.period, Quarter):
            points, following = self._quarter_points(kpi, window.period), window.period.next
        else:
            points, following = self._points(kpi, window.months[-1]), window.months[-1].plus(_STEP_MONTHS[kpi.frequency])
        line = linear(points, to=following, is_percentage=kpi.unit == "%", is_cumulative=kpi.is_cumulative)
        return line.value if line else None

    def _quarter_points(self, kpi: Kpi, last: Quarter) -> list[Point]:
        quarters = [last]
        while len(quarters) < 12:
            quarters.append(quarters[-1].previous)
        points = []
        for quarter in reversed(quarters):
            figure = self._aggregate(kpi, window_of(kpi, quarter).months)
            is_whole = not _lacks_part(kpi, figure) if quarter == last else not figure.is_incomplete
            points.append(Point(period=quarter, value=figure.value if is_whole else None))
        return points

    def _comment(self, kpi: Kpi, window: Window) -> str:
        """Take the comment of the window's last month that has one."""
        for month in reversed(window.months):
            row = self.figures.rows.get((kpi.kpi_ref, month))
            if row is not None and row["comment"]:
                return str(row["comment"])
        return ""

    def _absence_reason(self, kpi: Kpi, now: Rated) -> dict[str, str]:
        """Pass on why the service says there is no figure, or why the performance team took it back."""
        words = {(Status.NIL_RETURN, "nil_return"): "Nil return", (Status.AWAITING_DATA, "withdrawn"): "Figure taken back"}
        for month in reversed(now.window.months):
            row = self.figures.rows.get((kpi.kpi_ref, month))
            said = words.get((now.judgement.status, row["absence"])) if row is not None and row["reason"] else None
            if row is not None and said:
                return {"reason": f"{said}: {row['reason']}"}
        return {}

    def _provisional(self, kpi: Kpi, now: Rated) -> dict[str, bool]:
        """Mark what is made of a figure its service calls provisional."""
        rows = [self.figures.rows.get((kpi.kpi_ref, month)) for month in now.figure.months_used]
        return {"is_provisional": True} if any(row is not None and row["status"] == "provisional" for row in rows) else {}

    def _forecast(self, kpi: Kpi, window: Window) -> dict[str, Any]:
        """Take the service's latest year-end forecast and judge it by the year's target."""
        rows = [self.figures.rows.get((kpi.kpi_ref, month)) for month in window.months]
        forecast = next((row["forecast"] for row in reversed(rows) if row is not None and row["forecast"] is not None), None)
        target = self.register.target(kpi.kpi_ref, window.months[-1].financial_year)
        if forecast is None or target is None or kpi.status_type is not StatusType.RATED:
            return {"forecast": forecast, "forecast_status": None}
        judgement = judge(
            actual=forecast,
            target=target.bounds,
            direction=kpi.direction,
            policy=self.policy,
            status_type=kpi.status_type,
            intervention_level=target.intervention_level,
        )
        return {"forecast": forecast, "forecast_status": judgement.status.value}


def window_of(kpi: Kpi, period: Month | Quarter) -> Window:
    """Find the months a KPI's figure for a period is made of: its due months, else its last due month before."""
    due = tuple(month for month in period.months if kpi.is_due(month))
    if due:
        return Window(period, due)
    month = _last_due(kpi, period.months[-1])
    return Window(month, (month,))


def earlier_window(kpi: Kpi, window: Window) -> Window:
    """Find the months to compare a window with: the period before, or the due month before."""
    if isinstance(window.period, Quarter):
        return window_of(kpi, window.period.previous)
    month = _last_due(kpi, window.months[0].previous)
    return Window(month, (month,))


def _last_due(kpi: Kpi, month: Month) -> Month:
    while not kpi.is_due(month):
        month = month.previous
    return month


def _lacks_part(kpi: Kpi, figure: Aggregated) -> bool:
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


def _added(figure: Aggregated, window: Window, before: Aggregated, window_before: Window) -> Decimal | None:
    """Work out what a period added to a figure that runs up from April on; None where that cannot be told."""
    if figure.value is None or window.months[-1].financial_year != window_before.months[-1].financial_year:
        return figure.value
    return None if before.value is None else exact_sum((figure.value, before.value.copy_negate()))


def _current(now: Rated) -> dict[str, Any]:
    return {
        "status": now.judgement.status.value,
        "value": now.figure.value,
        "numerator": now.figure.numerator,
        "denominator": now.figure.denominator,
        "target": now.target.target if now.target else None,
        "target_version": now.target.version if now.target else "",
        "off_target_pct": now.judgement.off_target_pct,
        "reason": now.judgement.reason,
        "flags": ",".join(now.judgement.flags),
        "is_provisional": bool(now.figure.months_used) and now.figure.is_incomplete,
        "months_used": ",".join(month.key for month in now.figure.months_used),
        "months_missing": ",".join(month.key for month in now.figure.months_missing),
    }


def _previous(before: Rated) -> dict[str, Any]:
    return {
        "previous_period": before.window.period.key,
        "previous_value": before.figure.value,
        "previous_status": before.judgement.status.value if before.figure.value is not None else None,
        "previous_target": before.target.target if before.target else None,
    }


def _trend_words(found: Trend) -> str:
    words = found.course.value.capitalize()
    return f"{words}, {found.outlook.value}" if found.outlook else words
