"""Where each field stands on a form, and the words on it: one table per form version in ``include/forms``.

What belongs here: reading that table and refusing a wrong one. What does not: drawing the form (``writer``) and
finding the figures again (``reader``), which both go by it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pmf.form.address import column_number
from pmf.form.model import Kind
from pmf.register.yamlfile import parse_yaml

# Excel's limit for a list of choices written into a cell's rule.
_CHOICES_AT_MOST = 255
_SHEET_NAME = r"^[^\[\]:*?/\\']{1,31}$"


class LayoutError(Exception):
    """The table of a form version is missing or wrong; the message names the file and the field."""


class FieldName(StrEnum):
    """The fields a form can have. ``row_id`` is the hidden signed mark that says which KPI or action a row is for."""

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
    PROVISIONAL = "provisional"
    METHOD = "method"
    ACTION_REF = "action_ref"
    DESCRIPTION = "description"
    PRIORITY = "priority"
    DUE = "due"
    LAST_UPDATE = "last_update"
    UPDATE = "update"
    RAG = "rag"
    IMPACT = "impact"
    ROW_ID = "row_id"


_F = FieldName
# A form without one of these could not be answered or not be read back ...
_REQUIRED = {
    Kind.KPIS: {_F.KPI_REF, _F.TITLE, _F.VALUE, _F.NOT_AVAILABLE, _F.REASON, _F.COMMENT, _F.ROW_ID},
    Kind.ACTIONS: {_F.ACTION_REF, _F.TITLE, _F.UPDATE, _F.RAG, _F.IMPACT, _F.ROW_ID},
}
# ... and councils may do without these.
_OPTIONAL = {
    Kind.KPIS: {
        _F.UNIT, _F.DIRECTION, _F.TARGET, _F.LAST_VALUE, _F.METHOD, _F.NUMERATOR, _F.DENOMINATOR, _F.FORECAST, _F.PROVISIONAL,
    },
    Kind.ACTIONS: {_F.DESCRIPTION, _F.PRIORITY, _F.DUE, _F.LAST_UPDATE},
}  # fmt: skip
_INPUTS = {
    **dict.fromkeys((_F.VALUE, _F.NUMERATOR, _F.DENOMINATOR, _F.FORECAST), "figure"),
    **dict.fromkeys((_F.NOT_AVAILABLE, _F.PROVISIONAL), "yes"),
    **dict.fromkeys((_F.REASON, _F.COMMENT, _F.UPDATE, _F.IMPACT), "text"),
    _F.RAG: "choice",
}
# What is said about a figure: nobody is asked for it where the figure comes from elsewhere. Comment and forecast are.
OF_THE_FIGURE = frozenset({_F.VALUE, _F.NUMERATOR, _F.DENOMINATOR, _F.NOT_AVAILABLE, _F.REASON, _F.PROVISIONAL})
# What title and guide may name between braces; the writer fills it in from the form.
GUIDE_NAMES = ("organisation", "service", "period", "deadline", "contact")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Column(_Table):
    """One column of the form. ``input`` says what may be filled in (None: the cells are locked); ``width`` 0 hides it.

    ``choices`` are the words that may stand in a column of choice.
    """

    field: FieldName
    column: str = Field(pattern=r"^[A-Z]{1,2}$")
    heading: str = Field(min_length=3, max_length=32)
    width: float = Field(ge=0, le=100)
    input: Literal["figure", "yes", "choice", "text"] | None = None
    choices: tuple[str, ...] = ()
    prompt: str = Field(default="", max_length=180)  # Excel shows 255 characters; the usual range is added

    @model_validator(mode="after")
    def _is_an_input_where_one_belongs(self) -> Column:
        if self.input != _INPUTS.get(self.field):
            raise ValueError(f"input of {self.field} must be {_INPUTS.get(self.field) or 'left out'}")
        return self

    @model_validator(mode="after")
    def _has_choices_where_they_belong(self) -> Column:
        if bool(self.choices) != (self.input == "choice"):
            raise ValueError("choices belong to an input of choice, and to no other")
        if len({choice.casefold() for choice in self.choices}) < len(self.choices):
            raise ValueError("choices must differ in more than capitals")
        if any("," in choice for choice in self.choices) or len(",".join(self.choices)) > _CHOICES_AT_MOST:
            raise ValueError(f"choices must have no comma in them and come to {_CHOICES_AT_MOST} characters at most")
        return self

    @cached_property
    def number(self) -> int:
        """The column's number, counted from 1."""
        return column_number(self.column)

    @cached_property
    def index(self) -> int:
        """The column's number, counted from 0 as XlsxWriter does."""
        return self.number - 1


def _names_only_what_is_known(text: str) -> str:
    try:
        text.format_map(dict.fromkeys(GUIDE_NAMES, ""))
    except (KeyError, ValueError, IndexError) as error:
        raise ValueError(f"between braces only {', '.join(GUIDE_NAMES)} may stand") from error
    return text


_Words = Annotated[str, AfterValidator(_names_only_what_is_known)]


class GuideLine(_Table):
    """A heading and a paragraph of the sheet that says how to fill the form in."""

    heading: str
    text: _Words


class Layout(_Table):
    """A form version: its title and sheets, where its rows begin, its columns from left to right, and its guide."""

    version: str
    kind: Kind
    title: _Words
    guide_sheet: str = Field(pattern=_SHEET_NAME)
    form_sheet: str = Field(pattern=_SHEET_NAME)
    header_row: int = Field(ge=5, le=100)  # above it stand title, sender, count and notice, a row each
    columns: tuple[Column, ...]
    guide: tuple[GuideLine, ...]

    @model_validator(mode="after")
    def _can_be_filled_in_and_read_back(self) -> Layout:
        fields = [column.field for column in self.columns]
        if missing := _REQUIRED[self.kind] - set(fields):
            raise ValueError(f"columns lack {', '.join(sorted(missing))}")
        if foreign := set(fields) - _REQUIRED[self.kind] - _OPTIONAL[self.kind]:
            raise ValueError(f"columns have {', '.join(sorted(foreign))}, which a form of {self.kind} does not know")
        if len(set(fields)) < len(fields):
            raise ValueError("a field stands in two columns")
        numbers = [column.number for column in self.columns]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("columns must be given from left to right, from A, without a gap")
        return self

    @property
    def first_row(self) -> int:
        """The row of the first KPI or action."""
        return self.header_row + 1

    @property
    def subject(self) -> str:
        """What a row is about, in the words of the form."""
        return "indicator" if self.kind is Kind.KPIS else "action"

    @property
    def ref_field(self) -> FieldName:
        """The field that names the KPI or action of a row."""
        return FieldName.KPI_REF if self.kind is Kind.KPIS else FieldName.ACTION_REF

    @cached_property
    def by_field(self) -> dict[FieldName, Column]:
        """The columns by the field that stands in them."""
        return {column.field: column for column in self.columns}

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that are filled in."""
        return tuple(column for column in self.columns if column.input)


def load_layout(folder: Path, version: str) -> Layout:
    """Read the layout of a form version from its file: ``v1.yaml`` of version 1, ``actions-1.yaml`` of version actions-1.

    Raises:
        LayoutError: naming file and field, when the file is missing, is no YAML or breaks a rule.
    """
    path = folder / _file_name(version)
    if not path.exists():
        raise LayoutError(f"{path} does not exist: there is no form version {version!r}")
    return _read_layout(path)


def load_layouts(folder: Path) -> dict[str, Layout]:
    """Read every form version there is: returns are read by the version they were made with.

    Raises:
        LayoutError: naming file and field, when a file is no YAML or breaks a rule.
    """
    layouts = [_read_layout(path) for path in sorted(folder.glob("*.yaml"))]
    return {layout.version: layout for layout in layouts}


def _file_name(version: str) -> str:
    return f"v{version}.yaml" if version.isdecimal() else f"{version}.yaml"


def _read_layout(path: Path) -> Layout:
    try:
        layout = Layout.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise LayoutError(f"{path} is not readable as YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        problems = (f"field {'.'.join(map(str, e['loc'])) or 'columns'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
        raise LayoutError(f"{path}, {'; '.join(problems)}") from error
    if path.name != _file_name(layout.version):
        raise LayoutError(f"{path}, field version: a form of version {layout.version!r} stands in {_file_name(layout.version)}")
    return layout
