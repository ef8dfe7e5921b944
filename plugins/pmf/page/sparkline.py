"""The geometry of a sparkline: a small line without axes, broken where there is no figure, its last point marked.

The markup is ``include/templates/report/sparkline.svg``; web page and PDF print the same drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

# The box of the drawing, in its own units; the margin leaves room for the mark on the last point.
WIDTH, HEIGHT, MARGIN = 100, 24, 4

Point = tuple[float, float]


@dataclass(frozen=True)
class Trace:
    """Where to draw: lines as "x,y x,y …", dots for figures that stand alone between gaps, and the last figure."""

    lines: tuple[str, ...]
    dots: tuple[Point, ...]
    last: Point | None
    width: int = WIDTH
    height: int = HEIGHT


def trace(points: Sequence[float | None]) -> Trace:
    """Place figures in the box: oldest left, highest at the top, all equal in the middle, None a gap."""
    runs = _runs(points)
    return Trace(
        lines=tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1),
        last=runs[-1][-1] if runs else None,
    )


def _runs(points: Sequence[float | None]) -> list[list[Point]]:
    known = [point for point in points if point is not None]
    if not known:
        return []
    low, spread = min(known), max(known) - min(known)
    step = (WIDTH - 2 * MARGIN) / max(len(points) - 1, 1)

    def place(index: int, figure: float) -> Point:
        height = (figure - low) / spread if spread else 0.5
        return round(MARGIN + index * step, 1), round(HEIGHT - MARGIN - height * (HEIGHT - 2 * MARGIN), 1)

    placed = [None if figure is None else place(index, figure) for index, figure in enumerate(points)]
    return [[point for point in run if point] for is_known, run in groupby(placed, key=lambda point: point is not None) if is_known]
