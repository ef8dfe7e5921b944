"""Somebody's forecasts are judged by the size of their misses and by which way they lean."""

from __future__ import annotations

from decimal import Decimal

from pmf.series.forecasterror import ForecastError, forecast_error


def test_misses_and_bias_are_told_apart() -> None:
    """Ten too high and four too low miss by seven and lean three upwards."""
    pairs = [(Decimal(110), Decimal(100)), (Decimal(96), Decimal(100))]
    assert forecast_error(pairs) == ForecastError(count=2, mean_miss=Decimal(7), bias=Decimal(3))


def test_no_forecast_has_no_error() -> None:
    """Nothing to compare is not an error of zero."""
    assert forecast_error([]) is None
