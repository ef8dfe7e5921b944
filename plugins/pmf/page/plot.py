"""The geometry of a chart: points joined where nothing is missing between them, level lines with their words at the right.

The markup is ``include/templates/report/chart.svg``; web page and PDF print the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pmf.page.document import Chart, ChartLine

# Above and below the figures, in shares of what they span.
_AIR = 0.06

Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The box of a drawing in its own units, and in it the field of the points.

    The words of the lines stand right of the field (``off`` by that much), with room for those who set letters further apart; ``line``
    is the height of one. ``size`` is that of the letters, ``mark`` that of the marks against those of a large chart. The key stands
    below the time axis, ``key_step`` from one word to the next.
    """

    width: int
    left: int
    right: int
    top: int
    bottom: int
    line: int
    off: int
    size: int
    mark: float
    key_step: int

    @property
    def axis_y(self) -> int:
        """The baseline of the words below the time axis."""
        return self.bottom + self.size + 7

    @property
    def key_y(self) -> int:
        """The height at which the key stands."""
        return self.bottom + 42


LARGE = Frame(width=720, left=14, right=520, top=14, bottom=216, line=16, off=14, size=13, mark=1.0, key_step=210)
# Five to a row of a landscape page, where its letters are 7 points high.
SMALL = Frame(width=212, left=4, right=104, top=6, bottom=62, line=11, off=8, size=10, mark=0.6, key_step=84)


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
    frame: Frame = LARGE

    @property
    def height(self) -> int:
        """The height of the drawing, with or without a key."""
        return self.frame.key_y + 12 if self.key else self.frame.axis_y + 8


def plot(chart: Chart) -> Plot:
    """Place a chart: oldest left, highest at the top, a missing figure a gap, and no words upon each other."""
    frame = SMALL if chart.is_small else LARGE
    scale = _Scale.of(chart, frame)
    placed = [None if point.value is None else (scale.x(at), scale.y(point.value)) for at, point in enumerate(chart.points)]
    return Plot(
        paths=tuple(" ".join(f"{x},{y}" for x, y in run) for run in _runs(placed) if len(run) > 1),
        marks=tuple((point.mark, *place) for point, place in zip(chart.points, placed, strict=True) if place is not None),
        levels=_levels(chart.lines, scale),
        breaks=tuple(scale.x(at - 0.5) for at in chart.breaks),
        ticks=tuple((scale.x(at), words, _anchor(at, len(chart.points))) for at, words in chart.ticks),
        key=tuple((mark, float(frame.left + at * frame.key_step), words) for at, (mark, words) in enumerate(chart.key)),
        frame=frame,
    )


@dataclass(frozen=True)
class _Scale:
    low: float
    spread: float
    step: float
    frame: Frame

    @classmethod
    def of(cls, chart: Chart, frame: Frame) -> _Scale:
        figures = [point.value for point in chart.points if point.value is not None] + [line.value for line in chart.lines]
        low, high = (min(figures), max(figures)) if figures else (0.0, 0.0)
        return cls(low, high - low, (frame.right - frame.left) / max(len(chart.points), 1), frame)

    def x(self, at: float) -> float:
        """Half a step is left on either side, so that a line reaches beyond its points and meets the next one half-way."""
        return round(self.frame.left + (at + 0.5) * self.step, 1)

    def y(self, figure: float) -> float:
        share = (figure - self.low) / self.spread if self.spread else 0.5
        return round(self.frame.bottom - (_AIR + share * (1 - 2 * _AIR)) * (self.frame.bottom - self.frame.top), 1)


def _runs(placed: Sequence[Place | None]) -> list[list[Place]]:
    return [[place for place in run if place] for is_known, run in groupby(placed, key=lambda place: place is not None) if is_known]


def _levels(lines: Sequence[ChartLine], scale: _Scale) -> tuple[Level, ...]:
    worded = sorted((scale.y(line.value), at) for at, line in enumerate(lines) if line.words)
    words_y = dict(zip((at for _, at in worded), _apart((y for y, _ in worded), scale.frame), strict=True))
    return tuple(
        Level(line.style, scale.x(line.first - 0.5), scale.x(line.last + 0.5), scale.y(line.value), line.words, words_y.get(at, 0.0))
        for at, line in enumerate(lines)
    )


def _apart(heights: Iterable[float], frame: Frame) -> list[float]:
    """Move words, given from the top, apart by a line each: downwards first, then back up from the bottom of the field."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + frame.line) if moved else height)
    lowest = float(frame.bottom)
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = round(min(moved[at], lowest), 1)
        lowest = moved[at] - frame.line
    return moved


def _anchor(at: int, count: int) -> str:
    """Keep the first and the last label inside the field."""
    return "start" if at == 0 else "end" if at == count - 1 else "middle"
