"""Behaviour: whether a KPI's figures do more than their usual ups and downs, and whether they can be relied on to meet the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from pmf.page.document import Block, Cell, Chart, Column, Heading, Table
from pmf.reporting.measure import Measure
from pmf.reporting.wording import counted
from pmf.series.variation import Variation, icon_of
from pmf.status import Status
from pmf.value import printed

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

_COLUMNS = (
    Column("KPI", width=2.2),
    Column("Variation", width=1.3),
    Column("Assurance", width=1.3),
    Column("What the chart shows", width=4.8),
    Column("Lower process limit", is_number=True, width=0.85),
    Column("Mean", is_number=True, width=0.85),
    Column("Upper process limit", is_number=True, width=0.85),
)


def behaviour_blocks(measures: Sequence[Measure], caption: str) -> Iterator[Block]:
    """Print how each process behaves, then the charts of those that call for a look."""
    yield Table(caption, _COLUMNS, tuple(_row(measure) for measure in measures), is_wide=True)
    if drawn := charts(measures):
        yield Heading(f"{counted(len(drawn), 'chart')} of KPIs that are red, due a deep dive, or unusual for the worse")
        yield from drawn


def charts(measures: Iterable[Measure]) -> list[Chart]:
    """Select the charts of measures that call for a look and have one."""
    return [measure.chart for measure in measures if measure.chart is not None and calls_for_a_look(measure)]


def calls_for_a_look(measure: Measure) -> bool:
    """Tell whether a measure is red, due a deep dive, or unusual for the worse."""
    row = measure.rating
    return measure.status is Status.RED or bool(row["is_deep_dive"]) or row["variation"] == "concerning"


def _row(measure: Measure) -> tuple[Cell, ...]:
    return (
        Cell(measure.title_with_unit),
        variation_cell(measure),
        assurance_cell(measure),
        Cell(reason(measure)),
        *(measure.cell(_limit(measure, column)) for column in ("lower_limit", "centre_line", "upper_limit")),
    )


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


def _limit(measure: Measure, column: str) -> str:
    """Print a limit with one more decimal than the figures have: rounded as they are, one could not be seen to lie outside."""
    limit: Decimal | None = measure.rating[column]
    return printed(limit, unit=measure.kpi.unit, decimals=measure.kpi.decimals + 1)
