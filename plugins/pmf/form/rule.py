"""What Excel checks as people type into a column of a form, and the prompt it shows in each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from pmf.form.column import Column, FieldName
from pmf.form.outgoing import OutgoingRow
from pmf.value import plain

_LIMITED = (FieldName.VALUE, FieldName.AMOUNT)
# No council's figure lies beyond it; Excel has no rule that says only "a number".
_LARGEST = Decimal(10**15 - 1)


def column_rules(column: Column, rows: Sequence[OutgoingRow], *, first_row: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give a column's rules as XlsxWriter takes them, each with its first area; rows with the same limits share a rule."""
    by_limits: dict[tuple[Decimal | None, Decimal | None], list[int]] = {}
    for number, row in enumerate(rows, start=first_row):
        if column.field not in row.not_asked:
            limits = (row.minimum, row.maximum) if column.field in _LIMITED else (None, None)
            by_limits.setdefault(limits, []).append(number)
    for limits, numbers in by_limits.items():
        areas = _areas(column.column, numbers)
        yield areas[0], {**column_rule(column, *limits), "multi_range": " ".join(areas)}


def _areas(letters: str, rows: list[int]) -> list[str]:
    """Write ascending rows of a column as areas: G6:G9, G12."""
    runs = (list(run) for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]))
    ends = ((run[0][1], run[-1][1]) for run in runs)
    return [f"{letters}{first}:{letters}{last}" if last > first else f"{letters}{first}" for first, last in ends]


def column_rule(column: Column, minimum: Decimal | None = None, maximum: Decimal | None = None) -> dict[str, Any]:
    """Say what Excel checks in a cell, as XlsxWriter takes it, and the prompt it shows there.

    Only ever a warning on figures: an unusual figure may be right, and the checks after the return decide.
    """
    rule: dict[str, Any] = {"validate": "any", "input_title": column.heading, "input_message": column.prompt, "error_title": column.heading}
    if column.input == "yes":
        rule |= {"validate": "list", "source": ["Yes"], "error_message": "Choose Yes, or leave the cell empty."}
    elif column.input == "choice":
        rule |= {"validate": "list", "source": list(column.choices), "error_message": "Choose from the list, or leave the cell empty."}
    elif column.input == "figure":
        usual = _usual(minimum, maximum)
        rule |= {"validate": "decimal", "criteria": "between", "error_type": "warning"}
        rule |= {"minimum": plain(-_LARGEST if minimum is None else minimum), "maximum": plain(_LARGEST if maximum is None else maximum)}
        rule["input_message"] += f" Usually {usual}." if usual else ""
        rule["error_message"] = f"This is not a number{f' {usual}' if usual else ''}. Keep it only if it is right."
    return rule


def _usual(minimum: Decimal | None, maximum: Decimal | None) -> str:
    """Word the plausible range for a prompt; empty when the KPI has none."""
    if minimum is not None and maximum is not None:
        return f"from {plain(minimum)} to {plain(maximum)}"
    if minimum is not None:
        return f"{plain(minimum)} or more"
    return f"{plain(maximum)} or less" if maximum is not None else ""
