"""Variation: how a KPI's process behaves, worked out from its months or quarters whatever period is rated."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pmf.cycle.rated.standing import Rated, Rater
from pmf.cycle.rated.window import Window
from pmf.period import Month, Period
from pmf.register import Kpi, Target
from pmf.register.fitness import unfit
from pmf.register.kpi import StatusType
from pmf.series.exact import to_decimal
from pmf.series.point import Point
from pmf.series.variation import Stretch, charted, stretches, variation
from pmf.series.variationtext import Wording, rebased, seasonal, too_few
from pmf.series.xmr import Assurance, assurance
from pmf.value import rounded

_COLUMNS = ("variation", "assurance", "variation_reason", "centre_line", "lower_limit", "upper_limit")


def variation_columns(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, Any]:
    """Give the columns of the XmR chart as it stands at the window's last figure; where there is none, only the reason why.

    The target is that of the last figure's own month or quarter: a quarter's sum says nothing about a month.
    """
    no_chart = unfit(kpi)
    if no_chart is not None:
        return _without_chart(f"No chart: {no_chart}.")
    laid_out = chart_stretches(rater, kpi, now.window)
    if not laid_out:
        return _without_chart(f"No chart: there is no figure for {now.window.period.label}.")
    stretch = laid_out[-1]
    said = "" if stretch.rebase is None else rebased(stretch.rebase, rater.register.profile.post(stretch.rebase.post).title)
    if stretch.limits is None:
        return _without_chart(f"{too_few(kpi, stretch)} {said}".rstrip())
    if stretch.latest_signal and _is_seasonal(rater, kpi, stretch.periods[-1]):
        said = f"{seasonal(kpi)} {said}".rstrip()
    target = chart_target(rater, kpi, stretch.periods[-1])
    return _behaviour(Wording(kpi, stretch, stretch.limits), target, said)


def chart_stretches(rater: Rater, kpi: Kpi, window: Window) -> tuple[Stretch, ...]:
    """Lay out the figures of a KPI's chart up to a window's last. None are given where the window itself has no figure.

    What the KPI measured otherwise is left out; a decision to begin anew counts once it is made.
    """
    points = [point for point in rater.points(kpi, window.months[-1]) if isinstance(point.period, Month) and kpi.is_due(point.period)]
    if not points or points[-1].period not in window.months:
        return ()
    rebases = rater.register.profile.rebases_of(kpi.kpi_ref, as_at=rater.as_at)
    return stretches(
        [Point(period=charted(point.period, kpi.frequency), value=point.value) for point in points if isinstance(point.period, Month)],
        frequency=kpi.frequency,
        rebases=rebases,
    )


def chart_target(rater: Rater, kpi: Kpi, period: Period) -> Target | None:
    """Find the target of a month or quarter of the chart. None: there is none, or the KPI is not judged by it."""
    last = period.months[-1]
    return rater.target(kpi, Window(last, (last,))) if kpi.status_type is StatusType.RATED else None


def _is_seasonal(rater: Rater, kpi: Kpi, period: Period) -> bool:
    template = rater.register.template(kpi.kpi_ref, period.last_day)
    return template is not None and template.is_seasonal


def _behaviour(wording: Wording, target: Target | None, said: str) -> dict[str, Any]:
    kpi, stretch = wording.kpi, wording.stretch
    moved = variation(stretch.latest_signal, direction=kpi.direction, target=target.bounds if target else None)
    lower, upper = stretch.bounds(is_percentage=kpi.unit == "%")
    assured, assured_words = _assurance(wording, lower, upper, target)
    lines = (rounded(to_decimal(line), kpi.decimals + 1) for line in (wording.limits.mean, lower, upper))
    sentences = (wording.variation(moved), assured_words, said)
    values = (moved.value, assured, " ".join(sentence for sentence in sentences if sentence), *lines)
    return dict(zip(_COLUMNS, values, strict=True))


def _assurance(wording: Wording, lower: Fraction, upper: Fraction, target: Target | None) -> tuple[str | None, str]:
    """Tell what the process does about its target, and in words. A latest figure that does otherwise makes it hit or miss."""
    direction, latest_figure = wording.kpi.direction, wording.stretch.known[-1]
    if target is None:
        return None, ""
    within = assurance(lower, upper, target=target.bounds, direction=direction)
    latest = assurance(latest_figure, latest_figure, target=target.bounds, direction=direction)
    if within is None or latest is None:
        return None, ""
    verdict = within if within is latest else Assurance.HIT_OR_MISS
    return verdict.value, wording.assurance(within, latest, target)


def _without_chart(reason: str) -> dict[str, Any]:
    return dict.fromkeys(_COLUMNS) | {"variation_reason": reason}
