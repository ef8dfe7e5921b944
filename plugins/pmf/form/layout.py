"""Where each field stands on a form, and the words on it: one table per form version in ``include/forms``.

What belongs here: reading that table and refusing a wrong one. What does not: drawing the form (``writer``) and
finding the figures again (``reader``), which both go by it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pmf.form.address import column_number
from pmf.register.yamlfile import parse_yaml

_SHEET_NAME = r"^[^\[\]:*?/\\']{1,31}$"


class LayoutError(Exception):
    """The table of a form version is missing or wrong; the message names the file and the field."""


class FieldName(StrEnum):
    """The fields a form can have. ``row_id`` is the hidden signed mark that says which KPI a row is for."""

    KPI_REF = "kpi_ref"
    TITLE = "title"
    UNIT = "unit"
    DIRECTION = "direction"
    TARGET = "target"
    LAST_VALUE = "last_value"
    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    NOT_AVAILABLE = "not_available"
    REASON = "reason"
    COMMENT = "comment"
    FORECAST = "forecast"
    METHOD = "method"
    ROW_ID = "row_id"


# A form without one of these could not be answered or not be read back; councils may do without the others.
_REQUIRED = {
    FieldName.KPI_REF,
    FieldName.TITLE,
    FieldName.VALUE,
    FieldName.NOT_AVAILABLE,
    FieldName.REASON,
    FieldName.COMMENT,
    FieldName.ROW_ID,
}
_INPUTS = {
    FieldName.VALUE: "figure",
    FieldName.NUMERATOR: "figure",
    FieldName.DENOMINATOR: "figure",
    FieldName.FORECAST: "figure",
    FieldName.NOT_AVAILABLE: "yes",
    FieldName.REASON: "text",
    FieldName.COMMENT: "text",
}
# What the guide may name between braces; the writer fills it in from the form.
GUIDE_NAMES = ("organisation", "service", "period", "deadline", "contact")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Column(_Table):
    """One column of the form. ``input`` says what may be filled in (None: the cells are locked); ``width`` 0 hides it."""

    field: FieldName
    column: str = Field(pattern=r"^[A-Z]{1,2}$")
    heading: str = Field(min_length=3, max_length=32)
    width: float = Field(ge=0, le=100)
    input: Literal["figure", "yes", "text"] | None = None
    prompt: str = Field(default="", max_length=180)  # Excel shows 255 characters; the usual range is added

    @model_validator(mode="after")
    def _is_an_input_where_one_belongs(self) -> Column:
        if self.input != _INPUTS.get(self.field):
            raise ValueError(f"input of {self.field} must be {_INPUTS.get(self.field) or 'left out'}")
        return self

    @cached_property
    def number(self) -> int:
        """The column's number, counted from 1."""
        return column_number(self.column)

    @cached_property
    def index(self) -> int:
        """The column's number, counted from 0 as XlsxWriter does."""
        return self.number - 1


class GuideLine(_Table):
    """A heading and a paragraph of the sheet that says how to fill the form in."""

    heading: str
    text: str

    @field_validator("text")
    @classmethod
    def _names_only_what_is_known(cls, text: str) -> str:
        try:
            text.format_map(dict.fromkeys(GUIDE_NAMES, ""))
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f"between braces only {', '.join(GUIDE_NAMES)} may stand") from error
        return text


class Layout(_Table):
    """A form version: its sheets, where its rows begin, its columns from left to right, and its guide."""

    version: str
    guide_sheet: str = Field(pattern=_SHEET_NAME)
    form_sheet: str = Field(pattern=_SHEET_NAME)
    header_row: int = Field(ge=5, le=100)  # above it stand title, sender, count and notice, a row each
    columns: tuple[Column, ...]
    guide: tuple[GuideLine, ...]

    @model_validator(mode="after")
    def _can_be_filled_in_and_read_back(self) -> Layout:
        fields = [column.field for column in self.columns]
        if missing := _REQUIRED - set(fields):
            raise ValueError(f"columns lack {', '.join(sorted(missing))}")
        if len(set(fields)) < len(fields):
            raise ValueError("a field stands in two columns")
        numbers = [column.number for column in self.columns]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("columns must be given from left to right, from A, without a gap")
        return self

    @property
    def first_row(self) -> int:
        """The row of the first KPI."""
        return self.header_row + 1

    @cached_property
    def by_field(self) -> dict[FieldName, Column]:
        """The columns by the field that stands in them."""
        return {column.field: column for column in self.columns}

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that are filled in."""
        return tuple(column for column in self.columns if column.input)


def load_layout(folder: Path, version: str) -> Layout:
    """Read the layout of a form version from ``v<version>.yaml`` in a folder.

    Raises:
        LayoutError: naming file and field, when the file is missing, is no YAML or breaks a rule.
    """
    path = folder / f"v{version}.yaml"
    try:
        layout = Layout.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise LayoutError(f"{path} does not exist: there is no form version {version!r}") from None
    except yaml.YAMLError as error:
        raise LayoutError(f"{path} is not readable as YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        problems = (f"field {'.'.join(map(str, e['loc'])) or 'columns'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
        raise LayoutError(f"{path}, {'; '.join(problems)}") from error
    if layout.version != version:
        raise LayoutError(f"{path}, field version (found {layout.version!r}): must be {version!r}, as the file is named")
    return layout


def load_layouts(folder: Path) -> dict[str, Layout]:
    """Read every form version there is: returns are read by the version they were made with."""
    versions = sorted(path.stem.removeprefix("v") for path in folder.glob("v*.yaml"))
    return {version: load_layout(folder, version) for version in versions}
