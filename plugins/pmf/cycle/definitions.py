"""The register's KPIs as rows of the warehouse: for those who read figures there and not the register."""

from __future__ import annotations

from typing import Any

from pmf.register import Kpi, Register
from pmf.warehouse.tables import kpi_definition

_AS_THEY_ARE = [column.name for column in kpi_definition.c if column.name in Kpi.model_fields]


def definition_rows(register: Register) -> list[dict[str, Any]]:
    """Lay out every version of every KPI for table ``kpi_definition``, the names of what it belongs to beside their ids."""
    return [_row(register, kpi) for kpi in register.kpi_versions]


def _row(register: Register, kpi: Kpi) -> dict[str, Any]:
    profile = register.profile
    directorates = {item.id: item.name for item in profile.directorates}
    ambitions = {item.id: item.text for item in profile.ambitions}
    return {name: getattr(kpi, name) for name in _AS_THEY_ARE} | {
        "organisation": profile.slug,
        "register_digest": register.digest,
        "valid_from": kpi.valid_from.isoformat(),
        "valid_to": kpi.valid_to.isoformat() if kpi.valid_to else None,
        "directorate_name": directorates[kpi.directorate_id],
        "service_name": profile.service(kpi.service_id).name,
        "committee_name": profile.committee(kpi.committee_id).name if kpi.committee_id else None,
        "ambitions": "; ".join(ambitions[ambition_id] for ambition_id in kpi.ambition_ids),
    }
