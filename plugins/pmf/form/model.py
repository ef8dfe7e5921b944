"""What a return form carries out to a service and back: plain frozen values, shared by writer, reader and cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One due KPI on a form, as the officer sees it. Texts are printed as they stand."""

    kpi_ref: str
    title: str
    unit: str
    direction: str
    target: str
    last_period: str
    last_value: str
    method: str
    needs_numerator: bool
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """One service's form for one month; ``deadline`` and ``created`` carry their time zone.

    ``notice`` (None: none) is printed on every sheet, for sample and trial councils.
    """

    organisation: str
    organisation_name: str
    period: str
    period_label: str
    service_id: str
    service_name: str
    deadline: datetime
    contact: str
    created: datetime
    rows: tuple[FormRow, ...]
    notice: str | None = None


class Problem(StrEnum):
    """Why a file is no return, in the order it is tried. ``problem`` has the plain sentence and the way out of each."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    PROTECTED_OR_OLD = "protected_or_old"
    NOT_A_WORKBOOK = "not_a_workbook"
    DAMAGED = "damaged"
    UNSAFE = "unsafe"
    NO_FORM = "no_form"
    BAD_SIGNATURE = "bad_signature"
    READER_FAILED = "reader_failed"


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read as a return: what it is, and what to do, in words for the person who sent it."""

    problem: Problem
    message: str
    fix: str


@dataclass(frozen=True)
class CellProblem:
    """A cell that holds something the form has no room for: a formula, an error, text where a figure goes."""

    code: str
    sheet: str
    cell: str
    field: str
    kpi_ref: str | None
    found: str
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class ReturnedLine:
    """One KPI's row of a return. Figures are exact; None means the cell was left empty.

    ``not_available`` is the officer's "Yes" to "not available this month"; ``cells`` maps a field's name ("value",
    "numerator", ...) to its cell ("G7"); ``raw`` maps a figure's field to what the cell showed where that is not a plain
    number: "" for an empty cell, "2,074" for a figure written as text, "95.5%" for a number shown as a percentage.
    """

    kpi_ref: str
    row: int
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    forecast: Decimal | None
    not_available: bool
    reason: str
    comment: str
    cells: dict[str, str]
    raw: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ReturnedForm:
    """A readable return: whose it says it is (verified by signature), its lines, and the cells that make no sense."""

    organisation: str
    period: str
    service_id: str
    form_version: str
    sheet: str
    lines: tuple[ReturnedLine, ...]
    problems: tuple[CellProblem, ...]
