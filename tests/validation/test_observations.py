"""What the observation suite says of a row: a table of cases, all of them rows of one month validated once."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.finding import Finding, Severity
from pmf.validation.checks import compile_checks
from pmf.validation.datasets.observations import observation_frame
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import SUITES, a_kpi, a_line, a_past, a_problem, a_register, a_return, a_source, a_template

# Kinds of KPI: fields of the register's row, answers of the data-quality template.
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "count": ({"unit": "number"}, {"minimum": 10, "maximum": 1000, "max_decimals": 0, "large_movement_pct": 20}),
    "percentage": (
        {"unit": "%", "decimals": 1, "ratio_multiplier": 100, "aggregation": "ratio"},
        {"minimum": 20, "maximum": 100, "max_decimals": 1, "needs_numerator": True, "large_movement_pct": 10},
    ),
    "share of budget": ({"unit": "%", "decimals": 1, "ratio_multiplier": 100, "aggregation": "ratio"}, {"maximum": 150}),
    "mean wait": ({"unit": "days", "decimals": 1, "aggregation": "ratio"}, {"maximum": 60, "needs_numerator": True}),
    "days": ({"unit": "days", "decimals": 2}, {"minimum": -5, "max_decimals": 2}),
    "spent so far": ({"unit": "£", "is_cumulative": True, "aggregation": "last"}, {"large_movement_pct": 150}),
    "vital": ({"is_critical": True}, {}),
    "without template": ({}, {}),
    "from a system": ({"source_id": "loans"}, {}),
    "in development": ({"status_type": "in_development"}, {"minimum": 10}),
}


@dataclass(frozen=True)
class Case:
    """One row of a return: the kind of its KPI, what stands in it, the figure before, and the rules it breaks."""

    name: str
    kind: str
    line: dict[str, Any] | None
    breaks: str = ""
    before: str | None = None
    before_period: str = "2024-08"
    problem: str | None = None
    second_line: dict[str, Any] | None = field(default=None)


PARTS = {"numerator": 45, "denominator": 60}
CASES = (
    Case("a count in bounds", "count", {"value": 500}),
    Case("zero is a figure", "without template", {"value": 0}),
    Case("at the least plausible", "count", {"value": 10}),
    Case("below the least plausible", "count", {"value": 9}, "below_minimum"),
    Case("below nought but in bounds", "days", {"value": -5}),
    Case("just below a negative least", "days", {"value": "-5.01"}, "below_minimum"),
    Case("at the most plausible", "count", {"value": 1000}),
    Case("above the most plausible", "count", {"value": 1001}, "above_maximum"),
    Case(
        "a hair above, in the fifteenth digit",
        "percentage",
        {"numerator": "100.000000000001", "denominator": 100},
        "above_maximum numerator_above_denominator",
    ),
    Case("no template, no limits", "without template", {"value": "-1234567.891"}),
    Case("a count that is not whole", "count", {"value": "12.5"}, "too_many_decimals"),
    Case("a count with a trailing nought", "count", {"value": "12.0"}),
    Case("as many decimals as allowed", "days", {"value": "1.25"}),
    Case("more decimals than allowed", "days", {"value": "1.255"}, "too_many_decimals"),
    Case("only numerator and denominator", "percentage", PARTS),
    Case("figure, numerator and denominator agree", "percentage", PARTS | {"value": 75}),
    Case("typed to the printed decimal", "percentage", {"numerator": 2, "denominator": 3, "value": "66.7"}),
    Case("exactly half a unit off", "percentage", {"numerator": "7995", "denominator": 10000, "value": 80}),
    Case(
        "a trace more than half a unit off",
        "percentage",
        {"numerator": "79949999", "denominator": 100000000, "value": 80},
        "quotient_disagrees",
    ),
    Case("figure and parts disagree", "percentage", PARTS | {"value": "57.0"}, "quotient_disagrees"),
    Case("figure without its parts", "percentage", {"value": "75.5"}, "parts_required"),
    Case("no denominator", "percentage", {"value": 75, "numerator": 45}, "part_missing"),
    Case("a numerator alone where none is asked", "days", {"numerator": 45}, "part_missing"),
    Case("nothing to divide by", "percentage", {"numerator": 0, "denominator": 0}, "denominator_zero"),
    Case("all of them", "percentage", {"numerator": 60, "denominator": 60}),
    Case("more than all of them", "percentage", {"numerator": 61, "denominator": 60}, "above_maximum numerator_above_denominator"),
    Case("overspent, which may be", "share of budget", {"numerator": 61, "denominator": 60}),
    Case("more days than cases", "mean wait", {"numerator": 61, "denominator": 6}),
    Case("a fraction for a percentage", "share of budget", {"value": "0.955"}, "looks_like_a_fraction", before="95.1"),
    Case("a fraction in its first month, beside its target", "share of budget", {"value": "0.955"}, "looks_like_a_fraction"),
    Case("exactly one, a fraction too", "share of budget", {"value": 1}, "looks_like_a_fraction", before="95.1"),
    Case("just more than one, no fraction", "share of budget", {"value": "1.0005"}, before="95.1"),
    Case("a percentage that is always small", "share of budget", {"value": "0.9"}, before="1.8"),
    Case("nought per cent", "share of budget", {"value": 0}, before="95.1"),
    Case("a fraction of a day", "days", {"value": "0.95"}, before="95"),
    Case("as large a movement as is usual", "count", {"value": 120}, before="100"),
    Case("a large movement, silent", "count", {"value": 121}, "large_movement", before="100"),
    Case("a large movement, explained", "count", {"value": 121, "comment": "School holidays."}, before="100"),
    Case("a large fall", "count", {"value": 79}, "large_movement", before="100"),
    Case("from nought no percentage can be told", "count", {"value": 79}, before="0"),
    Case("a running total that grows", "spent so far", {"value": 200}, before="100"),
    Case("a running total that stays", "spent so far", {"value": 100}, before="100"),
    Case("a running total that falls", "spent so far", {"value": 99}, "cumulative_falls", before="100"),
    Case("a running total in a new year", "spent so far", {"value": 10}, before="900", before_period="2024-03"),
    Case("a figure that falls and may", "without template", {"value": 99}, before="100"),
    Case("neither figure nor reason", "count", {}, "figure_or_reason"),
    Case("a word for no figure", "count", {"raw": {"value": "TBC"}}, "figure_or_reason"),
    Case("nil return with a reason", "count", {"not_available": True, "reason": "System change."}),
    Case("nil return without a reason", "count", {"not_available": True}, "nil_without_reason"),
    Case("nil return of a vital KPI without a reason", "vital", {"not_available": True}, "nil_without_reason"),
    Case("not available, and yet a figure", "count", {"not_available": True, "reason": "Late.", "value": 9}, "not_available_with_figure"),
    Case("the row is gone", "count", None, "row_present"),
    Case("the row stands there twice, alike", "count", {"value": 50}, second_line={"value": 50}),
    Case("the row stands there twice, unlike", "count", {"value": 50}, "stated_once", second_line={"value": 60}),
    Case("a figure that cannot be read is the cell suite's", "count", {"raw": {"value": "see email"}}, problem="value"),
    Case("a forecast that cannot be read hides no figure", "count", {"value": 9}, "below_minimum", problem="forecast"),
    Case("taken back by the performance team", "count", {"is_withdrawn": True, "reason": "Counted twice."}, "withdrawn"),
    Case("a system that has given nothing", "from a system", None, "source_missing"),
    Case("a comment on the form states no figure of a system", "from a system", {"comment": "Busy."}, "source_missing"),
    Case("nor does a figure typed there", "from a system", {"value": 500}, "source_missing"),
    Case("nothing is asked while in development", "in development", {}),
    Case("nor is a row", "in development", None),
    Case("what comes in all the same is checked", "in development", {"value": 9}, "below_minimum"),
)


def _ref(case: Case) -> str:
    return f"K{CASES.index(case)}"


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    kpis = [a_kpi(_ref(case), **KINDS[case.kind][0]) for case in CASES]
    templates = [a_template(_ref(case), **KINDS[case.kind][1]) for case in CASES if KINDS[case.kind][1]]
    lines = [a_line(_ref(case), 6 + CASES.index(case), **case.line) for case in CASES if case.line is not None]
    lines += [a_line(_ref(case), 106 + CASES.index(case), **case.second_line) for case in CASES if case.second_line is not None]
    sourced = [_ref(case) for case in CASES if case.kind == "from a system"]
    register = a_register(kpis, templates, sources=[a_source("loans", *sourced)])
    inputs = a_return(
        register,
        lines,
        problems=[a_problem(_ref(case), case.problem) for case in CASES if case.problem],
        history=[a_past(_ref(case), case.before, case.before_period) for case in CASES if case.before],
    )
    suite = load_suite(SUITES / "observation.json")
    result = run_suite(suite, observation_frame(inputs), compile_checks(register, inputs.month, [suite]))
    return list(result.findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_row_breaks_the_rules_it_should_and_no_other(case: Case, findings: list[Finding]) -> None:
    """A row is found guilty of exactly the rules its case names."""
    broken = {finding.rule_id.removeprefix("observation.") for finding in findings if finding.kpi_ref == _ref(case)}
    assert broken == set(case.breaks.split())


def test_every_row_rule_has_a_row_that_breaks_it() -> None:
    """The table of cases leaves out no rule of the suite that is about a row."""
    broken = {f"observation.{rule}" for case in CASES for rule in case.breaks.split()}
    assert broken == {rule.rule_id for rule in load_suite(SUITES / "observation.json").rules if rule.meta.scope == "row"}


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("nil return without a reason", Severity.WARNING),
        ("nil return of a vital KPI without a reason", Severity.CRITICAL),
        ("more decimals than allowed", Severity.WARNING),
        ("a count that is not whole", Severity.CRITICAL),
    ],
)
def test_a_rule_is_severer_where_its_definition_says_so(name: str, severity: Severity, findings: list[Finding]) -> None:
    """The same rule withholds one KPI and flags another, as the register and its template say."""
    case = next(case for case in CASES if case.name == name)
    assert [finding.severity for finding in findings if finding.kpi_ref == _ref(case)] == [severity]


def test_a_finding_says_where_what_and_what_to_do(findings: list[Finding]) -> None:
    """A finding names file, sheet and cell, what stands there, what should, and what its reader is to do."""
    case = next(case for case in CASES if case.name == "figure and parts disagree")
    finding = next(finding for finding in findings if finding.kpi_ref == _ref(case))
    row = 6 + CASES.index(case)
    assert (finding.file_name, finding.where) == ("libraries.xlsx", f"Return!G{row}")
    assert (finding.found, finding.expected) == ("57.0", "75%")
    assert finding.message.startswith(f"KPI {_ref(case)} (Indicator {_ref(case)}) is given as 57.0, but numerator and denominator")
    assert finding.fix.startswith("Correct the figure, the numerator or the denominator")


def test_a_missing_part_is_named_with_its_cell(findings: list[Finding]) -> None:
    """Where one of numerator and denominator is missing, the finding points at the empty one."""
    case = next(case for case in CASES if case.name == "no denominator")
    finding = next(finding for finding in findings if finding.kpi_ref == _ref(case))
    assert finding.cell == f"I{6 + CASES.index(case)}"
    assert "has no denominator" in finding.message


def test_figures_are_compared_with_the_latest_earlier_one() -> None:
    """Nil returns and later months are passed over, whatever order the rows come in."""
    register = a_register([a_kpi("36")])
    history = [a_past("36", "60", "2024-06"), a_past("36", "100", "2024-07"), a_past("36", None), a_past("36", "60", "2024-09")]
    for rows in (history, history[::-1]):
        (row,) = observation_frame(a_return(register, [a_line("36", value=110)], history=rows)).to_dict("records")
        assert (row["previous"], row["previous_label"], row["unexplained_movement_pct"]) == (100, "July 2024", 10)


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**9), 10**9, places=4))
def test_a_frame_keeps_the_order_of_figures(one: Decimal, other: Decimal) -> None:
    """Figures become doubles without two of them changing places or falling together."""
    frame = observation_frame(a_return(a_register([a_kpi("1"), a_kpi("2")]), [a_line("1", value=one), a_line("2", value=other)]))
    first, second = frame["value"]
    assert (first < second, first == second) == (one < other, one == other)
