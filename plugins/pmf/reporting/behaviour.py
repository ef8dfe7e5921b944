"""Behaviour: whether a KPI's figures do more than their usual ups and downs, and whether they can be relied on to meet the target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pmf.page.document import Cell, Chart
from pmf.reporting.measure import Measure
from pmf.series.variation import Variation, icon_of
from pmf.status import Status

_VARIATION = {
    "common_cause": "Usual ups and downs",
    "improving": "Unusual, for the better",
    "concerning": "Unusual, for the worse",
    "rising": "Unusually high",
    "falling": "Unusually low",
}
_ASSURANCE = {
    "met": "Meets the target reliably",
    "missed": "Misses the target reliably",
    "hit_or_miss": "Hits or misses the target by chance",
}


def charts(measures: Iterable[Measure]) -> list[Chart]:
    """Select the charts of measures that call for a look and have one."""
    return [measure.chart for measure in measures if measure.chart is not None and calls_for_a_look(measure)]


def calls_for_a_look(measure: Measure) -> bool:
    """Tell whether a measure is red, due a deep dive, or unusual for the worse."""
    row = measure.rating
    return measure.status is Status.RED or bool(row["is_deep_dive"]) or row["variation"] == "concerning"


def variation_cell(measure: Measure) -> Cell:
    """Print whether the latest figures are usual, with the icon before the words; "No chart" where none is drawn."""
    variation = measure.rating["variation"]
    return Cell(_VARIATION[variation], icon=icon_of(Variation(variation), measure.kpi.direction)) if variation else Cell("No chart")


def assurance_cell(measure: Measure) -> Cell:
    """Print whether the process can be relied on to meet its target, with the icon before the words."""
    assurance = measure.rating["assurance"]
    return Cell(_ASSURANCE[assurance], icon=assurance) if assurance else Cell("Not told")


def reason(measure: Measure) -> str:
    """Say what the chart shows, or why there is none."""
    words: str = measure.rating["variation_reason"] or "Not worked out for this period"
    return words


def small_charts(measures: Iterable[Measure]) -> list[Chart]:
    """Draw the chart of every measure that has one, small: mean and target in figures, the rest by its shape and in words."""
    return [_small(measure, measure.chart) for measure in measures if measure.chart is not None]


def _small(measure: Measure, chart: Chart) -> Chart:
    lines = tuple(line if line.style != "limit" else replace(line, words="") for line in chart.lines)
    ends = (*chart.ticks[:1], *chart.ticks[1:][-1:])
    return replace(chart, caption=measure.title_with_unit, lines=lines, ticks=ends, key=(), is_small=True)
