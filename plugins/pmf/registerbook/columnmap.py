"""A map of another organisation's columns to the fields of the register (MAP.yaml), read and refused in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, ValidationError

from pmf.register.structure import Definition
from pmf.register.target import PeriodKind
from pmf.register.yamlfile import parse_yaml
from pmf.registerbook.columns import KPIS, TARGETS, TEMPLATES, Table


def _as_text(value: Any) -> Any:
    """Take what YAML makes a date, a number or a truth value for the text that was meant."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, (int, float, date)) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class ColumnMapError(Exception):
    """The map is wrong. ``problems`` holds one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class TableMap(Definition):
    """Where the fields of one table come from.

    ``columns``: field to their column. ``values``: field to what their words mean in ours. ``constants``: field to what it
    says in every row. ``defaults``: field to what it says where their cell is empty.
    """

    columns: dict[str, Text] = Field(default_factory=dict)
    values: dict[str, dict[Text, Text]] = Field(default_factory=dict)
    constants: dict[str, Text] = Field(default_factory=dict)
    defaults: dict[str, Text] = Field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field the map says something about, once."""
        return tuple(dict.fromkeys((*self.columns, *self.values, *self.constants, *self.defaults)))


class TargetMap(Definition):
    """A column of targets, and the period they are for. ``constants`` are fields of the targets, like set_by."""

    column: Text
    period_kind: PeriodKind = PeriodKind.YEAR
    valid_from: date
    valid_to: date | None = None
    constants: dict[str, Text] = Field(default_factory=dict)


class ColumnMap(Definition):
    """The whole map. ``sheet`` None: the first of a workbook. ``baseline``: the column targets start from, to check their path by."""

    sheet: str | None = None
    header_row: int = Field(default=1, ge=1, le=1000)
    kpis: TableMap
    templates: TableMap = TableMap()
    targets: tuple[TargetMap, ...] = ()
    baseline: Text | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of theirs that must be there."""
        named = (*self.kpis.columns.values(), *self.templates.columns.values(), *(target.column for target in self.targets))
        return (*named, self.baseline) if self.baseline else named


def parse_column_map(content: bytes, *, header: Sequence[str] | None = None) -> ColumnMap:
    """Read a map; with ``header`` refuse columns their file does not have.

    Raises:
        ColumnMapError: listing everything that is wrong with it.
    """
    try:
        found = ColumnMap.model_validate(parse_yaml(content))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise ColumnMapError(list(_unreadable(error))) from error
    problems = [*_unknown_fields(found), *(_unknown_columns(found, header) if header is not None else ())]
    if problems:
        raise ColumnMapError(problems)
    return found


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not part of a map: it has sheet, header_row, kpis, templates, targets and baseline",
    "model_type": "must have columns, values, constants or defaults below it",
    "dict_type": "must be a list of pairs, like title: Name of the indicator",
    "string_type": "must be a text",
    "tuple_type": "must be a list of columns with their periods, each with a hyphen before it",
    "enum": "must be month, quarter or year",
    "date_from_datetime_parsing": "must be a date, like 2026-04-01",
}


def _unreadable(error: Exception) -> Iterator[str]:
    if not isinstance(error, ValidationError):
        yield f"The map is not readable as YAML: {' '.join(str(error).split())}"
        return
    for item in error.errors():
        field = ".".join(str(part + 1) if isinstance(part, int) else part for part in item["loc"]) or "the map"
        yield f"The map, {field}: {_WORDS.get(item['type'], item['msg'])}"


def _unknown_fields(found: ColumnMap) -> Iterator[str]:
    for name, table, fields in (
        ("kpis", KPIS, found.kpis.fields),
        ("templates", TEMPLATES, found.templates.fields),
        *(("targets", TARGETS, tuple(target.constants)) for target in found.targets),
    ):
        for field in fields:
            if field not in table.by_field:
                yield f"The map, {name}: {field} is no field of {table.sheet}; {_nearest(field, list(table.by_field))}"
    yield from _without_source(KPIS, found.kpis)


def _without_source(table: Table, part: TableMap) -> Iterator[str]:
    given = {*part.columns, *part.constants, *part.defaults}
    lacking = [column.field for column in table.columns if column.is_needed and column.field not in given]
    if lacking:
        yield f"The map, kpis: nothing says where {', '.join(lacking)} come from; name a column, or write what it is under constants"


def _unknown_columns(found: ColumnMap, header: Sequence[str]) -> Iterator[str]:
    for column in dict.fromkeys(found.columns):
        if column not in header:
            yield f"The map names the column {column!r}, which the file does not have; {_nearest(column, list(header))}"


def _nearest(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f"the nearest is {nearest[0]}" if nearest else f"there are {', '.join(known)}"
