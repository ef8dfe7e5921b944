"""The sheets and columns of a register's workbook: the models' own fields, with the words people read over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import NoneType
from typing import Any, get_args, get_origin

from pmf.register.action import PlanAction
from pmf.register.benchmark import Benchmark
from pmf.register.kpi import Kpi
from pmf.register.panel import PanelItem
from pmf.register.structure import Definition
from pmf.register.target import Target
from pmf.register.template import DataQualityTemplate
from pmf.registerbook import words


class Kind(StrEnum):
    """What a cell of a column holds."""

    TEXT = "text"
    DATE = "date"
    YES_NO = "yes_no"
    FIGURE = "figure"
    TARGET = "target"
    COUNT = "count"
    CHOICE = "choice"
    NAME = "name"
    TEXTS = "texts"


# Fields that name something of the council, and what. Left out: part_of's KPIs may stand in the same sheet, further down.
_NAMES = {
    "directorate_id": "directorate",
    "service_id": "service",
    "committee_id": "committee",
    "ambition_id": "ambition",
    "ambition_ids": "ambition",
    "criteria": "criterion",
    "source_id": "source",
}
_KINDS: dict[Any, Kind] = {bool: Kind.YES_NO, date: Kind.DATE, Decimal: Kind.FIGURE, int: Kind.COUNT, tuple: Kind.TEXTS}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. ``names``: what its values name ("service", "post"); empty: nothing. ``choices``: the only words it may hold."""

    field: str
    heading: str
    group: str
    width: int
    meaning: str
    kind: Kind
    choices: tuple[str, ...]
    names: str
    is_needed: bool


@dataclass(frozen=True)
class Table:
    """One table of the register: a sheet of the workbook and a file of the council's folder. ``key`` tells its rows apart."""

    sheet: str
    file: str
    model: type[Definition]
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def by_field(self) -> dict[str, Column]:
        """The columns by field."""
        return {column.field: column for column in self.columns}

    @property
    def is_about_kpis(self) -> bool:
        """Whether its rows name a KPI whose title is not among their own columns."""
        return "kpi_ref" in self.by_field and "title" not in self.by_field


def _column(model: type[Definition], field: str, group: str, word: tuple[str, int, str]) -> Column:
    annotation = model.model_fields[field].annotation
    inner = next((part for part in get_args(annotation) if part is not NoneType), None) if NoneType in get_args(annotation) else annotation
    choices: tuple[str, ...] = ()
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        choices = tuple(member.value for member in inner)
    elif get_args(inner) and all(isinstance(part, str) for part in get_args(inner)):
        choices = get_args(inner)
    names = "post" if field.endswith("_post") else _NAMES.get(field, "")
    kind = _KINDS.get(get_origin(inner) or inner, Kind.CHOICE if choices else Kind.NAME if names else Kind.TEXT)
    if (model, field) == (Target, "target"):
        kind = Kind.TARGET
    heading, width, meaning = word
    return Column(
        field=field,
        heading=heading,
        group=group,
        width=width,
        meaning=meaning,
        kind=kind,
        choices=choices,
        names=names,
        is_needed=model.model_fields[field].is_required(),
    )


def _table(sheet: str, file: str, model: type[Definition], key: tuple[str, ...], groups: Mapping[str, words.Words]) -> Table:
    columns = (_column(model, field, group, word) for group, fields in groups.items() for field, word in fields.items())
    return Table(sheet, file, model, key, tuple(columns))


KPIS = _table("KPIs", "kpis.csv", Kpi, ("kpi_ref", "valid_from"), words.KPIS)
TARGETS = _table("Targets", "targets.csv", Target, ("kpi_ref", "period_kind", "valid_from"), words.TARGETS)
TEMPLATES = _table("Data quality templates", "data_quality_templates.csv", DataQualityTemplate, ("kpi_ref", "valid_from"), words.TEMPLATES)
ACTIONS = _table("Plan actions", "actions.csv", PlanAction, ("action_ref", "valid_from"), words.ACTIONS)
BENCHMARKS = _table("Benchmarks", "benchmarks.csv", Benchmark, ("kpi_ref", "area", "period"), words.BENCHMARKS)
PANELS = _table("Panels", "panels.csv", PanelItem, ("line_ref", "valid_from"), words.PANELS)
TABLES = (KPIS, TARGETS, TEMPLATES, ACTIONS, BENCHMARKS, PANELS)
