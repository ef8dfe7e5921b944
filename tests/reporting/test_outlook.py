"""Where the year is heading, and how forecasts of it have turned out, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmf.reporting.outlook import (
    band_words,
    forecast,
    forecast_record,
    forecast_status_cell,
    year_end_refusal,
    year_end_status_cell,
    year_end_words,
    year_target,
)
from pmf.status import Status
from reporting.samples import IN_DEPTH, a_kpi, a_measure


@pytest.mark.parametrize(
    ("unit", "decimals", "count", "mean_miss", "bias", "words"),
    [
        ("number", 0, 2, "3.14", "3.14", "Forecasts of the last 2 years that ended were on average 3.1 too high"),
        ("%", 1, 3, "2.255", "-2.255", "Forecasts of the last 3 years that ended were on average 2.26 percentage points too low"),
        ("%", 0, 1, "3", "3", "The forecast of the last year that ended was 3.0 percentage points too high"),
        ("days", 1, 1, "0.5", "-0.5", "The forecast of the last year that ended was 0.50 days too low"),
        ("£", 0, 2, "1200", "1200", "Forecasts of the last 2 years that ended were on average £1,200 too high"),
        ("number", 0, 2, "4", "1", "Forecasts of the last 2 years that ended were on average 4.0 off, more often or further too high"),
        ("number", 0, 2, "4", "0", "Forecasts of the last 2 years that ended were on average 4.0 off, as far too high as too low"),
        ("number", 0, 2, "0", "0", "Forecasts of the last 2 years that ended came true"),
    ],
)
def test_a_forecasters_record_is_told_in_the_kpis_unit(unit: str, decimals: int, count: int, mean_miss: str, bias: str, words: str) -> None:
    """How far off a service's forecasts were is said in its unit, percentages in points, with the side they were on."""
    kpi = a_kpi(unit=unit, decimals=decimals)
    measure = a_measure(kpi=kpi, forecast_count=count, forecast_mean_miss=Decimal(mean_miss), forecast_bias=Decimal(bias))
    assert forecast_record(measure) == words


@pytest.mark.parametrize("count", [None, 0])
def test_without_an_ended_year_there_is_no_record(count: int | None) -> None:
    """Where no forecast can be held against a figure, that is said."""
    assert forecast_record(a_measure(forecast_count=count)) == "No ended year to judge by"


def test_every_forecast_says_whose_it_is_and_what_status_it_would_have() -> None:
    """The service's forecast stands plain, the pipeline's behind its mark with its band, each with its own status in words."""
    measure = a_measure(**IN_DEPTH)
    assert (forecast(measure), forecast_status_cell(measure).text, forecast_status_cell(measure).status) == ("99", "Green", Status.GREEN)
    assert (year_end_words(measure), band_words(measure)) == ("[f] 93", "80% band: 90 to 99")
    assert (year_end_status_cell(measure).text, year_end_status_cell(measure).status) == ("Amber", Status.AMBER)


def test_the_reason_stands_where_no_forecast_is_shown() -> None:
    """Where none is shown the reason is told without its figures; a row from before there were any says that it was not worked out."""
    refused = a_measure(year_end_reason="no forecast shown: the last value did as well (past forecasts missed by 2, the last value by 1)")
    assert (year_end_words(refused), year_end_refusal(refused)) == ("Not shown", "the last value did as well")
    assert year_end_refusal(a_measure()) == "not worked out for this period"
    assert (band_words(refused), year_end_status_cell(refused).text, forecast(refused)) == ("", "No status", "Not supplied")


def test_a_forecast_short_of_target_never_reads_as_met() -> None:
    """A forecast that rounds to the target it misses is printed with one decimal more; one that meets it is not."""
    kpi = a_kpi(unit="%")
    short = a_measure(kpi=kpi, year_target="95", year_end=Decimal("94.6"), year_end_low=Decimal("90.1"), year_end_high=Decimal("99.0"))
    assert (year_target(short), year_end_words(short)) == ("95%", "[f] 94.6%")
    assert year_end_words(a_measure(kpi=kpi, year_target="95", year_end=Decimal("95.0"))) == "[f] 95%"
    assert year_end_words(a_measure(kpi=kpi, year_target="85..95", year_end=Decimal("94.6"))) == "[f] 95%"
