"""The limits of a check in words, and the list of checks as people read it."""

from __future__ import annotations

from typing import Any

import pytest

from pmf.finding import Severity
from pmf.validation import limits
from pmf.validation.checklist import CheckLine, check_lines
from pmf.validation.checks import EVERY_ROW, Check, compile_checks
from pmf.validation.definitions import DEFINITION_COLUMNS
from pmf.validation.limits import limits_in_words
from pmf.validation.suites import load_suites
from validation.samples import SEPTEMBER, SUITES, a_kpi, a_register, a_template

ALL_SUITES = load_suites(SUITES)


def in_words(parameters: dict[str, Any], **kpi: Any) -> str:
    check = Check(rule_id="observation.any", kpi_ref="36", parameters=parameters, severity=Severity.WARNING)
    return limits_in_words(check, a_kpi("36", **kpi))


@pytest.mark.parametrize(
    ("parameters", "kpi", "words"),
    [
        ({"maximum": "100"}, {"unit": "%"}, "at most 100%"),
        ({"minimum": "1200000"}, {}, "at least 1,200,000"),
        ({"minimum": "-5"}, {"unit": "%"}, "at least −5%"),
        ({"maximum": "30000000"}, {"unit": "£"}, "at most £30,000,000"),
        ({"maximum": "0.5"}, {"unit": "days"}, "at most 0.5 days"),
        ({"unit": "%", "maximum": "100"}, {"unit": "%"}, "at most 100%; unit: %"),
        ({"max_decimals": 0}, {}, "whole numbers"),
        ({"max_decimals": 2}, {}, "decimal places: at most 2"),
        ({"large_movement_pct": "12.5"}, {}, "a movement of up to 12.5% unexplained"),
        ({"zero_is_plausible": False}, {}, "nought is asked about"),
        ({"due_working_day": 12}, {}, "from the 12th working day"),
        ({"due_working_day": 22}, {}, "from the 22nd working day"),
        ({"benchmark_max_age_months": 24}, {}, "at most 24 months old"),
        ({"status_type": "in_development"}, {}, "in development"),
        ({"maximum": None}, {}, ""),
        ({}, {}, ""),
    ],
)
def test_limits_are_told_in_words(parameters: dict[str, Any], kpi: dict[str, Any], words: str) -> None:
    """Figures are printed in the KPI's unit, answers as what they mean; what depends on nothing has no limits."""
    assert in_words(parameters, **kpi) == words


def test_every_answer_a_check_may_depend_on_has_words() -> None:
    """A column without words would be left out of what people read."""
    assert set(limits._WORDS) == DEFINITION_COLUMNS


KPIS = [a_kpi("36", is_critical="yes"), a_kpi("37"), a_kpi("H1", service_id="highways")]
REGISTER = a_register(KPIS, [a_template("36", minimum=5), a_template("H1", maximum=9)])


def lines(**filters: str) -> tuple[CheckLine, ...]:
    return check_lines(REGISTER, SEPTEMBER, ALL_SUITES, **filters)


def test_the_list_holds_every_compiled_check() -> None:
    """One line for each row of the compiled table, in its order, with the words of the suite."""
    all_lines = lines()
    compiled = compile_checks(REGISTER, SEPTEMBER, ALL_SUITES)
    assert [(line.rule_id, line.kpi_ref or EVERY_ROW) for line in all_lines] == [(check.rule_id, check.kpi_ref) for check in compiled]
    (line,) = [line for line in all_lines if line.rule_id == "observation.below_minimum"]
    assert (line.kpi_ref, line.title, line.severity, line.limits) == ("36", "Indicator 36", "critical", "at least 5")
    assert (line.dimension, line.dqt_field) == ("accuracy", "minimum")
    assert line.description.startswith("The figure is not below the least")


def test_the_list_of_a_kpi_holds_its_own_checks_and_those_of_every_kpi() -> None:
    """Where a KPI has a line of its own of a rule, the one for every KPI is left out; services and files are no KPI's."""
    own = [line for line in lines(kpi_ref="36") if line.rule_id == "observation.nil_without_reason"]
    assert [(line.kpi_ref, line.severity) for line in own] == [("36", "critical")]
    others = [line for line in lines(kpi_ref="37") if line.rule_id == "observation.nil_without_reason"]
    assert [(line.kpi_ref, line.severity) for line in others] == [("", "warning")]
    suites = {line.rule_id.partition(".")[0] for line in lines(kpi_ref="36")}
    assert {"register", "observation", "rating", "commentary"} == suites


def test_the_list_of_a_service_holds_its_kpis() -> None:
    """A service's list has its KPIs and no others; a rule's list that rule alone."""
    assert {line.kpi_ref for line in lines(service_id="highways")} == {"", "H1"}
    assert {line.kpi_ref for line in lines(rule_id="observation.above_maximum")} == {"H1"}
