"""The gate: pass, flag, fail, and what is withheld."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.finding import Dimension, Finding, Outcome, Scope, Severity
from pmf.validation.gate import Decision, decide

NONE: frozenset[tuple[str, str]] = frozenset()


def a_finding(
    kpi_ref: str | None = "36", severity: str = "critical", scope: str = "row", rule_id: str = "observation.below_minimum"
) -> Finding:
    return Finding(
        rule_id=rule_id,
        severity=Severity(severity),
        scope=Scope(scope),
        dimension=Dimension.ACCURACY,
        message="No return has come in.",
        fix="Send it in.",
        kpi_ref=kpi_ref,
    )


def decided(*findings: Finding, due: int = 20, waived: Any = NONE, tolerance: str = "10") -> Decision:
    return decide(findings, due=due, waived=waived, tolerance_pct=Decimal(tolerance))


def withheld(count: int) -> list[Finding]:
    return [a_finding(f"K{number}") for number in range(count)]


def test_nothing_found_passes() -> None:
    """A month without findings passes, and the reason says how many figures were due."""
    decision = decided()
    assert (decision.outcome, decision.reason) == (Outcome.PASS, "Passed: 20 figures due, nothing found.")


def test_nothing_due_passes() -> None:
    """A month in which nothing is due passes and divides by nothing."""
    assert decided(due=0).reason == "Passed: nothing was due."


def test_a_figure_withheld_where_none_is_due_fails() -> None:
    """No share of nothing is tolerable."""
    assert decided(a_finding(), due=0).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("count", "due", "tolerance", "outcome"),
    [
        (2, 20, "10", Outcome.FLAG),
        (3, 20, "10", Outcome.FAIL),
        (1, 3, "33.3333", Outcome.FAIL),
        (1, 3, "33.3334", Outcome.FLAG),
        (1, 20, "0", Outcome.FAIL),
        (20, 20, "100", Outcome.FLAG),
    ],
)
def test_the_share_withheld_may_reach_the_tolerance_and_not_pass_it(count: int, due: int, tolerance: str, outcome: Outcome) -> None:
    """Exactly the tolerated share flags; anything more fails. Shares are compared exactly."""
    decision = decided(*withheld(count), due=due, tolerance=tolerance)
    assert decision.outcome is outcome
    assert len(decision.withheld_refs) == count


def test_a_kpi_is_withheld_once_however_much_is_wrong_with_it() -> None:
    """Three findings on one KPI withhold one figure."""
    decision = decided(*[a_finding(rule_id=f"observation.rule_{number}") for number in range(3)])
    assert decision.withheld_refs == {"36"}
    assert (decision.failed, decision.flagged) == (3, 0)


def test_a_warning_flags_and_withholds_nothing() -> None:
    """A warning is something to look at, and the figure is used."""
    decision = decided(a_finding(severity="warning"))
    assert (decision.outcome, decision.withheld_refs, decision.flagged) == (Outcome.FLAG, frozenset(), 1)
    assert decision.reason == "Flagged: 1 finding to look at."


def test_a_finding_on_the_batch_fails_the_run() -> None:
    """A critical finding on the whole batch fails the run, in the finding's own words."""
    decision = decided(a_finding(None, scope="batch"))
    assert (decision.outcome, decision.reason) == (Outcome.FAIL, "Failed: No return has come in.")
    assert decision.withheld_refs == frozenset()


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_a_finding_on_publication_withholds_nothing(severity: str) -> None:
    """What only stops publication never hides a figure or its colour."""
    decision = decided(a_finding(severity=severity, scope="publication"), tolerance="0")
    assert (decision.outcome, decision.withheld_refs) == (Outcome.FLAG, frozenset())
    assert decision.reason == "Flagged: 1 finding to clear before publication."


def test_the_reason_names_all_that_stands() -> None:
    """One sentence says what is withheld, what to look at and what to clear."""
    decision = decided(a_finding(), a_finding("37", "warning"), a_finding("38", "warning", "publication"))
    assert decision.reason == "Flagged: 1 of 20 figures due withheld, 1 other finding to look at, 1 finding to clear before publication."


def test_a_waived_finding_counts_for_nothing_but_is_told() -> None:
    """A waiver lets the figure through, and the reason says so."""
    decision = decided(a_finding(), waived={("observation.below_minimum", "36")})
    assert decision == Decision(
        outcome=Outcome.PASS,
        reason="Passed: 20 figures due, nothing found; 1 finding waived.",
        withheld_refs=frozenset(),
        failed=0,
        flagged=0,
    )


def test_a_waiver_covers_its_own_rule_and_kpi_only() -> None:
    """Waiving one finding of a KPI leaves its others, and other KPIs', as they are."""
    findings = [a_finding(), a_finding(rule_id="observation.above_maximum"), a_finding("37")]
    assert decided(*findings, waived={("observation.below_minimum", "36")}).withheld_refs == {"36", "37"}


def test_a_finding_about_no_kpi_is_waived_by_a_star() -> None:
    """A finding on the whole batch is waived under "*"."""
    finding = a_finding(None, scope="batch", rule_id="return.any_came_in")
    assert decided(finding, waived={("return.any_came_in", "*")}).outcome is Outcome.PASS


@given(
    st.lists(
        st.builds(
            a_finding,
            st.sampled_from(["36", "37", None]),
            st.sampled_from(Severity),
            st.sampled_from(Scope),
            st.sampled_from(["a.b", "c.d"]),
        )
    ),
    st.integers(0, 5),
)
def test_the_order_of_findings_changes_neither_outcome_nor_counts(findings: list[Finding], due: int) -> None:
    """A decision does not depend on which finding came first."""
    one, other = decided(*findings, due=due), decided(*reversed(findings), due=due)
    assert (one.outcome, one.withheld_refs, one.failed, one.flagged) == (other.outcome, other.withheld_refs, other.failed, other.flagged)
    assert one.failed + one.flagged == len(findings)


@given(st.integers(0, 60), st.integers(1, 60), st.decimals(0, 100, places=4))
def test_more_tolerance_never_fails_what_less_let_through(count: int, due: int, tolerance: Decimal) -> None:
    """A month that passes at one tolerance passes at any greater one."""
    if decided(*withheld(count), due=due, tolerance=str(tolerance)).outcome is not Outcome.FAIL:
        assert decided(*withheld(count), due=due, tolerance=str(tolerance + 1)).outcome is not Outcome.FAIL
