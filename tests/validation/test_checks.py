"""The compiled table of checks: which answers lead to which checks, and no answer to any other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pmf.finding import Severity
from pmf.period import Month
from pmf.register import DataQualityTemplate, Kpi, Register
from pmf.validation.checks import EVERY_ROW, Check, compile_checks
from pmf.validation.definitions import ANSWER_OF, DEFINITION_COLUMNS
from pmf.validation.suites import Rule, load_suites
from validation.samples import SEPTEMBER, SUITES, a_kpi, a_register, a_template

ALL_SUITES = load_suites(SUITES)
RULES = {rule.rule_id: rule for suite in ALL_SUITES for rule in suite.rules}
ANSWERS: dict[str, Any] = {
    "minimum": 20,
    "maximum": 100,
    "max_decimals": 1,
    "needs_numerator": True,
    "large_movement_pct": 10,
    "restatement_tolerance_pct": 2,
    "benchmark_max_age_months": 24,
}
KPI: dict[str, Any] = {"unit": "%", "decimals": 1, "is_cumulative": True, "due_working_day": 9, "has_national_definition": True}
# Another value for every field, of the template and of the KPI.
OTHER_ANSWERS: dict[str, Any] = {
    **dict.fromkeys(("collector_post", "commentator_post", "cover_post"), "head-of-highways"),
    **dict.fromkeys(("systems", "method", "importance", "seasonality", "amber_factors", "red_factors"), "Other."),
    **dict.fromkeys(("actions", "benchmarking"), "Other."),
    "forecaster_post": None,
    "minimum": 25,
    "maximum": 90,
    "max_decimals": 0,
    "needs_numerator": False,
    "large_movement_pct": 12,
    "access_confirmed": False,
    "is_seasonal": True,
    "sensitivity": "high",
    "zero_is_plausible": True,
    "repeat_is_plausible": True,
    "restatement_tolerance_pct": 5,
    "benchmark_max_age_months": 12,
}
OTHER_FIELDS: dict[str, Any] = {
    **dict.fromkeys(("title", "description", "numerator_definition", "denominator_definition", "national_definition"), "Other words"),
    **dict.fromkeys(("benchmark_source", "no_target_reason", "suspended_reason", "metric_category", "perspective"), "Other words"),
    **dict.fromkeys(("holder_post", "deputy_post", "portfolio_holder_post"), "head-of-highways"),
    "directorate_id": "people",
    "service_id": "highways",
    "committee_id": "a-committee",
    "level": "operational",
    "frequency": "quarterly",
    "unit": "number",
    "decimals": 2,
    "direction": "lower",
    "status_type": "contextual",
    "aggregation": "last",
    "incomplete": "awaiting_data",
    "ratio_multiplier": 100,
    "is_cumulative": False,
    "ambition_ids": ("1",),
    "lead_lag": "leading",
    "is_financial": True,
    "has_national_definition": False,
    "is_critical": True,
    "is_public": True,
    "suppress_below": 10,
    "part_of": "37",
    "due_working_day": 10,
    "period_mode": "year_to_date",
    "source_kind": "manual",
    "source_id": "a-source",
    "influence": "do",
    "criteria": ("statutory",),
    "review_on": "2025-04-01",
}
# The last asks for another kind of figure; what is left out of public editions is no check.
NOT_ANSWERS = {"kpi_ref", "valid_from", "valid_to", "about_people"}
# Some rules depend on two answers: one is edited beside each value of the other.
BESIDE: tuple[dict[str, Any], ...] = ({}, {"is_seasonal": True}, {"max_decimals": 0})


def named_definitions(rule: Rule) -> frozenset[str]:
    """The columns of definitions a rule names: what it compares, and what makes it severer."""
    return DEFINITION_COLUMNS & (rule.compared | rule.meta.critical_where.keys())


def a_council(kpi: dict[str, Any] | None = None, **answers: Any) -> Register:
    return a_register(
        [a_kpi("138", **(KPI | (kpi or {}))), a_kpi("36")],
        [a_template("138", **(ANSWERS | answers)), a_template("36", minimum=5)],
    )


def compiled(register: Register, month: Month = SEPTEMBER) -> dict[tuple[str, str], Check]:
    checks = compile_checks(register, month, ALL_SUITES)
    table = {(check.rule_id, check.kpi_ref): check for check in checks}
    assert len(table) == len(checks)
    return table


def changed_by(kpi: dict[str, Any], answers: dict[str, Any]) -> set[str]:
    """The rules whose rows an edit changes; they are only ever rows of the KPI that was edited."""
    rules = set()
    for beside in BESIDE:
        before, after = compiled(a_council(**beside)), compiled(a_council(kpi, **(beside | answers)))
        different = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert {kpi_ref for _, kpi_ref in different} <= {"138"}
        rules |= {rule_id for rule_id, _ in different}
    return rules


def linked(*columns: str) -> set[str]:
    """The rules that name one of some columns."""
    return {rule_id for rule_id, rule in RULES.items() if named_definitions(rule) & set(columns)}


def test_every_field_can_be_edited_here() -> None:
    """A field added to the template or the KPI needs another value above, so that its edit is looked at too."""
    assert set(OTHER_ANSWERS) == set(DataQualityTemplate.model_fields) - NOT_ANSWERS
    assert set(OTHER_FIELDS) == set(Kpi.model_fields) - NOT_ANSWERS


@pytest.mark.parametrize("field", OTHER_ANSWERS)
def test_one_answer_of_a_template_changes_exactly_the_checks_linked_to_it(field: str) -> None:
    """Editing one answer changes the rows of that KPI of every rule that names it, and nothing else in the table."""
    columns = [column for column, answer in ANSWER_OF.items() if answer == field]
    assert changed_by({}, {field: OTHER_ANSWERS[field]}) == linked(*columns)


@pytest.mark.parametrize("field", OTHER_FIELDS)
def test_one_field_of_a_kpi_changes_exactly_the_checks_linked_to_it(field: str) -> None:
    """The same for the KPI's own definition; in the quarter's last month, when its frequency makes no difference."""
    assert changed_by({field: OTHER_FIELDS[field]}, {}) == linked(*({field} & DEFINITION_COLUMNS))


@pytest.mark.parametrize("answer", [{"minimum": ""}, {"maximum": 150}, {"maximum": ""}, {"benchmark_max_age_months": ""}])
def test_an_answer_taken_back_takes_its_checks_with_it(answer: dict[str, Any]) -> None:
    """An answer that is empty, or for which a condition no longer holds, changes its own checks alone."""
    (field,) = answer
    assert changed_by({}, answer) == linked(field)


def test_every_linked_column_is_named_by_a_rule() -> None:
    """A column that no rule names would be carried for nothing, and an answer it holds would drive nothing."""
    assert frozenset[str]().union(*map(named_definitions, RULES.values())) == DEFINITION_COLUMNS


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_which_answer_drives_it(rule: Rule) -> None:
    """A rule that names an answer of the template names it as the field it encodes: reports are read by it."""
    answers = {ANSWER_OF[column] for column in named_definitions(rule) if column in ANSWER_OF}
    assert not answers or rule.meta.dqt_field in answers


def test_a_check_carries_the_answers_it_depends_on() -> None:
    """Parameters are the limits and conditions as the template gives them: figures as exact text, all of it JSON."""
    table = compiled(a_council(minimum="20.50"))
    assert table["observation.below_minimum", "138"].parameters == {"minimum": "20.50"}
    assert table["observation.numerator_above_denominator", "138"].parameters == {"maximum": "100", "unit": "%"}
    assert table["observation.denominator_zero", EVERY_ROW].parameters == {}
    json.dumps([check.parameters for check in table.values()])


def test_a_rule_does_not_apply_where_its_answer_is_missing_or_its_condition_fails() -> None:
    """A KPI whose template says nothing of a limit has no check of it; one that is no percentage has none of those."""
    of_36 = {rule for rule, kpi_ref in compiled(a_council()) if kpi_ref == "36"}
    assert "observation.below_minimum" in of_36
    assert of_36.isdisjoint(linked("maximum", "max_decimals", "needs_numerator", "large_movement_pct", "due_working_day"))


def test_without_a_template_no_limit_is_asked() -> None:
    """Of a KPI without a template, nothing is compiled that needs an answer of it."""
    without = {rule for rule, kpi_ref in compiled(a_register([a_kpi("36")])) if kpi_ref == "36"}
    limits = linked("minimum", "maximum", "max_decimals", "large_movement_pct", "restatement_tolerance_pct", "benchmark_max_age_months")
    assert without.isdisjoint(limits)
    assert "register.template_missing" in {rule for rule, _ in compiled(a_register([a_kpi("36")]))}


def test_a_vital_kpi_has_its_own_severity() -> None:
    """A KPI marked critical gets a row of its own where a rule is severer for it."""
    table = compiled(a_council({"is_critical": "yes"}))
    assert table["observation.nil_without_reason", EVERY_ROW].severity is Severity.WARNING
    assert table["observation.nil_without_reason", "138"].severity is Severity.CRITICAL


def test_the_template_in_force_counts() -> None:
    """Limits are those in force on the last day of the month: a later version changes later months only."""
    versions = [a_template("36", minimum=5, valid_to="2024-10-01"), a_template("36", minimum=7, valid_from="2024-10-01")]
    register = a_register([a_kpi("36")], versions)
    assert compiled(register)["observation.below_minimum", "36"].parameters == {"minimum": "5"}
    assert compiled(register, Month(2024, 10))["observation.below_minimum", "36"].parameters == {"minimum": "7"}


def test_a_kpi_that_is_not_due_has_no_checks() -> None:
    """The frequency decides the months a KPI is checked in at all: a yearly figure is not checked in September."""
    yearly = compiled(a_register([a_kpi("36", frequency="annual")], [a_template("36", minimum=5)]))
    assert {kpi_ref for _, kpi_ref in yearly} == {EVERY_ROW}
    in_march = compiled(a_register([a_kpi("36", frequency="annual")], [a_template("36", minimum=5)]), Month(2025, 3))
    assert ("observation.below_minimum", "36") in in_march


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(sorted(ANSWERS)), unique=True))
def test_checks_of_a_kpi_never_depend_on_another(left_out: list[str]) -> None:
    """Whatever one template answers, the other KPI's checks stay as they are."""
    unanswered: dict[str, Any] = dict.fromkeys(left_out, "")
    others = {key: check for key, check in compiled(a_council(**unanswered)).items() if key[1] != "138"}
    assert others == {key: check for key, check in compiled(a_council()).items() if key[1] != "138"}
