"""One value of the register in its three shapes: in the model, as the files write it, and as people fill it into a cell."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from pmf.form.cell import Cell, clean_text, read_text
from pmf.register.target import target_bounds
from pmf.registerbook.columns import Column, Kind
from pmf.registerbook.naming import Names, UnknownNameError
from pmf.registerbook.refusal import right_form
from pmf.value import parse_figure, plain

_YES_NO = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no"}
_MIDNIGHT = re.compile(r"[ T]00:00:00$")
# As people in Britain write dates: the day comes first.
_DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")
# What a spreadsheet program would run as a formula if the file were opened in it.
_RUNS = tuple("=+-@\t\r＝＋－＠")


class UnusableValueError(ValueError):
    """A cell holds what its column cannot; the message is the rest of a sentence about it."""


def text_of(value: Any) -> str:
    """Write a value of a model as the files do."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ";".join(value)
    return plain(value) if isinstance(value, Decimal) else str(value)


def is_same(column: Column, old: Any, new: Any) -> bool:
    """Tell whether two values of models mean the same: 95 is 95.0, and what cannot be seen makes no other text."""
    if column.kind is Kind.TARGET:
        return target_bounds(old) == target_bounds(new)
    if isinstance(old, str) and isinstance(new, str):
        return clean_text(old) == clean_text(new)
    return bool(old == new)


def canonical(column: Column, value: Any) -> str:
    """Write a value so that two that mean the same are written the same, for a digest."""
    if column.kind is Kind.TARGET:
        return "..".join(str(bound.normalize()) for bound in target_bounds(value))
    return str(value.normalize()) if isinstance(value, Decimal) else clean_text(text_of(value))


def cell_text(column: Column, cell: Cell) -> str:
    """Read a cell of the workbook as the text the files would hold. Empty: nothing stands there.

    Raises:
        UnusableValueError: when the cell holds a formula or an error, or is merged with others.
    """
    reading = read_text(cell)
    if reading.code == "formula":
        raise UnusableValueError(f"holds the formula {reading.found}: type the {'text' if column.kind is Kind.TEXT else 'value'} itself")
    if reading.code == "formula_error":
        raise UnusableValueError(f"shows the error {reading.found}: clear the cell or type the value itself")
    if reading.code is not None:
        raise UnusableValueError("is merged with other cells: unmerge them and fill each in")
    return reading.value


def file_text(column: Column, text: str, names: Names) -> str:
    """Write what a person put into a cell as the files write it: ids for names, dates as 2025-04-01, figures without commas.

    Raises:
        UnusableValueError: when the column cannot hold it.
    """
    if not text:
        return ""
    if column.names:
        return _ids(column, text, names)
    if column.kind is Kind.DATE:
        return _date(column, text)
    if column.kind is Kind.YES_NO:
        answer = _YES_NO.get(text.casefold())
        if answer is None:
            raise UnusableValueError(right_form(column))
        return answer
    if column.kind in (Kind.FIGURE, Kind.COUNT):
        figure = parse_figure(text)
        if figure is None or (column.kind is Kind.COUNT and figure != int(figure)):
            raise UnusableValueError(right_form(column))
        return str(int(figure)) if column.kind is Kind.COUNT else plain(figure)
    if column.kind is Kind.TARGET:
        return _target(column, text)
    if column.kind is Kind.CHOICE:
        return _choice(column, text)
    return text


def would_run(column: Column, text: str) -> bool:
    """Tell whether a spreadsheet program would take a text for a formula when it opens the file."""
    return column.kind is Kind.TEXT and text.startswith(_RUNS) and parse_figure(text) is None


def _ids(column: Column, text: str, names: Names) -> str:
    try:
        if column.kind is not Kind.TEXTS:
            return names.id_of(column.names, text)
        return ";".join(names.id_of(column.names, part.strip()) for part in text.split(";") if part.strip())
    except UnknownNameError as error:
        raise UnusableValueError(str(error)) from error


def _choice(column: Column, text: str) -> str:
    folded = re.sub(r"[\s-]+", "_", text.strip().casefold())
    if folded not in column.choices:
        raise UnusableValueError(right_form(column))
    return folded


def _date(column: Column, text: str) -> str:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(_MIDNIGHT.sub("", text), form).date().isoformat()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise UnusableValueError(right_form(column))


def _target(column: Column, text: str) -> str:
    try:
        low, high = target_bounds(text)
    except ValueError:
        raise UnusableValueError(right_form(column)) from None
    return plain(low) if low == high and ".." not in text else f"{plain(low)}..{plain(high)}"
