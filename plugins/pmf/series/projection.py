"""Projection: where the figures lead if they go on as they have (CCC quarter 2 report 2024/25, paragraph 2.4).

``linear`` is the "projected linear trend" of the committees' dashboard, in exact arithmetic and without a band. The
forecasts that are tested against "no change" come from ``forecast``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pmf.period import FinancialYear, Period, Quarter
from pmf.series.exact import to_decimal
from pmf.series.point import Point, financial_year, known, ordinal

# A year of months, as for the trend.
MOST_POINTS = 12
# A line through fewer says more about the last odd month than about the KPI.
FEWEST_POINTS = 6


class Method(StrEnum):
    """How a figure to come is expected, in the words that are printed."""

    AUTO = "auto"
    THETA_AND_DAMPED = "theta and damped"
    THETA = "theta"
    DAMPED = "damped"
    SMOOTHING = "smoothing"
    LINEAR = "linear"
    NO_CHANGE = "no change"


@dataclass(frozen=True, kw_only=True)
class Projection:
    """A figure expected for a period, by a named method, from ``points_used`` figures.

    Four out of five figures should fall between ``low`` and ``high``. None: the method has no band, or none could be measured.
    """

    period: Period
    value: Decimal
    method: str
    points_used: int
    low: Decimal | None = None
    high: Decimal | None = None


def year_end(year: FinancialYear, *, like: Period) -> Period:
    """Name the last period of a financial year that is of the same kind as ``like``."""
    if isinstance(like, FinancialYear):
        return year
    return Quarter(year.start_year, 4) if isinstance(like, Quarter) else year.months[-1]


def linear(points: Sequence[Point], *, to: Period, is_percentage: bool = False, is_cumulative: bool = False) -> Projection | None:
    """Extend the least-squares line through the last twelve figures to a period. None: fewer than six figures.

    ``points`` run from oldest to newest and ``to`` is a later period of their kind. A cumulative KPI starts anew each
    April, so only figures of the financial year projected count. A percentage whose figures lie between 0 and 100 is kept there.

    Raises:
        ValueError: when ``to`` is of another kind, or not later than the last figure.
    """
    figures = [(period, figure) for period, figure in known(points) if not is_cumulative or financial_year(period) == financial_year(to)]
    figures = figures[-MOST_POINTS:]
    if len(figures) < FEWEST_POINTS:
        return None
    last = figures[-1][0]
    if type(last) is not type(to) or ordinal(to) <= ordinal(last):
        raise ValueError(f"{to.key} does not come after {last.key}: project to a later period of the same kind")
    line = _line_at(ordinal(to), [(ordinal(period), Fraction(figure)) for period, figure in figures])
    if is_percentage and all(0 <= figure <= 100 for _, figure in figures):
        line = min(max(line, Fraction(0)), Fraction(100))
    return Projection(period=to, value=to_decimal(line), method=Method.LINEAR.value, points_used=len(figures))


def _line_at(x: int, figures: Sequence[tuple[int, Fraction]]) -> Fraction:
    """Give the height at ``x`` of the least-squares line through the figures."""
    mean_x = Fraction(sum(place for place, _ in figures), len(figures))
    mean_y = sum((figure for _, figure in figures), Fraction(0)) / len(figures)
    spread = sum((place - mean_x) ** 2 for place, _ in figures)
    slope = sum(((place - mean_x) * (figure - mean_y) for place, figure in figures), Fraction(0)) / spread
    return mean_y + slope * (x - mean_x)
