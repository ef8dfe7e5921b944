"""What a data-quality report is made from: a validation, its KPIs, rules and findings, and the validations before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pmf.finding import Dimension, Score, Severity, total
from pmf.period import Month, Quarter
from pmf.register import Profile
from pmf.reporting.waiver import PrintedWaiver

OUTCOMES = {"pass": "Passed", "flag": "Flagged", "fail": "Failed"}


@dataclass(frozen=True, kw_only=True)
class CheckedKpi:
    """One KPI due, with its score in each dimension.

    ``found_before`` counts the earlier periods of the report in which something was found of it; ``query`` says how an open
    query about it stands ("": there is none).
    """

    kpi_ref: str
    title: str
    service_id: str
    is_answered: bool
    is_withheld: bool
    scores: Mapping[Dimension, Score]
    found_before: int = 0
    query: str = ""

    @cached_property
    def score(self) -> Score:
        """The score over all dimensions."""
        return total(self.scores.values())


@dataclass(frozen=True, kw_only=True)
class AskedRule:
    """One rule of the suites. ``kpis`` counts those it was asked of; None: it is not about single KPIs.

    ``not_checked`` says why it could not be asked ("": it was), ``chosen`` what the council has chosen for it and why ("": it
    does what its suite says).
    """

    rule_id: str
    description: str
    dimension: Dimension
    verb: str
    kpis: int | None
    not_checked: str = ""
    chosen: str = ""


@dataclass(frozen=True, kw_only=True)
class PastValidation:
    """How one validation of the same point ended."""

    label: str
    as_at: datetime
    outcome: str
    due: int
    withheld: int
    failed: int
    flagged: int
    score: Score


@dataclass(frozen=True, kw_only=True)
class QualitySetting:
    """A validation and all that its report prints.

    ``subject`` says what was validated: "Returns", "Ratings". ``findings`` are rows of table ``finding``;
    ``history`` the validations of this point, oldest first, this one last; ``earlier_periods`` how many periods
    ``CheckedKpi.found_before`` looks back on. ``code_version`` and ``register_digest`` say what made it (rulings 2).
    """

    profile: Profile
    subject: str
    period: Month | Quarter
    as_at: datetime
    outcome: str
    reason: str
    kpis: Sequence[CheckedKpi]
    rules: Sequence[AskedRule]
    findings: Sequence[Mapping[str, Any]]
    history: Sequence[PastValidation]
    waivers: Sequence[PrintedWaiver]
    earlier_periods: int
    code_version: str
    register_digest: str

    @cached_property
    def titles(self) -> dict[str, str]:
        """KPI titles by reference."""
        return {kpi.kpi_ref: kpi.title for kpi in self.kpis}

    @cached_property
    def service_names(self) -> dict[str, str]:
        """Service names by id, in the order of the profile."""
        return {service.id: service.name for service in self.profile.services}

    @cached_property
    def ordered_findings(self) -> list[Mapping[str, Any]]:
        """The findings as the report numbers them: of the whole period, then by service, by KPI, what fails before what flags."""
        services = {service_id: place for place, service_id in enumerate(self.service_names, start=1)}
        kpis = {kpi.kpi_ref: place for place, kpi in enumerate(self.kpis, start=1)}

        def place(row: Mapping[str, Any]) -> tuple[int, int, bool]:
            return services.get(self.service_of(row), 0), kpis.get(row["kpi_ref"] or "", 0), row["severity"] != Severity.CRITICAL

        return sorted(self.findings, key=place)

    def service_of(self, row: Mapping[str, Any]) -> str:
        """Name the service a finding is for; a finding on the register is for the service of its KPI. "": it is for none."""
        return row["service_id"] or self._services.get(row["kpi_ref"] or "", "")

    @cached_property
    def _services(self) -> dict[str, str]:
        return {kpi.kpi_ref: kpi.service_id for kpi in self.kpis}

    @cached_property
    def score(self) -> Score:
        """The score of the whole validation."""
        return total(kpi.score for kpi in self.kpis)
