"""The geometry of a process chart, and the drawing made of it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import lxml.etree
from hypothesis import given
from hypothesis import strategies as st

from page.samples import HOSTILE, process_chart
from pmf.page.document import Chart, ChartLine, ChartPoint, Document, Section
from pmf.page.environment import html_environment
from pmf.page.plot import LARGE, SMALL, plot
from pmf.page.web import render_html

figures = st.floats(-1e12, 1e12)


def drawing(chart: Chart, templates: Path) -> str:
    return html_environment(templates / "report").get_template("chart.svg").render(chart=chart)


def test_a_missing_figure_is_a_gap() -> None:
    """A missing figure breaks the line and has no mark; the first point stands left, the highest at the top."""
    drawn = plot(Chart("C", "A", tuple(ChartPoint(value) for value in (1.0, 3.0, None, 2.0, 2.5))))
    assert [len(path.split()) for path in drawn.paths] == [2, 2]
    assert len(drawn.marks) == 4
    (_, first_x, first_y), (_, second_x, second_y), *_ = drawn.marks
    assert first_x < second_x
    assert first_y > second_y


def test_stretches_meet_half_way() -> None:
    """The limits of one stretch end where those of the next begin, at the break between two points."""
    drawn = plot(process_chart())
    assert drawn.levels[0].end == drawn.levels[2].start == drawn.breaks[0]


def test_nothing_but_words_can_be_drawn() -> None:
    """A chart without any figure is drawn empty, and one of equal figures half-way up."""
    assert plot(Chart("C", "A", (ChartPoint(None),))).marks == ()
    assert {y for _, _, y in plot(Chart("C", "A", (ChartPoint(5.0), ChartPoint(5.0)))).marks} == {(LARGE.top + LARGE.bottom) / 2}


@given(st.lists(st.none() | figures, min_size=1, max_size=50), st.lists(figures, max_size=6), st.booleans())
def test_the_drawing_stays_in_its_field(values: list[float | None], levels: list[float], is_small: bool) -> None:
    """Whatever the figures, and in either size, every point and line lies in the field, and no words stand upon each other."""
    frame = SMALL if is_small else LARGE
    lines = tuple(ChartLine("limit", level, 0, len(values) - 1, f"Limit {level}") for level in levels)
    drawn = plot(Chart("C", "A", tuple(ChartPoint(value) for value in values), lines, is_small=is_small))
    assert len(drawn.marks) == sum(value is not None for value in values)
    assert all(frame.left <= x <= frame.right and frame.top <= y <= frame.bottom for _, x, y in drawn.marks)
    assert all(frame.left <= line.start <= line.end <= frame.right and frame.top <= line.y <= frame.bottom for line in drawn.levels)
    words = sorted(line.words_y for line in drawn.levels)
    assert all(below - above >= frame.line - 0.1 for above, below in itertools.pairwise(words))
    assert all(frame.top <= y <= frame.bottom for y in words)


def test_the_drawing_is_told_and_escaped(templates: Path) -> None:
    """The drawing is well-formed, says its text alternative first, and prints hostile words as words."""
    hostile = " ".join(HOSTILE)
    svg = lxml.etree.fromstring(drawing(process_chart(f" {hostile}"), templates).encode())
    title, *_ = svg
    assert svg.get("role") == "img"
    assert title.text == process_chart(f" {hostile}").alt
    assert {element.tag.rpartition("}")[2] for element in svg.iter()} == {"svg", "title", "path", "g", "polyline", "rect", "circle", "text"}
    assert f"Mean 68% {hostile}" in [element.text for element in svg.iter("{*}text")]


def test_marks_differ_by_shape(templates: Path) -> None:
    """A figure for the better is a square, for the worse a diamond, otherwise unusual a ring, and an ordinary one a dot."""
    chart = replace(process_chart(), lines=(), breaks=(), ticks=(), key=())
    svg = lxml.etree.fromstring(drawing(chart, templates).encode())
    shapes = [element.tag.rpartition("}")[2] for element in svg if element.get("fill") in ("#12436d", "#ff8a4c", "#fff", "#484f54")]
    assert (shapes.count("rect"), shapes.count("path"), shapes.count("circle")) == (1, 1, 9)


def test_the_drawing_brings_nothing_along(templates: Path) -> None:
    """A drawing holds no script, style or reference: nothing is fetched and nothing runs."""
    svg = drawing(process_chart(), templates)
    assert not [word for word in ("<script", "<style", "href", "url(", "onload", "<image") if word in svg]


def test_a_chart_without_marks_needs_no_room_for_a_key(templates: Path) -> None:
    """Where nothing is marked the key is left out, and the room for it too."""
    with_key, without = (
        lxml.etree.fromstring(drawing(chart, templates).encode()) for chart in (process_chart(), replace(process_chart(), key=()))
    )
    assert int(without.get("height")) < int(with_key.get("height"))


def test_a_chart_is_a_figure_with_a_caption(templates: Path) -> None:
    """On the page a chart stands in a figure with its caption above."""
    document = Document("Report", "Example Council", "", (), (Section("Section", (process_chart(),)),), "Footer")
    page = lxml.etree.HTML(render_html(document, templates=templates).decode())
    assert page.xpath("string(//figure/figcaption)") == process_chart().caption
    assert page.xpath("count(//figure/*[name()='svg'])") == 1
