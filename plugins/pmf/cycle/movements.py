"""How the KPIs of a document moved since the period before, in the groups it prints."""

from __future__ import annotations

from collections.abc import Sequence

from pmf.period import Period
from pmf.rating.transitions import Movement, classify
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup
from pmf.series.change import Verdict
from pmf.status import Status


def movement_groups(measures: Sequence[Measure], period: Period) -> tuple[MovementGroup, ...]:
    """Group the KPIs updated in a period; one shown with an older figure has not moved since the period before."""
    by_ref = {measure.ref: measure for measure in measures if measure.is_updated_in(period)}
    groups = classify(
        Movement(
            kpi_ref=measure.ref,
            title=measure.kpi.title,
            previous=Status(measure.rating["previous_status"]) if measure.rating["previous_status"] else None,
            current=measure.status,
            verdict=Verdict(measure.change) if measure.change else None,
        )
        for measure in by_ref.values()
    )
    return tuple(
        MovementGroup(group.previous, group.current, group.verdict.value, tuple(by_ref[item.kpi_ref] for item in group.movements))
        for group in groups
        if group.verdict is not None
    )
