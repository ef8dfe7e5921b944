"""A real council beside its real neighbours: Trafford's indicators, as its data lab publishes them, through the comparison."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cycle.comparing import DEFINITION, a_rater, compared, compared_kpi, neighbour_set, row
from pmf.period import FinancialYear, Period, Quarter
from pmf.settings import read_settings
from pmf.value import Direction, parse_figure

OWN, COUNTRY = "Trafford", "England"


@dataclass(frozen=True)
class Series:
    """One published file: which of its rows, which way is better."""

    file: str
    measure: str
    direction: Direction
    unit: str = "%"


SERIES = (
    Series("climate__household_waste_recycling.csv", "Percentage", Direction.HIGHER),
    Series("climate__household_waste_not_recycled.csv", "Percentage", Direction.LOWER),
    Series("economy__planning_applications_major.csv", "Percentage", Direction.HIGHER),
    Series("economy__planning_applications_non-major.csv", "Percentage", Direction.HIGHER),
    Series("health__admissions_care_homes_65p.csv", "Rate per 100,000 aged 65+", Direction.LOWER, "per 100,000"),
    Series("health__social_care_satisfaction.csv", "Percentage", Direction.HIGHER),
)


@pytest.fixture(scope="module")
def folder() -> Path:
    """The published files; tests skip where they are not there."""
    path = read_settings(os.environ).reference_data / "trafford"
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    return path


def published(folder: Path, series: Series) -> dict[Period, dict[str, str]]:
    """The figures of a file by period and area, as they are written; "NA" is none."""
    found: dict[Period, dict[str, str]] = defaultdict(dict)
    with (folder / series.file).open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            if line["measure"] == series.measure and parse_figure(line["value"]) is not None:
                found[_period(line["period"])][line["area_name"]] = line["value"]
    return found


def _period(text: str) -> Period:
    year, _, quarter = text.partition(" Q")
    return Quarter(int(year[:4]), int(quarter)) if quarter else FinancialYear(int(year[:4]))


def rows_of(series: Series, figures: dict[Period, dict[str, str]], period: Period) -> list[dict[str, Any]]:
    """What a report on a period says of the council, its neighbours and the country."""
    areas = sorted({area for of_period in figures.values() for area in of_period} - {OWN, COUNTRY})
    kind = {COUNTRY: "national"}
    others = [
        row(area, about, value, kind=kind.get(area, "neighbour"), source="Trafford Data Lab")
        for about, of_period in figures.items()
        for area, value in of_period.items()
        if area != OWN
    ]
    own = {about.months[-1]: of_period[OWN] for about, of_period in figures.items() if OWN in of_period}
    kpi = compared_kpi(direction=series.direction, unit=series.unit)
    return compared(a_rater(kpi, own, others, sets=[neighbour_set(areas, name="Statistical neighbours")]), period)


@pytest.mark.parametrize("series", SERIES, ids=lambda series: series.file)
def test_trafford_stands_where_numpy_says(folder: Path, series: Series) -> None:
    """Every published period gives the median, place, quartile and distance that numpy finds, and the same against England."""
    figures, checked = published(folder, series), 0
    sign = 1 if series.direction is Direction.HIGHER else -1
    for period, of_period in figures.items():
        if OWN not in of_period or COUNTRY not in of_period:
            continue
        neighbours, country = rows_of(series, figures, period)
        own, england = Decimal(of_period[OWN]), Decimal(of_period[COUNTRY])
        floats = np.array([float(value) for area, value in of_period.items() if area not in (OWN, COUNTRY)])
        middle = np.median(floats)
        place = 1 + int((floats * sign > float(own) * sign).sum())
        part = (place - 0.5) / (len(floats) + 1)
        half = 3 if part > 0.5 or (part == 0.5 and float(own) * sign < middle * sign) else 2
        assert (neighbours["others"], neighbours["place"], neighbours["own_value"]) == (len(floats), place, own)
        assert neighbours["quartile"] == (1 if part < 0.25 else 4 if part > 0.75 else half)
        assert float(neighbours["median"]) == pytest.approx(middle)
        assert float(neighbours["better_by"]) == pytest.approx((float(own) - middle) * sign)
        assert (country["median"], country["better_by"], country["place"]) == (england, (own - england) * sign, None)
        assert not neighbours["is_other_period"]
        checked += 1
    assert checked >= 7


def test_recycling_in_2023_24_in_words(folder: Path) -> None:
    """The sentences a member reads of Trafford's recycling, worked out by hand from the published figures."""
    figures = published(folder, SERIES[0])
    neighbours, country = rows_of(SERIES[0], figures, FinancialYear(2023))
    assert neighbours["words"] == (
        "Best quartile of 15 neighbours in 2023/24 (place 4 of 16): 58.4%, 14.6 percentage points better than their median of 43.8%."
    )
    assert country["words"] == "58.4% in 2023/24, 16.1 percentage points better than England (42.3%)."
    assert neighbours["definition"] == DEFINITION


def test_a_quarter_is_reported_beside_the_last_year_the_others_have(folder: Path) -> None:
    """A paper on a quarter compares by Trafford's own figure of the others' year, and says of which year it is."""
    figures = published(folder, SERIES[0])
    neighbours, country = rows_of(SERIES[0], figures, Quarter(2024, 2))
    assert [found["about"] for found in (neighbours, country)] == ["FY2023-24", "FY2023-24"]
    assert neighbours["own_value"] == Decimal(figures[FinancialYear(2023)][OWN])
    assert neighbours["words"].endswith(" The figures are of 2023/24, which ended 6 months before quarter 2 2024/25 did.")
