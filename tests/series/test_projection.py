"""The projection is the least-squares line, kept where a percentage can be, and silent without enough history."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import FinancialYear, Month, Quarter
from pmf.series.point import Point
from pmf.series.projection import Projection, linear, year_end

APRIL = Month(2024, 4)


def months(figures: Sequence[str | None], start: Month = APRIL) -> list[Point]:
    return [Point(period=start.plus(n), value=None if text is None else Decimal(text)) for n, text in enumerate(figures)]


SIX = months(["10", "12", "14", "16", "18", "20"])
SEPTEMBER, OCTOBER, MARCH = Month(2024, 9), Month(2024, 10), Month(2025, 3)


@pytest.mark.parametrize(("to", "expected"), [(OCTOBER, "22"), (MARCH, "32")])
def test_a_straight_line_goes_on(to: Month, expected: str) -> None:
    """Two more each month are two more next month and at year end, by the method named."""
    assert linear(SIX, to=to) == Projection(period=to, value=Decimal(expected), method="linear", points_used=6)


def test_a_textbook_line_comes_out() -> None:
    """Figures off the line: 1, 3, 2, 5, 4, 6 have the slope 31/35 and reach 6.6 next."""
    made = linear(months(["1", "3", "2", "5", "4", "6"]), to=OCTOBER)
    assert made is not None
    assert made.value == Decimal("6.6")


def test_months_without_a_figure_keep_their_place() -> None:
    """A gap does not bend the line: the months around it stay where they are in time."""
    made = linear(months(["10", None, "14", None, "18", "20", "22", "24"]), to=Month(2024, 12))
    assert made is not None
    assert (made.value, made.points_used) == (Decimal(26), 6)


@pytest.mark.parametrize("figures", [[], ["1"] * 5, ["1", "2", None, "3", "4", "5", None]])
def test_fewer_than_six_figures_project_nothing(figures: list[str | None]) -> None:
    """No history, no line."""
    assert linear(months(figures), to=MARCH) is None


def test_only_the_last_twelve_figures_count() -> None:
    """What was two years ago does not pull the line down."""
    made = linear(months(["0"] * 10 + ["50"] * 12), to=Month(2026, 3))
    assert made is not None
    assert (made.value, made.points_used) == (Decimal(50), 12)


@pytest.mark.parametrize(
    ("figures", "is_percentage", "expected"),
    [
        (["75", "80", "85", "90", "95", "100"], True, "100"),
        (["75", "80", "85", "90", "95", "100"], False, "105"),
        (["25", "20", "15", "10", "5", "0"], True, "0"),
        (["85", "90", "95", "100", "105", "110"], True, "115"),
    ],
)
def test_a_percentage_stays_where_a_percentage_can_be(figures: list[str | None], is_percentage: bool, expected: str) -> None:
    """Between 0 and 100, unless the KPI has itself been beyond, as 103% of a grant is."""
    made = linear(months(figures), to=OCTOBER, is_percentage=is_percentage)
    assert made is not None
    assert made.value == Decimal(expected)


def test_a_cumulative_figure_is_projected_within_its_year() -> None:
    """Last year's climb and the fall back in April are not part of this year's line."""
    points = [*months(["70", "80", "90"], start=Month(2024, 1)), *SIX]
    made = linear(points, to=MARCH, is_cumulative=True)
    assert made is not None
    assert (made.value, made.points_used) == (Decimal(32), 6)
    assert linear(points, to=Month(2026, 3), is_cumulative=True) is None


def test_quarters_and_years_are_projected_too() -> None:
    """Any kind of period has a line, with neighbours one step apart."""
    quarters = [Point(period=Quarter(2023 + n // 4, n % 4 + 1), value=Decimal(n)) for n in range(6)]
    made = linear(quarters, to=Quarter(2024, 4))
    years = [Point(period=FinancialYear(2018 + n), value=Decimal(n)) for n in range(6)]
    yearly = linear(years, to=FinancialYear(2024))
    assert made is not None
    assert yearly is not None
    assert (made.value, yearly.value) == (Decimal(7), Decimal(6))


def test_the_year_end_is_of_the_same_kind() -> None:
    """March for a month, quarter 4 for a quarter, itself for a year."""
    year = FinancialYear(2024)
    assert [year_end(year, like=period) for period in (SEPTEMBER, Month(2020, 1), MARCH)] == [MARCH] * 3
    assert year_end(year, like=Quarter(2021, 2)) == Quarter(2024, 4)
    assert year_end(year, like=FinancialYear(2020)) == year


@pytest.mark.parametrize("to", [SEPTEMBER, APRIL, Quarter(2024, 4)])
def test_the_past_is_not_projected(to: Month | Quarter) -> None:
    """A period that has its figure, or is of another kind, is refused."""
    with pytest.raises(ValueError, match="project to a later period of the same kind"):
        linear(SIX, to=to)


@given(st.lists(st.decimals(0, 100, places=2), min_size=6, max_size=15))
def test_a_percentage_is_never_projected_beyond_its_bounds(figures: list[Decimal]) -> None:
    """Whatever the history, the projection is a percentage, and the same on every run."""
    points = [Point(period=APRIL.plus(n), value=figure) for n, figure in enumerate(figures)]
    to = year_end(APRIL.plus(len(figures)).financial_year, like=APRIL)
    made = linear(points, to=to, is_percentage=True)
    assert made is not None
    assert 0 <= made.value <= 100
    assert made == linear(points, to=to, is_percentage=True)
