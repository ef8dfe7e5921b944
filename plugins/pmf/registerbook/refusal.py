"""The words for a cell or row of a register that cannot be taken: where it is, what stands there, and the right form.

What pydantic says to programmers is translated by ``register.wording``; here the column adds what it may hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pmf.register.wording import worded
from pmf.registerbook.columns import Column, Kind, Table

_SHOWN_AT_MOST = 60
# What each kind of column may hold, as the rest of a sentence about a cell.
_FORMS = {
    Kind.TEXT: "write a text",
    Kind.DATE: "write a date, like 2025-04-01 or 1 April 2025",
    Kind.YES_NO: "write yes or no",
    Kind.FIGURE: "write one number, like 95 or 221512.41, without words",
    Kind.TARGET: "write a figure, like 95, or a range, like 85..95",
    Kind.COUNT: "write a whole number, like 6",
    Kind.NAME: "choose one from the list",
    Kind.TEXTS: "write one or more with semicolons between, like 5;6",
}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why something cannot be taken. ``row`` 0: the whole sheet. ``field`` "": the whole row. ``value``: what stands there."""

    sheet: str
    row: int
    field: str
    value: str
    message: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        place = f"{self.sheet} row {self.row}" if self.row else self.sheet
        field = f", {self.field}" if self.field else ""
        found = f" (found {shown(self.value)})" if self.value else ""
        return f"{place}{field}{found}: {self.message}"


def shown(value: str) -> str:
    """Quote what stands in a cell, shortened where it is long."""
    flat = " ".join(value.split())
    return f'"{flat}"' if len(flat) <= _SHOWN_AT_MOST else f'"{flat[:_SHOWN_AT_MOST]}..."'


def right_form(column: Column) -> str:
    """Say what a column may hold, as the rest of a sentence."""
    return f"write one of {', '.join(column.choices)}" if column.choices else _FORMS[column.kind]


def refusals(error: ValidationError, table: Table, row: int, texts: dict[str, str]) -> list[Refusal]:
    """Word what a model says against a row, one refusal a field."""
    worded = []
    for item in error.errors():
        field = str(item["loc"][0]) if item["loc"] else _field_meant(item["msg"], table)
        message = words(item, table.by_field.get(field))
        worded.append(Refusal(sheet=table.sheet, row=row, field=field, value=texts.get(field, ""), message=message))
    return worded


def words(item: ErrorDetails, column: Column | None) -> str:
    """Translate one of pydantic's errors; the models' own sentences stay as they are."""
    kind = item["type"]
    if kind == "value_error" or column is None:
        return worded(item)
    if kind == "missing" or (item["input"] in ("", None) and column.is_needed):
        return f"is empty, but every row needs it: {right_form(column)}"
    if kind in ("string_pattern_mismatch", "string_too_short"):
        return worded(item)
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"{worded(item)}: {right_form(column)}"
    return f"cannot be read: {right_form(column)}"


def _field_meant(message: str, table: Table) -> str:
    """Name the field a rule about a whole row speaks of first; empty when it names none."""
    named = re.findall(r"[a-z_]+", message)
    return next((word for word in named if word in table.by_field), "")
