"""Movement: how a KPI's figure compares with the period before and the year before, and how long it has been red."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pmf.cycle.rated.standing import Rated, Rater, lacks_part
from pmf.cycle.rated.window import Window, earlier_window, year_before
from pmf.period import Month
from pmf.register import Kpi
from pmf.series.aggregation import Aggregated
from pmf.series.change import Change, change
from pmf.series.reds import count_reds
from pmf.status import Status
from pmf.value import exact_sum


def movement_columns(rater: Rater, kpi: Kpi, now: Rated, before: Rated) -> dict[str, Any]:
    """Give the columns that compare a figure with earlier ones, and those that count its reds.

    Of a period in which the KPI was defined otherwise neither figure nor target is given, and no change is told; its
    status is.
    """
    return _since_before(rater, kpi, now, before) | _since_last_year(rater, kpi, now) | _reds(rater, kpi, now, before)


def _since_before(rater: Rater, kpi: Kpi, now: Rated, before: Rated) -> dict[str, Any]:
    earlier = rater.earlier_figure(kpi, before.window)
    moved = _change(rater, kpi, now, before) if earlier else Change()
    return {
        "change": moved.verdict.value if moved.verdict else None,
        "moved": moved.moved.value if moved.moved else None,
        "previous_period": before.window.period.key,
        "previous_value": earlier.value if earlier else None,
        "previous_status": before.judgement.status.value if before.figure.value is not None else None,
        "previous_target": before.target.target if before.target and earlier else None,
    }


def _since_last_year(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, Any]:
    """Compare with the same period a year before; figures that run up have then run up equally long."""
    window = year_before(now.window)
    then = rater.earlier_figure(kpi, window)
    moved = rater.compared(kpi, now.figure, then, target=now.target, decimals=kpi.decimals)
    return {
        "last_year_period": window.period.key,
        "last_year_value": then.value if then else None,
        "last_year_change": moved.verdict.value if moved.verdict else None,
    }


def _change(rater: Rater, kpi: Kpi, now: Rated, before: Rated) -> Change:
    """Compare like with like: figures as they are printed, or what each period added where they run up through the year."""
    if not kpi.is_cumulative:
        return rater.compared(kpi, now.figure, before.figure, target=now.target, decimals=kpi.decimals)
    if lacks_part(kpi, now.figure) or lacks_part(kpi, before.figure):
        return Change()
    earlier = earlier_window(kpi, before.window)
    added = _added(now.figure, now.window, before.figure, before.window)
    added_before = _added(before.figure, before.window, rater.earlier_figure(kpi, earlier), earlier)
    # What was added is not printed, so it is compared to its last digit.
    return change(added, added_before, direction=kpi.direction, no_change_pct=rater.register.profile.no_change_pct)


def _added(figure: Aggregated, window: Window, before: Aggregated | None, window_before: Window) -> Decimal | None:
    """Work out what a period added to a figure that runs up from April on; None where that cannot be told."""
    if figure.value is None or window.months[-1].financial_year != window_before.months[-1].financial_year:
        return figure.value
    return None if before is None or before.value is None else exact_sum((figure.value, before.value.copy_negate()))


def _reds(rater: Rater, kpi: Kpi, now: Rated, before: Rated) -> dict[str, Any]:
    earlier = _statuses_back(rater, kpi, before)
    found = count_reds(now.judgement.status, earlier, limit=rater.register.profile.deep_dive)
    return {"reds_in_a_row": found.in_a_row if found else None, "is_deep_dive": found.is_deep_dive if found else None}


def _statuses_back(rater: Rater, kpi: Kpi, before: Rated) -> Iterator[Status]:
    """Yield the statuses from a period backwards as far as there are figures, each judged as the KPI was defined then."""
    first = next((point.period for point in rater.figures.points.get(kpi.kpi_ref, ()) if isinstance(point.period, Month)), None)
    window = before.window
    while first is not None and window.months[-1] >= first:
        rated = before if window == before.window else rater.rated(rater.as_defined(kpi, window), window)
        yield rated.judgement.status
        window = earlier_window(kpi, window)
