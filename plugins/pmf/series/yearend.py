"""Year end: the year's figure expected from what there is and a forecast of what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pmf.period import FinancialYear
from pmf.register.kpi import Aggregation
from pmf.series.exact import to_decimal
from pmf.series.forecast import Shown, project
from pmf.series.point import Point, financial_year, ordinal
from pmf.series.projection import year_end
from pmf.series.track import History, place_in_year
from pmf.value import rounded


@dataclass(frozen=True)
class _SoFar:
    """This year's figures times their weights, added up; the weights, added up; and the weight of a period to come."""

    total: Fraction
    weight: Fraction
    usual_weight: Fraction


def project_year_end(history: History, *, aggregation: Aggregation, multiplier: int = 1) -> Shown:
    """Forecast the figure of the financial year that the last figure lies in, by the KPI's rule.

    A year-to-date figure and the rule "last" give what is expected for the last period of the year. A sum or mean takes
    the year's figures as they are and the total forecast for the rest; of a ratio, each period to come weighs as this
    year's did on average. ``multiplier`` is the KPI's ``ratio_multiplier``. The projection is of the year. None, with
    the reason: the forecast is not fit to be shown, the year is over, or a sum lacks a period (which is never filled in).
    """
    last = max((point.period for point in history.points if point.value is not None), key=ordinal, default=None)
    if last is None:
        return Shown(projection=None, reason="no forecast shown: there is no figure")
    year, end = financial_year(last), year_end(last)
    if end == last:
        return Shown(projection=None, reason=f"no forecast shown: the figures of {year.label} are complete")
    if history.is_cumulative or aggregation is Aggregation.LAST:
        rest = project(history, to=end)
        return rest if rest.projection is None else replace(rest, projection=replace(rest.projection, period=year))
    this_year = [point for point in history.points if financial_year(point.period) == year and ordinal(point.period) <= ordinal(last)]
    so_far = _so_far(this_year, aggregation, multiplier)
    if aggregation is Aggregation.SUM and so_far.weight < place_in_year(last):
        return Shown(projection=None, reason=f"no forecast shown: a period of {year.label} has no figure to add up")
    if so_far.weight == 0:
        return Shown(projection=None, reason=f"no forecast shown: the figures of {year.label} have nothing to be weighed by")
    rest = project(replace(history, is_total=True), to=end)
    return _of_the_year(rest, so_far, year, ordinal(end) - ordinal(last), is_sum=aggregation is Aggregation.SUM)


def _so_far(points: Sequence[Point], aggregation: Aggregation, multiplier: int) -> _SoFar:
    if aggregation is Aggregation.RATIO:
        parts = [(point.numerator, point.denominator) for point in points]
        pairs = [(Fraction(over) * multiplier, Fraction(under)) for over, under in parts if over is not None and under is not None]
    else:
        pairs = [(Fraction(point.value), Fraction(1)) for point in points if point.value is not None]
    weight = sum((under for _, under in pairs), Fraction(0))
    return _SoFar(sum((over for over, _ in pairs), Fraction(0)), weight, weight / max(len(pairs), 1))


def _of_the_year(rest: Shown, so_far: _SoFar, year: FinancialYear, to_come: int, *, is_sum: bool) -> Shown:
    """Put what is expected for the rest of the year, band included, on top of what there is."""
    found = rest.projection
    if found is None or found.low is None or found.high is None:
        return rest
    whole = Fraction(1) if is_sum else so_far.weight + so_far.usual_weight * to_come
    decimals = -int(found.value.as_tuple().exponent)
    value, low, high = (
        rounded(to_decimal((so_far.total + so_far.usual_weight * Fraction(total)) / whole), decimals)
        for total in (found.value, found.low, found.high)
    )
    return replace(rest, projection=replace(found, period=year, value=value, low=low, high=high))
