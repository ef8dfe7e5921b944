"""The geometry of a sparkline."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmf.page.sparkline import HEIGHT, WIDTH, trace


def test_highest_is_at_the_top() -> None:
    """Figures run from left to right, the highest at the top, and the last one is marked."""
    drawn = trace((1.0, 3.0, 2.0))
    assert drawn.lines == ("4.0,20.0 50.0,4.0 96.0,12.0",)
    assert drawn.last == (96.0, 12.0)


def test_a_missing_figure_is_a_gap() -> None:
    """A missing figure breaks the line; a figure alone between gaps is a dot; none of them is drawn as zero."""
    drawn = trace((1.0, 2.0, None, 2.0, None, None))
    assert drawn.lines == ("4.0,20.0 22.4,4.0",)
    assert drawn.dots == (drawn.last,) == ((59.2, 4.0),)


def test_equal_figures_lie_in_the_middle() -> None:
    """A flat line is drawn half-way up."""
    assert trace((5.0, 5.0)).lines == ("4.0,12.0 96.0,12.0",)


def test_nothing_to_draw() -> None:
    """Without any figure there is neither line nor mark."""
    drawn = trace((None, None))
    assert (drawn.lines, drawn.dots, drawn.last) == ((), (), None)


@given(st.lists(st.none() | st.floats(-1e12, 1e12), max_size=40))
def test_the_drawing_stays_in_its_box(points: list[float | None]) -> None:
    """Whatever the figures, every point lies inside the box and every figure is drawn once."""
    drawn = trace(points)
    placed = [tuple(float(number) for number in pair.split(",")) for line in drawn.lines for pair in line.split()] + list(drawn.dots)
    assert len(placed) == sum(point is not None for point in points)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in placed)
