"""The measures of a period: each rating with what a report prints beside it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from pmf.cycle.figures import Figures, load_figures
from pmf.cycle.inforce import Standing
from pmf.cycle.quality import ALL
from pmf.cycle.rated.chart import chart_of
from pmf.cycle.rated.standing import Rater
from pmf.cycle.workspace import Workspace
from pmf.finding import Dimension, Score
from pmf.period import Month, Period
from pmf.rating.policy import Policy
from pmf.reporting.criteria import Fill
from pmf.reporting.measure import Measure
from pmf.warehouse.engine import reading

_SPARKLINE_MONTHS = 12


def load_measures(
    workspace: Workspace,
    period: Period,
    policy: Policy,
    standing: Standing,
    *,
    as_at: datetime,
    figures: Figures | None = None,
    kpi_refs: Collection[str] | None = None,
) -> list[Measure]:
    """Load the period's ratings as measures, in register order.

    ``figures`` are those known of it up to its last month (None: they are loaded), ``kpi_refs`` the KPIs wanted (None: all that are rated).
    """
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy.id, as_at=as_at)
        compared = workspace.read(connection, "comparisons_at", period=period.key, as_at=as_at)
        quality = _quality(workspace, connection, period, as_at=as_at)
        if figures is None:
            figures = load_figures(workspace, connection, period.months[-1], as_at=as_at)
    by_ref = {row["kpi_ref"]: row for row in rows if kpi_refs is None or row["kpi_ref"] in kpi_refs}
    rater = Rater(workspace.register, figures, policy, as_at)
    return [
        Measure(
            kpi,
            by_ref[kpi.kpi_ref],
            _recent(figures, kpi.kpi_ref, period.months[-1]),
            waivers=standing.waivers.get(kpi.kpi_ref, ()),
            unmet=standing.unmet.get(kpi.kpi_ref, ()),
            queries=standing.queries.get(kpi.kpi_ref, ()),
            comparisons=tuple(row for row in compared if row["kpi_ref"] == kpi.kpi_ref),
            parts=tuple(part.kpi_ref for part in workspace.register.kpis(period) if part.part_of == kpi.kpi_ref),
            chart=chart_of(rater, kpi, period, said=by_ref[kpi.kpi_ref]["variation_reason"] or ""),
            quality=quality.get(kpi.kpi_ref, {}),
        )
        for kpi in workspace.register.kpis(period)
        if kpi.kpi_ref in by_ref
    ]


def fills_of(policy: Policy) -> tuple[Fill, ...]:
    """List what a policy gives a status to beyond its source."""
    return tuple(Fill(band.words, band.because or "") for band in policy.declared_fills)


def _quality(workspace: Workspace, connection: Connection, period: Period, *, as_at: datetime) -> dict[str, dict[Dimension, Score]]:
    """Add up by KPI and dimension how the checks of a period's ratings and of its months' returns went; a whole has its parts'."""
    periods = dict.fromkeys((period.key, *(month.key for month in period.months)))
    wholes = {kpi.kpi_ref: kpi.part_of for kpi in workspace.register.kpis(period) if kpi.part_of}
    scores: dict[str, dict[Dimension, Score]] = {}
    for row in workspace.read(connection, "quality_scores_at", periods=list(periods), as_at=as_at):
        if row["dimension"] == ALL:
            continue
        dimension, score = Dimension(row["dimension"]), Score(checks=row["checks"], failed=row["failed"], flagged=row["flagged"])
        for ref in filter(None, (row["kpi_ref"], wholes.get(row["kpi_ref"]))):
            own = scores.setdefault(ref, {})
            own[dimension] = own.get(dimension, Score()) + score
    return scores


def _recent(figures: Figures, kpi_ref: str, last: Month) -> tuple[float | None, ...]:
    values = {point.period: point.value for point in figures.points.get(kpi_ref, ())}
    recent = [values.get(month) for month in last.plus(1 - _SPARKLINE_MONTHS).up_to(last)]
    return tuple(None if value is None else float(value) for value in recent) if any(v is not None for v in recent) else ()
