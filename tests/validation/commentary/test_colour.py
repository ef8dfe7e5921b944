"""What a comment says of the target, against the side its figure is on."""

from __future__ import annotations

import pytest

from pmf.validation.commentary.clause import About
from pmf.validation.commentary.colour import target_against
from pmf.value import Direction

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER


def about(direction: Direction) -> About:
    return About(
        title="Calls answered within 30 seconds",
        unit="%",
        direction=direction,
        month="September",
        month_before="August",
        other_step="quarter",
    )


@pytest.mark.parametrize(
    ("direction", "text"),
    [
        (HIGHER, "Target met."),
        (HIGHER, "We are on target."),
        (HIGHER, "Performance is well above target."),
        (HIGHER, "Performance exceeded target."),
        (HIGHER, "September met the target."),
        (HIGHER, "The target has been met for a second month."),
        (LOWER, "Performance is better than target."),
    ],
)
def test_praise_of_a_missed_target_is_found(direction: Direction, text: str) -> None:
    """Who says that the target is met is asked where it is not, and not where it is."""
    assert target_against(text, about(direction), is_met=False)
    assert target_against(text, about(direction), is_met=True) is None


@pytest.mark.parametrize(
    ("direction", "text"),
    [
        (HIGHER, "The target was not met."),
        (HIGHER, "We didn't meet the target."),
        (HIGHER, "Performance fell short of target."),
        (HIGHER, "Performance is no longer on target."),
        (HIGHER, "Although below target, performance improved."),
        (HIGHER, "Calls answered remain below target."),
        (LOWER, "Worse than target."),
    ],
)
def test_blame_of_a_met_target_is_found(direction: Direction, text: str) -> None:
    """Who says that the target is missed is asked where it is met, and not where it is not."""
    assert target_against(text, about(direction), is_met=True)
    assert target_against(text, about(direction), is_met=False) is None


@pytest.mark.parametrize("is_met", [True, False])
@pytest.mark.parametrize(
    ("direction", "text"),
    [
        (LOWER, "Below target."),
        (LOWER, "The rate is above target."),
        (HIGHER, "The year-end target will be met."),
        (HIGHER, "We expect to be on target by March."),
        (HIGHER, "On target to meet the year's figure."),
        (HIGHER, "Adult social care met its target."),
        (HIGHER, "June met the target. April and May did not."),
        (HIGHER, "The quarter as a whole was above its target."),
        (HIGHER, "The target was met in three of five areas."),
        (HIGHER, "The gap to target is closing."),
        (HIGHER, "Improving towards target."),
        (HIGHER, "Path to green: the target is met from October."),
    ],
)
def test_other_talk_of_targets_is_no_contradiction(direction: Direction, text: str, *, is_met: bool) -> None:
    """Other periods, parts, plans and words that mean one thing to one reader and another to the next are left alone."""
    assert target_against(text, about(direction), is_met=is_met) is None
