"""Year end: the figure that the pipeline expects of a KPI's financial year, and the status the year would then have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import Window
from pmf.period import FinancialYear, Month, Period
from pmf.register import Kpi
from pmf.register.kpi import Frequency, StatusType
from pmf.series.aggregation import Aggregated
from pmf.series.forecast import Shown
from pmf.series.point import Point
from pmf.series.projection import Method, Projection
from pmf.series.track import History
from pmf.series.trial import not_shown, told
from pmf.series.yearend import UnfinishedYear, project_year_ends

_PERIOD_OF: dict[Frequency, Callable[[Month], Period]] = {
    Frequency.MONTHLY: lambda month: month,
    Frequency.QUARTERLY: lambda month: month.quarter,
    Frequency.ANNUAL: lambda month: month.financial_year,
}
_NO_FIGURES_EXPECTED = {StatusType.SUSPENDED: "the KPI is suspended", StatusType.IN_DEVELOPMENT: "the KPI is in development"}
_METHOD_WORDS = {
    Method.THETA_AND_DAMPED.value: "from level, trend and season of {count} figures (Theta and the damped trend)",
    Method.SMOOTHING.value: "from the smoothed level of {count} figures",
}


def year_ends(rater: Rater, kpis: Iterable[Kpi], period: Period) -> dict[str, Shown]:
    """Forecast the financial year a period lies in for every KPI at once, by ``kpi_ref``.

    A KPI is forecast from its figures up to the period's end, of the kind of period it is due for.
    """
    last = period.months[-1]
    expected, unfinished = {}, {}
    for kpi in kpis:
        why_not = _why_not(kpi, last)
        if why_not:
            expected[kpi.kpi_ref] = Shown(projection=None, reason=not_shown(why_not))
        else:
            unfinished[kpi.kpi_ref] = _unfinished(rater, kpi, last)
    return expected | dict(zip(unfinished, project_year_ends(list(unfinished.values())), strict=True))


def year_end_columns(rater: Rater, kpi: Kpi, year: FinancialYear, shown: Shown) -> dict[str, Any]:
    """Give the columns about the year's figure that the pipeline expects; without one, only the year's target and the reason."""
    target = rater.register.target(kpi.kpi_ref, year)
    made, status = shown.projection, None
    if made is not None and target is not None and kpi.status_type is StatusType.RATED:
        window = year_window(kpi, year)
        status = rater.judged(kpi, window, whole(window, made.value), target).status.value
    return {
        "year_target": target.target if target else None,
        "year_end": made.value if made else None,
        "year_end_low": made.low if made else None,
        "year_end_high": made.high if made else None,
        "year_end_status": status,
        "year_end_reason": _reason(kpi, made, shown),
    }


def year_window(kpi: Kpi, year: FinancialYear) -> Window:
    """Find the months a year's figure is made of."""
    return Window(year, tuple(month for month in year.months if kpi.is_due(month)))


def whole(window: Window, value: Decimal) -> Aggregated:
    """Take a forecast for the figure of a window that lacks nothing."""
    return Aggregated(value=value, numerator=None, denominator=None, months_used=window.months, months_missing=())


def _why_not(kpi: Kpi, last: Month) -> str | None:
    """Say why a KPI's year is not forecast at all. None: it can be."""
    year = last.financial_year
    return f"{year.label} is over" if last == year.months[-1] else _NO_FIGURES_EXPECTED.get(kpi.status_type)


def _unfinished(rater: Rater, kpi: Kpi, last: Month) -> UnfinishedYear:
    history = History(
        points=_due_points(rater, kpi, last), is_percentage=kpi.unit == "%", is_cumulative=kpi.is_cumulative, decimals=kpi.decimals
    )
    return UnfinishedYear(
        history=history,
        year=last.financial_year,
        aggregation=kpi.aggregation,
        multiplier=kpi.ratio_multiplier,
    )


def _due_points(rater: Rater, kpi: Kpi, last: Month) -> list[Point]:
    """List a KPI's figures as those of the months, quarters or years it is due for."""
    named = _PERIOD_OF[kpi.frequency]
    return [
        replace(point, period=named(point.period))
        for point in rater.points(kpi, last)
        if isinstance(point.period, Month) and kpi.is_due(point.period)
    ]


def _reason(kpi: Kpi, made: Projection | None, shown: Shown) -> str:
    """Say what a forecast is made from and how past ones did, in the KPI's unit, or why none is shown."""
    tried = told(shown.trial, unit=kpi.unit) if shown.trial else shown.reason
    return tried if made is None else f"{_METHOD_WORDS[made.method].format(count=made.points_used)}: {tried}"
