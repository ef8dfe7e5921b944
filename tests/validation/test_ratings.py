"""After rating: the ratings hold together."""

from __future__ import annotations

from typing import Any

import pytest

from pmf.finding import Outcome
from pmf.period import Quarter
from pmf.validation.inputs import RatingInputs
from pmf.validation.points import Checked, check_ratings
from validation.samples import A_LEXICON, SEPTEMBER, SUITES, a_kpi, a_rating, a_register


def checked(*ratings: dict[str, Any], due: int = 1, **inputs: Any) -> Checked:
    register = a_register([a_kpi(f"{36 + number}") for number in range(due)])
    given: dict[str, Any] = {"period": SEPTEMBER, "lexicon": A_LEXICON}
    return check_ratings(RatingInputs(register=register, ratings=ratings, **(given | inputs)), suites=SUITES)


def found(result: Checked) -> list[str]:
    return [finding.rule_id for finding in result.findings]


@pytest.mark.parametrize(
    ("rating", "broken"),
    [
        ({}, []),
        ({"status": "contextual", "target": None, "off_target_pct": None}, []),
        ({"status": "awaiting_data", "value": None, "off_target_pct": None}, []),
        ({"status": "purple", "off_target_pct": None}, ["rating.status_known"]),
        ({"off_target_pct": None}, ["rating.distance_told"]),
        ({"off_target_pct": None, "target": "0"}, []),
        ({"off_target_pct": None, "target": "0.0..5"}, []),
        ({"off_target_pct": None, "target": "85..95"}, ["rating.distance_told"]),
        ({"status": "baseline"}, ["rating.distance_needless"]),
        ({"flags": "well_above_target"}, []),
        ({"flags": "well_above_target,rounding_shows_other"}, ["rating.printed_otherwise"]),
    ],
)
def test_a_rating_holds_together(rating: dict[str, Any], broken: list[str]) -> None:
    """A rating breaks exactly the rules it should."""
    assert found(checked(a_rating("36") | rating)) == broken


@pytest.mark.parametrize(("refs", "kpi_ref", "count"), [(["36"], "37", "0"), (["36", "37", "37"], "37", "2")])
def test_every_kpi_due_has_one_rating(refs: list[str], kpi_ref: str, count: str) -> None:
    """A KPI due without a rating, or with two, fails the run: ratings and register do not go together."""
    result = checked(*[a_rating(ref, comment="") for ref in refs], due=2)
    assert [(finding.rule_id, finding.kpi_ref, finding.found) for finding in result.findings] == [("rating.given_once", kpi_ref, count)]
    assert result.decision.outcome is Outcome.FAIL


def test_a_rating_of_a_worked_out_kpi_is_looked_at_too() -> None:
    """A corporate KPI is due from nobody and rated all the same: its rating is checked like the others."""
    register = a_register([a_kpi("C1", level="corporate"), a_kpi("C1-PS", part_of="C1")])
    ratings = [a_rating("C1-PS"), a_rating("C1", off_target_pct=None)]
    result = check_ratings(RatingInputs(register=register, period=SEPTEMBER, ratings=ratings, lexicon=A_LEXICON), suites=SUITES)
    assert [(finding.rule_id, finding.kpi_ref) for finding in result.findings] == [("rating.distance_told", "C1")]


def test_a_quarter_needs_what_was_due_in_any_of_its_months() -> None:
    """A quarter's ratings cover its monthly and quarterly KPIs; yearly ones are due in the last quarter only."""
    register = a_register([a_kpi("36"), a_kpi("37", frequency="quarterly"), a_kpi("38", frequency="annual")])
    inputs = RatingInputs(register=register, period=Quarter(2024, 2), ratings=[a_rating("36")], lexicon=A_LEXICON)
    result = check_ratings(inputs, suites=SUITES)
    assert result.due == 2
    assert [finding.kpi_ref for finding in result.findings] == ["37"]
    assert result.findings[0].message.endswith("has 0 ratings for quarter 2 2024/25 where it should have one.")
