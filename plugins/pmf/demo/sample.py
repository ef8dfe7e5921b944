"""What the sample's officers type: ``sample_returns.csv`` of a council's folder, its actions and panels, and what goes wrong on the way."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pmf.finding import Outcome
from pmf.form.column import FieldName
from pmf.period import Month, Quarter, parse_month, parse_quarter
from pmf.register.structure import Definition
from pmf.register.yamlfile import parse_yaml

Line = Mapping[FieldName, str]

_FIELDS = (
    FieldName.VALUE,
    FieldName.NUMERATOR,
    FieldName.DENOMINATOR,
    FieldName.NOT_AVAILABLE,
    FieldName.REASON,
    FieldName.COMMENT,
    FieldName.FORECAST,
)
_ACTION_FIELDS = (FieldName.UPDATE, FieldName.RAG, FieldName.IMPACT)
_PANEL_FIELDS = (FieldName.RAG, FieldName.AMOUNT, FieldName.COMMENT)


class Typed(Definition):
    """A cell filled in otherwise than the sample says; an empty text is a cell left empty."""

    kpi_ref: str
    field: FieldName
    text: str


class Incident(Definition):
    """A return that first comes in wrong, and when the right one follows. ``corrected_at`` None: it stands."""

    id: str
    period: str
    service_id: str
    outcome: Outcome
    what: str
    delivered_at: datetime
    corrected_at: datetime | None = None
    typed: tuple[Typed, ...]


@dataclass(frozen=True)
class Sample:
    """A council's sample: lines by month and KPI, incidents by month and service, lines of plan actions by quarter and action.

    ``panels`` are the lines of the risk, finance and change panels by month and reference.
    """

    lines: Mapping[Month, Mapping[str, Line]]
    incidents: Mapping[tuple[Month, str], Incident]
    actions: Mapping[Quarter, Mapping[str, Line]] = field(default_factory=dict)
    panels: Mapping[Month, Mapping[str, Line]] = field(default_factory=dict)

    @property
    def months(self) -> tuple[Month, ...]:
        """The months there are lines for, as time runs."""
        return tuple(sorted(self.lines))

    def first_typed(self, month: Month, service_id: str) -> Mapping[str, Line]:
        """Give the lines as they are typed at first, with the service's mistakes."""
        lines = {kpi_ref: dict(line) for kpi_ref, line in self.lines[month].items()}
        incident = self.incidents.get((month, service_id))
        for cell in incident.typed if incident else ():
            lines[cell.kpi_ref][cell.field] = cell.text
        return lines

    def corrections(self, month: Month) -> list[Incident]:
        """List the incidents of a month that are corrected, in the order they are."""
        corrected = [item for (period, _), item in self.incidents.items() if period == month and item.corrected_at]
        return sorted(corrected, key=lambda item: item.corrected_at or item.delivered_at)


def load_sample(folder: Path) -> Sample:
    """Read a council's sample figures and incidents."""
    lines: dict[Month, dict[str, Line]] = {}
    with (folder / "sample_returns.csv").open(encoding="utf-8", newline="") as file:
        for record in csv.DictReader(file):
            line = {field: record[field.value] for field in _FIELDS}
            lines.setdefault(parse_month(record["period"]), {})[record["kpi_ref"]] = line
    entries = parse_yaml((folder / "sample_incidents.yaml").read_text(encoding="utf-8"))["incidents"]
    incidents = [Incident.model_validate(entry) for entry in entries]
    return Sample(
        lines,
        {(parse_month(item.period), item.service_id): item for item in incidents},
        _load_actions(folder / "sample_actions.csv"),
        _load_panels(folder / "sample_panels.csv"),
    )


def _load_actions(path: Path) -> dict[Quarter, dict[str, Line]]:
    """Read what is said of plan actions, where the council has any."""
    actions: dict[Quarter, dict[str, Line]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                line = {field: record[field.value] for field in _ACTION_FIELDS}
                actions.setdefault(parse_quarter(record["period"]), {})[record["action_ref"]] = line
    return actions


def _load_panels(path: Path) -> dict[Month, dict[str, Line]]:
    """Read what is reported of risk, finance and change, where the council has panels."""
    panels: dict[Month, dict[str, Line]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                line = {field: record[field.value] for field in _PANEL_FIELDS}
                panels.setdefault(parse_month(record["period"]), {})[record["line_ref"]] = line
    return panels
