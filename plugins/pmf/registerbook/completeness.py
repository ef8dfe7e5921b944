"""What a register that is right still lacks: an owner's deputy, a template, a target or the reason for none, an ambition, a mix.

Sources: ``register.completeness``, HDC framework Appendices B and C.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pmf.register.collection import Level, QualityTolerance
from pmf.register.completeness import missing_kinds, only_officer, strategic_kpis
from pmf.register.kpi import Kpi, StatusType
from pmf.register.structure import Directorate
from pmf.register.versions import Register


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
        remarks.extend(_of_directorate(directorate, strategic_kpis(register, directorate.id, on), register.profile.quality))
    return remarks


def _of_kpi(register: Register, kpi: Kpi, on: date) -> Iterator[Remark]:
    if post := only_officer(register.profile, kpi):
        yield Remark(kpi.kpi_ref, "deputy_post", f"{post} is holder and deputy: nobody stands in")
    if kpi.kpi_ref not in register.combined_refs and register.template(kpi.kpi_ref, on) is None:
        yield Remark(kpi.kpi_ref, "data_quality_templates", "has no data quality template in force")
    has_target = any(target.kpi_ref == kpi.kpi_ref and target.holds_on(on) for target in register.target_versions)
    if kpi.status_type is StatusType.RATED and not has_target and not kpi.no_target_reason:
        yield Remark(kpi.kpi_ref, "no_target_reason", "has no target in force and no reason for having none")
    if kpi.status_type is StatusType.SUSPENDED and kpi.review_on is not None and kpi.review_on < on:
        yield Remark(kpi.kpi_ref, "review_on", f"is suspended, and its review was due on {kpi.review_on:%-d %B %Y}")
    if kpi.level is Level.STRATEGIC and not kpi.ambition_ids and register.profile.ambitions:
        yield Remark(kpi.kpi_ref, "ambition_ids", f"is strategic and serves no {register.profile.ambition_term.lower()}")
    if kpi.benchmark_source and not kpi.has_national_definition:
        yield Remark(kpi.kpi_ref, "has_national_definition", "is benchmarked without a national definition")
    if kpi.has_national_definition and not kpi.national_definition:
        yield Remark(kpi.kpi_ref, "national_definition", "has a national definition, but does not say which")


def _of_directorate(directorate: Directorate, strategic: Sequence[Kpi], quality: QualityTolerance) -> Iterator[Remark]:
    count, least, most = len(strategic), quality.strategic_least, quality.strategic_most
    if least is not None and count < least:
        yield Remark(directorate.name, "level", f"has {count} strategic KPIs; at least {least} are meant")
    if most is not None and count > most:
        yield Remark(directorate.name, "level", f"has {count} strategic KPIs; at most {most} are meant")
    for kind in missing_kinds(strategic, quality.strategic_mix):
        yield Remark(directorate.name, "level", f"has no {kind} one among its strategic KPIs; a mix is meant")
