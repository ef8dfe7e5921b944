"""Year end: the year's figure expected from what there is and a forecast of what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pmf.period import FinancialYear, Period
from pmf.register.kpi import Aggregation
from pmf.series.exact import to_decimal
from pmf.series.forecast import Shown, project
from pmf.series.point import Point, financial_year, ordinal
from pmf.series.projection import year_end
from pmf.series.track import History, place_in_year
from pmf.series.trial import not_shown, told
from pmf.value import rounded


@dataclass(frozen=True, kw_only=True)
class UnfinishedYear:
    """A KPI's figures up to now, the financial year that is to be forecast, and the rule that makes the year's figure.

    ``multiplier`` is the KPI's ``ratio_multiplier``.
    """

    history: History
    year: FinancialYear
    aggregation: Aggregation
    multiplier: int = 1

    @property
    def is_read_off(self) -> bool:
        """Tell whether the year's figure is that of its last period, so that nothing is added up."""
        by_rule = self.history.is_cumulative or self.aggregation is Aggregation.LAST
        return by_rule or isinstance(self.history.last, FinancialYear)


@dataclass(frozen=True)
class _SoFar:
    """The year's figures times their weights, added up; the weights, added up; and the weight of a period to come."""

    total: Fraction
    weight: Fraction
    usual_weight: Fraction


@dataclass(frozen=True)
class _Rest:
    """What is still to be forecast for a year: the figures to do it from, up to which period, and what is there already."""

    history: History
    end: Period
    periods: int
    so_far: _SoFar | None


def project_year_ends(years: Sequence[UnfinishedYear]) -> list[Shown]:
    """Forecast the year's figure of every KPI, by its rule; each is the same alone or among others.

    A year-to-date figure and the rule "last" give what is expected for the last period of the year. A sum or mean takes
    the year's figures as they are and the total forecast for the rest; of a ratio or weighted mean, each period to come
    weighs as this year's did on average. The projection is of the year. None, with the reason: the forecast is not fit to
    be shown, the year is complete, or a sum lacks a period (which is never filled in).
    """
    rests = [_rest(each) for each in years]
    found = iter(project([(rest.history, rest.end) for rest in rests if isinstance(rest, _Rest)]))
    return [
        _of_the_year(next(found), rest, each) if isinstance(rest, _Rest) else Shown(projection=None, reason=not_shown(rest))
        for each, rest in zip(years, rests, strict=True)
    ]


def _rest(of: UnfinishedYear) -> _Rest | str:
    """Find what is to be forecast, or the reason why nothing can be."""
    last = of.history.last
    if last is None:
        return "there is no figure"
    end = year_end(of.year, like=last)
    to_come = ordinal(end) - ordinal(last)
    if to_come < 1:
        return f"the figures of {of.year.label} are complete"
    if of.is_read_off:
        return _Rest(of.history, end, to_come, None)
    if to_come > place_in_year(end):
        return f"{of.year.label} has no figure yet, and the year before lacks its last ones"
    so_far = _so_far([point for point in of.history.points if financial_year(point.period) == of.year], of)
    if of.aggregation is Aggregation.SUM and so_far.weight + to_come < place_in_year(end):
        return f"a period of {of.year.label} has no figure to add up"
    if so_far.usual_weight == 0:
        return f"the figures of {of.year.label} have nothing to be weighed by"
    return _Rest(replace(of.history, is_total=True), end, to_come, so_far)


def _so_far(points: Sequence[Point], of: UnfinishedYear) -> _SoFar:
    """Add up what the year has. Before its first figure, all periods to come weigh the same."""
    pairs = [pair for point in points if (pair := _weighed(point, of)) is not None]
    weight = sum((under for _, under in pairs), Fraction(0))
    usual = weight / len(pairs) if pairs else Fraction(0 if any(point.value is not None for point in points) else 1)
    return _SoFar(sum((over for over, _ in pairs), Fraction(0)), weight, usual)


def _weighed(point: Point, of: UnfinishedYear) -> tuple[Fraction, Fraction] | None:
    """Give a figure times its weight, and the weight. None: the rule has no use for the point."""
    if of.aggregation not in (Aggregation.RATIO, Aggregation.WEIGHTED):
        return None if point.value is None else (Fraction(point.value), Fraction(1))
    if point.denominator is None:
        return None
    weight = Fraction(point.denominator)
    if point.numerator is not None:
        return Fraction(point.numerator) * of.multiplier, weight
    return (Fraction(point.value) * weight, weight) if of.aggregation is Aggregation.WEIGHTED and point.value is not None else None


def _of_the_year(shown: Shown, rest: _Rest, of: UnfinishedYear) -> Shown:
    """Put what is expected for the rest of the year, band included, on top of what there is."""
    found = shown.projection
    if rest.so_far is None:
        return shown if found is None else replace(shown, projection=replace(found, period=of.year))
    usual = rest.so_far.usual_weight
    whole = Fraction(1) if of.aggregation is Aggregation.SUM else rest.so_far.weight + usual * rest.periods
    if shown.trial is not None:
        trial = shown.trial.times(float(usual / whole))
        shown = replace(shown, trial=trial, reason=told(trial))
    if found is None or found.low is None or found.high is None:
        return shown
    decimals = -int(found.value.as_tuple().exponent)
    value, low, high = (
        rounded(to_decimal((rest.so_far.total + usual * Fraction(total)) / whole), decimals)
        for total in (found.value, found.low, found.high)
    )
    return replace(shown, projection=replace(found, period=of.year, value=value, low=low, high=high))
