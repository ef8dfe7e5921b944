"""Run the numbered histories of ``tests/cases/change`` through the code that rates a council's period."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from numbered_cases import name, read_cases
from pmf.cycle.figures import Figures
from pmf.cycle.rated.row import rating_rows
from pmf.cycle.rated.standing import Rater
from pmf.period import FinancialYear, Month, Quarter, parse_month, parse_period
from pmf.rating.policy import Policy, load_policy
from pmf.register import Kpi, Profile, Register, Target, load_profile
from pmf.series.point import Point
from pmf.settings import Settings

CASES = read_cases("change", "06_*.csv")
LONG_AGO = date(2019, 4, 1)
COLUMNS = ("change", "previous_period", "last_year_change", "last_year_period", "reds_in_a_row", "is_deep_dive")


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile(Path(__file__).parents[2] / "include" / "organisations" / "cambridgeshire")


@pytest.fixture
def policy(settings: Settings) -> Policy:
    return load_policy(settings.policies / "ccc-framework-2024.yaml")


def kpi_of(case: dict[str, str], **changed: Any) -> Kpi:
    answers = {
        "kpi_ref": "K1",
        "valid_from": LONG_AGO,
        "title": "A case's indicator",
        "directorate_id": "strategy-partnerships",
        "service_id": "libraries",
        "level": "strategic",
        "unit": "%" if case["aggregation"] == "last" else "number",
        "decimals": case["decimals"],
        "direction": case["direction"],
        "aggregation": case["aggregation"],
        "frequency": case["frequency"],
        "is_cumulative": case["is_cumulative"],
    }
    return Kpi.model_validate(answers | changed)


def versions(case: dict[str, str]) -> tuple[Kpi, ...]:
    """Make the KPI, in two versions where the case says what it was before a month."""
    if not case["changed"]:
        return (kpi_of(case),)
    answer, _, since = case["changed"].partition(" from ")
    field, _, value = answer.partition("=")
    day = parse_month(since).first_day
    return kpi_of(case, **{field: value, "valid_to": day}), kpi_of(case, valid_from=day)


def rater_of(case: dict[str, str], profile: Profile, policy: Policy) -> Rater:
    points = []
    for entry in case["figures"].split():
        month, _, figure = entry.partition("=")
        points.append(Point(period=parse_month(month), value=Decimal(figure)))
    target = Target(kpi_ref="K1", valid_from=LONG_AGO, target=case["target"])
    own = profile.model_copy(update={"no_change_pct": Decimal(case["no_change_pct"] or 0)})
    return Rater(
        Register(own, versions(case), (target,), ()), Figures({"K1": tuple(points)}, {}, {}), policy, datetime(2024, 10, 14, tzinfo=UTC)
    )


def written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_history_is_told_as_by_hand(case: dict[str, str], profile: Profile, policy: Policy) -> None:
    """What a period is compared with, what is said of it, and how many reds there are, is what a person worked out."""
    (row,) = rating_rows(rater_of(case, profile, policy), parse_period(case["period"]))
    assert {column: case[f"expected_{column}"] for column in COLUMNS} == {column: written(row[column]) for column in COLUMNS}, case["why"]


def test_the_figure_of_another_measure_is_not_shown_beside_todays(profile: Profile, policy: Policy) -> None:
    """When the unit has changed neither the earlier figures nor the earlier target are given; the earlier colour still is."""
    case = next(case for case in CASES if case["case"] == "H0617")
    rater = rater_of(case, profile, policy)
    (row,) = rating_rows(rater, Month(2024, 6))
    assert (row["previous_value"], row["previous_target"], row["last_year_value"]) == (None, None, None)
    assert (row["previous_status"], row["moved"]) == ("green", None)
    assert [point.value for point in rater.points(rater.register.kpi_versions[-1], Month(2024, 6))] == [Decimal(70)]


@pytest.mark.parametrize("period", [Month(2024, 6), Quarter(2024, 1), FinancialYear(2024)])
def test_a_kpi_without_any_figure_has_no_movement(profile: Profile, policy: Policy, period: Month | Quarter | FinancialYear) -> None:
    """Where nothing was ever returned the periods are named and nothing is said of them."""
    case = CASES[0] | {"figures": "", "changed": ""}
    (row,) = rating_rows(rater_of(case, profile, policy), period)
    assert [row[column] for column in ("change", "moved", "last_year_change", "last_year_value", "reds_in_a_row", "is_deep_dive")] == [
        None
    ] * 6
    assert (row["previous_period"], row["last_year_period"]) == (period.previous.key, period.year_before.key)
