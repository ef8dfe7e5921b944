"""What the tables of a register have in common: how a cell is read, and the dates between which a row holds.

A row that changes is a new row with a later ``valid_from``: the past stays as it was.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from pmf.register.structure import Definition
from pmf.value import parse_figure


def blank_is_none(value: Any) -> Any:
    """Take an empty cell for no answer."""
    return None if isinstance(value, str) and not value.strip() else value


def _figure(value: Any) -> Any:
    if isinstance(value, str):
        figure = parse_figure(value)
        if figure is None:
            raise ValueError(f"{value!r} is not a figure: write it like 95 or 221512.41")
        return figure
    return value


def _list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value


def _yes_no(value: Any) -> Any:
    if isinstance(value, str):
        answer = {"yes": True, "no": False, "": False}.get(value.strip().casefold())
        if answer is None:
            raise ValueError(f"{value!r} is neither yes nor no")
        return answer
    return value


def _yes_unless_no(value: Any) -> Any:
    return True if blank_is_none(value) is None else _yes_no(value)


def decimals_of(figure: Decimal) -> int:
    """Count the decimals of a figure, without trailing zeros."""
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


OptionalText = Annotated[str | None, BeforeValidator(blank_is_none)]
OptionalDate = Annotated[date | None, BeforeValidator(blank_is_none)]
Figure = Annotated[Decimal, BeforeValidator(_figure)]
OptionalFigure = Annotated[Decimal | None, BeforeValidator(_figure), BeforeValidator(blank_is_none)]
OptionalCount = Annotated[int | None, BeforeValidator(blank_is_none)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]
# An empty cell is no; of the second, yes.
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
YesUnlessNo = Annotated[bool, BeforeValidator(_yes_unless_no)]


class InForce(Definition):
    """A definition that holds from ``valid_from`` until the day before ``valid_to`` (None: until further notice)."""

    valid_from: date
    valid_to: OptionalDate = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} does not come after valid_from {self.valid_from}: the version would never hold")
        return self

    def holds_on(self, day: date) -> bool:
        """Tell whether the definition is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Dated(InForce):
    """A definition about one KPI."""

    kpi_ref: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
