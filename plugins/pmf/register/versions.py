"""The register: every version of a council's KPIs, targets and templates, asked by the day or period they hold on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pmf.period import Month, Period
from pmf.register.council import Profile
from pmf.register.kpi import Aggregation, DataQualityTemplate, Kpi, PeriodKind, Target
from pmf.value import exact_sum, plain


@dataclass(frozen=True)
class Register:
    """A council's profile with every version of its KPIs, targets and templates."""

    profile: Profile
    kpi_versions: tuple[Kpi, ...]
    target_versions: tuple[Target, ...]
    template_versions: tuple[DataQualityTemplate, ...]
    digest: str

    def kpis(self, period: Period) -> tuple[Kpi, ...]:
        """List the KPIs in force on the last day of a period, one version each, in register order."""
        day = period.last_day
        if day not in self._in_force:
            self._in_force[day] = tuple(kpi for kpi in self.kpi_versions if kpi.holds_on(day))
        return self._in_force[day]

    def kpi(self, kpi_ref: str, period: Period) -> Kpi | None:
        """Find one KPI as it was in force on the last day of a period."""
        return next((kpi for kpi in self.kpis(period) if kpi.kpi_ref == kpi_ref), None)

    @cached_property
    def _in_force(self) -> dict[date, tuple[Kpi, ...]]:
        """The answers of ``kpis`` by day: a month asks for the same ones hundreds of times."""
        return {}

    @cached_property
    def combined_refs(self) -> frozenset[str]:
        """KPIs that are worked out from the directorates' figures and never collected."""
        return frozenset(kpi.part_of for kpi in self.kpi_versions if kpi.part_of)

    def due(self, month: Month, service_id: str | None = None) -> tuple[Kpi, ...]:
        """List the KPIs a figure is due for in a month, optionally of one service."""
        return tuple(
            kpi
            for kpi in self.kpis(month)
            if kpi.is_due(month) and kpi.kpi_ref not in self.combined_refs and service_id in (None, kpi.service_id)
        )

    def template(self, kpi_ref: str, day: date) -> DataQualityTemplate | None:
        """Find the data-quality template in force on a day. None: there is none."""
        return next((t for t in self.template_versions if t.kpi_ref == kpi_ref and t.holds_on(day)), None)

    def target(self, kpi_ref: str, period: Period) -> Target | None:
        """Find the target a period is judged by: its own, or the months' targets by the KPI's aggregation rule.

        A quarter without its own target takes the sum of its months' targets for sums, else the last month's. Only
        months a figure is due for count, as for the figure itself. None: the KPI has no target in that period.
        """
        kind = PeriodKind.of(period)
        own = self._target_row(kpi_ref, kind, period.last_day)
        if own is not None or kind is PeriodKind.MONTH:
            return own
        kpi = self.kpi(kpi_ref, period)
        if kpi is None:
            return None
        months = [self._target_row(kpi_ref, PeriodKind.MONTH, month.last_day) for month in period.months if kpi.is_due(month)]
        known = [target for target in months if target is not None]
        if not known or len(known) != len(months):
            return None
        if kpi.is_cumulative or kpi.aggregation is not Aggregation.SUM:
            return known[-1]
        bounds = [target.bounds for target in known]
        low, high = exact_sum(b[0] for b in bounds), exact_sum(b[1] for b in bounds)
        text = plain(low) if low == high else f"{plain(low)}..{plain(high)}"
        return known[-1].model_copy(update={"period_kind": kind, "target": text})

    def _target_row(self, kpi_ref: str, kind: PeriodKind, day: date) -> Target | None:
        return next((t for t in self._targets.get((kpi_ref, kind), ()) if t.holds_on(day)), None)

    @cached_property
    def _targets(self) -> dict[tuple[str, PeriodKind], list[Target]]:
        index: dict[tuple[str, PeriodKind], list[Target]] = {}
        for target in self.target_versions:
            index.setdefault((target.kpi_ref, target.period_kind), []).append(target)
        return index
