"""Standing: the status of a measure, how often running, and how its figure has moved, each in words."""

from __future__ import annotations

from decimal import Decimal

from pmf.page.document import Cell
from pmf.period import FinancialYear, Month, parse_period
from pmf.register.kpi import Frequency
from pmf.reporting.measure import CONFIDENTIAL_MARK, Measure
from pmf.reporting.wording import ordinal
from pmf.status import Status

# The arrow of "Change in performance" shows better or worse, not up or down (CCC quarter 2 report, paragraph 2.4).
_CHANGE_ARROWS = {"improved": "▲", "declined": "▼", "unchanged": "►"}
_CHANGE_WORDS = {"improved": "Improving", "declined": "Deteriorating", "unchanged": "No change"}
_SINCE = {"improved": "better", "declined": "worse", "unchanged": "no change"}


def status_cell(measure: Measure) -> Cell:
    """Print the status as shape and word, how often running it is red, and that it is provisional."""
    return Cell(measure.status.label, status=measure.status, note=", ".join(status_remarks(measure)))


def status_remarks(measure: Measure) -> list[str]:
    """List what is to be known of a status: how often running it is red, and that it is provisional."""
    running = f"{running_words(measure)} running" if running_words(measure) else ""
    return [remark for remark in (running, "provisional" if measure.rating["is_provisional"] else "") if remark]


def previous_status_cell(measure: Measure) -> Cell:
    """Print the status of the period before."""
    previous = measure.rating["previous_status"]
    if "previous_status" in measure.confidential:
        return Cell(CONFIDENTIAL_MARK)
    return Cell(Status(previous).label, status=Status(previous)) if previous else Cell("Not rated")


def running_words(measure: Measure) -> str:
    """Say how often running it is red: "fourth month"; empty unless it is red and was red the time before."""
    reds: int | None = measure.rating["reds_in_a_row"]
    return f"{ordinal(reds)} {period_noun(measure)}" if measure.status is Status.RED and reds and reds > 1 else ""


def period_noun(measure: Measure) -> str:
    """Name what one of its rated periods is: a year for an annual KPI, else no less than the period reported on."""
    frequency, period = measure.kpi.frequency, parse_period(measure.rating["period"])
    if frequency is Frequency.ANNUAL or isinstance(period, FinancialYear):
        return "year"
    return "month" if frequency is Frequency.MONTHLY and isinstance(period, Month) else "quarter"


def change_cell(measure: Measure) -> Cell:
    """Print the change as an arrow of better or worse with its word; of a figure that runs up, what it added is compared."""
    if measure.change is None:
        return Cell("Cannot be told" if measure.kpi.direction else "No direction")
    note = "by what was added" if measure.kpi.is_cumulative else ""
    return Cell(_CHANGE_WORDS[measure.change], arrow=_CHANGE_ARROWS[measure.change], note=note)


def last_year_words(measure: Measure) -> str:
    """Say how the figure has moved since the same period last year; empty where nothing is known of that.

    "Year ago 79%: better", "Year ago 79%", "No figure a year ago".
    """
    row = measure.rating
    if row["last_year_period"] is None:
        return ""
    if row["last_year_value"] is None and "last_year_value" not in measure.confidential:
        return "No figure a year ago"
    change, figure = row["last_year_change"], f"Year ago {measure.figure('last_year_value')}"
    return f"{figure}: {_SINCE[change]}" if change else figure


def trend_cell(measure: Measure) -> Cell:
    """Print the trend in words below a line of the recent figures, with the line itself told in words."""
    words: str = measure.rating["trend"]
    known = [figure for figure in measure.recent if figure is not None]
    if not known:
        return Cell(words)
    low, high, last = (measure.as_figure(Decimal(repr(figure))) for figure in (min(known), max(known), known[-1]))
    told = f"Last {len(measure.recent)} months: lowest {low}, highest {high}, latest {last}."
    return Cell(told, points=measure.recent, note=words)
