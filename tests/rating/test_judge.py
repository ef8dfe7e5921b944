"""Reasons read as sentences, and what cannot be judged is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pmf.rating.judge import judge
from pmf.rating.policy import Policy, load_policy
from pmf.register.kpi import StatusType
from pmf.series.change import Verdict
from pmf.status import Status
from pmf.value import Absence, Direction, quotient

POINTS = """
id: points
title: Five percentage points
source: a test
valid_from: 2024-04-01
basis: points
bands:
  - {status: red, off_target: "(5, +inf)", words: Red - more than 5 points short, in_short: more than 5 points is red}
  - {status: amber, off_target: "(0, 5]", words: Amber - up to 5 points short, in_short: up to 5 points is amber}
  - {status: green, off_target: "(-10, 0]", words: Green - on target, in_short: on target is green}
  - {status: blue, off_target: "(-inf, -10]", words: Blue - well over target, in_short: 10 points better is blue}
"""


def point(figure: str) -> tuple[Decimal, Decimal]:
    return Decimal(figure), Decimal(figure)


def reason(actual: str, target: str, policy: Policy, *, direction: Direction = Direction.HIGHER, **details: object) -> str:
    return judge(actual=Decimal(actual), target=point(target), direction=direction, policy=policy, **details).reason  # type: ignore[arg-type]


def test_a_reason_names_figure_target_distance_and_rule(framework: Policy) -> None:
    """A red figure's reason is a sentence that a committee member can check."""
    expected = "81.0% against a target of 95%: 14.7% worse than target, more than 10% is red."
    assert expected == reason("81", "95", framework, unit="%", decimals=1)


@pytest.mark.parametrize(
    ("actual", "target", "direction", "expected"),
    [
        ("95", "95", "higher", "95 against a target of 95: on target, on or exceeding target is green."),
        ("11", "15", "lower", "11 against a target of 15: 26.7% better than target, on or exceeding target is green."),
        ("44", "50", "maintain", "44 against a target of 50: 12% away from target, more than 10% is red."),
        ("89.9999999", "100", "higher", "89.9999999 against a target of 100: 10.0000001% worse than target, more than 10% is red."),
        ("999.6", "1000", "higher", "999.6 against a target of 1,000: 0.04% worse than target, 10% or less is amber."),
        (
            "1",
            "0",
            "lower",
            (
                "1 against a target of 0: worse than target, with a target of 0 there is no percentage, so any shortfall is red "
                "and the rest green."
            ),
        ),
    ],
)
def test_reasons_never_land_on_the_wrong_side_of_a_boundary(
    framework: Policy, actual: str, target: str, direction: str, expected: str
) -> None:
    """The distance is printed to as many decimals as it takes to agree with the colour."""
    assert expected == reason(actual, target, framework, direction=Direction(direction))


def test_a_range_is_named_with_both_ends(framework: Policy) -> None:
    """A figure outside its range is so much outside the nearest end."""
    target = (Decimal(85), Decimal(95))
    outside = judge(actual=Decimal(97), target=target, direction=Direction.RANGE, policy=framework, unit="%")
    inside = judge(actual=Decimal(90), target=target, direction=Direction.RANGE, policy=framework, unit="%")
    assert outside.reason == "97% against a target of 85% to 95%: 2.1% outside the target range, 10% or less is amber."
    assert inside.reason == "90% against a target of 85% to 95%: within the target range, on or exceeding target is green."


def test_an_intervention_level_is_named(policies: dict[str, Policy]) -> None:
    """HDC's reason says the level as well as the target, and owns up when there is none."""
    policy = policies["hdc-intervention"]
    assert reason("88", "95", policy, unit="%", intervention_level=Decimal(90)) == (
        "88% against a target of 95% and an intervention level of 90%: 7.4% worse than target, beyond the intervention level is red."
    )
    assert "no intervention level is set apart from the target, so any shortfall is red" in reason("94", "95", policy)


def test_a_tolerance_is_named(policies: dict[str, Policy]) -> None:
    """The reason says the KPI's own tolerance, lands on the right side of it, and owns up when there is none, or no room for one."""
    policy = policies["reigate-tolerance"]
    told = reason("88", "95", policy, unit="%", tolerance_pct=Decimal(5))
    assert told == "88% against a target of 95% and a tolerance of 5%: 7.4% worse than target, beyond the agreed tolerance is red."
    told = reason("90.2499", "95", policy, tolerance_pct=Decimal(5))
    assert told == "90.2499 against a target of 95 and a tolerance of 5%: 5.0001% worse than target, beyond the agreed tolerance is red."
    assert reason("94", "95", policy).endswith(
        "1.1% worse than target, no tolerance is agreed, so any shortfall is red and the rest green."
    )
    assert "gives a target of 0 no room" in reason("1", "0", policy, direction=Direction.LOWER, tolerance_pct=Decimal(5))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.IMPROVED, "better than in the same period last year, more than 10% but improved or maintained is amber"),
        (Verdict.UNCHANGED, "unchanged from the same period last year, more than 10% but improved or maintained is amber"),
        (Verdict.DECLINED, "worse than in the same period last year, more than 10% and not improved is red"),
        (None, "not comparable with the same period last year, more than 10% with no improvement to show is red"),
    ],
)
def test_what_happened_since_last_year_is_named_where_it_decides(
    policies: dict[str, Policy], framework: Policy, verdict: Verdict | None, words: str
) -> None:
    """Havering's colour beyond 10% is told with what decided it; within 10%, and under the framework, last year is not mentioned."""
    policy = policies["havering-2013"]
    told = reason("81", "95", policy, unit="%", since_last_year=verdict)
    assert told == f"81% against a target of 95%: 14.7% worse than target and {words}."
    assert "last year" not in reason("90", "95", policy, since_last_year=verdict)
    assert "last year" not in reason("81", "95", framework, since_last_year=verdict)


def test_a_printed_figure_that_misleads_is_shown_unrounded(framework: Policy) -> None:
    """Where rounding shows another colour, the sentence gives the figure that was rated, and no 28 digits of it."""
    share = quotient(Decimal(9497), Decimal(9999), multiplier=100)
    assert share is not None
    judgement = judge(actual=share, target=point("95"), direction=Direction.HIGHER, policy=framework, unit="%", decimals=1)
    assert judgement.flags == ("rounding_shows_other",)
    assert judgement.reason.startswith("95.0% (unrounded 94.979497950%) against a target of 95%: ")


def test_points_are_counted_in_the_unit_itself(tmp_path: Path) -> None:
    """With basis points, 5 percentage points below a target of 50% are 5, and not 10 per cent; blue is a colour like others."""
    path = tmp_path / "points.yaml"
    path.write_text(POINTS, encoding="utf-8")
    policy = load_policy(path)
    short = judge(actual=Decimal(45), target=point("50"), direction=Direction.HIGHER, policy=policy, unit="%")
    assert (short.status, short.off_target_pct) == (Status.AMBER, Decimal(10))
    assert short.reason == "45% against a target of 50%: 5 percentage points worse than target, up to 5 points is amber."
    zero = judge(actual=Decimal(6), target=point("0"), direction=Direction.LOWER, policy=policy)
    assert (zero.status, zero.off_target_pct) == (Status.RED, None)
    assert zero.reason == "6 against a target of 0: 6 worse than target, more than 5 points is red."
    assert judge(actual=Decimal(60), target=point("50"), direction=Direction.HIGHER, policy=policy).status is Status.BLUE


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"absence": Absence.NO_RETURN}, "Awaiting data: no figure has been returned."),
        ({"absence": Absence.NIL_RETURN}, "Nil return: the service has returned that there is no figure, and why."),
        ({"absence": Absence.UNDER_QUERY}, "Under query: the figure is withheld until the query about it is answered."),
        ({"status_type": StatusType.BASELINE}, "Baseline: tracked in order to set a target."),
        ({"status_type": StatusType.SUSPENDED, "suspended_reason": "new system."}, "Suspended: new system."),
        ({"status_type": StatusType.SUSPENDED}, "Suspended; no reason is recorded."),
        ({"target": None}, "The target is missing: shown for context until one is set."),
    ],
)
def test_what_has_no_colour_says_why(framework: Policy, details: dict[str, object], expected: str) -> None:
    """No figure, no target and no rating are different things, each in its own words and never with a percentage."""
    arguments: dict[str, object] = {"actual": Decimal(81), "target": point("95"), "direction": Direction.HIGHER, **details}
    judgement = judge(policy=framework, **arguments)  # type: ignore[arg-type]
    assert (judgement.reason, judgement.off_target_pct, judgement.flags) == (expected, None, ())
    assert not judgement.status.is_rated


def test_what_contradicts_itself_is_refused(policies: dict[str, Policy]) -> None:
    """A missing direction, a range without the direction for it and a level better than target are errors, not guesses."""
    policy = policies["hdc-intervention"]
    with pytest.raises(ValueError, match="needs a direction: higher, lower, range or maintain"):
        judge(actual=Decimal(1), target=point("2"), direction=None, policy=policy)
    with pytest.raises(ValueError, match=r"85\.\.95 needs the direction range"):
        judge(actual=Decimal(1), target=(Decimal(85), Decimal(95)), direction=Direction.MAINTAIN, policy=policy)
    with pytest.raises(ValueError, match="level 97 is better than the target"):
        reason("90", "95", policy, intervention_level=Decimal(97))
    with pytest.raises(ValueError, match="tolerance -5 is negative"):
        reason("90", "95", policies["reigate-tolerance"], tolerance_pct=Decimal(-5))
