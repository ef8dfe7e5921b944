"""Outlook: where the year will end by the pipeline's reckoning and by the service's, and how far either can be believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import edited, insert, table
from pmf.cycle.history import import_history
from pmf.cycle.rate import rate_month, rate_quarter, rate_year
from pmf.period import FinancialYear, Month, Period, Quarter

AS_AT = datetime(2024, 10, 14, 6, tzinfo=UTC)
FIRST, MARCH, SEPTEMBER, Q2 = Month(2021, 4), Month(2024, 3), Month(2024, 9), Quarter(2024, 2)
# What a month of the year adds to a figure, April first.
SEASON = [0, 2, 11, 15, 19, 40, 38, 24, 17, 10, 5, 1]
RATES = {Month: rate_month, Quarter: rate_quarter, FinancialYear: rate_year}


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return council_at(tmp_path / "home")


def know(council: Council, kpi_ref: str, figure: Callable[[int], object], *, months: Mapping[int, Month] | None = None) -> None:
    """Make figures known, by default of each month from April 2021 to September 2024; "1/2" is numerator and denominator."""
    lines = []
    for place, month in (months or dict(enumerate(FIRST.up_to(SEPTEMBER)))).items():
        numerator, slash, denominator = str(figure(place)).partition("/")
        lines.append(f"{kpi_ref},{month.key}," + (f",{numerator},{denominator},," if slash else f"{numerator},,,,"))
    path = council.settings.home / f"{kpi_ref}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kpi_ref,period,value,numerator,denominator,provenance,source\n" + "\n".join(lines) + "\n", encoding="utf-8")
    import_history(SLUG, path, as_at=AS_AT - timedelta(days=30), settings=council.settings)


def rated(council: Council, kpi_ref: str, period: Period = SEPTEMBER) -> dict[str, Any]:
    """Rate a period and give a KPI's row."""
    RATES[type(period)](SLUG, period, as_at=AS_AT, settings=council.settings)
    [row] = table(council, "rating", period=period.key, kpi_ref=kpi_ref)
    return row


def year_end(row: Mapping[str, Any]) -> float:
    """Take the year end out of a row that shows one, which lies in its band."""
    assert row["year_end"] is not None, row["year_end_reason"]
    assert row["year_end_low"] <= row["year_end"] <= row["year_end_high"]
    return float(row["year_end"])


def test_a_sum_ends_with_what_there_is_and_what_is_expected(council: Council) -> None:
    """Visits that come and go with the seasons end the year as the years before did; the year's target is that of its months."""
    know(council, "37", lambda place: 100_000 + 1000 * SEASON[place % 12])
    row = rated(council, "37")
    assert year_end(row) == pytest.approx(1_200_000 + 1000 * sum(SEASON), rel=0.005)
    assert (row["year_target"], row["year_end_status"]) == ("1428000", "amber")
    assert row["year_end_reason"].startswith(
        "from level, trend and season of 42 figures (Theta and the damped trend): past forecasts missed by "
    )


def test_a_ratio_ends_by_its_numerators_and_denominators(council: Council) -> None:
    """A percentage is forecast by month, the months weighed by their denominators, and judged by the year's target."""
    know(council, "220", lambda place: f"{50 + SEASON[place % 12]}/{100 + SEASON[place % 12]}")
    row = rated(council, "220")
    over, under = (sum(base + each for each in SEASON) for base in (50, 100))
    assert year_end(row) == pytest.approx(100 * over / under, abs=0.5)
    assert (row["year_target"], row["year_end_status"]) == ("95", "red")
    assert "points on average" in row["year_end_reason"]


def test_a_running_total_ends_above_where_it_stands(council: Council) -> None:
    """Savings that count from April on are forecast for March, never below what has been saved."""
    know(council, "FR-01", lambda place: 100_000 * (sum(SEASON[: place % 12 + 1]) + 5 * (place % 12 + 1)))
    row = rated(council, "FR-01")
    assert year_end(row) == pytest.approx(100_000 * (sum(SEASON) + 60), rel=0.01)
    assert row["year_end_low"] >= row["value"]
    assert (row["year_target"], row["year_end_status"]) == ("18400000", "green")
    assert "£" in row["year_end_reason"]


def test_a_last_figure_is_that_of_march(council: Council) -> None:
    """Users counted at the month's end are forecast for March, in the quarter's rating as in the month's."""
    know(council, "36", lambda place: 90_000 + 100 * SEASON[place % 12] + 250 * place)
    month, quarter = rated(council, "36"), rated(council, "36", Q2)
    assert year_end(month) == pytest.approx(90_100 + 250 * 47, rel=0.02)
    assert [month[column] for column in ("year_end", "year_end_low", "year_end_high", "year_end_reason")] == [
        quarter[column] for column in ("year_end", "year_end_low", "year_end_high", "year_end_reason")
    ]


def test_a_quarterly_figure_is_forecast_by_quarters(council: Council) -> None:
    """Emissions of fourteen quarters end with the two quarters that are to come; August tells what June's rating told."""
    quarters = {place: FIRST.plus(3 * place + 2) for place in range(14)}
    know(council, "PS-09", lambda place: 1000 + [0, 300, 500, 100][place % 4] - 10 * place, months=quarters)
    row = rated(council, "PS-09")
    assert year_end(row) == pytest.approx(4900 - 10 * (12 + 13 + 14 + 15), rel=0.02)
    june, august = (rated(council, "PS-09", Month(2024, month)) for month in (6, 8))
    assert (june["year_end"], june["year_end_reason"]) == (august["year_end"], august["year_end_reason"])


@pytest.fixture
def yearly(tmp_path: Path) -> Council:
    """A council with a rated KPI of one figure a year, known from 2013/14 on."""
    changed = edited(
        tmp_path,
        kpis=lambda text: "\n".join(
            line.replace(",in_development,", ",rated,") if line.startswith("PS-06,") else line for line in text.splitlines()
        ),
        targets=lambda text: f"{text.rstrip()}\nPS-06,2013-04-01,,year,80,,,,,,,\n",
    )
    council = council_at(tmp_path / "home", organisations=changed)
    know(council, "PS-06", lambda place: 50 + 3 * place, months={place: Month(2014 + place, 3) for place in range(11)})
    return council


def test_a_yearly_figure_is_forecast_from_years(yearly: Council) -> None:
    """Between two Marches, the year in hand is forecast from the years before, and the plain line leads to the same year."""
    row = rated(yearly, "PS-06")
    assert (row["value"], row["previous_value"], row["projection"]) == (80, 77, 83)
    assert row["year_target"] == "80"
    assert row["year_end_reason"].startswith("no forecast shown: the last value did as well")


def test_the_plain_line_of_a_yearly_figure_counts_years(yearly: Council) -> None:
    """In the quarter that holds March the line is drawn through eleven years, not through the same year four times."""
    know(yearly, "PS-06", lambda _: 95, months={0: Month(2025, 3)})
    line = rated(yearly, "PS-06", Quarter(2024, 4))["projection"]
    assert line == rated(yearly, "PS-06", FinancialYear(2024))["projection"]
    assert Decimal(88) < line < Decimal(95)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "no forecast shown: there is no figure"),
        (5, "no forecast shown: 5 figures, and 6 are needed"),
        (30, "no forecast shown: the last value did as well (past forecasts missed by "),
    ],
)
def test_why_there_is_no_forecast_is_told(council: Council, count: int, told: str) -> None:
    """Too short a history, or one that went on as it was: the target is given and the reason, and no figure."""
    if count:
        know(
            council,
            "36",
            lambda _: 90_000,
            months={place: SEPTEMBER.plus(place - count + 1) for place in range(count)},
        )
    row = rated(council, "36")
    assert row["year_end_reason"].startswith(told)
    assert [row[column] for column in ("year_end", "year_end_low", "year_end_high", "year_end_status")] == [None] * 4
    assert row["year_target"] == "97500"


@pytest.mark.parametrize("period", [MARCH, Quarter(2023, 4), FinancialYear(2023)], ids=lambda period: period.key)
def test_a_year_that_is_over_is_not_forecast(council: Council, period: Period) -> None:
    """In March, in the last quarter and in the year's own rating nothing is to come, be the figures complete or not."""
    know(council, "37", lambda place: 100_000 + place, months={place: FIRST.plus(place) for place in range(35)})
    row = rated(council, "37", period)
    assert (row["year_end"], row["year_end_reason"]) == (None, "no forecast shown: 2023/24 is over")


def test_a_contextual_figure_is_forecast_without_status(council: Council) -> None:
    """What is shown for context has an outlook and no colour; what is in development has neither."""
    know(council, "SP-01", lambda place: 100 + SEASON[place % 12])
    row = rated(council, "SP-01")
    assert year_end(row) == pytest.approx(1200 + sum(SEASON), rel=0.01)
    assert (row["year_target"], row["year_end_status"]) == (None, None)
    [idle] = table(council, "rating", period=SEPTEMBER.key, kpi_ref="PS-06")
    assert (idle["year_end"], idle["year_end_reason"]) == (None, "no forecast shown: the KPI is in development")


def test_a_corporate_kpi_is_forecast_from_its_directorates(council: Council) -> None:
    """The combined ratio has its year end like any other, provisional directorates or not."""
    for number, ref in enumerate(("C1-AHC", "C1-CEF", "C1-FR", "C1-PS", "C1-SP"), start=1):
        know(council, ref, lambda place, number=number: f"{number * (20 + SEASON[place % 12])}/{10 * number}")
    assert year_end(rated(council, "C1")) == pytest.approx((240 + sum(SEASON)) / 120, rel=0.02)


def test_a_month_missing_leaves_a_sum_without_forecast(council: Council) -> None:
    """A gap in the year is not filled in; months after the last figure are simply still to come."""
    months = dict(enumerate(FIRST.up_to(SEPTEMBER)))
    know(
        council,
        "37",
        lambda place: 100_000 + 1000 * SEASON[place % 12],
        months={k: v for k, v in months.items() if v.month != 7 or v.year < 2024},
    )
    assert rated(council, "37")["year_end_reason"] == "no forecast shown: a period of 2024/25 has no figure to add up"
    know(council, "221", lambda place: 100 + SEASON[place % 12], months={k: v for k, v in months.items() if v < Month(2024, 8)})
    assert year_end(rated(council, "221")) == pytest.approx(1200 + sum(SEASON), rel=0.02)


def say(council: Council, kpi_ref: str, **figures: tuple[int, int | None]) -> None:
    """Note returns with their year-end forecast: by month ("m2023_09"), figure and forecast."""
    for number, (name, (value, forecast)) in enumerate(figures.items()):
        month = name.removeprefix("m").replace("_", "-")
        texts = {"version_id": f"said-{month}", "comment": "", "status": "final", "source": "import"}
        place = {"kpi_ref": kpi_ref, "period": month, "file_hash": "x", "recorded_at": AS_AT - timedelta(days=9), "sequence": number}
        insert(council, "observation", place | texts | {"value": Decimal(value), "forecast": forecast and Decimal(forecast)})


def test_a_services_forecasts_are_held_against_the_years_that_ended(council: Council) -> None:
    """Each ended year counts once, with what was said by the same month: 2,000 too high and 1,000 too low miss by 1,500."""
    say(council, "36", m2022_06=(88000, 99000), m2022_08=(89000, 92000), m2022_12=(89500, 90000), m2023_03=(90000, 90000))
    say(council, "36", m2023_09=(94000, 95000), m2023_10=(94000, 96000), m2024_03=(96000, 96000), m2024_09=(98000, 101000))
    row = rated(council, "36")
    assert (row["forecast"], row["forecast_status"]) == (Decimal(101000), "green")
    assert (row["forecast_count"], row["forecast_mean_miss"], row["forecast_bias"]) == (2, Decimal(1500), Decimal(500))
    earlier = rated(council, "36", Month(2024, 6))
    assert (earlier["forecast_count"], earlier["forecast_bias"]) == (1, Decimal(9000))


def test_a_year_whose_outcome_is_not_known_tells_nothing_of_forecasts(council: Council) -> None:
    """A sum that lacks a month has no outcome; the year in hand counts when it has ended."""
    months = {f"m{month.key.replace('-', '_')}": (100, 1300) for month in Month(2022, 4).up_to(MARCH) if month != Month(2023, 1)}
    say(council, "221", **months)
    row = rated(council, "221", Month(2024, 2))
    assert (row["forecast_count"], row["forecast_mean_miss"], row["forecast_bias"]) == (0, None, None)
    ended = rated(council, "221", MARCH)
    assert (ended["forecast_count"], ended["forecast_mean_miss"], ended["forecast_bias"]) == (1, Decimal(100), Decimal(100))
