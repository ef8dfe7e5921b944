"""The geometry of a chart: points joined where nothing is missing between them, level lines with their words at the right.

The markup is ``include/templates/report/chart.svg``; web page and PDF print the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pmf.page.document import Chart, ChartLine

# The box of the drawing in its own units, and in it the field of the points; the words of the lines stand right of it,
# with room for those who set letters further apart.
WIDTH, HEIGHT = 720, 270
LEFT, RIGHT, TOP, BOTTOM = 14, 520, 14, 216
# A line of words, and how far the words stand off the field.
_LINE, _OFF = 16, 14
# Above and below the figures, in shares of what they span.
_AIR = 0.06
_KEY_TOP, _KEY_STEP = 258, 210

Place = tuple[float, float]


@dataclass(frozen=True)
class Level:
    """A level line; ``words`` (with ``words_y`` where they stand) are empty for none."""

    style: str
    start: float
    end: float
    y: float
    words: str
    words_y: float


@dataclass(frozen=True)
class Plot:
    """Where to draw. ``marks`` hold the shape ("": an ordinary point) with its place, ``ticks`` and ``key`` words with theirs."""

    paths: tuple[str, ...]
    marks: tuple[tuple[str, float, float], ...]
    levels: tuple[Level, ...]
    breaks: tuple[float, ...]
    ticks: tuple[tuple[float, str, str], ...]
    key: tuple[tuple[str, float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    top: int = TOP
    bottom: int = BOTTOM
    left: int = LEFT
    right: int = RIGHT
    words_x: int = RIGHT + _OFF
    key_y: int = _KEY_TOP


def plot(chart: Chart) -> Plot:
    """Place a chart: oldest left, highest at the top, a missing figure a gap, and no words upon each other."""
    scale = _Scale.of(chart)
    placed = [None if point.value is None else (scale.x(at), scale.y(point.value)) for at, point in enumerate(chart.points)]
    return Plot(
        paths=tuple(" ".join(f"{x},{y}" for x, y in run) for run in _runs(placed) if len(run) > 1),
        marks=tuple((point.mark, *place) for point, place in zip(chart.points, placed, strict=True) if place is not None),
        levels=_levels(chart.lines, scale),
        breaks=tuple(scale.x(at - 0.5) for at in chart.breaks),
        ticks=tuple((scale.x(at), words, _anchor(at, len(chart.points))) for at, words in chart.ticks),
        key=tuple((mark, float(LEFT + at * _KEY_STEP), words) for at, (mark, words) in enumerate(chart.key)),
    )


@dataclass(frozen=True)
class _Scale:
    low: float
    spread: float
    step: float

    @classmethod
    def of(cls, chart: Chart) -> _Scale:
        figures = [point.value for point in chart.points if point.value is not None] + [line.value for line in chart.lines]
        low, high = (min(figures), max(figures)) if figures else (0.0, 0.0)
        return cls(low, high - low, (RIGHT - LEFT) / max(len(chart.points), 1))

    def x(self, at: float) -> float:
        """Half a step is left on either side, so that a line reaches beyond its points and meets the next one half-way."""
        return round(LEFT + (at + 0.5) * self.step, 1)

    def y(self, figure: float) -> float:
        share = (figure - self.low) / self.spread if self.spread else 0.5
        return round(BOTTOM - (_AIR + share * (1 - 2 * _AIR)) * (BOTTOM - TOP), 1)


def _runs(placed: Sequence[Place | None]) -> list[list[Place]]:
    return [[place for place in run if place] for is_known, run in groupby(placed, key=lambda place: place is not None) if is_known]


def _levels(lines: Sequence[ChartLine], scale: _Scale) -> tuple[Level, ...]:
    worded = sorted((scale.y(line.value), at) for at, line in enumerate(lines) if line.words)
    words_y = dict(zip((at for _, at in worded), _apart(y for y, _ in worded), strict=True))
    return tuple(
        Level(line.style, scale.x(line.first - 0.5), scale.x(line.last + 0.5), scale.y(line.value), line.words, words_y.get(at, 0.0))
        for at, line in enumerate(lines)
    )


def _apart(heights: Iterable[float]) -> list[float]:
    """Move words, given from the top, apart by a line each: downwards first, then back up from the bottom of the field."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + _LINE) if moved else height)
    lowest = float(BOTTOM)
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = round(min(moved[at], lowest), 1)
        lowest = moved[at] - _LINE
    return moved


def _anchor(at: int, count: int) -> str:
    """Keep the first and the last label inside the field."""
    return "start" if at == 0 else "end" if at == count - 1 else "middle"
