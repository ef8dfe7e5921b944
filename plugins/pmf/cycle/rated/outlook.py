"""Outlook: where a KPI's figures are heading: trend, next period, and the end of the year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pmf.cycle.rated.definition import is_same_measure
from pmf.cycle.rated.forecaster import forecaster_columns
from pmf.cycle.rated.standing import Rated, Rater, lacks_part
from pmf.cycle.rated.window import Window
from pmf.cycle.rated.yearend import year_end_columns
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.register import Kpi
from pmf.register.kpi import Frequency
from pmf.series.forecast import Shown
from pmf.series.point import Point
from pmf.series.projection import MOST_POINTS, linear
from pmf.series.trend import Trend, trend


def outlook_columns(rater: Rater, kpi: Kpi, now: Rated, year: FinancialYear, expected: Shown) -> dict[str, Any]:
    """Give the columns about what is to come; ``expected`` is the pipeline's forecast of the year reported on (``year_ends``)."""
    return (
        {"trend": _trend_words(_trend(rater, kpi, now)), "projection": _projection(rater, kpi, now.window)}
        | forecaster_columns(rater, kpi, now.window)
        | year_end_columns(rater, kpi, year, expected)
    )


def _trend(rater: Rater, kpi: Kpi, now: Rated) -> Trend:
    last = now.window.months[-1]
    template = rater.register.template(kpi.kpi_ref, last.last_day)
    return trend(
        rater.points(kpi, last),
        direction=kpi.direction,
        target=now.target.bounds if now.target else None,
        is_cumulative=kpi.is_cumulative,
        is_seasonal=template is not None and template.is_seasonal,
        every=kpi.frequency.months,
    )


def _projection(rater: Rater, kpi: Kpi, window: Window) -> Decimal | None:
    """Extend the plain line to the next period of the kind reported on, or that the KPI is due for; None with too few figures."""
    last = _longer(window.period, kpi.frequency)
    points = rater.points(kpi, last) if isinstance(last, Month) else _points_of(rater, kpi, last)
    # A year's figure has run up in full: the line goes on from one year to the next.
    runs_up = kpi.is_cumulative and not isinstance(last, FinancialYear)
    line = linear(points, to=last.next, is_percentage=kpi.unit == "%", is_cumulative=runs_up)
    return line.value if line else None


def _longer(period: Period, frequency: Frequency) -> Period:
    """Choose the longer of the period reported on and the one a figure is due for: a yearly figure has no next quarter."""
    last = period.months[-1]
    if frequency is Frequency.ANNUAL or isinstance(period, FinancialYear):
        return last.financial_year
    return last.quarter if frequency is Frequency.QUARTERLY or isinstance(period, Quarter) else last


def _points_of(rater: Rater, kpi: Kpi, last: Quarter | FinancialYear) -> list[Point]:
    """Work out a KPI's latest quarters or years; one that lacks a month has no figure, but the last one as far as it is rated."""
    periods: list[Quarter | FinancialYear] = [last]
    while len(periods) < MOST_POINTS:
        periods.append(periods[-1].previous)
    points = []
    for period in reversed(periods):
        window = Window(period, tuple(month for month in period.months if kpi.is_due(month)))
        figure = rater.aggregate(kpi, window.months)
        is_whole = not lacks_part(kpi, figure) if period == last else not figure.is_incomplete
        is_usable = is_whole and is_same_measure(kpi, rater.as_defined(kpi, window))
        points.append(Point(period=period, value=figure.value if is_usable else None))
    return points


def _trend_words(found: Trend) -> str:
    words = found.course.value.capitalize()
    return f"{words}, {found.outlook.value}" if found.outlook else words
