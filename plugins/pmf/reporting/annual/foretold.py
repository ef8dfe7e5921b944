"""Forecasts held against the outcome: what was expected of the year after each quarter, and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pmf.page.document import Block, Cell, Column, Table, paragraph
from pmf.reporting.annual.year import AnnualSetting, QuarterFigure, YearMeasure
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import Measure
from pmf.reporting.numbering import Numbering
from pmf.reporting.wording import counted
from pmf.status import Status

# After quarter 4 the year is over: there is nothing left to forecast.
_FORETELLING = 3
_NONE = "None"


def forecast_blocks(measures: Sequence[YearMeasure], setting: AnnualSetting, numbers: Numbering) -> Iterator[Block]:
    """Count how often the forecasts of each quarter foresaw the year's status, then print them beside the outcome."""
    told = [item for item in measures if item.outcome is not None and any(_is_told(quarter) for quarter in item.quarters[:_FORETELLING])]
    if not told:
        yield numbers.paragraph(f"No forecast of {setting.year.label} was made that its figures could be held against.")
        return
    yield numbers.paragraph(
        f"Of {counted(len(told), 'indicator')} the year had been forecast after an earlier quarter, by the service or, marked "
        f"{FORECAST_MARK}, from past figures alone. How many forecasts foresaw the status the year ended with, and how many of the "
        f"80% bands held its figure:"
    )
    yield _record(told, setting)
    yield numbers.paragraph("Each forecast beside the figure it was of, as it was first told:")
    yield _table(told, setting)
    if left_out := len(measures) - len(told):
        yield paragraph(f"{counted(left_out, 'indicator')} without a forecast, or without a whole year's figure, are left out here.")


def _is_told(quarter: QuarterFigure | None) -> bool:
    return quarter is not None and (quarter.told.rating["forecast"] is not None or quarter.told.rating["year_end"] is not None)


def _record(measures: Sequence[YearMeasure], setting: AnnualSetting) -> Table:
    lines: tuple[tuple[str, Callable[[YearMeasure, Measure], bool | None]], ...] = (
        ("Status foreseen by the service", lambda item, then: _foresaw(item, then, "forecast_status")),
        (f"Status foreseen by the {FORECAST_MARK} forecast", lambda item, then: _foresaw(item, then, "year_end_status")),
        (f"Figure within the band of the {FORECAST_MARK} forecast", _is_within),
    )
    places = range(_FORETELLING)
    rows = []
    for words, hit in lines:
        hits = [[hit(item, quarter.told) for item in measures if (quarter := item.quarters[place])] for place in places]
        if any(told is not None for after in hits for told in after):
            rows.append((Cell(words), *(_hits(after) for after in hits)))
    columns = (Column("Forecast", width=2.4), *(Column(f"After quarter {place + 1}", is_number=True) for place in places))
    return Table(f"How forecasts of {setting.year.label} came true", columns, tuple(rows))


def _hits(hits: Sequence[bool | None]) -> Cell:
    """Print how many of those that could be told came true: "24 of 30"."""
    told = [hit for hit in hits if hit is not None]
    return Cell(f"{sum(told)} of {len(told)}") if told else Cell("-", mark="z")


def _foresaw(item: YearMeasure, then: Measure, column: str) -> bool | None:
    foreseen = then.rating[column]
    return Status(foreseen) is item.year.status if foreseen and item.year.status.is_rated else None


def _is_within(item: YearMeasure, then: Measure) -> bool | None:
    low, high = then.rating["year_end_low"], then.rating["year_end_high"]
    return None if low is None or high is None or item.outcome is None else bool(low <= item.outcome <= high)


def _table(measures: Sequence[YearMeasure], setting: AnnualSetting) -> Table:
    """Print the forecasts of each kind that any of the measures has."""
    columns, cells = [Column("KPI", width=2.4), Column("Year's figure", is_number=True, width=0.9)], []
    for name, column, cell in (
        ("Service's forecast", "forecast", _service_cell),
        (f"{FORECAST_MARK} forecast", "year_end", _pipeline_cell),
    ):
        if any(quarter and quarter.told.rating[column] is not None for item in measures for quarter in item.quarters[:_FORETELLING]):
            columns += [Column(f"{name} after quarter {place + 1}", width=1.15) for place in range(_FORETELLING)]
            cells.append(cell)
    rows = tuple(
        (
            Cell(item.year.title_with_unit),
            item.year.cell(item.year.current),
            *(cell(item, quarter) for cell in cells for quarter in item.quarters[:_FORETELLING]),
        )
        for item in measures
    )
    return Table(f"Forecasts of {setting.year.label} and its outcome", tuple(columns), rows, is_wide=True)


def _service_cell(_: YearMeasure, quarter: QuarterFigure | None) -> Cell:
    if quarter is None or quarter.told.rating["forecast"] is None:
        return Cell(_NONE)
    return quarter.told.cell(quarter.told.figure("forecast"))


def _pipeline_cell(item: YearMeasure, quarter: QuarterFigure | None) -> Cell:
    """Print the forecast made from past figures, and whether its band held the outcome."""
    if quarter is None or quarter.told.rating["year_end"] is None:
        return Cell(_NONE)
    is_within = _is_within(item, quarter.told)
    note = "" if is_within is None else "band held" if is_within else "band missed"
    return quarter.told.cell(f"{FORECAST_MARK} {quarter.told.figure('year_end')}", note=note)
