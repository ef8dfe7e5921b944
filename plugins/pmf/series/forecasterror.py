"""Forecast error: how well somebody's own forecasts came true, such as a service's of its year end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pmf.series.exact import to_decimal


@dataclass(frozen=True, kw_only=True)
class ForecastError:
    """The mean size of the misses and their mean with its sign: a positive ``bias`` is forecasting too high."""

    count: int
    mean_miss: Decimal
    bias: Decimal


def forecast_error(pairs: Iterable[tuple[Decimal, Decimal]]) -> ForecastError | None:
    """Compare forecasts with outcomes, given in pairs, in the KPI's unit. None: there is no pair."""
    misses = [Fraction(forecast) - Fraction(outcome) for forecast, outcome in pairs]
    if not misses:
        return None
    mean_miss, bias = sum(map(abs, misses), Fraction(0)) / len(misses), sum(misses, Fraction(0)) / len(misses)
    return ForecastError(count=len(misses), mean_miss=to_decimal(mean_miss), bias=to_decimal(bias))
