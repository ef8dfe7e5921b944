"""What belongs on the lists of a scorecard, a board's report or a report of outcome measures, by the linter's own queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.cards import why_key
from pmf.assurance.said import Key
from pmf.period import Period
from pmf.register import Kpi, Register
from pmf.warehouse.access import read

SCORECARD, BOARD_REPORT, OUTCOMES = "scorecard-", "board-report-", "outcome-measures"
_COLOURS = ("red", "amber", "green", "blue")
_LISTS = (
    *("newly_red", "improving_red", "deep_dive", "declining_green", "worsening_green", "unusual", "doubted"),
    *("back_on_target", "unusual_better", "best_quarter"),
)
_EXPECTED = ("status", "forecast_status", "year_end_status")
_NO_REASON = "not worked out for this period"

Row = Mapping[str, Any]


def card_keys(document_id: str, row: Row, kpi: Kpi) -> list[Key]:
    """Name the lists of a document, besides those of every one, that a KPI belongs on."""
    if document_id == OUTCOMES:
        return [("travel", row["change"] or "none")]
    if not document_id.startswith((SCORECARD, BOARD_REPORT)):
        return []
    keys: list[Key] = [("watch", name) for name in _LISTS if row[name]]
    keys += [("expected", column, row[column] if row[column] in _COLOURS else "none") for column in _EXPECTED]
    return keys + (_behind(row, kpi) if document_id.startswith(SCORECARD) else [])


def _behind(row: Row, kpi: Kpi) -> list[Key]:
    """Name the lists of what stands behind a colour: charts, forecasts, comparisons."""
    keys: list[Key] = [("charted",) if row["variation"] else why_key("chart", row["variation_reason"] or _NO_REASON)]
    if row["year_end"] is None:
        reason = (row["year_end_reason"] or _NO_REASON).removeprefix("no forecast shown: ")
        keys.append(why_key("forecast", reason.split(" (")[0]))
    if kpi.has_national_definition and not row["compared"]:
        keys.append(("uncompared",))
    return keys


def with_quality(
    connection: Connection, rows: Sequence[dict[str, Any]], register: Register, period: Period, *, as_at: datetime, sql_root: Path
) -> list[dict[str, Any]]:
    """Add to each rating how many checks of its data were made and how many halves of them were passed; a whole has its parts'."""
    found = read(
        connection,
        "lint_quality",
        sql_root=sql_root,
        organisation=register.profile.slug,
        periods=sorted({period.key, *(month.key for month in period.months)}),
        as_at=as_at,
    )
    scores = {row["kpi_ref"]: (row["checks"], row["halves_passed"]) for row in found}
    parts = {row["kpi_ref"]: [kpi.kpi_ref for kpi in register.kpis(period) if kpi.part_of == row["kpi_ref"]] for row in rows}
    return [row | _summed(scores.get(ref, (0, 0)) for ref in (row["kpi_ref"], *parts[row["kpi_ref"]])) for row in rows]


def _summed(scores: Iterable[tuple[int, int]]) -> dict[str, Any]:
    checks, halves_passed = map(sum, zip(*scores, strict=True))
    return {"checks": checks, "halves_passed": halves_passed, "doubted": int(halves_passed < 2 * checks)}


def card_members(register: Register, period: Period, document_id: str) -> Sequence[Kpi] | None:
    """List the KPIs that a board's report or the report of outcome measures is to print. None: the document is neither."""
    profile = register.profile
    category = profile.outcome_measures.metric_category if profile.outcome_measures else None
    kpis = register.kpis(period)
    if document_id == OUTCOMES:
        return [kpi for kpi in kpis if kpi.metric_category == category]
    if document_id in {f"{BOARD_REPORT}{board.id}" for board in profile.boards}:
        return [kpi for kpi in kpis if kpi.part_of is None and kpi.metric_category != category]
    return None
