"""What the register itself is found to lack: signatures of data-quality templates, and reasons for targets changed in the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.register import Target
from pmf.register.signing import SigningState, TemplateState
from pmf.validation.datasets.register import register_frame
from pmf.validation.inputs import ReturnInputs
from pmf.validation.points import check_returns
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import SUITES, a_kpi, a_line, a_register, a_return, a_target, a_template

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
