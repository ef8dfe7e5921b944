"""Stretches, signals and what they mean, whatever the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.page.icon import VARIATION_ICONS
from pmf.period import Month, Quarter
from pmf.register.assessment import Rebase
from pmf.register.kpi import Frequency
from pmf.series.point import Point
from pmf.series.variation import Rule, Signal, Stretch, Variation, charted, icon_of, stretches, variation
from pmf.value import Direction

FIRST = Month(2020, 4)
figures = st.lists(st.none() | st.decimals(-100, 100, places=1), min_size=1, max_size=48)


def points(values: Sequence[Decimal | None]) -> list[Point]:
    return [Point(period=FIRST.plus(at), value=value) for at, value in enumerate(values)]


def rebase(months: int) -> Rebase:
    return Rebase(kpi_ref="1", month=FIRST.plus(months).key, reason="The counters were replaced", post="team", decided_on=date(2020, 4, 1))


def laid_out(values: Sequence[Decimal | None], *rebases: int) -> tuple[Stretch, ...]:
    return stretches(points(values), frequency=Frequency.MONTHLY, rebases=[rebase(months) for months in rebases])


def verdicts(stretch: Stretch, direction: Direction | None) -> list[Variation]:
    return [variation(signal, direction=direction) for signal in stretch.signals]


@given(figures, st.integers(0, 47), st.integers(0, 47))
def test_a_later_decision_changes_no_earlier_stretch(values: list[Decimal | None], first: int, second: int) -> None:
    """What was drawn before the stretch that a decision cuts stays as it was, limits and signals included."""
    early, late = sorted((first, second))
    before, after = laid_out(values, early), laid_out(values, early, late)
    kept = [stretch for stretch in before if stretch is not before[-1]] if before else []
    assert [(s.figures, s.limits, s.signals) for s in after[: len(kept)]] == [(s.figures, s.limits, s.signals) for s in kept]


@given(figures, st.lists(st.integers(0, 47), max_size=3))
def test_every_figure_stands_in_one_stretch(values: list[Decimal | None], decisions: list[int]) -> None:
    """Decisions cut the figures and lose none of them; the last stretch holds the latest figure."""
    known = [value for value in values if value is not None]
    found = laid_out(values, *decisions)
    assert [value for stretch in found for value in stretch.known] == known
    assert not known or found[-1].figures[-1] is known[-1]


@given(figures)
def test_the_other_direction_swaps_better_and_worse(values: list[Decimal | None]) -> None:
    """What improves where higher is better is concerning where lower is, and rises or falls where neither is."""
    swapped = {Variation.IMPROVING: Variation.CONCERNING, Variation.CONCERNING: Variation.IMPROVING}
    plain = {Variation.IMPROVING: Variation.RISING, Variation.CONCERNING: Variation.FALLING}
    for stretch in laid_out(values):
        higher = verdicts(stretch, Direction.HIGHER)
        assert verdicts(stretch, Direction.LOWER) == [swapped.get(found, found) for found in higher]
        assert verdicts(stretch, None) == [plain.get(found, found) for found in higher]


@given(st.lists(st.decimals(0, 100, places=1), min_size=12, max_size=48))
def test_what_is_cut_off_held_no_figure(values: list[Decimal]) -> None:
    """Cut at 0 and 100 per cent, the limits let the same figures through as before."""
    (stretch,) = laid_out(values)
    lower, upper = stretch.bounds(is_percentage=True)
    assert stretch.limits is not None
    assert 0 <= lower <= upper <= 100
    assert [lower <= value <= upper for value in values] == [not stretch.limits.is_beyond(value) for value in values]


def test_a_run_marks_all_its_figures() -> None:
    """All seven figures of a run are marked, not only its last; the figures before it are not."""
    (stretch,) = laid_out([Decimal(each) for each in (78, 80, 78, 84, 78, 80, 78, 82, 84, 82, 84, 82, 84, 82)])
    assert [signal.rule if signal else None for signal in stretch.signals] == [None] * 7 + [Rule.ONE_SIDE] * 7


def test_of_several_rules_the_first_is_told() -> None:
    """A figure beyond a limit is told as such, whatever run it also belongs to."""
    (stretch,) = laid_out([Decimal(each) for each in range(1, 13)])
    assert stretch.latest_signal is not None
    assert stretch.latest_signal.rule is Rule.BEYOND_LIMIT


def test_a_gap_at_the_decision_belongs_to_what_it_begins() -> None:
    """A month without a figure has its place; the stretch begins with the month decided on, not with its first figure."""
    values = [Decimal(1), Decimal(2), None, Decimal(4)]
    early, late = laid_out(values, 2)
    assert (early.figures, late.figures) == ((1, 2), (None, 4))
    assert late.periods[0] == FIRST.plus(2)
    assert late.rebase == rebase(2)


def test_nothing_has_no_stretch() -> None:
    """Without any figure nothing is laid out."""
    assert laid_out([None, None]) == ()


def test_few_figures_have_neither_limits_nor_signals() -> None:
    """Eleven figures have no limits, and bounds are refused, not guessed."""
    (stretch,) = laid_out([Decimal(1)] * 11)
    assert (stretch.limits, set(stretch.signals)) == (None, {None})
    with pytest.raises(ValueError, match="11 figures are too few"):
        stretch.bounds(is_percentage=False)


def test_a_quarterly_figure_stands_under_its_quarter() -> None:
    """The figure of September is that of quarter 2."""
    assert (charted(Month(2024, 9), Frequency.QUARTERLY), charted(Month(2024, 9), Frequency.MONTHLY)) == (Quarter(2024, 2), Month(2024, 9))


def test_every_variation_has_its_icon() -> None:
    """Whatever is found, in whatever direction, has a drawing; where one way is better it says which way the figures went."""
    assert {icon_of(found, direction) for found in Variation for direction in (*Direction, None)} == set(VARIATION_ICONS)
    assert icon_of(Variation.IMPROVING, Direction.LOWER) == "improving_low"
    assert icon_of(Variation.CONCERNING, Direction.LOWER) == "concerning_high"


@pytest.mark.parametrize(
    ("since", "now", "target", "expected"),
    [
        (70, 80, (85, 95), Variation.IMPROVING),
        (90, 80, (85, 95), Variation.CONCERNING),
        (90, 86, (85, 95), Variation.FALLING),
        (80, 100, (85, 95), Variation.RISING),
        (70, 80, None, Variation.RISING),
    ],
)
def test_better_in_a_range_is_nearer(since: int, now: int, target: tuple[int, int] | None, expected: Variation) -> None:
    """Coming nearer to the range is better, leaving it worse; as near as before, or without a target, it is neither."""
    bounds = None if target is None else (Decimal(target[0]), Decimal(target[1]))
    signal = Signal(Rule.BEYOND_LIMIT, start=Fraction(since), end=Fraction(now))
    assert variation(signal, direction=Direction.RANGE, target=bounds) is expected
