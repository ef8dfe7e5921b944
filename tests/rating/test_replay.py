"""A replay says which past ratings would be another, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pmf.rating.policy import load_policies
from pmf.rating.replay import Basis, Case, Replayed, replay
from pmf.register.kpi import StatusType
from pmf.series.change import Verdict
from pmf.status import Status
from pmf.value import Absence, Direction

POLICIES = load_policies(Path(__file__).resolve().parents[2] / "include" / "rating_policies")
FRAMEWORK, QUARTER_2 = POLICIES["ccc-framework-2024"], POLICIES["ccc-q2-2024"]
CASE = Case(
    actual=Decimal("85.5"),
    target=(Decimal(95), Decimal(95)),
    target_text="95",
    direction=Direction.HIGHER,
    status_type=StatusType.RATED,
    absence=None,
    intervention_level=None,
    tolerance_pct=None,
    since_last_year=None,
    unit="%",
    decimals=1,
    suspended_reason=None,
)
ITEM = Replayed(
    kpi_ref="220",
    title="Deaths registered within 5 days",
    period="2024-09",
    before=CASE,
    after=CASE,
    policy_before=FRAMEWORK,
    policy_after=QUARTER_2,
    rated=Status.AMBER,
    target_before="95",
)


def test_a_figure_exactly_at_ten_per_cent_is_where_the_two_policies_differ() -> None:
    """85.5% against 95% is 10% off: amber by the framework, red by the quarter 2 rule, with the new reason."""
    near = replace(CASE, actual=Decimal("85.51"))
    found = replay([ITEM, replace(ITEM, period="2024-08", before=near, after=near)])
    assert found.counts == {(Status.AMBER, Status.RED): 1, (Status.AMBER, Status.AMBER): 1}
    assert found.compared == 2
    (change,) = found.changes
    assert (change.kpi_ref, change.period, change.status_before, change.status_after) == ("220", "2024-09", Status.AMBER, Status.RED)
    assert (change.policy_before, change.policy_after, change.basis) == ("ccc-framework-2024", "ccc-q2-2024", Basis.RATED)
    assert change.reason == "85.5% against a target of 95%: 10% worse than target, 10% or more is red."


def test_what_was_never_rated_is_worked_out_by_the_policy_in_force() -> None:
    """The status held against is then the policy's own, and said to be worked out."""
    (change,) = replay([replace(ITEM, rated=None)]).changes
    assert (change.status_before, change.status_after, change.basis) == (Status.AMBER, Status.RED, Basis.WORKED_OUT)


def test_a_stored_rating_stands_whatever_would_be_worked_out_now() -> None:
    """A rating is compared as it was made: one made by a register that has changed since is told."""
    (change,) = replay([replace(ITEM, policy_after=FRAMEWORK, rated=Status.GREEN)]).changes
    assert (change.status_before, change.status_after) == (Status.GREEN, Status.AMBER)


def test_another_target_is_named_beside_the_one_it_was_rated_by() -> None:
    """Raising 85 to 95 turns green into amber."""
    item = replace(ITEM, policy_after=FRAMEWORK, target_before="85", rated=Status.GREEN)
    (change,) = replay([item]).changes
    assert (change.target_before, change.target_after) == ("85", "95")
    assert change.reason == "85.5% against a target of 95%: 10% worse than target, 10% or less is amber."


def test_what_has_no_colour_stays_without() -> None:
    """No policy gives a colour to what is not returned, under query, contextual or without target."""
    cases = [
        (replace(CASE, actual=None, absence=Absence.NO_RETURN), Status.AWAITING_DATA),
        (replace(CASE, actual=None, absence=Absence.UNDER_QUERY), Status.UNDER_QUERY),
        (replace(CASE, status_type=StatusType.BASELINE), Status.BASELINE),
        (replace(CASE, target=None), Status.CONTEXTUAL),
    ]
    found = replay([replace(ITEM, before=case, after=case, rated=None) for case, _ in cases])
    assert found.counts == {(status, status): 1 for _, status in cases}
    assert found.changes == ()


def test_each_side_is_judged_by_its_own_policy() -> None:
    """A month by the headline's and a quarter by the papers' policy, both against one that goes by last year."""
    havering = POLICIES["havering-2013"]
    far = replace(CASE, actual=Decimal(60), since_last_year=Verdict.IMPROVED)
    items = [
        replace(ITEM, before=far, after=far, policy_before=policy, policy_after=havering, rated=None) for policy in (FRAMEWORK, QUARTER_2)
    ]
    assert [(change.policy_before, change.status_after) for change in replay(items).changes] == [
        ("ccc-framework-2024", Status.AMBER),
        ("ccc-q2-2024", Status.AMBER),
    ]


def test_a_case_that_cannot_be_judged_is_named() -> None:
    """The error says which KPI, which period, by which policy and why."""
    item = replace(ITEM, after=replace(CASE, direction=None))
    with pytest.raises(ValueError, match=r"KPI 220, 2024-09, by ccc-q2-2024: a figure with a target needs a direction"):
        replay([item])


def test_nothing_to_replay_is_no_change() -> None:
    """No KPI was there: nothing compared."""
    assert replay([]).compared == 0
