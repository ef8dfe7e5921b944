"""A row of the table ``rating``: one KPI in one period, with everything that is said about it."""

from __future__ import annotations

from typing import Any

from pmf.cycle.rated.movement import movement_columns
from pmf.cycle.rated.outlook import outlook_columns
from pmf.cycle.rated.standing import Rated, Rater
from pmf.cycle.rated.window import Window, earlier_window, window_of
from pmf.period import Month, Quarter
from pmf.register import Kpi
from pmf.status import Status


def rating_row(rater: Rater, kpi: Kpi, period: Month | Quarter) -> dict[str, Any]:
    """Rate a KPI for a month or a quarter.

    A KPI not due in the period is shown with the figure of its last due month. A quarter with months missing is
    rated on those there are and marked provisional (rulings 17).
    """
    window = window_of(kpi, period)
    window_before = earlier_window(kpi, window)
    # The period before is judged as the KPI was defined then: one that is contextual now may have been red.
    kpi_before = rater.register.kpi(kpi.kpi_ref, window_before.period) or kpi
    now, before = rater.rated(kpi, window), rater.rated(kpi_before, window_before)
    return (
        {
            "kpi_ref": kpi.kpi_ref,
            "period": period.key,
            "policy_id": rater.policy.id,
            "policy_digest": rater.policy.digest,
            "comment": _comment(rater, kpi, window),
        }
        | _current(now)
        | _absence_reason(rater, kpi, now)
        | _provisional(rater, kpi, now)
        | movement_columns(rater, kpi, now, before)
        | outlook_columns(rater, kpi, now)
    )


def _comment(rater: Rater, kpi: Kpi, window: Window) -> str:
    """Take the comment of the window's last month that has one."""
    for month in reversed(window.months):
        row = rater.figures.rows.get((kpi.kpi_ref, month))
        if row is not None and row["comment"]:
            return str(row["comment"])
    return ""


def _absence_reason(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, str]:
    """Pass on why the service says there is no figure, or why the performance team took it back."""
    words = {(Status.NIL_RETURN, "nil_return"): "Nil return", (Status.AWAITING_DATA, "withdrawn"): "Figure taken back"}
    for month in reversed(now.window.months):
        row = rater.figures.rows.get((kpi.kpi_ref, month))
        said = words.get((now.judgement.status, row["absence"])) if row is not None and row["reason"] else None
        if row is not None and said:
            return {"reason": f"{said}: {row['reason']}"}
    return {}


def _provisional(rater: Rater, kpi: Kpi, now: Rated) -> dict[str, bool]:
    """Mark what is made of a figure its service calls provisional."""
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
        "is_provisional": bool(now.figure.months_used) and now.figure.is_incomplete,
        "months_used": ",".join(month.key for month in now.figure.months_used),
        "months_missing": ",".join(month.key for month in now.figure.months_missing),
    }
