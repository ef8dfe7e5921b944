"""What there is to say of a KPI's year-end forecast: columns of the observation dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from typing import Any

from pmf.period import Month
from pmf.register.kpi import Aggregation, StatusType
from pmf.validation.datasets.figuretext import figure_text
from pmf.validation.datasets.history import Figure
from pmf.validation.inputs import ReturnInputs, Row
from pmf.value import exact_sum, quotient


@dataclass(frozen=True, kw_only=True)
class ForecastColumns:
    """The year-end forecast beside a figure; empty where the figure itself is in doubt.

    ``forecast_answer``: given; missing; None where nobody is asked, because the KPI is not rated, the year ends with this
    month, or no form has come in on which it could stand. ``so_far`` is what the year has brought already and cannot lose again: of a
    year-to-date KPI its figure, of one whose months add up the sum of those known, none of them below nought.
    ``forecast_level`` is the forecast where it is of the size of a month's figure, and so within the template's limits.
    ``forecast_tens_off`` counts the powers of ten by which it is off the figure, or off the year as it has gone so far (0: none).
    """

    cell_forecast: str | None = None
    forecast_answer: str | None = None
    forecast: Decimal | None = None
    forecast_text: str | None = None
    so_far: Decimal | None = None
    so_far_text: str | None = None
    forecast_level: Decimal | None = None
    forecast_tens_off: int | None = None


def look_ahead(figures: Iterable[Figure], inputs: ReturnInputs) -> dict[str, dict[str, Any]]:
    """Work out the columns of ``ForecastColumns`` for figures that can be relied on, by kpi_ref."""
    year = inputs.month.financial_year.months
    brought: dict[str, list[Decimal]] = {}
    for row in inputs.history:
        if row["value"] is not None and year[0].key <= row["period"] < inputs.month.key:
            brought.setdefault(row["kpi_ref"], []).append(row["value"])
    columns = {}
    for figure in figures:
        kpi = figure.kpi
        if figure.said.form_line is not None:
            gone, to_come = (sum(kpi.is_due(month) for month in part) for part in _parted(year, inputs.month))
            columns[kpi.kpi_ref] = _columns(figure, figure.said.form_line, brought.get(kpi.kpi_ref, []), gone=gone, to_come=to_come)
    return columns


def _parted(year: Sequence[Month], month: Month) -> tuple[Sequence[Month], Sequence[Month]]:
    """Part a financial year after a month."""
    place = year.index(month) + 1
    return year[:place], year[place:]


def _columns(figure: Figure, form_line: Row, brought: Sequence[Decimal], *, gone: int, to_come: int) -> dict[str, Any]:
    """Hold a forecast against its figure. ``gone`` and ``to_come`` count the figures due this year, this one among those gone."""
    kpi, value = figure.kpi, figure.value
    forecast: Decimal | None = form_line["forecast"]
    columns: dict[str, Any] = {"cell_forecast": form_line["cells"].get("forecast")}
    if forecast is None:
        is_asked = kpi.status_type is StatusType.RATED and to_come > 0
        return columns | {"forecast_answer": "missing" if is_asked else None}

    adds_up = kpi.aggregation is Aggregation.SUM and not kpi.is_cumulative
    figures = [*brought, value] if adds_up else [value]
    so_far = exact_sum(figures) if adds_up or kpi.is_cumulative else None
    # What the year comes to if it goes on as so far; else the level of the figure itself.
    known = Decimal(len(figures) if adds_up else gone)
    usual = value if so_far is None else quotient(so_far, known, multiplier=gone + to_come)
    tens = _tens_off(forecast, usual)
    return columns | {
        "forecast_answer": "given",
        "forecast": forecast,
        "forecast_text": figure_text(forecast, kpi),
        "so_far": so_far if min(figures) >= 0 and not tens else None,
        "so_far_text": figure_text(so_far, kpi),
        "forecast_level": forecast if so_far is None and not tens else None,
        "forecast_tens_off": tens,
    }


def _tens_off(forecast: Decimal, usual: Decimal | None) -> int:
    if usual is None or usual == 0 or forecast / usual <= 0:
        return 0
    powers = round(log10(float(forecast / usual)))
    return powers if abs(powers) >= 2 else 0
