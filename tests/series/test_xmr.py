"""XmR limits, rules and assurance: the published tests of NHSRplotthedots and nhspy-plotthedots, and what holds of all figures."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.xmr import Assurance, assurance, limits, seven_on_one_side, seven_point_trend, two_in_three
from pmf.value import Direction

DIRECTIONS = {"increase": Direction.HIGHER, "decrease": Direction.LOWER, "neutral": None}
VERDICTS = {"consistent_pass": Assurance.MET, "consistent_fail": Assurance.MISSED, "inconsistent": Assurance.HIT_OR_MISS, None: None}

figures = st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def cases() -> dict[str, list[dict[str, Any]]]:
    path = Path(os.environ.get("PMF_REFERENCE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "spc" / "spc_cases.json"
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    found: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_published_limits(cases: dict[str, list[dict[str, Any]]]) -> None:
    """Mean, limits and near limits are the published ones, in all 7 cases."""
    assert len(cases["xmr_limits"]) == 7
    for case in cases["xmr_limits"]:
        found = limits(case["values"])
        worked_out = [found.mean, found.lower, found.upper, found.near_lower, found.near_upper]
        assert [float(line) for line in worked_out] == pytest.approx([case[name] for name in ("mean", "lpl", "upl", "nlpl", "nupl")])


def test_published_trends(cases: dict[str, list[dict[str, Any]]]) -> None:
    """Seven figures that rise or fall without a break are found where published, in all 9 cases."""
    assert len(cases["seven_point_trend"]) == 9
    assert [seven_point_trend(case["values"]) for case in cases["seven_point_trend"]] == [
        case["expected"] for case in cases["seven_point_trend"]
    ]


def test_published_runs(cases: dict[str, list[dict[str, Any]]]) -> None:
    """Seven figures on one side of the mean are found where published, in all 4 cases."""
    runs = cases["seven_points_one_side_of_mean"]
    assert len(runs) == 4
    assert [seven_on_one_side(case["relative_to_mean"]) for case in runs] == [case["expected"] for case in runs]


def test_published_two_in_three(cases: dict[str, list[dict[str, Any]]]) -> None:
    """Two in three near a limit are found where published, in all 4 cases."""
    threes = cases["two_in_three"]
    assert len(threes) == 4
    assert [two_in_three(case["close_to_limits"], case["relative_to_mean"]) for case in threes] == [case["expected"] for case in threes]


def test_published_assurance(cases: dict[str, list[dict[str, Any]]]) -> None:
    """Whether a process meets its target is told as published, in all 7 cases."""
    assert len(cases["assurance"]) == 7
    for case in cases["assurance"]:
        target = (case["target"], case["target"])
        found = assurance(case["lpl"], case["upl"], target=target, direction=DIRECTIONS[case["direction"]])
        assert found is VERDICTS[case["expected"]]


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (86, 94, Assurance.MET),
        (85, 95, Assurance.MET),
        (84, 94, Assurance.HIT_OR_MISS),
        (70, 85, Assurance.HIT_OR_MISS),
        (70, 84, Assurance.MISSED),
        (96, 99, Assurance.MISSED),
    ],
)
def test_assurance_of_a_range(lower: int, upper: int, expected: Assurance) -> None:
    """A target of 85 to 95 is met by limits inside it, ends included, missed by limits wholly outside, and else left to chance."""
    assert assurance(lower, upper, target=(85, 95), direction=Direction.RANGE) is expected


@pytest.mark.parametrize(("direction", "lower", "upper"), [(Direction.HIGHER, 95, 99), (Direction.LOWER, 90, 95)])
def test_a_limit_on_the_target_meets_it(direction: Direction, lower: int, upper: int) -> None:
    """A figure on the target has met it, in rating as here; the published rule leaves that case open."""
    assert assurance(lower, upper, target=(95, 95), direction=direction) is Assurance.MET


def test_a_gap_breaks_the_moving_range() -> None:
    """The step over a month without a figure is no step: 10, 12, nothing, 30, 32 move by 2 at a time."""
    found = limits([10, 12, None, 30, 32])
    assert (found.mean, found.upper - found.mean) == (21, Fraction("5.32"))


def test_figures_without_neighbours_have_no_range() -> None:
    """A single figure, or figures each between two gaps, have limits on their mean."""
    assert limits([Decimal(5), None, Decimal(7)]).upper == 6


def test_no_figure_has_no_limits() -> None:
    """Limits of nothing are refused, not zero."""
    with pytest.raises(ValueError, match="at least one figure"):
        limits([None])


def test_what_lies_on_a_line_is_not_beyond_it() -> None:
    """A figure on a limit is not beyond it, one on the near limit not near, one on the mean on neither side; all exactly."""
    found = limits([Decimal("0.1"), Decimal("0.3"), Decimal("0.1"), Decimal("0.3")])
    assert not found.is_beyond(found.upper)
    assert found.is_near(found.upper)
    assert not found.is_near(found.near_upper)
    assert found.side(Decimal("0.2")) == 0


@given(figures, st.decimals("0.01", 100, places=2), st.decimals(-1000, 1000, places=2))
def test_limits_follow_scale_and_shift(values: list[Decimal], scale: Decimal, shift: Decimal) -> None:
    """Figures in another unit, or counted from another zero, have the same limits in that unit, to the last digit."""
    found = limits(values)
    moved = limits([value * scale + shift for value in values])
    for name in ("mean", "lower", "upper", "near_lower", "near_upper"):
        assert getattr(moved, name) == getattr(found, name) * Fraction(scale) + Fraction(shift)


@given(figures)
def test_rules_see_both_ways_alike(values: list[Decimal]) -> None:
    """Figures turned upside down give the same signals upside down."""
    found, turned = limits(values), limits([-value for value in values])
    assert [found.side(value) for value in values] == [-turned.side(-value) for value in values]
    assert [found.is_beyond(value) for value in values] == [turned.is_beyond(-value) for value in values]
    assert seven_point_trend(values) == [-trend for trend in seven_point_trend([-value for value in values])]


@given(st.lists(st.integers(-3, 3), max_size=40))
def test_runs_say_nothing_of_the_past(values: list[int]) -> None:
    """What comes later changes no mark of a run or trend that was made before."""
    for mark in (seven_on_one_side, seven_point_trend):
        assert mark(values[:-1]) == mark(values)[:-1]
