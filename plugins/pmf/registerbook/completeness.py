"""What a register that is right still lacks: an owner's deputy, a template, a target or the reason for none, an ambition, a mix.

Sources: CCC framework ("about ten strategic indicators per directorate", leading and lagging), HDC framework Appendices B and C.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pmf.register.collection import Level
from pmf.register.kpi import Kpi, StatusType
from pmf.register.structure import Directorate
from pmf.register.versions import Register

# "About ten": fewer or more is worth a look.
_FEWEST, _MOST = 8, 12


@dataclass(frozen=True)
class Remark:
    """Something worth a look. ``subject``: a KPI's reference or a directorate's name; ``field``: where it is put right."""

    subject: str
    field: str
    message: str


def completeness(register: Register, on: date) -> list[Remark]:
    """List what the KPIs in force on a day lack, in register order, then what each directorate's KPIs together lack."""
    kpis = [kpi for kpi in register.kpi_versions if kpi.holds_on(on)]
    remarks = [remark for kpi in kpis for remark in _of_kpi(register, kpi, on)]
    for directorate in register.profile.directorates:
        strategic = [kpi for kpi in kpis if kpi.level is Level.STRATEGIC and kpi.directorate_id == directorate.id]
        remarks.extend(_of_directorate(directorate, strategic))
    return remarks


def _of_kpi(register: Register, kpi: Kpi, on: date) -> Iterator[Remark]:
    service = register.profile.service(kpi.service_id)
    holder, deputy = kpi.holder_post or service.holder, kpi.deputy_post or service.deputy
    if holder == deputy:
        yield Remark(kpi.kpi_ref, "deputy_post", f"{holder} is holder and deputy: nobody stands in")
    if kpi.kpi_ref not in register.combined_refs and register.template(kpi.kpi_ref, on) is None:
        yield Remark(kpi.kpi_ref, "data_quality_templates", "has no data quality template in force")
    has_target = any(target.kpi_ref == kpi.kpi_ref and target.holds_on(on) for target in register.target_versions)
    if kpi.status_type is StatusType.RATED and not has_target and not kpi.no_target_reason:
        yield Remark(kpi.kpi_ref, "no_target_reason", "has no target in force and no reason for having none")
    if kpi.level is Level.STRATEGIC and not kpi.ambition_ids and register.profile.ambitions:
        yield Remark(kpi.kpi_ref, "ambition_ids", f"is strategic and serves no {register.profile.ambition_term.lower()}")
    if kpi.benchmark_source and not kpi.has_national_definition:
        yield Remark(kpi.kpi_ref, "has_national_definition", "is benchmarked without a national definition")
    if kpi.has_national_definition and not kpi.national_definition:
        yield Remark(kpi.kpi_ref, "national_definition", "has a national definition, but does not say which")


def _of_directorate(directorate: Directorate, strategic: list[Kpi]) -> Iterator[Remark]:
    if not _FEWEST <= len(strategic) <= _MOST:
        yield Remark(directorate.name, "level", f"has {len(strategic)} strategic KPIs; about ten are meant, {_FEWEST} to {_MOST}")
    kinds = {kpi.lead_lag for kpi in strategic}
    if len(kinds) == 1:
        (only,) = kinds
        yield Remark(directorate.name, "lead_lag", f"has only {only} strategic KPIs; a mix of leading and lagging ones is meant")
