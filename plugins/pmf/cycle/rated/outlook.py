"""Outlook: where a KPI's figures are heading: trend, next period, and the end of the year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pmf.cycle.rated.standing import Rated, Rater, lacks_part
from pmf.cycle.rated.window import Window, window_of
from pmf.period import Period, Quarter
from pmf.rating.judge import judge
from pmf.register import Kpi
from pmf.register.kpi import Frequency, StatusType
from pmf.series.point import Point
from pmf.series.projection import linear
from pmf.series.trend import Trend, trend

_STEP_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}


def outlook_columns(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, Any]:
    """Give the columns about what is to come."""
    return {
        "trend": _trend_words(_trend(rater, kpi, now)),
        "projection": _projection(rater, kpi, now.window),
    } | _forecast(rater, kpi, now.window)


def _trend(rater: Rater, kpi: Kpi, now: Rated) -> Trend:
    points = rater.points(kpi, now.window.months[-1])
    bounds = now.target.bounds if now.target else None
    return trend(points, direction=kpi.direction, target=bounds, is_cumulative=kpi.is_cumulative)


def _projection(rater: Rater, kpi: Kpi, window: Window) -> Decimal | None:
    """Extend the line to the next period of the kind reported on; None with too few figures."""
    points: list[Point]
    following: Period
    if isinstance(window.period, Quarter):
        points, following = _quarter_points(rater, kpi, window.period), window.period.next
    else:
        points, following = rater.points(kpi, window.months[-1]), window.months[-1].plus(_STEP_MONTHS[kpi.frequency])
    line = linear(points, to=following, is_percentage=kpi.unit == "%", is_cumulative=kpi.is_cumulative)
    return line.value if line else None


def _quarter_points(rater: Rater, kpi: Kpi, last: Quarter) -> list[Point]:
    quarters = [last]
    while len(quarters) < 12:
        quarters.append(quarters[-1].previous)
    points = []
    for quarter in reversed(quarters):
        figure = rater.aggregate(kpi, window_of(kpi, quarter).months)
        is_whole = not lacks_part(kpi, figure) if quarter == last else not figure.is_incomplete
        points.append(Point(period=quarter, value=figure.value if is_whole else None))
    return points


def _forecast(rater: Rater, kpi: Kpi, window: Window) -> dict[str, Any]:
    """Take the service's latest year-end forecast and judge it by the year's target."""
    rows = [rater.figures.rows.get((kpi.kpi_ref, month)) for month in window.months]
    forecast = next((row["forecast"] for row in reversed(rows) if row is not None and row["forecast"] is not None), None)
    target = rater.register.target(kpi.kpi_ref, window.months[-1].financial_year)
    if forecast is None or target is None or kpi.status_type is not StatusType.RATED:
        return {"forecast": forecast, "forecast_status": None}
    judgement = judge(
        actual=forecast,
        target=target.bounds,
        direction=kpi.direction,
        policy=rater.policy,
        status_type=kpi.status_type,
        intervention_level=target.intervention_level,
    )
    return {"forecast": forecast, "forecast_status": judgement.status.value}


def _trend_words(found: Trend) -> str:
    words = found.course.value.capitalize()
    return f"{words}, {found.outlook.value}" if found.outlook else words
