"""The sample council cut down to two services and six KPIs: the same months, verbs and files in a fifth of the time."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from cycle.council import SLUG, Council, council_at
from pmf.settings import read_settings

KPIS = ("36", "37", "138", "219", "220", "222")
SERVICES = ("libraries", "adult-skills", "regulatory-services")
_COMMITTEES = ("communities-social-mobility-inclusion", "strategy-resources-performance")
# A second directorate, for what happens to one and not to another.
_HIGHWAYS, _HIGHWAYS_KPI, _HIGHWAYS_COMMITTEE = "highways", "PS-01", "highways-and-transport"
_SHIPPED = read_settings({}).organisations / SLUG
_KEY = "0" * 64


def small_council(home: Path, *, warehouse_url: str | None = None, with_highways: bool = False, **profile: Any) -> Council:
    """Make the cut-down council with its history imported, in a home beside which its folder lies; ``profile`` changes its profile.

    Every such council has the same signing key, so that their files can be compared. Highways are a second directorate with one KPI.
    """
    organisations = home.with_name(f"{home.name}-organisations")
    if not organisations.exists():
        _cut_down(organisations / SLUG, profile, with_highways=with_highways)
    home.mkdir(parents=True)
    key = home / "signing.key"
    key.write_text(_KEY, encoding="ascii")
    key.chmod(0o600)
    council = council_at(home, warehouse_url=warehouse_url, organisations=organisations)
    council.begin()
    return council


def _cut_down(folder: Path, changes: dict[str, Any], *, with_highways: bool) -> None:
    kpis, services, committees = KPIS, SERVICES, _COMMITTEES
    if with_highways:
        kpis, services, committees = (*KPIS, _HIGHWAYS_KPI), (*SERVICES, _HIGHWAYS), (*_COMMITTEES, _HIGHWAYS_COMMITTEE)
    folder.mkdir(parents=True)
    for path in _SHIPPED.glob("*.csv"):
        if "panels" not in path.name:
            _keep_rows(path, folder / path.name, kpis)
    shutil.copy(_SHIPPED / "paper.yaml", folder)
    (folder / "sample_incidents.yaml").write_text("incidents: []\n", encoding="utf-8")
    profile = yaml.safe_load((_SHIPPED / "organisation.yaml").read_text(encoding="utf-8"))
    for name in ("approval_chains", "chase", "escalation_board"):
        profile.pop(name, None)
    for directorate in profile["directorates"]:
        directorate.pop("panels_service", None)
        directorate["services"] = [item for item in directorate["services"] if item["id"] in services]
    profile["directorates"] = [item for item in profile["directorates"] if item["services"]]
    profile["committees"] = [item for item in profile["committees"] if item["id"] in committees]
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile | changes, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _keep_rows(source: Path, target: Path, kpis: Collection[str]) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        kept = [row for row in rows if row["kpi_ref"] in kpis]
        names = list(rows.fieldnames or ())
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(kept)
