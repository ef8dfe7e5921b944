"""The register: every version of a council's KPIs, targets and templates, asked by the day or period they hold on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pmf.period import FinancialYear, Month, Period
from pmf.register.action import PlanAction
from pmf.register.benchmark import Benchmark
from pmf.register.council import Profile
from pmf.register.kpi import Aggregation, Kpi
from pmf.register.panel import Panel, PanelItem
from pmf.register.source import Source
from pmf.register.structure import Service
from pmf.register.target import PeriodKind, Target, sum_of
from pmf.register.template import DataQualityTemplate


@dataclass(frozen=True)
class Register:
    """A council's profile with every version of its KPIs, targets, templates, plan actions and panel lines, its sources and benchmarks."""

    profile: Profile
    kpi_versions: tuple[Kpi, ...]
    target_versions: tuple[Target, ...]
    template_versions: tuple[DataQualityTemplate, ...]
    action_versions: tuple[PlanAction, ...] = ()
    sources: tuple[Source, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    panel_versions: tuple[PanelItem, ...] = ()
    digest: str = ""

    def kpis(self, period: Period) -> tuple[Kpi, ...]:
        """List the KPIs in force on the last day of a period, one version each, in register order."""
        day = period.last_day
        if day not in self._in_force:
            self._in_force[day] = tuple(kpi for kpi in self.kpi_versions if kpi.holds_on(day))
        return self._in_force[day]

    def kpi(self, kpi_ref: str, period: Period) -> Kpi | None:
        """Find one KPI as it was in force on the last day of a period."""
        return next((kpi for kpi in self.kpis(period) if kpi.kpi_ref == kpi_ref), None)

    def is_internal(self, kpi_ref: str, period: Period) -> bool:
        """Tell whether a KPI is not public in a period; one not in force then, as it was last defined."""
        versions = [kpi for kpi in self.kpi_versions if kpi.kpi_ref == kpi_ref]
        kpi = self.kpi(kpi_ref, period) or max(versions, key=lambda version: version.valid_from, default=None)
        return kpi is not None and not kpi.is_public

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

    def answering_posts(self, service: Service, period: Period, kpi_refs: Collection[str]) -> tuple[str, ...]:
        """List the posts that answer for KPIs of a service: its holder and deputy, and those that hold one of the KPIs themselves."""
        kpis = [kpi for kpi in self.kpis(period) if kpi.kpi_ref in kpi_refs]
        own = [post for kpi in kpis for post in (kpi.holder_post, kpi.deputy_post) if post is not None]
        return tuple(dict.fromkeys((service.holder, service.deputy, *own)))

    def template(self, kpi_ref: str, day: date) -> DataQualityTemplate | None:
        """Find the data-quality template in force on a day. None: there is none."""
        return next((t for t in self.template_versions if t.kpi_ref == kpi_ref and t.holds_on(day)), None)

    def actions(self, period: Period, service_id: str | None = None) -> tuple[PlanAction, ...]:
        """List the plan actions in force on the last day of a period, optionally of one service."""
        day = period.last_day
        return tuple(item for item in self.action_versions if item.holds_on(day) and service_id in (None, item.service_id))

    def panel_items(self, period: Period, service_id: str | None = None) -> tuple[PanelItem, ...]:
        """List the lines of the panels in force on the last day of a period, optionally those that one service returns.

        In the order of the panels, and of the register within each.
        """
        day = period.last_day
        returned = {item.id for item in self.profile.directorates if service_id in (None, item.panels_service)}
        items = [item for item in self.panel_versions if item.holds_on(day) and item.directorate_id in returned]
        return tuple(sorted(items, key=lambda item: list(Panel).index(item.panel)))

    def internal_lines(self, period: Period) -> frozenset[str]:
        """Name the lines of the panels in force on the last day of a period that are not public."""
        return frozenset(item.line_ref for item in self.panel_items(period) if not item.is_public)

    def source(self, source_id: str) -> Source | None:
        """Find a declared source by id. None: there is none."""
        return next((source for source in self.sources if source.id == source_id), None)

    def target(self, kpi_ref: str, period: Period) -> Target | None:
        """Find the target a period is judged by: its own, its part of the year's, or what its months' targets come to.

        A quarter or year without its own target takes the sum of its months' targets for sums, else the last month's; a
        year whose months have none, its quarters'. Only months a figure is due for count, as for the figure itself. None:
        the KPI has no target in that period.
        """
        kind = PeriodKind.of(period)
        own = self._target_row(kpi_ref, kind, period.last_day)
        kpi = self.kpi(kpi_ref, period)
        if own is not None or kpi is None:
            return own
        spread = self._spread(kpi, period)
        if spread is not None or kind is PeriodKind.MONTH:
            return spread
        due = [month for month in period.months if kpi.is_due(month)]
        known = self._targets_of_all(kpi_ref, PeriodKind.MONTH, due)
        if not known and kind is PeriodKind.YEAR:
            known = self._targets_of_all(kpi_ref, PeriodKind.QUARTER, list(dict.fromkeys(month.quarter for month in due)))
        if not known or kpi.is_cumulative or kpi.aggregation is not Aggregation.SUM:
            return known[-1] if known else None
        return sum_of(known, kind=kind)

    def _targets_of_all(self, kpi_ref: str, kind: PeriodKind, periods: Sequence[Period]) -> list[Target]:
        """List the targets written down for periods of a kind. None listed: one of them has none."""
        known = [target for period in periods if (target := self._target_row(kpi_ref, kind, period.last_day)) is not None]
        return known if len(known) == len(periods) else []

    def _spread(self, kpi: Kpi, period: Period) -> Target | None:
        """Take a period's part of the year's target: up to its end for a cumulative KPI, its own part for a sum."""
        year = self._target_row(kpi.kpi_ref, PeriodKind.YEAR, period.last_day)
        if year is None or isinstance(period, FinancialYear):
            return None
        reached, before = year.reached_by(period.months[-1]), kpi.covers(period)[0].previous
        if reached is None:
            return None
        if not kpi.is_cumulative and before.financial_year == period.financial_year:
            reached_before = year.reached_by(before)
            if reached_before is None:
                return None
            reached -= reached_before
        return year.part(reached, kind=PeriodKind.of(period))

    def _target_row(self, kpi_ref: str, kind: PeriodKind, day: date) -> Target | None:
        return next((t for t in self._targets.get((kpi_ref, kind), ()) if t.holds_on(day)), None)

    @cached_property
    def _targets(self) -> dict[tuple[str, PeriodKind], list[Target]]:
        index: dict[tuple[str, PeriodKind], list[Target]] = {}
        for target in self.target_versions:
            index.setdefault((target.kpi_ref, target.period_kind), []).append(target)
        return index
