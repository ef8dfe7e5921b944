"""A row of the table ``rating``: one KPI in one period, with everything that is said about it."""

from __future__ import annotations

from typing import Any

from pmf.cycle.rated.gap import gap_reason
from pmf.cycle.rated.movement import movement_columns
from pmf.cycle.rated.outlook import outlook_columns
from pmf.cycle.rated.standing import Rated, Rater
from pmf.cycle.rated.variation import variation_columns
from pmf.cycle.rated.window import Window, earlier_window, window_of
from pmf.cycle.rated.yearend import year_ends
from pmf.period import Period
from pmf.register import Kpi
from pmf.series.forecast import Shown


def rating_rows(rater: Rater, period: Period) -> list[dict[str, Any]]:
    """Rate every KPI in force for a month, a quarter or a year, in register order.

    A KPI not due in the period is shown with the figure of its last due month. A quarter or year with months missing is
    rated on those there are and marked provisional, or awaits data, by the KPI's rule (rulings 17).
    """
    kpis = rater.register.kpis(period)
    # All at once: forecast one by one, a month's KPIs take ten times as long.
    expected = year_ends(rater, kpis, period)
    return [_rating_row(rater, kpi, period, expected[kpi.kpi_ref]) for kpi in kpis]


def _rating_row(rater: Rater, kpi: Kpi, period: Period, expected: Shown) -> dict[str, Any]:
    window = window_of(kpi, period)
    window_before = earlier_window(kpi, window)
    # The period before is judged as the KPI was defined then: one that is contextual now may have been red.
    now, before = rater.rated(kpi, window), rater.rated(rater.as_defined(kpi, window_before), window_before)
    return (
        {
            "kpi_ref": kpi.kpi_ref,
            "period": period.key,
            "policy_id": rater.policy.id,
            "policy_digest": rater.policy.digest,
            "comment": _comment(rater, kpi, window),
        }
        | _current(now)
        | _reason_of_gap(rater, kpi, now)
        | _provisional(rater, kpi, now)
        | movement_columns(rater, kpi, now, before)
        | outlook_columns(rater, kpi, now, period.months[-1].financial_year, expected)
        | variation_columns(rater, kpi, now)
    )


def _comment(rater: Rater, kpi: Kpi, window: Window) -> str:
    """Take the comment of the window's last month that has one."""
    for month in reversed(window.months):
        row = rater.figures.rows.get((kpi.kpi_ref, month))
        if row is not None and row["comment"]:
            return str(row["comment"])
    return ""


def _reason_of_gap(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, str]:
    reason = gap_reason(rater, kpi, now)
    return {} if reason is None else {"reason": reason}


def _provisional(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, bool]:
    """Mark what is made of a figure its service calls provisional."""
    if now.figure.value is None:
        return {}
    rows = [rater.figures.rows.get((kpi.kpi_ref, month)) for month in now.figure.months_used]
    return {"is_provisional": True} if any(row is not None and row["status"] == "provisional" for row in rows) else {}


def _current(now: Rated) -> dict[str, Any]:
    return {
        "status": now.judgement.status.value,
        "value": now.figure.value,
        "numerator": now.figure.numerator,
        "denominator": now.figure.denominator,
        "target": now.target.target if now.target else None,
        "target_version": now.target.version if now.target else "",
        "off_target_pct": now.judgement.off_target_pct,
        "reason": now.judgement.reason,
        "flags": ",".join(now.judgement.flags),
        "is_provisional": now.figure.value is not None and now.figure.is_incomplete,
        "months_used": ",".join(month.key for month in now.figure.months_used),
        "months_missing": ",".join(month.key for month in now.figure.months_missing),
    }
