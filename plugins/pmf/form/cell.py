"""What one cell of a returned form says: a figure, a yes, a choice, a text - or a problem. Never a guess.

A figure is what the officer sees: a number shown as 95.5% is 95.5, not 0.955, as it is where it is typed as text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from pmf.form.address import Position
from pmf.form.grid import Content
from pmf.form.scan import SheetFacts
from pmf.value import from_double, is_no_figure_word, parse_figure, plain

_YES = {"yes", "y", "true"}
_NO = {"", "no", "n", "false"}
# Excel writes a carriage return as _x000D_; some programs leave it standing as text.
_LINE_END = re.compile(r"_x000D_\n?|\r\n?")
_UNSEEN = {"Cf", "Cc", "Cs"}
_SHOWN_AT_MOST = 60

Value = TypeVar("Value")


class Cell(NamedTuple):
    """A cell as it came back. ``formula`` and ``error`` are None where there is none."""

    address: str
    content: Content
    formula: str | None = None
    error: str | None = None
    is_percentage: bool = False
    is_merged: bool = False

    @classmethod
    def at(cls, place: Position, address: str, content: Content, facts: SheetFacts) -> Cell:
        """Take a cell as it was read, with what the reader does not tell about it. ``place`` counts from 1."""
        if place not in facts.places:
            return cls(address, content)
        return cls(
            address,
            content,
            formula=facts.formulas.get(place),
            error=facts.errors.get(place),
            is_percentage=place in facts.percentages,
            is_merged=place in facts.merged,
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing at all in the cell."""
        return self.content == "" and self.formula is None and self.error is None

    @property
    def is_plain_number(self) -> bool:
        """Tell whether the cell holds a number as typed: no formula, no error, no percent sign."""
        is_number = isinstance(self.content, (int, float)) and not isinstance(self.content, bool)
        return is_number and self.formula is None and self.error is None and not self.is_percentage

    @property
    def shown(self) -> str:
        """What the officer sees in the cell."""
        if self.error is not None:
            return self.error
        if isinstance(self.content, str):
            return clean_text(self.content) if self.content else ""
        if isinstance(self.content, bool):
            return "TRUE" if self.content else "FALSE"
        if isinstance(self.content, dict):
            return self.content["shown"]
        return self._number_shown(self.content)

    def _number_shown(self, number: float) -> str:
        try:
            figure = from_double(number)
        except ValueError:
            return str(number)
        return f"{plain(figure.scaleb(2))}%" if self.is_percentage else plain(figure)


class Reading(NamedTuple, Generic[Value]):
    """What a cell was read as, and the code of what is wrong with it (None: nothing), with what was found there."""

    value: Value
    code: str | None = None
    found: str = ""


def clean_text(text: str) -> str:
    """Take out what cannot be seen (zero-width and direction-changing characters, stray controls) and trim."""
    if text.isascii() and text.isprintable() and "_x000D_" not in text:
        return text.strip()
    lines = _LINE_END.sub("\n", text).replace("\t", " ")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in _UNSEEN).strip()


def quoted(text: str) -> str:
    """Quote what was found in a cell, cut where it is long."""
    return f'"{text}"' if len(text) <= _SHOWN_AT_MOST else f'"{text[:_SHOWN_AT_MOST]}..."'


def _obstacle(cell: Cell) -> tuple[str, str] | None:
    """Give the code, and what was found, of what keeps a cell from being read at all."""
    if cell.is_merged:
        return "merged_cells", quoted(cell.shown)
    if cell.error is not None:
        return "formula_error", cell.error
    if cell.formula is not None:
        return "formula", quoted(f"={cell.formula}") if cell.formula else f"showing {quoted(cell.shown)}"
    return None


def read_figure(cell: Cell) -> Reading[Decimal | None]:
    """Read a figure exactly. None: the cell is empty, or it does not hold one figure and the code says why."""
    if obstacle := _obstacle(cell):
        return Reading(None, *obstacle)
    content = cell.content
    if isinstance(content, (bool, dict)):
        return Reading(None, "not_a_number", quoted(cell.shown))
    if isinstance(content, str):
        return _read_written_figure(cell.shown)
    try:
        figure = from_double(content)
    except ValueError:
        return Reading(None, "not_a_number", quoted(cell.shown))
    return Reading(figure.scaleb(2) if cell.is_percentage else figure)


def _read_written_figure(text: str) -> Reading[Decimal | None]:
    figure = parse_figure(text) if text else None
    if figure is not None or not text:
        return Reading(figure)
    return Reading(None, "no_figure_word" if is_no_figure_word(text) else "not_a_number", quoted(text))


def read_yes(cell: Cell) -> Reading[bool]:
    """Read an answer: yes, or nothing."""
    if obstacle := _obstacle(cell):
        return Reading(False, *obstacle)
    word = cell.shown.casefold()
    return Reading(word in _YES) if word in _YES | _NO else Reading(False, "not_yes", quoted(cell.shown))


def read_choice(cell: Cell, choices: Sequence[str]) -> Reading[str]:
    """Read one of the words on offer, whatever its capitals, as it is on offer; "" where the cell is empty."""
    if obstacle := _obstacle(cell):
        return Reading("", *obstacle)
    word = " ".join(cell.shown.split())
    chosen = next((choice for choice in choices if choice.casefold() == word.casefold()), "")
    return Reading(chosen) if chosen or not word else Reading("", "not_a_choice", quoted(cell.shown))


def read_text(cell: Cell) -> Reading[str]:
    """Read a text; a number or date in its place is taken as it is shown."""
    if obstacle := _obstacle(cell):
        return Reading("", *obstacle)
    return Reading(cell.shown)
