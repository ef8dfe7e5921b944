"""What the observation suite says of a row: a table of cases, all of them rows of one month validated once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.finding import Finding, Severity
from pmf.period import parse_month
from pmf.validation.checks import compile_checks
from pmf.validation.datasets.observations import observation_frame
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from pmf.value import parse_figure
from validation.samples import SEPTEMBER, SUITES, a_file, a_kpi, a_line, a_past, a_problem, a_register, a_return, a_source, a_template

# Kinds of KPI: fields of the register's row, answers of the data-quality template.
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "count": ({"unit": "number"}, {"minimum": 10, "maximum": 1000, "max_decimals": 0, "large_movement_pct": 20}),
    "percentage": (
        {"unit": "%", "decimals": 1, "ratio_multiplier": 100, "aggregation": "ratio"},
        {"minimum": 20, "maximum": 100, "max_decimals": 1, "needs_numerator": True, "large_movement_pct": 10},
    ),
    "share of budget": ({"unit": "%", "decimals": 1, "ratio_multiplier": 100, "aggregation": "ratio"}, {"maximum": 150}),
    "mean wait": ({"unit": "days", "decimals": 1, "aggregation": "ratio"}, {"maximum": 60, "needs_numerator": True}),
    "weighted": ({"unit": "days", "decimals": 1, "aggregation": "weighted"}, {"minimum": 0}),
    "days": ({"unit": "days", "decimals": 2}, {"minimum": -5, "max_decimals": 2}),
    "spent so far": ({"unit": "£", "is_cumulative": True, "aggregation": "last"}, {"large_movement_pct": 150}),
    "vital": ({"is_critical": True}, {}),
    "without template": ({}, {}),
    "from a system": ({"source_id": "loans"}, {}),
    "in development": ({"status_type": "in_development"}, {"minimum": 10}),
    "seasonal": ({"unit": "number"}, {"is_seasonal": True}),
    "touchy": ({"unit": "number"}, {"sensitivity": "high"}),
    "thick-skinned": ({"unit": "number"}, {"sensitivity": "low"}),
    "often nought": ({"unit": "number"}, {"zero_is_plausible": True}),
    "often the same": ({"unit": "number"}, {"repeat_is_plausible": True}),
    "published": ({"unit": "number"}, {"restatement_tolerance_pct": 5}),
    "forecast": (
        {"unit": "%", "decimals": 1, "aggregation": "last"},
        {"forecaster_post": "head-of-libraries", "minimum": 20, "maximum": 100},
    ),
    "forecast sum": ({"unit": "number"}, {"forecaster_post": "head-of-libraries", "maximum": 1000}),
    "forecast running total": (
        {"unit": "£", "is_cumulative": True, "aggregation": "last"},
        {"forecaster_post": "head-of-libraries"},
    ),
    "contextual": (
        {"unit": "number", "status_type": "contextual", "direction": None},
        {"forecaster_post": "head-of-libraries"},
    ),
}

# Monthly figures up to August 2024.
STEADY = "500 510 495 505 498 502 507 499 503 496 501 504"
# Three Septembers to Augusts, Septembers a third of the rest.
SEASON = "330 1020 980 1010 1030 990 970 1000 1030 980 1010 990"
SEASONS = f"{SEASON} {SEASON} {SEASON}"
IN_TIME = "95.1 94.8 95.3 95.0 94.6 95.2 95.1 94.9 95.4 95.0 94.7 95.1"
SPENT = "100 210 305 400 495"


@dataclass(frozen=True)
class Case:
    """One row of a return: the kind of its KPI, what stands in it, the figures before, and the rules it breaks.

    ``before`` lists figures of months running, the last of them of ``before_period``; "-" is none. ``rated`` is the figure the
    month was rated on, with ``rated_comment`` beside it and provisional where ``rated_status`` says so.
    """

    name: str
    kind: str
    line: dict[str, Any] | None
    breaks: str = ""
    before: str | None = None
    before_period: str = "2024-08"
    problem: str | None = None
    second_line: dict[str, Any] | None = field(default=None)
    rated: str | None = None
    rated_comment: str = ""
    rated_status: str = "final"


PARTS = {"numerator": 45, "denominator": 60}
CASES = (
    Case("a count in bounds", "count", {"value": 500}),
    Case("zero is a figure", "often nought", {"value": 0}),
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
    Case("a weighted figure with its weight", "weighted", {"value": "12.5", "denominator": 60}),
    Case("a weighted figure without its weight", "weighted", {"value": "12.5"}, "part_missing"),
    Case("a weighted figure worked out", "weighted", {"numerator": 750, "denominator": 60}),
    Case("a weighted figure of no cases", "weighted", {"value": "12.5", "denominator": 0}, "denominator_zero"),
    Case("a weight and no figure", "weighted", {"denominator": 60}, "part_missing"),
    Case("nothing to divide by", "percentage", {"numerator": 0, "denominator": 0}, "denominator_zero"),
    Case("all of them", "percentage", {"numerator": 60, "denominator": 60}),
    Case("more than all of them", "percentage", {"numerator": 61, "denominator": 60}, "above_maximum numerator_above_denominator"),
    Case("overspent, which may be", "share of budget", {"numerator": 61, "denominator": 60}),
    Case("more days than cases", "mean wait", {"numerator": 61, "denominator": 6}),
    Case("a fraction for a percentage", "share of budget", {"value": "0.955"}, "unit_slip", before="95.1"),
    Case("a fraction in its first month, beside its target", "share of budget", {"value": "0.955"}, "unit_slip"),
    Case("exactly one, a fraction too", "share of budget", {"value": 1}, "unit_slip", before="95.1"),
    Case("a thirtieth of what is usual", "share of budget", {"value": "3.3"}, before="95.1"),
    Case("a percentage that is always small", "share of budget", {"value": "0.9"}, before="1.8"),
    Case("a hundredth of the days", "days", {"value": "0.95"}, "unit_slip", before="95"),
    Case("pence for pounds", "without template", {"value": 50600}, "unit_slip", before=STEADY),
    Case("pence for pounds, explained", "without template", {"value": 50600, "comment": "Yes."}, "unit_slip", before=STEADY),
    Case("thousands for single ones", "without template", {"value": "0.506"}, "unit_slip", before=STEADY),
    Case("pence for pounds, and above the most: said once", "count", {"value": 50600}, "above_maximum", before=STEADY),
    Case("as large last year", "without template", {"value": 506, "comment": "Yes."}, before="480 5 4 6 5"),
    Case("a count in its first month, beside its target", "without template", {"value": 1}),
    Case("nought where it has never been", "without template", {"value": 0, "comment": "None."}, "first_nought", before=STEADY),
    Case("nought where it has been before", "without template", {"value": 0, "comment": "None."}, before=f"0 {STEADY} 500 0"),
    Case("nought where the template lets it pass", "often nought", {"value": 0}, before=STEADY),
    Case("nought of a few", "without template", {"value": 0}, before="3 2 4 3 2 5 3"),
    Case("nought after too few figures", "without template", {"value": 0}, "untried_nought", before="500 510"),
    Case("nought per cent after one figure", "share of budget", {"value": 0}, "untried_nought", before="95.1"),
    Case("nought again, beside a target of 100", "without template", {"value": 0}, "untried_nought", before="0"),
    Case("nought per cent of two cases", "share of budget", {"numerator": 0, "denominator": 2}, before=IN_TIME),
    Case("a running total that begins at nought", "spent so far", {"value": 0}, before="900", before_period="2024-03"),
    Case("as ever", "without template", {"value": 506}, before=STEADY),
    Case("a third more, silent", "without template", {"value": 660}, "out_of_line", before=STEADY),
    Case("a third more, explained", "without template", {"value": 660, "comment": "A book fair."}, before=STEADY),
    Case("half as much again, silent, and the template asks", "count", {"value": 700}, "large_movement", before=STEADY),
    Case("twice as much, silent: withheld, and said once", "count", {"value": 1000}, "far_out_of_line", before=STEADY),
    Case("twice as much, explained", "without template", {"value": 1000, "comment": "A fair."}, "far_out_of_line", before=STEADY),
    Case("twice as much after five figures", "without template", {"value": 1000}, before="500 510 495 505 498"),
    Case("back from one odd month", "without template", {"value": 503}, before=f"{STEADY} 900"),
    Case("a fifth more of a touchy KPI", "touchy", {"value": 605}, "out_of_line", before=STEADY),
    Case("a fifth more of another", "without template", {"value": 605}, before=STEADY),
    Case("a third more of a thick-skinned one", "thick-skinned", {"value": 660}, before=STEADY),
    Case("a low September, as ever", "seasonal", {"value": 340}, before=SEASONS),
    Case("a September too high, silent", "seasonal", {"value": 450}, "out_of_season", before=SEASONS),
    Case("a September too high, explained", "seasonal", {"value": 450, "comment": "Open day."}, before=SEASONS),
    Case("a September like August", "seasonal", {"value": 990, "comment": "Busy."}, "far_out_of_season", before=SEASONS),
    Case("a September like August, were it not seasonal", "without template", {"value": 990}, before=SEASONS),
    Case("the figures do not add up: no more is said", "percentage", PARTS | {"value": 9}, "quotient_disagrees", before=IN_TIME),
    Case("a running total that adds as ever", "spent so far", {"value": 600}, before=f"95 190 290 385 {SPENT}", before_period="2024-08"),
    Case("the same twice", "without template", {"value": 504}, before=STEADY),
    Case("the same four times", "without template", {"value": 504}, "repeated", before=f"{STEADY} 504 504"),
    Case("the same four times, which may be", "often the same", {"value": 504}, before=f"{STEADY} 504 504"),
    Case("the same four times, as so often", "without template", {"value": 5}, before="5 5 5 4 5 5 5 5 6 5 5 5 5"),
    Case(
        "all in time, month after month",
        "forecast",
        {"value": 100, "forecast": 100},
        before="100 100 99 100 100 100 100 98 100 100 100 100",
    ),
    Case("a correction within the tolerance", "published", {"value": 105}, rated="100"),
    Case("a correction beyond it, silent", "published", {"value": 106}, "restated", rated="100"),
    Case("a correction downwards, silent", "published", {"value": 94}, "restated", rated="100"),
    Case(
        "a correction with the comment of then", "published", {"value": 106, "comment": "Up."}, "restated", rated="100", rated_comment="Up."
    ),
    Case("a correction with a comment of its own", "published", {"value": 106, "comment": "Late slips."}, rated="100", rated_comment="Up."),
    Case("a correction with its reason", "published", {"value": 106, "reason": "Counted twice."}, rated="100"),
    Case("a provisional figure made final", "published", {"value": 106}, rated="100", rated_status="provisional"),
    Case("a correction of nought", "published", {"value": 6}, "restated", rated="0"),
    Case("a correction where none is asked about", "without template", {"value": 106}, rated="100"),
    Case("a forecast", "forecast", {"value": 75, "forecast": 76}),
    Case("no forecast", "forecast", {"value": 75}, "forecast_missing"),
    Case("no forecast of a KPI that is not rated", "contextual", {"value": 75}),
    Case("no forecast where nobody makes one", "without template", {"value": 75}),
    Case("a forecast as a fraction", "forecast", {"value": 75, "forecast": "0.76"}, "forecast_unit_slip"),
    Case("a forecast below the least", "forecast", {"value": 25, "forecast": 19}, "forecast_below_minimum"),
    Case("a forecast above the most", "forecast", {"value": 75, "forecast": 101}, "forecast_above_maximum"),
    Case("a forecast of the whole year", "forecast sum", {"value": 505, "forecast": 6000}, before=STEADY),
    Case("a forecast of just what there is", "forecast sum", {"value": 505, "forecast": 3008}, before=STEADY),
    Case("a forecast below what there is", "forecast sum", {"value": 505, "forecast": 3007}, "forecast_below_so_far", before=STEADY),
    Case("a forecast of the year in hundreds", "forecast sum", {"value": 505, "forecast": 60}, "forecast_unit_slip", before=STEADY),
    Case("a forecast of a running total", "forecast running total", {"value": 600, "forecast": 600}, before=SPENT),
    Case(
        "a forecast below a running total", "forecast running total", {"value": 600, "forecast": 599}, "forecast_below_so_far", before=SPENT
    ),
    Case("a forecast beside a figure that is withheld", "forecast", {"value": 9, "forecast": "0.1"}, "below_minimum"),
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


def _past(case: Case) -> list[dict[str, Any]]:
    figures = (case.before or "").split()
    months = [parse_month(case.before_period).plus(place + 1 - len(figures)).key for place in range(len(figures))]
    return [a_past(_ref(case), figure, month) for figure, month in zip(figures, months, strict=True)]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    kpis = [a_kpi(_ref(case), **KINDS[case.kind][0]) for case in CASES]
    nobody = {"forecaster_post": None}
    templates = [a_template(_ref(case), **(nobody | KINDS[case.kind][1])) for case in CASES if KINDS[case.kind][1]]
    no_forecast = {"forecast": None}
    lines = [a_line(_ref(case), 6 + CASES.index(case), **(no_forecast | case.line)) for case in CASES if case.line is not None]
    lines += [a_line(_ref(case), 106 + CASES.index(case), **case.second_line) for case in CASES if case.second_line is not None]
    sourced = [_ref(case) for case in CASES if case.kind == "from a system"]
    register = a_register(kpis, templates, sources=[a_source("loans", *sourced)])
    inputs = a_return(
        register,
        lines,
        problems=[a_problem(_ref(case), case.problem) for case in CASES if case.problem],
        history=[row for case in CASES for row in _past(case)],
        rated=[
            {"kpi_ref": _ref(case), "value": Decimal(case.rated), "comment": case.rated_comment, "status": case.rated_status}
            for case in CASES
            if case.rated is not None
        ],
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
    of_another_day = {"observation.own_day_passed"}  # test_due_day
    assert broken == {rule.rule_id for rule in load_suite(SUITES / "observation.json").rules if rule.meta.scope == "row"} - of_another_day


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


def _found(name: str, findings: list[Finding]) -> Finding:
    case = next(case for case in CASES if case.name == name)
    (finding,) = (finding for finding in findings if finding.kpi_ref == _ref(case))
    return finding


def test_what_is_out_of_line_is_told_with_what_was_to_be_expected(findings: list[Finding]) -> None:
    """The message says the figure before and how far figures have moved so far, in plain words, and the bounds that follow."""
    finding = _found("a third more, silent", findings)
    assert finding.message.endswith(
        "is 660, after 504 in August 2024: its figures have so far moved by at most 15. There is no comment on it."
    )
    assert finding.expected == "between 399 and 630, going by its history, or a comment"
    finding = _found("a September like August", findings)
    assert finding.message.endswith("is 990, after 990 in August 2024: figures of September usually move by about 660.")
    assert finding.expected == "between 260 and 409, going by its history"


def test_a_figure_beyond_a_limit_is_told_with_the_slip_it_looks_like(findings: list[Finding]) -> None:
    """A slip of unit that breaks a limit is one finding, with a hint at what may have happened."""
    finding = _found("pence for pounds, and above the most: said once", findings)
    assert finding.message.endswith("It is about 100 times what is usual: is it in another unit?")


def test_a_year_to_date_figure_is_judged_by_what_the_month_added() -> None:
    """Two years of even months: one that adds thrice as much is out of line, and its bounds are told as totals of the year."""
    register = a_register([a_kpi("FR-01", unit="£", is_cumulative=True, aggregation="last")])
    months = [SEPTEMBER.plus(-place) for place in range(29, 0, -1)]
    scatter = [1000, 1010, 990, 1005, 995]
    history, total = [], 0
    for place, month in enumerate(months):
        total = scatter[place % 5] + (0 if month.month == 4 else total)
        history.append(a_past("FR-01", str(total), month.key))
    rows = [observation_frame(a_return(register, [a_line("FR-01", value=total + more)], history=history)).iloc[0] for more in (1000, 3000)]
    assert [row["out_of_line"] > row["flag_beyond"] for row in rows] == [False, True]
    low, high = (parse_figure(word) for word in rows[1]["likely_text"].replace(",", "").split() if word.startswith("£"))
    assert low is not None
    assert high is not None
    assert total < low < total + 1000 < high < total + 3000


def test_comment_and_forecast_of_a_system_s_figure_are_the_form_s() -> None:
    """A KPI fed by a system is explained and forecast on its service's form, and asked about neither."""
    template = a_template("36", large_movement_pct=20)
    register = a_register([a_kpi("36", source_id="loans")], [template], sources=[a_source("loans", "36")])
    sent = [a_file(), a_file(file_hash="hash-of-loans", channel="loans", file_name="loans.csv")]
    lines = [
        a_line("36", file_hash="hash-of-loans", value=200, forecast=None),
        a_line("36", comment="A book fair.", forecast=2400),
    ]
    (row,) = observation_frame(a_return(register, lines, files=sent, history=[a_past("36", "100")])).to_dict("records")
    assert (row["value"], row["forecast_answer"], row["forecast"]) == (200, "given", 2400)
    assert math.isnan(row["unexplained_movement_pct"])


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
