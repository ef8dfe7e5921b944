"""A council of one tax authority's departments, to take in its register of 258 KPIs (tra_register)."""

from __future__ import annotations

from pathlib import Path

from registerbook.conftest import PROFILE

DEPARTMENTS = ("HRMAD", "ITA", "ICTD", "RCD", "RPD", "CED", "INAD", "DRD", "FND", "PMD", "TECD", "LSD", "TID", "LTD", "IAD")
MAP = Path(__file__).with_name("tra_map.yaml")
_BEFORE = PROFILE[PROFILE.index("      - {id: libraries") : PROFILE.index("committees:")]


def revenue_at(folder: Path) -> Path:
    """Write the council's folder, with a register that is empty."""
    folder.mkdir(parents=True)
    services = "".join(f"      - {{id: {name.lower()}, name: {name}, holder: head, deputy: officer, head: team}}\n" for name in DEPARTMENTS)
    profile = PROFILE.replace(_BEFORE, services).replace("slug: smallshire", "slug: revenue").replace("- id: people", "- id: revenue")
    (folder / "organisation.yaml").write_text(profile, encoding="utf-8")
    (folder / "kpis.csv").write_text("kpi_ref,valid_from,title,directorate_id,service_id,level,aggregation\n", encoding="utf-8")
    (folder / "targets.csv").write_text("kpi_ref,valid_from,target\n", encoding="utf-8")
    (folder / "data_quality_templates.csv").write_text("kpi_ref,valid_from\n", encoding="utf-8")
    return folder
