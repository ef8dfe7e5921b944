"""Months become a quarter or a year, and directorates' figures the council's, by the rule the KPI declares.

Percentages are never averaged: numerators and denominators are added up, or each figure counts by its denominator. A
quarter with a month missing is worked out from the months there are and says which are missing, as the CCC quarter 2
report 2024/25 does for indicator 220; no month is ever filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pmf.period import Month
from pmf.register.kpi import Aggregation
from pmf.series.exact import to_decimal
from pmf.series.point import Point
from pmf.value import exact_sum, quotient


@dataclass(frozen=True, kw_only=True)
class Aggregated:
    """A figure made of months. ``value`` None: no month has one, or the denominators add up to zero.

    ``numerator`` and ``denominator`` are None where the rule uses none. Of weighted figures ``denominator`` is their weights
    added up, and ``numerator`` None where one of them was returned without.
    """

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    months_used: tuple[Month, ...]
    months_missing: tuple[Month, ...]

    @property
    def is_incomplete(self) -> bool:
        """Tell whether a month is missing, which makes the figure provisional."""
        return bool(self.months_missing)


@dataclass(frozen=True, kw_only=True)
class Combined:
    """A council's figure made of its directorates'. ``parts_used`` and ``parts_missing`` hold the names given."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    parts_used: tuple[str, ...]
    parts_missing: tuple[str, ...]

    @property
    def is_incomplete(self) -> bool:
        """Tell whether a directorate is missing, which makes the figure provisional."""
        return bool(self.parts_missing)


def aggregate(
    points: Sequence[Point], *, months: Sequence[Month], aggregation: Aggregation, is_cumulative: bool = False, multiplier: int = 1
) -> Aggregated:
    """Work out a quarter's or year's figure from its months.

    ``months`` are those a figure is due for, as time runs: all of the quarter's for a monthly KPI, its last for a
    quarterly one. Points of other months are ignored; a month without a usable figure is missing. Cumulative figures
    already hold the months before them, so the last one counts. ``multiplier`` is the KPI's ``ratio_multiplier``.
    """
    rule = Aggregation.LAST if is_cumulative else aggregation
    by_month = {point.period: point for point in points if _is_usable(point, rule)}
    used = tuple(month for month in months if month in by_month)
    value, numerator, denominator = _figures([by_month[month] for month in used], rule, multiplier)
    missing = tuple(month for month in months if month not in by_month)
    return Aggregated(value=value, numerator=numerator, denominator=denominator, months_used=used, months_missing=missing)


def combine(parts: Mapping[str, Point], *, aggregation: Aggregation, multiplier: int = 1) -> Combined:
    """Work out a corporate KPI from the directorates' figures for one period.

    ``parts`` holds a point per directorate's KPI, by name. Sums and ratios add up, a weighted figure counts by its
    denominator; a mean is taken only where the KPI declares one.

    Raises:
        ValueError: for the rule "last", which says nothing about directorates.
    """
    if aggregation is Aggregation.LAST:
        raise ValueError('directorates\' figures cannot be combined by "last": use sum, ratio, weighted or mean')
    used = tuple(name for name, point in parts.items() if _is_usable(point, aggregation))
    value, numerator, denominator = _figures([parts[name] for name in used], aggregation, multiplier)
    missing = tuple(name for name in parts if name not in used)
    return Combined(value=value, numerator=numerator, denominator=denominator, parts_used=used, parts_missing=missing)


def _is_usable(point: Point, rule: Aggregation) -> bool:
    if rule is Aggregation.RATIO:
        return point.numerator is not None and point.denominator is not None
    if rule is Aggregation.WEIGHTED and point.denominator is None:
        return False
    return point.value is not None


def _figures(points: Sequence[Point], rule: Aggregation, multiplier: int) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Give value, numerator and denominator of usable points, oldest first."""
    if not points:
        return None, None, None
    if rule is Aggregation.LAST:
        return points[-1].value, points[-1].numerator, points[-1].denominator
    if rule is Aggregation.RATIO:
        numerator, denominator = _numerators(points), _denominators(points)
        return quotient(numerator, denominator, multiplier=multiplier), numerator, denominator
    if rule is Aggregation.WEIGHTED:
        return _weighted(points, multiplier)
    total = exact_sum(point.value for point in points if point.value is not None)
    return total if rule is Aggregation.SUM else quotient(total, Decimal(len(points))), None, None


def _weighted(points: Sequence[Point], multiplier: int) -> tuple[Decimal | None, Decimal | None, Decimal]:
    """Average figures, each as often as its denominator counts. No figure where the weights add up to zero."""
    total, weight = sum((_weight_times_value(point, multiplier) for point in points), Fraction(0)), _denominators(points)
    numerator = None if any(point.numerator is None for point in points) else _numerators(points)
    return to_decimal(total / Fraction(weight)) if weight else None, numerator, weight


def _weight_times_value(point: Point, multiplier: int) -> Fraction:
    # A quotient's decimal may have been cut off; its numerator was not.
    if point.numerator is not None:
        return Fraction(point.numerator) * multiplier
    return Fraction(point.value or 0) * Fraction(point.denominator or 0)


def _numerators(points: Sequence[Point]) -> Decimal:
    return exact_sum(point.numerator for point in points if point.numerator is not None)


def _denominators(points: Sequence[Point]) -> Decimal:
    return exact_sum(point.denominator for point in points if point.denominator is not None)
