"""What the register itself is found to lack: signatures, answers, deputies, targets, ambitions, a mix, benchmarks of today."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.register import Kpi, Register, Target
from pmf.register.benchmark import Benchmark
from pmf.register.signing import SigningState, TemplateState
from pmf.register.template import QUESTIONS
from pmf.validation.datasets.register import directorate_frame, register_frame
from pmf.validation.inputs import ReturnInputs
from pmf.validation.points import check_returns
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import SUITES, a_kpi, a_line, a_profile, a_register, a_return, a_target, a_template

KPIS = [a_kpi("36"), a_kpi("37")]
APRIL_3 = date(2024, 4, 3)


def a_state(state: SigningState, kpi_ref: str = "36", **facts: Any) -> TemplateState:
    return TemplateState(kpi_ref=kpi_ref, state=state, **facts)


def a_month(*states: TemplateState, **register: Any) -> ReturnInputs:
    register = {"kpis": KPIS, "templates": [a_template(kpi.kpi_ref) for kpi in KPIS]} | register
    lines = [a_line(kpi.kpi_ref, 6 + number, value=100) for number, kpi in enumerate(KPIS)]
    return a_return(a_register(**register), lines, template_states={state.kpi_ref: state for state in states})


def found(inputs: ReturnInputs) -> list[Finding]:
    return list(run_suite(load_suite(SUITES / "register.json"), register_frame(inputs)).findings)


SIGNED_BY = {"post": "head-of-libraries", "signed_on": APRIL_3, "signed_for": "2023/24", "digest": "0" * 16}


@pytest.mark.parametrize(
    ("state", "rule", "words"),
    [
        (
            a_state(SigningState.UNSIGNED),
            "register.template_unsigned",
            "has never been signed.",
        ),
        (
            a_state(SigningState.EXPIRED, **SIGNED_BY),
            "register.template_expired",
            "was signed for 2023/24, not yet for 2024/25.",
        ),
        (
            a_state(SigningState.CHANGED, changed=("method", "large_movement_pct"), **SIGNED_BY),
            "register.template_changed",
            "was changed after Head of libraries signed it on 3 April 2024: method, large movement pct.",
        ),
        (
            a_state(SigningState.CHANGED, **(SIGNED_BY | {"post": "a-post-that-is-gone"})),
            "register.template_changed",
            "was changed after a-post-that-is-gone signed it on 3 April 2024: what, the register of that day does not say.",
        ),
    ],
    ids=["unsigned", "expired", "changed", "changed, nobody knows how"],
)
def test_a_template_that_is_not_signed_as_it_stands_blocks_publication(state: TemplateState, rule: str, words: str) -> None:
    """Each state has its own finding: a warning that withholds nothing, and what to do in plain words."""
    (finding,) = found(a_month(state))
    assert (finding.rule_id, finding.kpi_ref, finding.message) == (
        rule,
        "36",
        f"The data-quality template of KPI 36 (Indicator 36) {words}",
    )
    assert (finding.severity, finding.scope) == (Severity.WARNING, Scope.PUBLICATION)
    assert finding.fix.startswith("Service manager: ")
    result = check_returns(a_month(state), suites=SUITES)
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FLAG, frozenset())
    assert [item.rule_id for item in result.blocking] == [rule]
    assert replace(result, waived={(rule, "36")}).blocking == ()


def test_a_signed_template_is_nothing_to_tell() -> None:
    """Signed templates, and KPIs nothing is known of, are not found."""
    assert found(a_month(a_state(SigningState.SIGNED, **SIGNED_BY))) == []


def test_a_kpi_without_a_template_is_found_once() -> None:
    """What is not there cannot be unsigned: its missing is the one finding."""
    inputs = a_month(a_state(SigningState.MISSING), templates=[a_template("37")])
    assert [finding.rule_id for finding in found(inputs)] == ["register.template_missing"]


def test_a_target_changed_in_the_year_says_why() -> None:
    """Without a reason the change is flagged with both figures and its day; with one, or approved before the year, it is not."""
    first = Target.model_validate({"kpi_ref": "36", "valid_from": date(2024, 4, 1), "valid_to": date(2024, 7, 1), "target": "100"})
    second = {"kpi_ref": "36", "valid_from": date(2024, 7, 1), "target": "120"}

    def told(**facts: Any) -> list[tuple[str, str, str]]:
        targets = [first, Target.model_validate(second | facts), a_target("37")]
        return [(item.rule_id, item.scope, item.message) for item in found(a_month(targets=targets))]

    words = "was changed from 100 to 120 on 1 July 2024, within the financial year, and nobody has said why."
    assert told() == [("register.target_change_unexplained", "row", f"The target of KPI 36 (Indicator 36) {words}")]
    assert told(reason="More staff.") == []
    assert told(approved_on=date(2024, 3, 28)) == []


WITH_AMBITIONS = {"ambitions": [{"id": "1", "text": "Greener"}], "ambition_term": "Priority"}


@dataclass(frozen=True)
class Case:
    """A KPI of its own: its fields, its template's answers, and the rules that find something in it."""

    what: str
    kpi: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    broken: str = ""
    has_target: bool = True
    benchmarks: tuple[str, ...] = ()


# The day that these cases are checked on is that of the review.
SUSPENDED = {"status_type": "suspended", "suspended_reason": "A new system.", "review_on": "2024-10-09"}
NATIONAL = {"has_national_definition": "yes"}
CASES = (
    Case("nothing is lacking"),
    Case("all questions open", answers=dict.fromkeys(QUESTIONS, ""), broken="template_unanswered"),
    Case("access not confirmed", answers={"access_confirmed": "no"}, broken="access_unconfirmed"),
    Case("not confirmed while in development", {"status_type": "in_development"}, {"access_confirmed": "no"}),
    Case("covers for itself", answers={"cover_post": "libraries-officer"}, broken="cover_is_collector"),
    Case("an unknown post", answers={"cover_post": "nobody-of-ours"}, broken="post_unknown"),
    Case("deputy is holder", {"deputy_post": "libraries-officer"}, broken="nobody_stands_in"),
    Case("another holder", {"holder_post": "head-of-highways"}),
    Case("holder is the service's deputy", {"holder_post": "head-of-libraries"}, broken="nobody_stands_in"),
    Case("suspended in July", SUSPENDED | {"valid_from": date(2024, 7, 1)}),
    Case("review due the day before", SUSPENDED | {"valid_from": date(2024, 7, 1), "review_on": "2024-10-08"}, broken="review_overdue"),
    Case("suspended in June", SUSPENDED | {"valid_from": date(2024, 6, 30)}, broken="suspended_long"),
    Case("rated with an old review", {"review_on": "2024-05-01"}),
    Case("neither target nor reason", has_target=False, broken="target_missing"),
    Case("the reason for no target", {"no_target_reason": "First year."}, has_target=False),
    Case("contextual, no target", {"status_type": "contextual"}, has_target=False),
    Case("serves no ambition", {"ambition_ids": ""}, broken="ambition_missing"),
    Case("operational, serves none", {"ambition_ids": "", "level": "operational"}),
    Case("just young enough", NATIONAL, {"benchmark_max_age_months": 18}, benchmarks=("FY2022-23",)),
    Case("a month too old", NATIONAL, {"benchmark_max_age_months": 17}, "benchmark_out_of_date", benchmarks=("FY2022-23",)),
    Case("the newest counts", NATIONAL, {"benchmark_max_age_months": 3}, benchmarks=("FY2022-23", "2024-25-Q1")),
    Case("a period not yet ended", NATIONAL, {"benchmark_max_age_months": 1}, benchmarks=("FY2024-25",)),
    Case("no limit to its age", NATIONAL, benchmarks=("FY2012-13",)),
    Case("no benchmark, none out of date", NATIONAL, {"benchmark_max_age_months": 1}),
    Case("benchmarked without a definition", benchmarks=("FY2022-23", "FY2023-24"), broken="benchmark_without_definition"),
    *(Case(f"open: {name}", answers={name: ""}, broken="template_unanswered") for name in QUESTIONS),
)


def _ref(case: Case) -> str:
    return f"K{CASES.index(case)}"


def a_benchmark(kpi_ref: str, period: str) -> Benchmark:
    content = {"area": "England", "kind": "national", "value": "71.5", "source": "Library statistics"}
    return Benchmark.model_validate(content | {"kpi_ref": kpi_ref, "period": period})


def a_register_of_cases(**profile: Any) -> Register:
    register = a_register(
        [a_kpi(_ref(case), **({"ambition_ids": "1"} | case.kpi)) for case in CASES],
        [a_template(_ref(case), **case.answers) for case in CASES],
        [a_target(_ref(case)) for case in CASES if case.has_target],
        profile=a_profile(**profile),
    )
    return replace(register, benchmarks=tuple(a_benchmark(_ref(case), period) for case in CASES for period in case.benchmarks))


@pytest.fixture(scope="module")
def of_cases() -> dict[str, list[Finding]]:
    findings: dict[str, list[Finding]] = {}
    for finding in found(a_return(a_register_of_cases(**WITH_AMBITIONS), [])):
        findings.setdefault(str(finding.kpi_ref), []).append(finding)
    return findings


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_each_thing_lacking_is_found_once(case: Case, of_cases: dict[str, list[Finding]]) -> None:
    """What a definition or a template lacks is one finding that withholds nothing; what just suffices is none."""
    findings = of_cases.get(_ref(case), [])
    assert [finding.rule_id for finding in findings] == ([f"register.{case.broken}"] if case.broken else [])
    assert {finding.severity for finding in findings} <= {Severity.WARNING}


def message(of_cases: dict[str, list[Finding]], what: str) -> str:
    (finding,) = of_cases[next(_ref(case) for case in CASES if case.what == what)]
    return finding.message.partition(") ")[2]


def test_what_is_lacking_is_told_in_words(of_cases: dict[str, list[Finding]]) -> None:
    """Open questions are named, ages told in months, and an ambition called what the council calls it."""
    assert message(of_cases, "open: method") == "leaves questions open: how the result is calculated."
    assert all(words in message(of_cases, "all questions open") for words in QUESTIONS.values())
    assert message(of_cases, "serves no ambition") == "is strategic and names no priority that it serves."
    told = "is about 2022/23, which ended 18 months before September 2024 did: more than the 17 its data-quality template allows."
    assert message(of_cases, "a month too old") == told
    assert message(of_cases, "review due the day before") == "is suspended, and its review was due on 8 October 2024."
    assert message(of_cases, "suspended in June") == "has been suspended for 4 months up to September 2024: longer than a quarter."


def test_a_new_reason_does_not_begin_a_suspension_anew() -> None:
    """A suspension prolonged in a version of its own runs on from the first; one after a time of being rated does not."""
    first = {"valid_from": date(2024, 4, 1), "valid_to": date(2024, 8, 1)}
    second = a_kpi("36", **SUSPENDED, valid_from=date(2024, 8, 1))
    rest = {"templates": [a_template("36")], "targets": [a_target("36")]}
    (finding,) = found(a_month(kpis=[a_kpi("36", **SUSPENDED, **first), second], **rest))
    assert (finding.rule_id, finding.found) == ("register.suspended_long", "6")
    assert found(a_month(kpis=[a_kpi("36", **first), second], **rest)) == []


def test_a_council_without_ambitions_is_asked_for_none() -> None:
    """Where the profile lists no ambitions, no KPI lacks one."""
    assert "register.ambition_missing" not in {finding.rule_id for finding in found(a_return(a_register_of_cases(), []))}


def of_directorates(kpis: list[Kpi], **quality: Any) -> list[str]:
    profile = a_profile(quality={"withheld_share_max_pct": 25} | quality)
    frame = directorate_frame(a_return(a_register(kpis, profile=profile), []))
    return [finding.message for finding in run_suite(load_suite(SUITES / "directorate.json"), frame).findings]


def strategic(count: int, **fields: Any) -> list[Kpi]:
    return [a_kpi(f"S{number}", **fields) for number in range(count)] + [a_kpi("O1", level="operational", lead_lag="leading")]


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "has 1 strategic KPIs in September 2024; the framework means it to have 2 or more."), (2, None), (3, None), (4, "3 or fewer.")],
)
def test_a_directorate_has_about_as_many_strategic_kpis_as_the_framework_means(count: int, words: str | None) -> None:
    """Bounds are part of the number; what is found is about the directorate, once, and not about each KPI."""
    messages = of_directorates(strategic(count), strategic_least=2, strategic_most=3)
    assert len(messages) == bool(words)
    assert not words or (messages[0].startswith("Place ") and messages[0].endswith(words))


def test_a_directorate_is_measured_by_both_kinds_where_the_framework_asks() -> None:
    """Leading and lagging, and about money and not, among its strategic KPIs; operational ones do not count."""
    assert of_directorates(strategic(2), strategic_mix=["lead_lag"]) == [
        "None of the 2 strategic KPIs of Place in September 2024 is leading; the framework asks for a mix."
    ]
    both = [a_kpi("1", lead_lag="leading", is_financial="yes"), a_kpi("2")]
    assert of_directorates(both, strategic_mix=["lead_lag", "is_financial"]) == []
    assert "is leading or financial;" in of_directorates(strategic(2), strategic_mix=["lead_lag", "is_financial"])[0]
    assert of_directorates(strategic(0), strategic_mix=["lead_lag"]) == []


def test_a_council_whose_framework_says_nothing_is_asked_nothing() -> None:
    """Without bounds and mix in the profile, neither is checked."""
    assert of_directorates(strategic(1)) == []
