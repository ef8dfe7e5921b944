"""What the cell reader does not tell about an OpenDocument spreadsheet: formulas, errors, percentages, merged cells.

The same facts that ``pmf.form.scan`` finds in an Excel workbook, found the same way: by expat, which stops at a DTD.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from pmf.form.address import Position
from pmf.form.model import Problem
from pmf.form.preflight import Limits
from pmf.form.scan import SheetFacts
from pmf.source.refusal import UnusableError

_CONTENT = "content.xml"
_SPANS = ("number-columns-spanned", "number-rows-spanned")


def scan_opendocument(content: bytes, limits: Limits) -> dict[str, SheetFacts]:
    """Look through a spreadsheet's cells; give what is hidden in each sheet, by the sheet's name.

    Raises:
        UnusableError: when it is damaged, declares a DTD, or unpacks to or spreads over more than ``limits`` allow.
    """
    scan = _Scan(limits)
    try:
        with ZipFile(BytesIO(content)) as archive:
            part = archive.getinfo(_CONTENT)
            if part.file_size > limits.part_bytes or part.file_size > limits.ratio * max(part.compress_size, 1):
                raise UnusableError(Problem.UNSAFE, "The file was not opened, to be safe: it unpacks to far more than a table holds.")
            scan.read(archive.read(part))
    # What zipfile and expat have been seen to raise on broken files.
    except (expat.ExpatError, BadZipFile, zlib.error, LookupError, EOFError, OSError, OverflowError, ValueError, RuntimeError):
        raise UnusableError(Problem.DAMAGED, "The file is damaged: part of its content is garbled.") from None
    return {name: found.facts for name, found in scan.sheets.items()}


@dataclass(frozen=True)
class _Found:
    """What has been found on one sheet so far."""

    formulas: dict[Position, str] = field(default_factory=dict)
    errors: dict[Position, list[str]] = field(default_factory=dict)
    percentages: set[Position] = field(default_factory=set)
    merged: set[Position] = field(default_factory=set)

    @property
    def facts(self) -> SheetFacts:
        errors = {place: "".join(text).strip() for place, text in self.errors.items()}
        return SheetFacts(self.formulas, errors, self.percentages, self.merged)


class _Scan:
    """One pass over the cells of every sheet. A repeated row or cell is written once, with how often it stands there."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._row = self._rows = self._column = self._columns = 0
        self._error: list[str] | None = None
        self._area_left = limits.rows * limits.columns
        self._tables = 0
        self._found = _Found()
        self.sheets: dict[str, _Found] = {}

    def read(self, content: bytes) -> None:
        """Parse the document."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _no_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        said = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        element = name.rpartition(":")[2]
        if element == "table":
            self._tables += 1
            if self._tables == 1:
                self._begin_sheet(said["name"])
        elif self._tables != 1:
            return  # what was changed earlier, or a table within a cell
        elif element == "table-row":
            self._row += self._rows
            self._rows = int(said.get("number-rows-repeated", 1))
            self._column = self._columns = 0
        elif element in ("table-cell", "covered-table-cell"):
            self._column += self._columns
            self._columns = int(said.get("number-columns-repeated", 1))
            self._cell(element, said, {value for key, value in attributes.items() if key.endswith(":value-type")})

    def _begin_sheet(self, name: str) -> None:
        if name in self.sheets:
            raise UnusableError(Problem.DAMAGED, f'The file is damaged: it has two sheets "{name}".')
        self._row = self._rows = 0
        self._found = self.sheets[name] = _Found()

    def _cell(self, element: str, said: dict[str, str], types: set[str]) -> None:
        is_merged = element == "covered-table-cell" or any(said.get(span, "1") != "1" for span in _SPANS)
        if not (types or is_merged or "formula" in said):
            return
        places, found = self._places(), self._found
        if is_merged:
            found.merged.update(places)
        if "formula" in said:
            found.formulas.update(dict.fromkeys(places, said["formula"].rpartition(":=")[2].removeprefix("=")))
        if "percentage" in types:
            found.percentages.update(places)
        if "error" in types:
            self._error = []
            found.errors.update(dict.fromkeys(places, self._error))

    def _places(self) -> list[Position]:
        """Name the cells that are written here once, by row and column counted from 1."""
        rows = range(self._row + 1, self._row + self._rows + 1)
        columns = range(self._column + 1, self._column + self._columns + 1)
        self._area_left -= len(rows) * len(columns)
        if rows.stop > self._limits.rows + 1 or columns.stop > self._limits.columns + 1 or self._area_left < 0:
            raise UnusableError(Problem.UNSAFE, "The file was not opened, to be safe: it has content far outside of a table.")
        return [(row, column) for row in rows for column in columns]

    def _text(self, text: str) -> None:
        if self._error is not None:
            self._error.append(text)

    def _end(self, name: str) -> None:
        element = name.rpartition(":")[2]
        if element == "table":
            self._tables -= 1
        elif element == "table-cell":
            self._error = None


def _no_dtd(*_: object) -> NoReturn:
    raise UnusableError(Problem.UNSAFE, "The file was not opened, to be safe: it contains declarations no spreadsheet program writes.")
