"""Measure how often a trend is named where there is none, and found where there is one, with seasons and without.

Usage: bench_trend.py [SERIES]

Makes series of two years of months: chance with a standard deviation of 1, of which each month keeps a part of the month before
(``carried over``), a yearly wave of some ``swing`` that begins in any month, and a rise of so much ``a year``. Prints the share of
them (default 4,000 each) that are called rising or falling by the test over the last twelve figures and by the one that
compares the same months. The seed is fixed.
"""

from __future__ import annotations

import sys
import time
from decimal import Decimal

import numpy as np

from pmf.period import Month
from pmf.series.point import Point
from pmf.series.trend import Course, trend
from pmf.value import from_double

MONTHS = tuple(Month(2022, 10).up_to(Month(2024, 9)))
# Swing of the season, part carried over from month to month, rise a year.
CASES = (
    *((swing, 0.0, 0.0) for swing in (0, 1, 2, 3)),
    *((swing, carried, 0.0) for swing in (0, 2) for carried in (0.3, 0.6)),
    *((2, 0.0, rise) for rise in (1, 2)),
)


def series(random: np.random.Generator, swing: float, carried: float, rise: float) -> list[Decimal]:
    """Make one series, oldest first."""
    chance = random.normal(size=len(MONTHS))
    for place in range(1, len(MONTHS)):
        chance[place] = carried * chance[place - 1] + (1 - carried**2) ** 0.5 * chance[place]
    place = np.arange(len(MONTHS))
    wave = swing * np.sin(2 * np.pi * (place + random.integers(12)) / 12)
    return [from_double(float(figure)) for figure in chance + wave + rise * place / 12]


def is_named(figures: list[Decimal], *, is_seasonal: bool) -> bool:
    """Tell whether a trend is named."""
    points = [Point(period=month, value=figure) for month, figure in zip(MONTHS, figures, strict=True)]
    return trend(points, direction=None, is_seasonal=is_seasonal).course in (Course.RISING, Course.FALLING)


def main(number: int) -> None:
    """Print a line per case."""
    random = np.random.default_rng(2024)
    started = time.perf_counter()
    print("swing  carried over  a year | last twelve  same months")
    for swing, carried, rise in CASES:
        made = [series(random, swing, carried, rise) for _ in range(number)]
        plain, seasonal = (sum(is_named(figures, is_seasonal=kind) for figures in made) / number for kind in (False, True))
        print(f"{swing:>5}  {carried:>12}  {rise:>6} | {plain:>11.1%}  {seasonal:>11.1%}")
    print(f"{number:,} series each, {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
