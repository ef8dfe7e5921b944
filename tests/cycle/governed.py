"""The sample council with selection criteria and approval chains of a test's own, its files to be edited."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from cycle.council import SLUG, Council
from pmf.settings import Settings

COMMITTEE = "communities-social-mobility-inclusion"
CRITERION = {"id": "statutory", "text": "Statutory Reporting Metric"}
GOVERNANCE: dict[str, Any] = {
    "criteria_needed": 1,
    "approval_chains": [
        {
            "level": "strategic",
            "steps": [
                {"by": "executive-director-of-strategy-and-partnerships"},
                {"by": "corporate-leadership-team", "decision": "note"},
                {"by": "committee"},
            ],
        }
    ],
}


@dataclass(frozen=True)
class Governed:
    """A council whose folder may be edited."""

    settings: Settings
    folder: Path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace one text in one of the council's files."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")


def governed(council: Council, organisations: Path, **profile: Any) -> Governed:
    """Copy the sample council's folder, and say there who approves a change of a strategic KPI, and what else its profile shall say."""
    folder = organisations / SLUG
    shutil.copytree(council.settings.organisations / SLUG, folder)
    path = folder / "organisation.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | GOVERNANCE | profile
    known = [criterion for criterion in content.get("selection_criteria", ()) if criterion["id"] != CRITERION["id"]]
    content["selection_criteria"] = [*known, CRITERION]
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return Governed(replace(council.settings, organisations=organisations), folder)
