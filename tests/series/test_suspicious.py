"""Slips of unit, noughts that stand for no data, figures carried forward."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.series.suspicious import added, runs, surprising_noughts, tens_off

NONE = np.nan
# A year of real monthly figures.
BORROWERS = [93568.0, 94410, 95084, 95678, 96302, 97123, 97640, 98215, 98912, 99486, 100742, 101318]


def row(figures: Sequence[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([figures], dtype=np.float64)


@pytest.mark.parametrize(
    ("earlier", "figure", "otherwise", "expected"),
    [
        (BORROWERS, 101500, NONE, 0),
        (BORROWERS, 10150000, NONE, 2),
        (BORROWERS, 101.5, NONE, -3),
        (BORROWERS, 1015, NONE, -2),
        (BORROWERS, 1015000, NONE, 0),
        ([95.1], 0.955, NONE, -2),
        ([95.1], 3, NONE, -2),
        ([95.1], 3.1, NONE, 0),
        ([1.8], 0.9, NONE, 0),
        ([], 0.955, 95, -2),
        ([], 95.5, 95, 0),
        ([], 0.955, NONE, 0),
        ([1.2, 140, 3], 150, NONE, 0),
        ([95.1], 0, NONE, 0),
        ([0.0, 0.0], 500, 5, 0),
        ([95.1], -0.951, NONE, 0),
        ([-95.1], -0.951, NONE, -2),
    ],
)
def test_two_powers_of_ten_are_a_slip_of_unit(earlier: list[float], figure: float, otherwise: float, expected: int) -> None:
    """About 100 times or a hundredth of every figure of the last year, else of the target, is told with its power of ten."""
    assert tens_off(row([*earlier, figure] if earlier else [NONE, figure]), np.array([otherwise])).tolist() == [expected]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30), st.integers(1, 10**6), st.integers(-3, 3))
def test_the_unit_itself_does_not_matter(earlier: list[int], figure: int, power: int) -> None:
    """Figures all in pence are compared as figures all in pounds are."""
    one = tens_off(row([*earlier, figure]), np.array([NONE]))
    other = tens_off(row([each * 10.0**power for each in (*earlier, figure)]), np.array([NONE]))
    assert one.tolist() == other.tolist()


@pytest.mark.parametrize(
    ("earlier", "figure", "otherwise", "is_count", "cases", "expected"),
    [
        (BORROWERS, 0, NONE, True, NONE, True),
        (BORROWERS, 101318, NONE, True, NONE, False),
        ([*BORROWERS, 0], 0, NONE, True, NONE, False),
        ([4.0, 2, 5, 3, 6, 4, 7], 0, NONE, True, NONE, False),
        ([14.0, 12, 15, 13, 16, 14, 17], 0, NONE, True, NONE, True),
        ([95.1, 94.8, 95.3, 95.0, 94.6, 95.2], 0, NONE, False, NONE, True),
        ([95.1, 94.8, 95.3, 95.0, 94.6, 95.2], 0, NONE, False, 400, True),
        ([95.1, 94.8, 95.3, 95.0, 94.6, 95.2], 0, NONE, False, 4, False),
        ([-3.0, 12, 15, 13, 16, 14, 17], 0, NONE, False, NONE, False),
        ([0.0], 0, 40, True, NONE, True),
        ([0.0], 0, 0, True, NONE, False),
        ([29.0], 0, 3, False, NONE, True),
        ([NONE], 0, NONE, True, NONE, False),
        ([NONE], 0, 5, True, NONE, False),
    ],
)
def test_a_nought_that_chance_does_not_bring_about_is_surprising(
    earlier: list[float], figure: float, otherwise: float, is_count: bool, cases: float, expected: bool
) -> None:
    """The first nought of a KPI that is never near it is told; not one among few cases, or of a KPI that has been nought."""
    said = surprising_noughts(row([*earlier, figure]), np.array([otherwise]), is_count=np.array([is_count]), cases=np.array([cases]))
    assert said.tolist() == [expected]


@pytest.mark.parametrize(
    ("figures", "repeats", "most"),
    [
        ([*BORROWERS, 101318], 1, 2),
        ([*BORROWERS, 101318, 101318, 101318], 3, 2),
        ([*BORROWERS, 101400], 0, 2),
        (BORROWERS[:7] + [97640.0] * 4, 4, 3),
        (BORROWERS[:5] + [96302.0] * 3, 3, -1),
        ([100.0, 100, 98, 100, 100, 100, 97, 100, 100, 100, 100, 100], 4, 8),
        ([*BORROWERS, NONE, 101318], 1, 2),
        ([*BORROWERS, NONE], 0, 2),
    ],
)
def test_a_run_is_too_long_where_chance_would_hardly_bring_it_about(figures: list[float], repeats: int, most: int) -> None:
    """Equal figures are counted back from the last; the more often a KPI stood still before, the more of them are no news."""
    known = np.array(figures)
    steps = np.full(len(figures), NONE)
    places = np.flatnonzero(np.isfinite(known))
    steps[places[1:]] = np.diff(known[places])
    said = runs(steps[None, :])
    assert (said.repeats.tolist(), said.most.tolist()) == ([repeats], [most])


def test_year_to_date_figures_become_what_each_period_added() -> None:
    """April adds all of its figure, a month after a gap is not known, a quarterly KPI counts from quarter to quarter."""
    monthly = [70.0, 80, 95, 10, 25, NONE, 60, 70]
    # From January 2024: March ends the financial year, April begins the next.
    by_month = added(row(monthly), first_month=2024 * 12, spacing=np.array([1]))[0]
    assert by_month.tolist()[1:5] == [10, 15, 10, 15]
    assert np.isnan(by_month[[5, 6]]).all()
    assert by_month[7] == 10
    quarterly = [NONE, NONE, 95, NONE, NONE, 20, NONE, NONE, 45]
    by_quarter = added(row(quarterly), first_month=2024 * 12, spacing=np.array([3]))[0]
    assert (by_quarter[5], by_quarter[8]) == (20, 25)
