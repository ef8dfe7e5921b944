"""A figure is out of line when both its step and its level are, counted in robust standard deviations of its own history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.series.unusual import FEWEST_FIGURES, FLAG_BEYOND, WITHHOLD_BEYOND, Histories, Unusual, known_before, median, unusual

MONTHS = 36
FLAG, WITHHOLD = float(FLAG_BEYOND), float(WITHHOLD_BEYOND)


def histories(
    rows: Sequence[Sequence[float]], *, kind: str = "amount", digit: float = 1, cases: float = np.nan, is_seasonal: bool = False
) -> Histories:
    """Lay rows of figures out, the last of each being the one in question, right-aligned over three years."""
    figures = np.full((len(rows), MONTHS + 1), np.nan)
    for place, row in enumerate(rows):
        figures[place, MONTHS + 1 - len(row) :] = row
    each = np.ones(len(rows))
    return Histories(
        figures=figures,
        is_share=np.full(len(rows), kind == "share"),
        is_count=np.full(len(rows), kind == "count"),
        last_digit=each * digit,
        cases=each * cases,
        is_seasonal=np.full(len(rows), is_seasonal),
    )


def judged(earlier: Sequence[float], figure: float, **kind: float | str | bool) -> Unusual:
    return unusual(histories([[*earlier, figure]], **kind), np.array([FLAG]))  # type: ignore[arg-type]


def by(earlier: Sequence[float], figure: float, **kind: float | str | bool) -> float:
    return float(judged(earlier, figure, **kind).by[0])


def figures(text: str) -> list[float]:
    return [float(each) for each in text.split()]


# Cambridgeshire's own months, as the sample's history has them.
VISITS = figures("500 510 495 505 498 502 507 499 503 496 501 504")
IN_TIME = figures("95.1 94.8 95.3 95.0 94.6 95.2 95.1 94.9 95.4 95.0 94.7 95.1")
# Trafford: claimants of one area, rising; the last step is the largest so far.
CLAIMANTS = figures("4495 4690 4665 4660 4740 4675 4735 4710 4775 4730 4690 4730 4770")
# Three years in which each September is a third of the other months.
SEASONAL = [each * (1 + 0.02 * year) for year in range(3) for each in figures("33 102 98 101 103 99 97 100 103 98 101 99")]


@dataclass(frozen=True)
class Case:
    """A history, a figure, and what is to be said of it: in line, flagged, withheld, not judged."""

    number: int
    name: str
    earlier: list[float]
    figure: float
    verdict: str
    kind: str = "amount"
    digit: float = 1
    cases: float = np.nan
    is_seasonal: bool = False


CASES = (
    Case(1, "as ever", VISITS, 506, "in line", "count"),
    Case(2, "a tenth more than ever", VISITS, 555, "in line", "count"),
    Case(3, "a third more than ever", VISITS, 660, "flagged", "count"),
    Case(4, "digits swapped", VISITS, 1050, "withheld", "count"),
    Case(5, "ten times as many", VISITS, 5040, "withheld", "count"),
    Case(6, "a sign lost", VISITS, -504, "withheld", "count"),
    Case(7, "back after one odd month", [*VISITS, 900], 503, "in line", "count"),
    Case(8, "a rise that goes on", [100.0 + 10 * n for n in range(24)], 340, "in line"),
    Case(9, "a rise that breaks off", [100.0 + 10 * n for n in range(24)], 60, "flagged"),
    Case(10, "five figures before", VISITS[:5], 5040, "not judged", "count"),
    Case(11, "six figures before, and ten times as many", VISITS[:6], 5040, "withheld", "count"),
    Case(12, "six figures before, and a third more", VISITS[:6], 660, "in line", "count"),
    Case(13, "a percentage as ever", IN_TIME, 93.5, "in line", "share", 0.1),
    Case(14, "a percentage well below", IN_TIME, 87, "flagged", "share", 0.1),
    Case(15, "another KPI's percentage", IN_TIME, 59.1, "withheld", "share", 0.1),
    Case(16, "a fraction", IN_TIME, 0.951, "withheld", "share", 0.1),
    Case(17, "always 100, and now 99", [100.0] * 12, 99, "in line", "share", 0.1),
    Case(18, "always 100, and now 96", [100.0] * 12, 96, "flagged", "share", 0.1),
    Case(19, "always 100, and now 80", [100.0] * 12, 80, "withheld", "share", 0.1),
    Case(20, "always all 20, and now 18 of them", [100.0] * 12, 90, "in line", "share", 0.1, 20),
    Case(21, "few cases move by chance", figures("3 1 2 4 2 3 1 2 5 3 2 2"), 8, "in line", "count"),
    Case(22, "few cases become many", figures("3 1 2 4 2 3 1 2 5 3 2 2"), 45, "flagged", "count"),
    Case(23, "none, and then one", [0.0] * 12, 1, "in line", "count"),
    Case(24, "none, and then sixty", [0.0] * 12, 60, "withheld", "count"),
    Case(25, "days ahead and behind", figures("-3 2 0 1 -2 4 -1 0 3 -2 1 0"), -5, "in line"),
    Case(26, "days far behind", figures("-3 2 0 1 -2 4 -1 0 3 -2 1 0"), -60, "withheld"),
    Case(27, "a low September, as ever", SEASONAL, 35, "in line", "count", is_seasonal=True),
    Case(28, "a September like August", SEASONAL, 104, "withheld", "count", is_seasonal=True),
    Case(29, "the same, were it not called seasonal", SEASONAL, 104, "in line", "count"),
    Case(30, "real: 4,770 claimants and then 5,290", CLAIMANTS, 5290, "flagged", "count"),
    Case(31, "no history at all", [], 5290, "not judged", "count"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number} {case.name}")
def test_a_figure_is_judged_by_its_own_history(case: Case) -> None:
    """A figure is in line, flagged, withheld or not judged, as its case says."""
    out = by(case.earlier, case.figure, kind=case.kind, digit=case.digit, cases=case.cases, is_seasonal=case.is_seasonal)
    verdict = "not judged" if np.isnan(out) else "withheld" if out > WITHHOLD else "flagged" if out > FLAG else "in line"
    assert verdict == case.verdict, f"{out:.2f}"


def test_a_season_counts_only_where_enough_years_show_it() -> None:
    """A seasonal KPI with two years or more is compared with its season, one with a year with all its months."""
    short, long = judged(SEASONAL[-14:], 35, is_seasonal=True), judged(SEASONAL, 35, is_seasonal=True)
    assert (bool(short.is_by_season[0]), bool(long.is_by_season[0])) == (False, True)


def test_the_largest_step_is_that_of_the_figures_compared_with() -> None:
    """Without a season all steps count, with one those to the same calendar month."""
    plain, seasonal = judged(SEASONAL, 35), judged(SEASONAL, 35, is_seasonal=True)
    assert float(plain.largest_step[0]) == pytest.approx(102 * 1.04 - 33 * 1.04)
    assert float(seasonal.largest_step[0]) == pytest.approx(99 * 1.02 - 33 * 1.04)


def test_limits_widen_as_points_become_fewer() -> None:
    """The same step is less unusual after six figures than after twelve or twenty-four of the same scatter."""
    scores = [by((VISITS * 2)[:number], 650) for number in (6, 12, 24)]
    assert scores == sorted(scores)


def test_gaps_are_stepped_over() -> None:
    """Each step counts from the last figure known: a quarterly KPI is judged by its quarters."""
    quarterly = np.full(3 * len(VISITS), np.nan)
    quarterly[::3] = VISITS
    assert by([*quarterly[1:], np.nan], 506) < FLAG < by([*quarterly[1:], np.nan], 660)


def test_a_kpi_is_judged_alone_or_among_many_alike() -> None:
    """One pass over all KPIs says of each what a pass over it alone says."""
    rows = [[*case.earlier, case.figure] for case in CASES if case.kind == "count"]
    together = unusual(histories(rows, kind="count"), np.full(len(rows), FLAG))
    alone = [by(row[:-1], row[-1], kind="count") for row in rows]
    assert together.by == pytest.approx(alone, nan_ok=True)


series = st.lists(st.integers(50, 5000), min_size=FEWEST_FIGURES, max_size=MONTHS)


@given(series, st.integers(1, 20000), st.integers(-6, 6))
@settings(max_examples=150, deadline=None)
def test_the_unit_does_not_matter(earlier: list[int], figure: int, power: int) -> None:
    """Figures in pence are judged as those in pounds: multiplying history, figure and last digit changes nothing."""
    times = 10.0**power
    one, other = judged(earlier, figure), judged([each * times for each in earlier], figure * times, digit=times)
    assert other.by == pytest.approx(one.by, rel=1e-6, abs=1e-9)
    assert other.high == pytest.approx(one.high * times, rel=1e-6)


@given(st.lists(st.integers(-500, 500), min_size=FEWEST_FIGURES, max_size=MONTHS - 1), st.integers(-900, 900), st.integers(-5000, -1001))
@settings(max_examples=150, deadline=None)
def test_where_nought_stands_does_not_matter_to_what_may_be_below_it(earlier: list[int], figure: int, by_how_much: int) -> None:
    """Days ahead or behind are judged alike wherever they are counted from: shifting history and figure changes nothing."""
    earlier = [*earlier, -1]
    assert by([each + by_how_much for each in earlier], figure + by_how_much) == pytest.approx(by(earlier, figure), rel=1e-6, abs=1e-9)


@given(series, st.integers(1, 20000))
@settings(max_examples=150, deadline=None)
def test_the_bounds_are_those_of_the_limit(earlier: list[int], figure: int) -> None:
    """A figure is beyond the limit exactly where it lies outside the bounds given for it."""
    said = judged(earlier, figure)
    is_outside = not float(said.low[0]) - 1e-6 <= figure <= float(said.high[0]) + 1e-6
    assert (float(said.by[0]) > FLAG + 1e-6) <= is_outside
    assert (float(said.by[0]) < FLAG - 1e-6) <= (not is_outside or float(said.low[0]) == 0)


@given(st.permutations(VISITS), st.integers(300, 900))
@settings(max_examples=60, deadline=None)
def test_a_level_far_beyond_all_before_is_asked_about_in_whatever_order_they_came(earlier: list[float], figure: int) -> None:
    """The order of a level history moves no figure from in line to withheld, or back."""
    one, other = by(earlier, figure), by(VISITS, figure)
    assert not (one > WITHHOLD and other < FLAG)
    assert not (other > WITHHOLD and one < FLAG)


@given(st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=1, max_size=12))
def test_the_median_of_a_row_is_that_of_its_known_figures(row: list[int | None]) -> None:
    """Missing figures are left out of the median; a row without any has none."""
    known = [each for each in row if each is not None]
    expected = float(np.median(known)) if known else np.nan
    assert median(np.array([[np.nan if each is None else float(each) for each in row]])) == pytest.approx([expected], nan_ok=True)


def test_what_was_known_before_passes_over_gaps() -> None:
    """The figure before is the last one there is."""
    assert known_before(np.array([[1, np.nan, 2, 3]])).tolist()[0][1:] == [1, 1, 2]
