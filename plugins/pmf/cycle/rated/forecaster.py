"""Forecaster: what a service itself expects of the year, and how its earlier expectations came true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pmf.cycle.rated.definition import is_same_measure
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import Window
from pmf.cycle.rated.yearend import whole, year_window
from pmf.period import FinancialYear, Month
from pmf.register import Kpi
from pmf.register.kpi import Aggregation, StatusType
from pmf.series.forecasterror import forecast_error


def forecaster_columns(rater: Rater, kpi: Kpi, window: Window) -> dict[str, Any]:
    """Give the service's latest forecast of its year, the status that would be, and its record in years that have ended.

    Every ended year counts once, with the latest forecast made up to the same month of the year as now: what was said in
    September is held against what was said in Septembers, not against what was easy to say in February.
    """
    year = window.months[-1].financial_year
    forecast = _latest_forecast(rater, kpi, window.months)
    target = rater.register.target(kpi.kpi_ref, year)
    status = None
    if forecast is not None and target is not None and kpi.status_type is StatusType.RATED:
        of_year = year_window(kpi, year)
        status = rater.judged(kpi, of_year, whole(of_year, forecast), target).status.value
    record = forecast_error(_record(rater, kpi, window.months[-1]))
    return {
        "forecast": forecast,
        "forecast_status": status,
        "forecast_count": record.count if record else 0,
        "forecast_mean_miss": record.mean_miss if record else None,
        "forecast_bias": record.bias if record else None,
    }


def _latest_forecast(rater: Rater, kpi: Kpi, months: Sequence[Month]) -> Decimal | None:
    rows = (rater.figures.rows.get((kpi.kpi_ref, month)) for month in reversed(months))
    return next((row["forecast"] for row in rows if row is not None and row["forecast"] is not None), None)


def _record(rater: Rater, kpi: Kpi, last: Month) -> Iterator[tuple[Decimal, Decimal]]:
    """Pair forecast and outcome of the years that have ended by a month, as far back as figures are known."""
    first = next((point.period.months[0] for point in rater.figures.points.get(kpi.kpi_ref, ())), last)
    year = last.financial_year if last == last.financial_year.months[-1] else last.financial_year.previous
    passed = last.financial_year.months.index(last) + 1
    while year.months[-1] >= first:
        forecast = _latest_forecast(rater, kpi, year.months[:passed])
        outcome = None if forecast is None else _outcome(rater, kpi, year)
        if forecast is not None and outcome is not None:
            yield forecast, outcome
        year = year.previous


def _outcome(rater: Rater, kpi: Kpi, year: FinancialYear) -> Decimal | None:
    """Work out a year's figure by the KPI's rule. None: it lacks a part, or the KPI measured something else."""
    window = year_window(kpi, year)
    if not is_same_measure(kpi, rater.as_defined(kpi, window)):
        return None
    figure = rater.aggregate(kpi, window.months)
    is_read_off = kpi.is_cumulative or kpi.aggregation is Aggregation.LAST
    lacking = window.months[-1:] if is_read_off else window.months
    return None if set(lacking) & set(figure.months_missing) else figure.value
