"""The columns of a form's sheets: which field stands in each, what may be filled in, and the words on it.

What belongs here: one sheet's table of columns. What does not: which sheets a form version has (``layout``).
"""

from __future__ import annotations

from abc import abstractmethod
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pmf.form.address import column_number

# Excel's limit for a list of choices written into a cell's rule.
_CHOICES_AT_MOST = 255


class FieldName(StrEnum):
    """The fields a form can have. ``row_id`` is the hidden signed mark that says which KPI, action, line, item or question a row is for."""

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
    LINE_REF = "line_ref"
    PANEL = "panel"
    HOLDER = "holder"
    AIM = "aim"
    AMOUNT = "amount"
    QUERY_ID = "query_id"
    STATE = "state"
    ABOUT = "about"
    FOUND = "found"
    FIX = "fix"
    WHERE = "where"
    ANSWER = "answer"
    ITEM_REF = "item_ref"
    KNOWN = "known"
    ROW_ID = "row_id"


_F = FieldName
_INPUTS = {
    **dict.fromkeys((_F.VALUE, _F.NUMERATOR, _F.DENOMINATOR, _F.FORECAST, _F.AMOUNT), "figure"),
    **dict.fromkeys((_F.NOT_AVAILABLE, _F.PROVISIONAL), "yes"),
    **dict.fromkeys((_F.REASON, _F.COMMENT, _F.UPDATE, _F.IMPACT, _F.ANSWER), "text"),
    _F.RAG: "choice",
}


class Table(BaseModel):
    """A part of a form version's file; what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Column(Table):
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


class SheetLayout(Table):
    """A sheet with a signed row for each thing asked: where its rows begin, and its columns from left to right."""

    header_row: int = Field(ge=5, le=100)  # above it stand title, sender, count or instructions, and notice, a row each
    columns: tuple[Column, ...]

    def check_fields(self, required: set[FieldName], optional: set[FieldName], *, what: str) -> None:
        """Refuse columns without which the sheet could not be answered or read back.

        Raises:
            ValueError: saying what is missing, foreign, doubled or out of order.
        """
        fields = [column.field for column in self.columns]
        if missing := required - set(fields):
            raise ValueError(f"columns lack {', '.join(sorted(missing))}")
        if foreign := set(fields) - required - optional:
            raise ValueError(f"columns have {', '.join(sorted(foreign))}, which {what} does not know")
        if len(set(fields)) < len(fields):
            raise ValueError("a field stands in two columns")
        numbers = [column.number for column in self.columns]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("columns must be given from left to right, from A, without a gap")

    @property
    @abstractmethod
    def sheet_name(self) -> str:
        """The name of the sheet."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """What a row is about, in the words of the form."""

    @property
    @abstractmethod
    def ref_field(self) -> FieldName:
        """The field that names what a row is about."""

    @property
    def first_row(self) -> int:
        """The first row below the headings."""
        return self.header_row + 1

    @cached_property
    def by_field(self) -> dict[FieldName, Column]:
        """The columns by the field that stands in them."""
        return {column.field: column for column in self.columns}

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that are filled in."""
        return tuple(column for column in self.columns if column.input)
