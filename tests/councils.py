"""Any number of small councils, made from the folder of a shipped one: valid, different, and the same each time.

Each has two directorates with three services and two KPIs for each of them, with their targets, templates, history and the sample's
returns. For tests and benchmarks of many councils at once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pmf.register.yamlfile import parse_yaml

MODEL = Path(__file__).parents[1] / "include" / "organisations" / "huntingdonshire"
SERVICES = {"people": ("customer-services",), "communities": ("housing", "leisure")}
_KPIS_OF_A_SERVICE = 2
# What is wrong in a broken council's profile, in turn: no YAML, a field out of range, a field nobody knows, a post nobody is.
_BREAKAGES: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("slug:", "slug: [", 1),
    lambda text: text.replace("cycle_working_day: 9", "cycle_working_day: 99"),
    lambda text: f"{text}\ncolour: blue\n",
    lambda text: text.replace("performance_team: ", "performance_team: nobody-", 1),
)


def slug_of(number: int) -> str:
    """Name the council of a number, from 1 on."""
    return f"district-{number:02}"


def make_councils(organisations: Path, count: int, *, broken: Collection[int] = ()) -> tuple[str, ...]:
    """Make councils 1 to ``count`` under a folder, the profiles of the ``broken`` ones each wrong in its own way; return their slugs."""
    wrong = dict(zip(sorted(broken), _BREAKAGES, strict=False))
    for number in range(1, count + 1):
        folder = organisations / slug_of(number)
        folder.mkdir(parents=True)
        kpis = _kpis(number)
        profile = _as_yaml(_profile(number)).replace(f"{MODEL.name}.example", f"{slug_of(number)}.example")
        (folder / "organisation.yaml").write_text(wrong.get(number, str)(profile), encoding="utf-8")
        for name in ("kpis.csv", "targets.csv", "data_quality_templates.csv", "history.csv", "sample_returns.csv"):
            _copy_rows(MODEL / name, folder / name, lambda row: row["kpi_ref"] in kpis)  # noqa: B023 - called at once
        (folder / "sample_incidents.yaml").write_text("incidents: []\n", encoding="utf-8")
        (folder / "paper.yaml").write_bytes((MODEL / "paper.yaml").read_bytes())
    return tuple(slug_of(number) for number in range(1, count + 1))


def _kpis(number: int) -> set[str]:
    """Choose two KPIs of each service, others for the next council."""
    by_service: dict[str, list[str]] = {}
    for row in _rows(MODEL / "kpis.csv"):
        by_service.setdefault(row["service_id"], []).append(row["kpi_ref"])
    chosen = set()
    for services in SERVICES.values():
        for service in services:
            refs = by_service[service]
            chosen |= {refs[(number + place) % len(refs)] for place in range(_KPIS_OF_A_SERVICE)}
    return chosen


def _profile(number: int) -> dict[str, Any]:
    """Take what the council needs of the model's profile, with its own names and addresses."""
    content = dict(parse_yaml((MODEL / "organisation.yaml").read_text(encoding="utf-8")))
    content |= {"slug": slug_of(number), "name": f"District {number} Council", "short_name": f"District {number}"}
    content["directorates"] = [
        {
            **{key: value for key, value in directorate.items() if key != "panels_service"},
            "services": [service for service in directorate["services"] if service["id"] in SERVICES[directorate["id"]]],
        }
        for directorate in content["directorates"]
        if directorate["id"] in SERVICES
    ]
    posts = content.pop("posts")
    named = set(re.findall(r"[a-z-]+", _as_yaml(content))) | _posts_of_templates()
    return content | {"posts": [post for post in posts if post["id"] in named]}


def _as_yaml(content: Mapping[str, Any]) -> str:
    return str(yaml.dump(content, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False))


def _posts_of_templates() -> set[str]:
    files = ("kpis.csv", "data_quality_templates.csv")
    return {value for name in files for row in _rows(MODEL / name) for column, value in row.items() if column.endswith("_post") and value}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _copy_rows(source: Path, target: Path, wanted: Callable[[Mapping[str, str]], bool]) -> None:
    rows = [row for row in _rows(source) if wanted(row)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
