"""Outlook: where a KPI is heading, by whose reckoning, and how such forecasts have turned out, each in words.

Three things that must not be taken for each other: the service's own forecast of the year, the pipeline's ("[f] forecast",
with a band), and the plain line of the dashboards ("linear").
"""

from __future__ import annotations

from decimal import Decimal

from pmf.page.document import Cell
from pmf.register.target import printed_target, target_bounds
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import CONFIDENTIAL_MARK, Measure
from pmf.reporting.wording import agree, sentence_case
from pmf.status import Status
from pmf.value import printed

# Where four out of five years should end.
BAND = "80% band"
_NOT_SUPPLIED = "Not supplied"


def year_target(measure: Measure) -> str:
    """Print the target of the year."""
    target = measure.rating["year_target"]
    return printed_target(target, measure.kpi) if target else "No target"


def forecast(measure: Measure) -> str:
    """Print the service's own forecast of the year's figure."""
    if "forecast" in measure.confidential:
        return CONFIDENTIAL_MARK
    return _estimated(measure, "forecast") if measure.rating["forecast"] is not None else _NOT_SUPPLIED


def forecast_status_cell(measure: Measure) -> Cell:
    """Print the status that the service's forecast would have."""
    return _status_cell(measure.rating["forecast_status"])


def year_end_words(measure: Measure) -> str:
    """Print the pipeline's forecast of the year's figure, or that none is shown."""
    return "Not shown" if measure.rating["year_end"] is None else f"{FORECAST_MARK} {_estimated(measure, 'year_end')}"


def year_end_reason(measure: Measure) -> str:
    """Say how the pipeline's forecast is made, or why none is shown."""
    if measure.rating["year_end"] is None:
        return f"Not shown: {year_end_refusal(measure)}"
    return sentence_case(measure.rating["year_end_reason"])


def year_end_refusal(measure: Measure) -> str:
    """Say why none is shown, without the figures that bear it out."""
    reason: str = measure.rating["year_end_reason"] or "not worked out for this period"
    return reason.removeprefix("no forecast shown: ").partition(" (")[0]


def year_end_status_cell(measure: Measure) -> Cell:
    """Print the status that the pipeline's forecast would have."""
    return _status_cell(measure.rating["year_end_status"])


def band_words(measure: Measure) -> str:
    """Say between which figures the year should end four times out of five; empty where no forecast is shown."""
    row = measure.rating
    if row["year_end_low"] is None or row["year_end_high"] is None:
        return ""
    return f"{BAND}: {_estimated(measure, 'year_end_low')} to {_estimated(measure, 'year_end_high')}"


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
