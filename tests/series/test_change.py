"""Whether a change is an improvement depends on which way is better, not on which way it went."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.change import Change, Move, Verdict, change
from pmf.value import Direction, printed

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


FIGURE = st.decimals(-1000, 1000, places=3)
BAND = st.decimals(0, 100, places=2)


@given(FIGURE, FIGURE, BAND, BAND, st.sampled_from(Direction))
def test_a_wider_band_only_takes_verdicts_away(
    current: Decimal, previous: Decimal, band: Decimal, other: Decimal, direction: Direction
) -> None:
    """What counts as changed with a wide band has changed, the same way, with every narrower one; no band turns a verdict round."""
    narrow, wide = (
        change(current, previous, direction=direction, target=FIFTY, no_change_pct=pct).verdict for pct in sorted((band, other))
    )
    assert wide in (narrow, Verdict.UNCHANGED)


@given(FIGURE, FIGURE, BAND, st.sampled_from(Direction))
def test_no_way_there_and_back_is_an_improvement_twice(current: Decimal, previous: Decimal, band: Decimal, direction: Direction) -> None:
    """The band is taken of the earlier figure, so it may hold one way alone; what it never does is praise both ways."""
    there = change(current, previous, direction=direction, target=FIFTY, no_change_pct=band).verdict
    back = change(previous, current, direction=direction, target=FIFTY, no_change_pct=band).verdict
    assert Verdict.UNCHANGED in (there, back) or there is not back


@given(FIGURE, FIGURE, BAND, st.sampled_from(Direction), st.decimals("0.001", 1000, places=3))
def test_the_unit_does_not_matter(current: Decimal, previous: Decimal, band: Decimal, direction: Direction, times: Decimal) -> None:
    """Pounds or thousands of pounds, seconds or minutes: the verdict is the same."""
    plain = change(current, previous, direction=direction, target=FIFTY, no_change_pct=band)
    scaled = change(current * times, previous * times, direction=direction, target=(50 * times, 50 * times), no_change_pct=band)
    assert (plain.verdict, plain.moved) == (scaled.verdict, scaled.moved)


@given(FIGURE, FIGURE, BAND, st.sampled_from([None, 0, 1, 2]))
def test_higher_and_lower_mirror_each_other(current: Decimal, previous: Decimal, band: Decimal, decimals: int | None) -> None:
    """What is better where higher is better is worse where lower is, by the same rule."""
    opposite = {Verdict.IMPROVED: Verdict.DECLINED, Verdict.DECLINED: Verdict.IMPROVED, Verdict.UNCHANGED: Verdict.UNCHANGED}
    higher, lower = (
        change(current, previous, direction=direction, no_change_pct=band, decimals=decimals).verdict
        for direction in (Direction.HIGHER, Direction.LOWER)
    )
    assert higher is not None
    assert lower is opposite[higher]


@given(FIGURE, FIGURE, st.sampled_from(Direction), st.integers(0, 3))
def test_what_prints_the_same_has_not_changed(current: Decimal, previous: Decimal, direction: Direction, decimals: int) -> None:
    """A verdict of better or worse stands only beside two figures a reader can tell apart."""
    found = change(current, previous, direction=direction, target=FIFTY, decimals=decimals)
    if printed(current, decimals=decimals) == printed(previous, decimals=decimals):
        assert (found.verdict, found.moved) == (Verdict.UNCHANGED, Move.SAME)
    else:
        assert found.moved is not Move.SAME
