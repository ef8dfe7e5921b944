"""Run the numbered cases of ``tests/cases/variation`` through the code that rates a council's period."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from numbered_cases import assert_numbered, name, read_cases
from pmf.cycle.figures import Figures
from pmf.cycle.rated.chart import chart_of
from pmf.cycle.rated.row import rating_rows
from pmf.cycle.rated.standing import Rater
from pmf.period import Month, Quarter
from pmf.rating.policy import Policy, load_policy
from pmf.register import DataQualityTemplate, Kpi, Profile, Register, Target, load_profile
from pmf.register.assessment import Rebase
from pmf.series.point import Point
from pmf.settings import Settings

LONG_AGO = date(2019, 4, 1)
NOW = datetime(2024, 10, 14, tzinfo=UTC)
COLUMNS = {
    "variation": "expected_variation",
    "assurance": "expected_assurance",
    "lower_limit": "expected_lower",
    "centre_line": "expected_mean",
    "upper_limit": "expected_upper",
}
NOTHING = dict.fromkeys(("frequency", "period_mode", "is_cumulative", "is_seasonal", "rebases", "status_type"), "")


CASES = [NOTHING | case for case in read_cases("variation")]


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile(Path(__file__).parents[2] / "include" / "organisations" / "cambridgeshire")


@pytest.fixture
def policy(settings: Settings) -> Policy:
    return load_policy(settings.policies / "ccc-framework-2024.yaml")


def kpi_of(case: dict[str, str]) -> Kpi:
    given = {field: case[field] for field in ("unit", "decimals", "direction", "frequency", "is_cumulative", "period_mode", "status_type")}
    return Kpi.model_validate(
        {
            "kpi_ref": "K1",
            "valid_from": LONG_AGO,
            "title": "A case's indicator",
            "directorate_id": "strategy-partnerships",
            "service_id": "libraries",
            "level": "strategic",
            "aggregation": "last",
        }
        | {field: value for field, value in given.items() if value}
        | ({} if case["direction"] else {"status_type": "contextual"})
    )


def points_of(case: dict[str, str]) -> tuple[Point, ...]:
    """Lay out the case's figures so that the last one is of September 2024, or of the financial year before."""
    months = {"quarterly": 3, "annual": 12}.get(case["frequency"], 1)
    last = Month(2024, 3) if case["frequency"] == "annual" else Month(2024, 9)
    figures = case["figures"].split()
    dated = ((last.plus((at + 1 - len(figures)) * months), figure) for at, figure in enumerate(figures))
    return tuple(Point(period=month, value=Decimal(figure)) for month, figure in dated if figure != "-")


def rebases_of(case: dict[str, str], post: str) -> tuple[Rebase, ...]:
    decisions = [entry.split(" decided ") for entry in case["rebases"].split("; ") if entry]
    return tuple(
        Rebase(kpi_ref="K1", month=month, reason="Door counters were replaced.", post=post, decided_on=date.fromisoformat(day))
        for month, day in decisions
    )


def rater_of(case: dict[str, str], profile: Profile, policy: Policy) -> Rater:
    targets = (Target(kpi_ref="K1", valid_from=LONG_AGO, target=case["target"]),) if case["target"] else ()
    template = DataQualityTemplate.model_validate(
        {"kpi_ref": "K1", "valid_from": LONG_AGO, "collector_post": profile.performance_team, "is_seasonal": case["is_seasonal"]}
    )
    own = profile.model_copy(update={"rebases": rebases_of(case, profile.performance_team)})
    return Rater(Register(own, (kpi_of(case),), targets, (template,)), Figures({"K1": points_of(case)}, {}, {}), policy, NOW)


def written(value: object) -> str:
    return "" if value is None else str(value)


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases of any file share a number, and every one says why it exists."""
    assert_numbered(CASES, at_least=55)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_process_is_told_as_by_hand(case: dict[str, str], profile: Profile, policy: Policy) -> None:
    """Variation, assurance, limits and words of September 2024 are those a person worked out."""
    (row,) = rating_rows(rater_of(case, profile, policy), Month(2024, 9))
    assert {column: case[expected] for column, expected in COLUMNS.items()} == {column: written(row[column]) for column in COLUMNS}
    assert case["says"] in row["variation_reason"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_there_is_a_chart_where_there_are_limits(case: dict[str, str], profile: Profile, policy: Policy) -> None:
    """What is drawn is what the rating says: the same limits, the sentence in the text alternative; without limits nothing is."""
    rater = rater_of(case, profile, policy)
    (row,) = rating_rows(rater, Month(2024, 9))
    chart = chart_of(rater, rater.register.kpi_versions[0], Month(2024, 9), said=row["variation_reason"])
    assert (chart is None) == (row["centre_line"] is None)
    if chart is not None:
        assert row["variation_reason"] in chart.alt
        means = [line for line in chart.lines if line.style == "mean"]
        assert means[-1].value == pytest.approx(float(row["centre_line"]), abs=0.1)


def test_a_quarter_of_a_monthly_kpi_is_charted_by_its_months(profile: Profile, policy: Policy) -> None:
    """Whatever period is rated, the chart is of the months up to its last; the target is a month's, never the quarter's sum."""
    case = next(case for case in CASES if case["case"] == "V0101")
    rater = rater_of(case, profile, policy)
    rows = [rating_rows(rater, period)[0] for period in (Month(2024, 9), Quarter(2024, 2))]
    assert {column: rows[0][column] for column in (*COLUMNS, "variation_reason")} == {
        column: rows[1][column] for column in (*COLUMNS, "variation_reason")
    }
