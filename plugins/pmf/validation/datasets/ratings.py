"""The dataset of ratings: what each KPI due was rated, and how far off target it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from pmf.period import Month, Quarter
from pmf.register import Kpi
from pmf.status import Status
from pmf.validation.datasets.frame import to_frame
from pmf.validation.inputs import RatingInputs, Row
from pmf.value import parse_figure

_RATED = frozenset(status.value for status in Status if status.is_rated)


@dataclass(frozen=True, kw_only=True)
class RatingRow:
    """One row per KPI due in the period or rated for it.

    ``ratings_found`` counts its ratings. ``distance`` says whether it is told how far off target the figure is: told;
    missing (rated, but not told); needless (told, but not rated); none (neither, or the target is 0, of which nothing
    is a percentage).
    """

    kpi_ref: str
    title: str
    service_id: str | None
    period_label: str
    ratings_found: int
    status: str | None
    value: Decimal | None
    target: str | None
    off_target_pct: Decimal | None
    distance: str
    reason: str | None
    flags: str


def rating_frame(inputs: RatingInputs) -> pd.DataFrame:
    """Lay out a period's ratings against the KPIs due. One row per kpi_ref; columns of ``RatingRow``."""
    kpis = _kpis(inputs)
    rated: dict[str, list[Row]] = {kpi.kpi_ref: [] for kpi in inputs.due}
    for row in inputs.ratings:
        rated.setdefault(row["kpi_ref"], []).append(row)
    return to_frame(RatingRow, [_rating_row(ref, kpis.get(ref), rows, inputs.period) for ref, rows in rated.items()])


def _kpis(inputs: RatingInputs) -> dict[str, Kpi]:
    return {kpi.kpi_ref: kpi for kpi in inputs.register.kpis(inputs.period)}


def _rating_row(kpi_ref: str, kpi: Kpi | None, rows: list[Row], period: Month | Quarter) -> RatingRow:
    rating = rows[0] if rows else None
    return RatingRow(
        kpi_ref=kpi_ref,
        title=kpi.title if kpi else "not in the register",
        service_id=kpi.service_id if kpi else None,
        period_label=period.label,
        ratings_found=len(rows),
        status=rating["status"] if rating else None,
        value=rating["value"] if rating else None,
        target=rating["target"] if rating else None,
        off_target_pct=rating["off_target_pct"] if rating else None,
        distance=_distance(rating) if rating else "none",
        reason=rating["reason"] if rating else None,
        flags=rating["flags"] if rating else "",
    )


def _distance(rating: Row) -> str:
    is_told, is_rated = rating["off_target_pct"] is not None, rating["status"] in _RATED
    if is_told:
        return "told" if is_rated else "needless"
    return "missing" if is_rated and not _touches_zero(rating["target"]) else "none"


def _touches_zero(target: str | None) -> bool:
    return target is not None and any(parse_figure(bound) == 0 for bound in target.split(".."))
