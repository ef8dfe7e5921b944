"""The compiled table of checks: which answers lead to which checks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.finding import Severity
from pmf.period import Month
from pmf.register import Register
from pmf.validation.checks import EVERY_ROW, Check, compile_checks
from pmf.validation.suites import load_suite
from validation.samples import SEPTEMBER, SUITES, a_kpi, a_register, a_template

SUITE = load_suite(SUITES / "observation.json")
ANSWERS: dict[str, Any] = {"minimum": 20, "maximum": 100, "max_decimals": 1, "needs_numerator": True, "large_movement_pct": 10}


def a_council(kpi: dict[str, Any] | None = None, **answers: Any) -> Register:
    kpis = [a_kpi("138", **({"unit": "%", "decimals": 1} | (kpi or {}))), a_kpi("36")]
    return a_register(kpis, [a_template("138", **(ANSWERS | answers)), a_template("36", minimum=5)])


def compiled(register: Register, month: Month = SEPTEMBER) -> dict[tuple[str, str], Check]:
    checks = compile_checks(register, month, [SUITE])
    table = {(check.rule_id.removeprefix("observation."), check.kpi_ref): check for check in checks}
    assert len(table) == len(checks)
    return table


@pytest.mark.parametrize(
    ("answer", "changed"),
    [
        ({"minimum": 25}, {"below_minimum"}),
        ({"minimum": ""}, {"below_minimum"}),
        ({"maximum": 90}, {"above_maximum", "numerator_above_denominator"}),
        ({"maximum": 150}, {"above_maximum", "numerator_above_denominator"}),
        ({"max_decimals": 0}, {"too_many_decimals"}),
        ({"needs_numerator": False}, {"parts_required"}),
        ({"large_movement_pct": 12}, {"large_movement"}),
        ({"importance": "Members ask for it."}, set()),
    ],
)
def test_one_answer_changes_exactly_the_checks_linked_to_it(answer: dict[str, Any], changed: set[str]) -> None:
    """Editing one answer of a template changes the linked checks of that KPI, and nothing else in the table."""
    before, after = compiled(a_council()), compiled(a_council(**answer))
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == {(rule, "138") for rule in changed}


def test_a_check_carries_the_answers_it_depends_on() -> None:
    """Parameters are the limits and conditions as the template gives them: figures as exact text, all of it JSON."""
    table = compiled(a_council(minimum="20.50"))
    assert table["below_minimum", "138"].parameters == {"minimum": "20.50"}
    assert table["numerator_above_denominator", "138"].parameters == {"maximum": "100", "unit": "%"}
    assert table["denominator_zero", EVERY_ROW].parameters == {}
    json.dumps([check.parameters for check in table.values()])


def test_a_rule_does_not_apply_where_its_answer_is_missing_or_its_condition_fails() -> None:
    """A KPI whose template says nothing of a limit has no check of it; one that is no percentage has none of those."""
    of_36 = {rule for rule, kpi_ref in compiled(a_council()) if kpi_ref == "36"}
    assert of_36 == {"below_minimum"}


def test_an_unanswered_template_leaves_only_rules_for_every_row() -> None:
    """Without a template a KPI has no checks of its own."""
    table = compiled(a_register([a_kpi("36")]))
    assert {kpi_ref for _, kpi_ref in table} == {EVERY_ROW}


def test_a_vital_kpi_has_its_own_severity() -> None:
    """A KPI marked critical gets a row of its own where a rule is severer for it."""
    table = compiled(a_council({"is_critical": "yes"}))
    assert table["nil_without_reason", EVERY_ROW].severity is Severity.WARNING
    assert table["nil_without_reason", "138"].severity is Severity.CRITICAL


def test_the_template_in_force_counts() -> None:
    """Limits are those in force on the last day of the month: a later version changes later months only."""
    versions = [a_template("36", minimum=5, valid_to="2024-10-01"), a_template("36", minimum=7, valid_from="2024-10-01")]
    register = a_register([a_kpi("36")], versions)
    assert compiled(register)["below_minimum", "36"].parameters == {"minimum": "5"}
    assert compiled(register, Month(2024, 10))["below_minimum", "36"].parameters == {"minimum": "7"}


def test_a_kpi_that_is_not_due_has_no_checks() -> None:
    """Only KPIs due in the month are compiled: a yearly figure is not checked in September."""
    table = compiled(a_register([a_kpi("36", frequency="annual")], [a_template("36", minimum=5)]))
    assert ("below_minimum", "36") not in table


@given(st.lists(st.sampled_from(sorted(ANSWERS)), unique=True))
def test_checks_of_a_kpi_never_depend_on_another(left_out: list[str]) -> None:
    """Whatever one template answers, the other KPI's checks stay as they are."""
    unanswered: dict[str, Any] = dict.fromkeys(left_out, "")
    others = {key: check for key, check in compiled(a_council(**unanswered)).items() if key[1] != "138"}
    assert others == {key: check for key, check in compiled(a_council()).items() if key[1] != "138"}
