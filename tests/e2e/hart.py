"""Hart District Council by configuration alone: its published KPIs of April to June 2014 as a council's folder.

What the source says is taken as it stands. What it does not say (posts, calendar, directorates) is made as small as a
profile allows; limits of what is plausible follow from what a KPI measures, never from its figure or its colour.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from pmf.register.template import QUESTIONS

SLUG = "hart"
MONTH = "2014-06"
POLICY = "ccc-framework-2024"
_SINCE = date(2014, 4, 1)
_HEAD_OF_SERVICE = "chief-executive"


@dataclass(frozen=True)
class PublishedKpi:
    """One KPI as the council published it; ``direction`` alone was added by those who collected the data."""

    ref: str
    title: str
    service: str
    unit: str
    actual: str
    target: str
    direction: str
    status: str
    comment: str

    @property
    def is_rated(self) -> bool:
        """The council published three KPIs as "data only"; the target beside them, 0, is none."""
        return self.status != "DATA_ONLY"

    @property
    def service_id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.service.casefold()).strip("-")

    @property
    def decimals(self) -> int:
        return max(_decimals(self.actual), _decimals(self.target))

    @property
    def limits(self) -> tuple[str, str]:
        """A share lies between 0 and 100; a reduction is 100% at most, and below 0 when it is a rise; else nothing is known."""
        if self.unit != "%":
            return "", ""
        return ("", "100") if "Reduction" in self.title else ("0", "100")


def read_published(path: Path) -> tuple[PublishedKpi, ...]:
    """Read the published KPIs, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            PublishedKpi(
                ref=row["kpi_id"],
                title=row["kpi_name"],
                service=row["service"],
                unit=row["unit"] or "number",
                actual=_short(row["actual"]),
                target=_short(row["target"]),
                direction=row["direction_assigned"].casefold(),
                status=row["published_status"],
                comment=row["commentary"].strip(),
            )
            for row in csv.DictReader(lines)
        )


def write_council(organisations: Path, kpis: Sequence[PublishedKpi]) -> Path:
    """Write the council's folder, with what its officers type into the forms, and give its path."""
    folder = organisations / SLUG
    folder.mkdir(parents=True)
    (folder / "organisation.yaml").write_text(yaml.safe_dump(_profile(kpis), allow_unicode=True, sort_keys=False), encoding="utf-8")
    _write(folder / "kpis.csv", (_kpi(kpi) for kpi in kpis))
    _write(folder / "targets.csv", ({"kpi_ref": kpi.ref, "valid_from": _SINCE, "target": kpi.target} for kpi in kpis if kpi.is_rated))
    _write(folder / "data_quality_templates.csv", (_template(kpi) for kpi in kpis))
    _write(folder / "sample_returns.csv", (_typed(kpi) for kpi in kpis))
    (folder / "sample_incidents.yaml").write_text("incidents: []\n", encoding="utf-8")
    return folder


def _profile(kpis: Iterable[PublishedKpi]) -> dict[str, object]:
    services = {kpi.service_id: kpi.service for kpi in kpis}
    posts = {
        "performance-team": "Performance Team",
        "data-engineers": "Data Engineers",
        "management-team": "Management Team",
        _HEAD_OF_SERVICE: "Chief Executive",
        **{f"head-of-{id_}": f"Head of {name}" for id_, name in services.items()},
        **{f"{id_}-officer": f"{name} Officer" for id_, name in services.items()},
    }
    return {
        "slug": SLUG,
        "name": "Hart District Council",
        "short_name": "Hart",
        "notice": "Test council: figures and notes published by Hart District Council in 2014; its posts are illustrative.",
        "first_month": "2014-04",
        "vision": "Published figures, rated anew.",
        "calendar": {"open_working_day": 1, "deadline_working_day": 6, "cycle_working_day": 8, "export_working_day": 10},
        "posts": [{"id": id_, "title": title, "email": f"{id_}@hart.example"} for id_, title in posts.items()],
        "performance_team": "performance-team",
        "data_engineers": "data-engineers",
        "leadership_team": "management-team",
        "directorates": [
            {
                "id": "council",
                "name": "All services",
                "director": _HEAD_OF_SERVICE,
                "services": [
                    {"id": id_, "name": name, "holder": f"head-of-{id_}", "deputy": f"{id_}-officer", "head": _HEAD_OF_SERVICE}
                    for id_, name in services.items()
                ],
            }
        ],
        "headline_policies": [{"policy_id": POLICY, "since": _SINCE}],
        "paper_policies": [{"policy_id": POLICY, "since": "2010-04-01"}],
        "quality": {"withheld_share_max_pct": 5},
    }


def _kpi(kpi: PublishedKpi) -> dict[str, object]:
    return {
        "kpi_ref": kpi.ref,
        "valid_from": _SINCE,
        "title": kpi.title,
        "directorate_id": "council",
        "service_id": kpi.service_id,
        "level": "corporate",
        "frequency": "quarterly",
        "unit": kpi.unit,
        "decimals": kpi.decimals,
        "direction": kpi.direction,
        "status_type": "rated" if kpi.is_rated else "contextual",
        "aggregation": "last",
        "is_cumulative": "yes" if "cumulative" in kpi.title.casefold() else "no",
    }


def _template(kpi: PublishedKpi) -> dict[str, object]:
    minimum, maximum = kpi.limits
    officer, head = f"{kpi.service_id}-officer", f"head-of-{kpi.service_id}"
    # The council published no forecasts: nobody makes them.
    posts = {"collector_post": officer, "forecaster_post": "", "commentator_post": head, "cover_post": head}
    words = {name: "Illustrative." for name in QUESTIONS if name not in posts}
    return {"kpi_ref": kpi.ref, "valid_from": _SINCE, **posts, **words, "access_confirmed": "yes", "minimum": minimum, "maximum": maximum}


def _typed(kpi: PublishedKpi) -> dict[str, object]:
    left_empty = dict.fromkeys(("numerator", "denominator", "not_available", "reason", "forecast"), "")
    return {"kpi_ref": kpi.ref, "period": MONTH, "value": kpi.actual, "comment": kpi.comment, **left_empty}


def _short(figure: str) -> str:
    """Write a figure without the decimals that only its storage as a double gave it: 36.0 cases are 36."""
    return figure.removesuffix(".0")


def _decimals(figure: str) -> int:
    return len(figure.partition(".")[2])


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    all_rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(all_rows[0]))
        writer.writeheader()
        writer.writerows(all_rows)
