"""Whether a change is an improvement depends on which way is better, not on which way it went."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.change import Change, Move, Verdict, change
from pmf.value import Direction

RANGE = (Decimal(85), Decimal(95))
FIFTY = (Decimal(50), Decimal(50))
HIGHER, LOWER, IN_RANGE, MAINTAIN = Direction


@pytest.mark.parametrize(
    ("current", "previous", "direction", "target", "verdict", "moved", "amount"),
    [
        ("81", "79.5", HIGHER, None, "improved", "up", "1.5"),
        ("79.5", "81", HIGHER, None, "declined", "down", "-1.5"),
        ("81", "79.5", LOWER, None, "declined", "up", "1.5"),
        ("79.5", "81", LOWER, None, "improved", "down", "-1.5"),
        ("81.0", "81", HIGHER, None, "unchanged", "same", "0"),
        ("100", "97", IN_RANGE, RANGE, "declined", "up", "3"),
        ("80", "70", IN_RANGE, RANGE, "improved", "up", "10"),
        ("86", "94", IN_RANGE, RANGE, "unchanged", "down", "-8"),
        ("97", "83", IN_RANGE, RANGE, "unchanged", "up", "14"),
        ("48", "53", MAINTAIN, FIFTY, "improved", "down", "-5"),
        ("53", "47", MAINTAIN, FIFTY, "unchanged", "up", "6"),
        ("53", "47", MAINTAIN, None, None, "up", "6"),
        ("53", "47", None, FIFTY, None, "up", "6"),
    ],
)
def test_a_change_has_a_verdict_a_move_and_an_amount(
    current: str,
    previous: str,
    direction: Direction | None,
    target: tuple[Decimal, Decimal] | None,
    verdict: str | None,
    moved: str,
    amount: str,
) -> None:
    """Nearer is better for ranges and for what is to be maintained; two figures inside a range are as good as each other."""
    expected = Change(verdict=Verdict(verdict) if verdict else None, moved=Move(moved), amount=Decimal(amount))
    assert expected == change(Decimal(current), Decimal(previous), direction=direction, target=target)


@pytest.mark.parametrize(("current", "previous"), [(None, Decimal(1)), (Decimal(1), None), (None, None)])
def test_nothing_is_said_of_a_figure_that_is_not_there(current: Decimal | None, previous: Decimal | None) -> None:
    """A missing figure is no zero: there is no change, no move and no verdict."""
    assert change(current, previous, direction=Direction.HIGHER) == Change()


def test_zero_is_a_figure() -> None:
    """Falling to zero is a change like any other."""
    assert change(Decimal(0), Decimal(3), direction=Direction.LOWER).verdict is Verdict.IMPROVED


@given(st.decimals(-1000, 1000, places=3), st.decimals(-1000, 1000, places=3), st.sampled_from(Direction))
def test_going_back_undoes_the_verdict(current: Decimal, previous: Decimal, direction: Direction) -> None:
    """What improved from A to B declined from B to A, by the same amount."""
    opposite = {Verdict.IMPROVED: Verdict.DECLINED, Verdict.DECLINED: Verdict.IMPROVED, Verdict.UNCHANGED: Verdict.UNCHANGED}
    there = change(current, previous, direction=direction, target=FIFTY)
    back = change(previous, current, direction=direction, target=FIFTY)
    assert there.verdict is not None
    assert back.verdict is opposite[there.verdict]
    assert there.amount is not None
    assert back.amount == -there.amount
