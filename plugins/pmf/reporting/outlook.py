"""Outlook: where a KPI is heading, by whose reckoning, and how such forecasts have turned out, each in words.

Three things that must not be taken for each other: the service's own forecast of the year, the pipeline's ("[f] forecast",
with a band), and the plain line of the dashboards ("linear").
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pmf.page.document import Block, Cell, Column, Table, paragraph
from pmf.register.kpi import StatusType
from pmf.register.target import printed_target, target_bounds
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import Measure
from pmf.reporting.standing import status_cell
from pmf.reporting.wording import agree, counted, sentence_case
from pmf.status import Status
from pmf.value import printed

_NOT_SUPPLIED = "Not supplied"

_COLUMNS = (
    Column("KPI", width=2.4),
    Column("Status now", width=1.1),
    Column("Target for the year", is_number=True, width=0.9),
    Column("Service's forecast", width=1.0),
    Column("Status by the service's forecast", width=1.2),
    Column(f"{FORECAST_MARK} forecast", width=2.9),
    Column(f"Status by the {FORECAST_MARK} forecast", width=1.2),
)
# Left out until a year has ended that somebody had forecast.
_RECORD = Column("How the service's forecasts turned out", width=1.9)


def outlook_blocks(measures: Sequence[Measure], caption: str) -> list[Block]:
    """Print where the year is heading for the measures that have a target or a forecast; the others are counted."""
    told = [measure for measure in measures if _has_outlook(measure)]
    left_out = len(measures) - len(told)
    blocks: list[Block] = [_table(told, caption)] if told else []
    if left_out:
        verb = agree(left_out, "has neither a target to reach nor a forecast", "have neither a target to reach nor a forecast")
        blocks.append(paragraph(f"{counted(left_out, 'KPI')} {verb} and {agree(left_out, 'is', 'are')} left out here."))
    return blocks


def _has_outlook(measure: Measure) -> bool:
    row = measure.rating
    return measure.kpi.status_type is StatusType.RATED or row["forecast"] is not None or row["year_end"] is not None


def _table(measures: Sequence[Measure], caption: str) -> Table:
    if any(measure.rating["forecast_count"] for measure in measures):
        rows = tuple((*_row(measure), Cell(forecast_record(measure))) for measure in measures)
        return Table(caption, (*_COLUMNS, _RECORD), rows, is_wide=True)
    return Table(caption, _COLUMNS, tuple(_row(measure) for measure in measures), is_wide=True)


def _row(measure: Measure) -> tuple[Cell, ...]:
    return (
        Cell(measure.title_with_unit),
        status_cell(measure),
        measure.cell(year_target(measure)),
        measure.cell(forecast(measure)),
        forecast_status_cell(measure),
        year_end_cell(measure),
        year_end_status_cell(measure),
    )


def year_target(measure: Measure) -> str:
    """Print the target of the year."""
    target = measure.rating["year_target"]
    return printed_target(target, measure.kpi) if target else "No target"


def forecast(measure: Measure) -> str:
    """Print the service's own forecast of the year's figure."""
    return _estimated(measure, "forecast") if measure.rating["forecast"] is not None else _NOT_SUPPLIED


def forecast_status_cell(measure: Measure) -> Cell:
    """Print the status that the service's forecast would have."""
    return _status_cell(measure.rating["forecast_status"])


def year_end_cell(measure: Measure) -> Cell:
    """Print the pipeline's forecast of the year's figure with its band, or why none is shown."""
    if measure.rating["year_end"] is None:
        return Cell("Not shown", note=_why_not(measure))
    return measure.cell(f"{FORECAST_MARK} {_estimated(measure, 'year_end')}", note=band_words(measure))


def year_end_reason(measure: Measure) -> str:
    """Say how the pipeline's forecast is made, or why none is shown."""
    if measure.rating["year_end"] is None:
        return f"Not shown: {_why_not(measure)}"
    return sentence_case(measure.rating["year_end_reason"])


def _why_not(measure: Measure) -> str:
    reason: str = measure.rating["year_end_reason"] or "not worked out for this period"
    return reason.removeprefix("no forecast shown: ")


def year_end_status_cell(measure: Measure) -> Cell:
    """Print the status that the pipeline's forecast would have."""
    return _status_cell(measure.rating["year_end_status"])


def band_words(measure: Measure) -> str:
    """Say between which figures the year should end four times out of five; empty where no forecast is shown."""
    row = measure.rating
    if row["year_end_low"] is None or row["year_end_high"] is None:
        return ""
    return f"80% band: {_estimated(measure, 'year_end_low')} to {_estimated(measure, 'year_end_high')}"


def projection_words(measure: Measure) -> str:
    """Print where the plain line through the latest figures leads next period, called what it is."""
    if measure.rating["projection"] is None:
        return "Too few figures for a line"
    return f"{measure.in_unit(measure.figure('projection'))} (linear)"


def forecast_record(measure: Measure) -> str:
    """Say how the service's forecasts of ended years turned out: how far off, and whether too high or too low."""
    row = measure.rating
    count: int = row["forecast_count"] or 0
    if not count:
        return "No ended year to judge by"
    lead = "The forecast of the last year that ended" if count == 1 else f"Forecasts of the last {count} years that ended"
    mean_miss, bias = row["forecast_mean_miss"], row["forecast_bias"]
    if mean_miss == 0:
        return f"{lead} came true"
    out = _amount(measure, mean_miss)
    on_average = "" if count == 1 else " on average"
    if abs(bias) == mean_miss:
        return f"{lead} {agree(count, 'was', 'were')}{on_average} {out} too {_side(bias)}"
    return f"{lead} were{on_average} {out} off" + (f", more often or further too {_side(bias)}" if bias else ", as far too high as too low")


def _side(bias: Decimal) -> str:
    return "high" if bias > 0 else "low"


def _amount(measure: Measure, amount: Decimal) -> str:
    """Print a distance between figures in words: that of percentages is in percentage points."""
    kpi = measure.kpi
    if kpi.unit == "%":
        return f"{printed(amount, decimals=kpi.decimals + 1)} percentage points"
    return measure.in_unit(printed(amount, unit=kpi.unit, decimals=kpi.decimals + (kpi.unit != "£")))


def _estimated(measure: Measure, column: str) -> str:
    """Print an expected figure; with one more decimal where it would else read as the target it does not meet."""
    figure, target = measure.rating[column], measure.rating["year_target"]
    words = measure.as_figure(figure)
    reads_as_met = bool(target) and words == printed_target(target, measure.kpi) and figure not in target_bounds(target)
    return printed(figure, unit=measure.kpi.unit, decimals=measure.kpi.decimals + 1) if reads_as_met else words


def _status_cell(status: str | None) -> Cell:
    return Cell(Status(status).label, status=Status(status)) if status else Cell("No status")
