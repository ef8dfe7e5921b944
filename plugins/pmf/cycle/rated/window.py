"""Windows: the months a KPI's figure for a period is made of, and those it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from pmf.period import Month, Period
from pmf.register import Kpi


@dataclass(frozen=True)
class Window:
    """The months a period's figure is made of, and the period its target is looked up for."""

    period: Period
    months: tuple[Month, ...]


def window_of(kpi: Kpi, period: Period) -> Window:
    """Find the months a KPI's figure for a period is made of: its due months, else its last due month before."""
    due = tuple(month for month in period.months if kpi.is_due(month))
    if due:
        return Window(period, due)
    month = _last_due(kpi, period.months[-1])
    return Window(month, (month,))


def earlier_window(kpi: Kpi, window: Window) -> Window:
    """Find the months to compare a window with: the period before, or the due month before."""
    if not isinstance(window.period, Month):
        return window_of(kpi, window.period.previous)
    month = _last_due(kpi, window.months[0].previous)
    return Window(month, (month,))


def year_before(window: Window) -> Window:
    """Find the months to compare a window with a year back: the same period of the year before, whose months are due alike."""
    return Window(window.period.year_before, tuple(month.year_before for month in window.months))


def _last_due(kpi: Kpi, month: Month) -> Month:
    while not kpi.is_due(month):
        month = month.previous
    return month
