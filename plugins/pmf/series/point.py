"""One figure of one period, and the plainest things done to a row of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pmf.period import FinancialYear, Month, Period
from pmf.value import exact_sum


@dataclass(frozen=True, kw_only=True)
class Point:
    """A KPI's figure for one period. ``value`` None: there is no figure; zero is a figure.

    ``numerator`` and ``denominator`` are None where the figure is no quotient.
    """

    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


def known(points: Iterable[Point]) -> list[tuple[Period, Decimal]]:
    """List period and figure of the points that have one, in the order given."""
    return [(point.period, point.value) for point in points if point.value is not None]


def financial_year(period: Period) -> FinancialYear:
    """Name the financial year a period lies in, or is."""
    return period if isinstance(period, FinancialYear) else period.financial_year


def ordinal(period: Period) -> int:
    """Number a period so that neighbours of its kind differ by one."""
    if isinstance(period, Month):
        return period.year * 12 + period.month
    return period.start_year if isinstance(period, FinancialYear) else period.start_year * 4 + period.number


def steps(points: Sequence[Point], *, every: int = 1) -> list[Point]:
    """Turn year-to-date figures into what each period added, oldest first.

    ``every`` is the number of periods from one figure to the next: 3 for quarterly figures given by the quarter's last month.
    The first figure of a financial year added all of itself. One whose predecessor is not there gets None: its share is not
    known. Numerators and denominators are dropped.
    """
    figures = {point.period: point.value for point in points}
    return [replace(point, value=_step(point, figures, every), numerator=None, denominator=None) for point in points]


def _step(point: Point, figures: Mapping[Period, Decimal | None], every: int) -> Decimal | None:
    earlier = point.period
    for _ in range(every):
        earlier = earlier.previous
    starts_the_year = financial_year(earlier) != financial_year(point.period)
    if point.value is None or starts_the_year:
        return point.value
    before = figures.get(earlier)
    return None if before is None else exact_sum((point.value, before.copy_negate()))
