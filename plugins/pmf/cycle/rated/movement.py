"""Movement: how a KPI's figure compares with earlier ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pmf.cycle.rated.standing import Rated, Rater, lacks_part
from pmf.cycle.rated.window import Window, earlier_window
from pmf.register import Kpi
from pmf.series.aggregation import Aggregated
from pmf.series.change import Change, change
from pmf.value import exact_sum


def movement_columns(rater: Rater, kpi: Kpi, now: Rated, before: Rated) -> dict[str, Any]:
    """Give the columns that compare a figure with the period before."""
    moved = _change(rater, kpi, now, before)
    return {
        "change": moved.verdict.value if moved.verdict else None,
        "moved": moved.moved.value if moved.moved else None,
        "previous_period": before.window.period.key,
        "previous_value": before.figure.value,
        "previous_status": before.judgement.status.value if before.figure.value is not None else None,
        "previous_target": before.target.target if before.target else None,
    }


def _change(rater: Rater, kpi: Kpi, now: Rated, before: Rated) -> Change:
    """Compare like with like: what each period added where figures run up through the year, and no part of a sum with a whole."""
    if lacks_part(kpi, now.figure) or lacks_part(kpi, before.figure):
        return Change()
    if not kpi.is_cumulative:
        bounds = now.target.bounds if now.target else None
        return change(now.figure.value, before.figure.value, direction=kpi.direction, target=bounds)
    earlier = earlier_window(kpi, before.window)
    added = _added(now.figure, now.window, before.figure, before.window)
    added_before = _added(before.figure, before.window, rater.aggregate(kpi, earlier.months), earlier)
    return change(added, added_before, direction=kpi.direction)


def _added(figure: Aggregated, window: Window, before: Aggregated, window_before: Window) -> Decimal | None:
    """Work out what a period added to a figure that runs up from April on; None where that cannot be told."""
    if figure.value is None or window.months[-1].financial_year != window_before.months[-1].financial_year:
        return figure.value
    return None if before.value is None else exact_sum((figure.value, before.value.copy_negate()))
