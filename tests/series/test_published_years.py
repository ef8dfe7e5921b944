"""Published quarters rolled to years: which rule reproduces each published year, and which published years no rule of ours gives."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import FinancialYear, Month, parse_quarter
from pmf.register.kpi import Aggregation
from pmf.series.aggregation import Aggregated, aggregate
from pmf.series.point import Point
from pmf.settings import read_settings
from pmf.value import parse_figure, rounded

# A quarterly figure is due for the last month of its quarter.
DUE = FinancialYear(2023).months[2::3]
Row = Mapping[str, str]


def rows(name: str, *, key: str) -> dict[str, Row]:
    path = read_settings(os.environ).reference_data / name
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row[key]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def maidstone() -> dict[str, Row]:
    """Maidstone's annual figures for 2023/24, by KPI."""
    return rows("maidstone/maidstone_annual_2023_24.csv", key="kpi_name")


@pytest.fixture(scope="module")
def spelthorne() -> dict[str, Row]:
    """Another Surrey district's figures for 2023/24, by number."""
    return rows("maidstone/spelthorne_style_2023_24.csv", key="no")


def figure(text: str) -> Decimal:
    """Read a printed figure, its unit left aside."""
    found = parse_figure(re.sub(r" days$", "", text))
    assert found is not None, text
    return found


def quarters(row: Row) -> list[Decimal]:
    return [figure(row[f"q{number}"]) for number in range(1, 5)]


def year(
    figures: Sequence[Decimal], rule: Aggregation, *, weights: Sequence[Decimal | None] = (None,) * 4, running: bool = False
) -> Decimal:
    points = [Point(period=month, value=value, denominator=weight) for month, value, weight in zip(DUE, figures, weights, strict=True)]
    made = aggregate(points, months=DUE, aggregation=rule, is_cumulative=running).value
    assert made is not None
    return made


@pytest.mark.parametrize(
    "name",
    [
        "Footfall at the Museum and Visitors Information Centre",
        "Number of users at the Leisure Centre",
        "Number of outreach projects/work undertaken by the Hazlitt",
    ],
)
def test_maidstones_counts_are_sums(maidstone: dict[str, Row], name: str) -> None:
    """The three counts add up to their published years: 40,001, 500,448 and 83."""
    assert year(quarters(maidstone[name]), Aggregation.SUM) == figure(maidstone[name]["annual"])


def test_the_market_hall_is_a_mean_because_its_quarters_weigh_the_same(maidstone: dict[str, Row]) -> None:
    """73.08% is the ratio of sums: all four quarters are whole numbers of 91 lettings, 266 of 364, so the plain mean says the same."""
    row = maidstone["Market Hall Occupancy Percentage"]
    let = [Decimal(74), Decimal(51), Decimal(66), Decimal(75)]
    points = [
        Point(period=month, value=100 * over / 91, numerator=over, denominator=Decimal(91)) for month, over in zip(DUE, let, strict=True)
    ]
    assert [rounded(point.value, 2) for point in points if point.value is not None] == quarters(row)
    for rule in (Aggregation.RATIO, Aggregation.WEIGHTED):
        made = aggregate(points, months=DUE, aggregation=rule, multiplier=100)
        assert made.value is not None
        assert (rounded(made.value, 2), made.numerator, made.denominator) == (figure(row["annual"]), Decimal(266), Decimal(364))
    assert rounded(year(quarters(row), Aggregation.MEAN), 2) == figure(row["annual"])


def test_the_hazlitts_year_is_no_mean_of_its_quarters(maidstone: dict[str, Row]) -> None:
    """73.63% of tickets sold is not the quarters' mean of 71.67%: it weighs them by tickets, which are not published.

    ``ratio`` and ``weighted`` can give it, as it lies among the quarters; ``mean`` and ``last`` cannot.
    """
    row = maidstone["Percentage of tickets sold at the Hazlitt"]
    published, given_quarters = figure(row["annual"]), quarters(row)
    assert rounded(year(given_quarters, Aggregation.MEAN), 2) == Decimal("71.67")
    assert published not in (year(given_quarters, Aggregation.LAST), rounded(year(given_quarters, Aggregation.MEAN), 2))
    assert min(given_quarters) < published < max(given_quarters)


@given(weights=st.lists(st.integers(1, 10**6).map(Decimal), min_size=4, max_size=4))
def test_enforcement_is_100_percent_by_whatever_weights(maidstone: dict[str, Row], weights: list[Decimal]) -> None:
    """Four quarters of 100% make a year of 100% however many cases each had."""
    row = maidstone["Percentage of priority 1 enforcement cases dealt with in time"]
    assert year(quarters(row), Aggregation.WEIGHTED, weights=weights) == figure(row["annual"])


def test_the_change_in_utility_costs_is_weighed_by_costs_nobody_printed(maidstone: dict[str, Row]) -> None:
    """-4.82% over two halves of a calendar year is neither their sum nor their mean: it weighs them by what they cost before.

    A first half with 54.9% of the earlier year's costs gives it by ``weighted``. Of a financial year's four quarters two are
    missing, so our rules would say nothing about 2023/24 but that.
    """
    row = maidstone["Percentage change in Utility costs for the leisure centre"]
    halves = [figure(row[name].split("%")[0]) for name in ("q2", "q4")]
    published = figure(row["annual"].split("%")[0])
    assert published not in (sum(halves), sum(halves) / 2)
    points = [
        Point(period=month, value=value, denominator=weight)
        for month, value, weight in zip(DUE[1::2], halves, (Decimal("54.9"), Decimal("45.1")), strict=True)
    ]
    made = aggregate(points, months=DUE, aggregation=Aggregation.WEIGHTED)
    assert made.value is not None
    assert rounded(made.value, 2) == published
    assert made.months_missing == DUE[0::2]


# What the published year end is: a running total's last quarter, a mean of the quarters, or the same whatever is done.
AS_PUBLISHED = {"1": "mean", "2": "mean", "3": "mean", "4": "same", "5": "last", "6": "last", "7": "last", "8": "mean", "9": "mean"}


def test_the_other_districts_year_ends_are_named_for_what_they_are(spelthorne: dict[str, Row]) -> None:
    """Collection rates end with their last quarter; the rest are plain means, cut off rather than rounded (97.8275 as 97.82)."""
    for number, rule in AS_PUBLISHED.items():
        row = spelthorne[number]
        given_quarters, published = quarters(row), figure(row["year_end"])
        if rule == "last":
            assert year(given_quarters, Aggregation.SUM, running=True) == published, number
            continue
        mean = year(given_quarters, Aggregation.MEAN)
        unit = Decimal(1).scaleb(int(published.as_tuple().exponent))
        assert published <= mean < published + unit, number


def test_four_published_year_ends_are_means_of_percentages(spelthorne: dict[str, Row]) -> None:
    """Invoices within 30 and within 10 days, calls lost, replies to complaints: the register refuses what was done there.

    With invoices, calls or complaints returned as denominators, ``weighted`` gives the year; without them only ``last`` is
    honest, and says 99.39%, 63.42%, 3% and 90% instead of 97.82%, 59.25%, 2.87% and 97.5%. Days to pay (3) are no
    percentage, so a mean may be declared; weighted by invoices it would be right as well.
    """
    percentages = {number for number, row in spelthorne.items() if "%" in row["q4"] + row["year_end"]}
    averaged = sorted(number for number in percentages if AS_PUBLISHED[number] == "mean")
    assert averaged == ["1", "2", "8", "9"]
    last = [year(quarters(spelthorne[number]), Aggregation.LAST) for number in averaged]
    assert last == [Decimal("99.39"), Decimal("63.42"), Decimal("3.00"), Decimal(90)]
    published = [figure(spelthorne[number]["year_end"]) for number in averaged]
    # Twice the complaints in the fourth quarter, and the year is 96% and not 97.5%: what was published rests on equal counts.
    assert year(quarters(spelthorne["9"]), Aggregation.WEIGHTED, weights=[Decimal(n) for n in (10, 10, 10, 20)]) == Decimal(96)
    assert published[-1] == Decimal("97.5")


def test_a_running_total_that_falls_is_no_running_total(spelthorne: dict[str, Row]) -> None:
    """Sundry debt (7) fell from 84.54% to 78.24% within the year: its year end is its last quarter, but no quarter added to it."""
    given_quarters = quarters(spelthorne["7"])
    assert given_quarters != sorted(given_quarters)
    assert all(quarters(spelthorne[number]) == sorted(quarters(spelthorne[number])) for number in ("5", "6"))


@pytest.fixture(scope="module")
def lgbf() -> Path:
    """Scottish councils' decisions on crisis and community care grants in time, by quarter, with numerator and denominator."""
    path = read_settings(os.environ).reference_data / "lgbf" / "indicator_data_real_quarterly.csv"
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    return path


def test_every_council_and_year_is_a_ratio_of_sums(lgbf: Path) -> None:
    """384 years of 1,339 quarters, each against sums made by pandas: equal to the last digit, missing quarters named."""
    made = {place: years_of(points) for place, points in lgbf_points(lgbf).items()}
    frame = pd.read_csv(lgbf, encoding="utf-8-sig")
    frame["year"] = frame["Period"].str[:7]
    sums = frame.groupby(["Code", "LocalAuthority", "year"])[["Numerator", "Denominator"]].agg(["sum", "count"])
    compared, incomplete = 0, 0
    for (code, council, label), row in sums.iterrows():
        ours = made[code, council][label]
        numerator, denominator = Fraction(row["Numerator", "sum"]), Fraction(row["Denominator", "sum"])
        assert (ours.numerator, ours.denominator) == (numerator, denominator)
        assert ours.value is not None
        assert abs(Fraction(ours.value) - 100 * numerator / denominator) < Fraction(1, 10**24)
        assert len(ours.months_used) == row["Numerator", "count"]
        assert len(ours.months_missing) == 4 - row["Numerator", "count"]
        compared, incomplete = compared + 1, incomplete + ours.is_incomplete
    assert sum(len(of) for of in made.values()) == compared
    # Of 2023-24 only the first quarter was out for the 64; three earlier years lack a quarter of their own.
    assert (compared, incomplete) == (384, 67)


def test_a_mean_of_percentages_would_have_said_otherwise(lgbf: Path) -> None:
    """Of 317 complete years a mean of the four percentages is half a point or more off in 43, and a whole point or more in 16."""
    gaps = []
    for points in lgbf_points(lgbf).values():
        for label, ratio in years_of(points).items():
            if not ratio.is_incomplete and ratio.value is not None:
                mean = aggregate(points, months=FinancialYear(int(label[:4])).months[2::3], aggregation=Aggregation.MEAN).value
                assert mean is not None
                gaps.append(abs(mean - ratio.value))
    assert (len(gaps), sum(gap >= Decimal("0.5") for gap in gaps), sum(gap >= 1 for gap in gaps)) == (317, 43, 16)


def lgbf_points(path: Path) -> dict[tuple[str, str], list[Point]]:
    """Give each council's quarters of each indicator, its percentage worked out from numerator and denominator."""
    points: dict[tuple[str, str], list[Point]] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            over, under = Decimal(row["Numerator"]), Decimal(row["Denominator"])
            month = parse_quarter(row["Period"].replace(";", "-")).months[-1]
            value = 100 * over / under if under else None
            points.setdefault((row["Code"], row["LocalAuthority"]), []).append(
                Point(period=month, value=value, numerator=over, denominator=under)
            )
    return points


def years_of(points: Sequence[Point]) -> dict[str, Aggregated]:
    """Roll quarters to the financial years they lie in, by label ("2018-19")."""
    found = dict.fromkeys(point.period.financial_year for point in points if isinstance(point.period, Month))
    return {
        year.key.removeprefix("FY"): aggregate(points, months=year.months[2::3], aggregation=Aggregation.RATIO, multiplier=100)
        for year in found
    }
