"""Run the numbered cases of ``tests/cases/comparison``: from figures to the sentence that is printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cycle.comparing import LONG_AGO, a_rater, compared, compared_kpi, neighbour_set, row
from numbered_cases import assert_numbered, name, read_cases
from pmf.period import parse_period
from pmf.register import DataQualityTemplate, Target
from pmf.register.target import PeriodKind

CASES = read_cases("comparison")


def figure(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases share a number, and every one says why it exists."""
    assert_numbered(CASES, at_least=30)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_row_says_what_a_person_worked_out(case: dict[str, str]) -> None:
    """Median, place, quartile, distance and sentence are those an officer worked out by hand."""
    about = parse_period(case["about"])
    figures = [text.strip() for text in case["others"].split(";")]
    areas = [f"Neighbour {number}" for number in range(1, max(3, len(figures), int(case["areas"] or 0)) + 1)]
    kpi = compared_kpi(direction=case["direction"], unit=case["unit"], decimals=case["decimals"], status_type="contextual")
    others = [
        row(area, about, text.rstrip("*"), definition="Another way of counting" if text.endswith("*") else "")
        for area, text in zip(areas, figures, strict=False)
    ]
    dated = {"kpi_ref": kpi.kpi_ref, "valid_from": LONG_AGO}
    target = dated | {"target": case["target"], "period_kind": PeriodKind.of(about)}
    rater = a_rater(
        kpi,
        {about.months[-1]: case["own"]} if case["own"] else {},
        others,
        sets=[neighbour_set(areas)],
        targets=[Target.model_validate(target)] if case["target"] else [],
        templates=[DataQualityTemplate.model_validate(dated | {"benchmark_max_age_months": case["max_age"]})],
    )
    (said,) = compared(rater, parse_period(case["reported"]))
    assert said["words"] == case["words"], case["why"]
    expected = [figure(case[column]) for column in ("own", "median", "place", "quartile", "better_by")]
    assert [said[column] for column in ("own_value", "median", "place", "quartile", "better_by")] == expected
    assert said["is_other_period"] == (case["about"] != case["reported"])
