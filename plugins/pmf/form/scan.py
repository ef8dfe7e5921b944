"""Looking through a workbook's XML for what the cell reader would hide or choke on.

The reader gives formulas by their last result and errors as empty cells, and one cell at XFD1048576 makes it ask for so
much memory that its process dies. So every part is parsed here first, by expat, which stops at the first declaration of
a DTD, before any entity is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn
from xml.parsers import expat

from pmf.form.address import Position, is_inside, position
from pmf.form.model import Problem, Unreadable
from pmf.form.problem import unreadable

WORKBOOK_PART = "xl/workbook.xml"
_RELATIONSHIPS_PART = "xl/_rels/workbook.xml.rels"
_STYLES_PART = "xl/styles.xml"
_LITERAL_IN_FORMAT = re.compile(r'"[^"]*"|\\.')
# Number formats 9 and 10 are built in: 0% and 0.00%.
_BUILT_IN_PERCENT = {"9", "10"}

_CONTENT = frozenset({"v", "is", "f"})
# Excel stops at 65,490 cell styles.
_MOST_ELEMENTS = 100_000

_Attributes = Mapping[str, str]
_StartHandler = Callable[[str, dict[str, str]], None]


class RefusedError(Exception):
    """The workbook is not one to be opened."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(detail)
        self.unreadable: Unreadable = unreadable(problem, detail)


@dataclass(frozen=True)
class SheetFacts:
    """What a cell reader does not tell about one sheet, by the cells' (row, column).

    ``formulas`` and ``errors`` map to what they say ("A1*2", "#DIV/0!"); ``percentages`` are numbers shown with a
    percent sign, so that 0.955 reads 95.5%; ``merged`` are all cells of merged areas.
    """

    formulas: Mapping[Position, str]
    errors: Mapping[Position, str]
    percentages: Set[Position]
    merged: Set[Position]

    @cached_property
    def places(self) -> Set[Position]:
        """Every cell of which there is something to tell."""
        return self.formulas.keys() | self.errors.keys() | self.percentages | self.merged


def scan_workbook(parts: Mapping[str, bytes], *, rows: int, columns: int) -> dict[str, SheetFacts]:
    """Look through every XML part; give what is hidden in each worksheet, by the sheet's name.

    ``rows`` and ``columns`` bound the rectangle in which cells may have content.

    Raises:
        RefusedError: when a part declares a DTD, a cell lies outside the rectangle, or the list of sheets is wrong.
        xml.parsers.expat.ExpatError: when a part is no well-formed XML.
        ValueError: when a cell has no address or a wrong one.
    """
    sheets = _sheet_parts(parts)
    percent_styles = _percent_styles(parts[_STYLES_PART]) if _STYLES_PART in parts else set()
    for name in parts.keys() - sheets.values():
        if name.endswith((".xml", ".rels")):
            _parse(parts[name], None)
    return {name: _SheetScan(name, percent_styles, rows=rows, columns=columns).facts(parts[part]) for name, part in sheets.items()}


def _no_dtd(*_: object) -> NoReturn:
    raise RefusedError(Problem.UNSAFE, "it contains declarations that no spreadsheet program writes")


def _parse(content: bytes, start: _StartHandler | None, parser: expat.XMLParserType | None = None) -> None:
    parser = parser or expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_dtd
    parser.StartElementHandler = start
    parser.Parse(content, True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _elements(content: bytes, *wanted: str) -> list[tuple[str, _Attributes]]:
    """List the elements of these names, without their namespaces, in the order they stand."""
    found: list[tuple[str, _Attributes]] = []

    def keep(name: str, attributes: dict[str, str]) -> None:
        if _local(name) in wanted:
            found.append((_local(name), attributes))
            if len(found) > _MOST_ELEMENTS:
                raise RefusedError(Problem.UNSAFE, "it declares more sheets and styles than a spreadsheet program can")

    _parse(content, keep)
    return found


def _sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Map each sheet's name to the part that holds it."""
    relationships = _elements(parts.get(_RELATIONSHIPS_PART, b""), "Relationship")
    targets = {attributes.get("Id"): attributes.get("Target", "") for _, attributes in relationships}
    sheets: dict[str, str] = {}
    for _, attributes in _elements(parts[WORKBOOK_PART], "sheet"):
        # r:id, whatever the file calls the namespace of relationships.
        target = targets.get(next((value for key, value in attributes.items() if _local(key) == "id"), None), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part not in parts or part in sheets.values() or attributes.get("name", "") in sheets:
            raise RefusedError(Problem.DAMAGED, "its list of sheets does not match its content")
        sheets[attributes["name"]] = part
    return sheets


def _percent_styles(content: bytes) -> set[str]:
    """Name the cell styles (by their index) that show a number with a percent sign."""
    formats, styles, section = set(_BUILT_IN_PERCENT), [], ""
    for name, attributes in _elements(content, "numFmts", "numFmt", "cellStyleXfs", "cellXfs", "xf", "dxfs"):
        if name == "xf" and section == "cellXfs":
            styles.append(attributes.get("numFmtId", "0"))
        elif name == "numFmt" and section == "numFmts" and "%" in _LITERAL_IN_FORMAT.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif name not in ("xf", "numFmt"):
            section = name
    return {str(index) for index, number_format in enumerate(styles) if number_format in formats}


class _SheetScan:
    """One pass over a worksheet."""

    def __init__(self, sheet: str, percent_styles: set[str], *, rows: int, columns: int) -> None:
        self._sheet, self._percent_styles, self._rows, self._columns = sheet, percent_styles, rows, columns
        self._area_left = rows * columns
        self._parser = expat.ParserCreate()
        self._is_collecting = False
        self._cell: _Attributes = {}
        self._formulas: dict[Position, list[str]] = {}
        self._errors: dict[Position, list[str]] = {}
        self._percentages: set[Position] = set()
        self._merged: set[Position] = set()

    def facts(self, content: bytes) -> SheetFacts:
        """Scan the sheet."""
        _parse(content, self._start, self._parser)
        formulas = {place: "".join(text).strip() for place, text in self._formulas.items()}
        errors = {place: "".join(text).strip() for place, text in self._errors.items()}
        return SheetFacts(formulas, errors, self._percentages, self._merged)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # Called for every cell of every form: plain comparisons, the commonest names first.
        if self._is_collecting:
            self._parser.CharacterDataHandler = None
            self._is_collecting = False
        if name == "c":
            self._cell = attributes
        elif name in _CONTENT:
            self._content(attributes, is_formula=name == "f")
        elif name == "mergeCell":
            self._merged |= self._area(attributes.get("ref", ""))
        elif ":" in name:
            self._start(_local(name), attributes)

    def _content(self, attributes: _Attributes, *, is_formula: bool) -> None:
        address = self._cell.get("r", "")
        if not is_inside(address, self._rows, self._columns):
            raise RefusedError(Problem.UNSAFE, f'the sheet "{self._sheet}" has content far outside the form, in {address}')
        if is_formula:
            # Of an array formula or data table only the first cell carries the formula; the others look like typed numbers.
            if attributes.get("t") in ("array", "dataTable"):
                self._formulas.update((covered, []) for covered in self._area(attributes.get("ref", address)))
            self._collect(self._formulas.setdefault(position(address), []))
        elif self._cell.get("t") == "e":
            self._collect(self._errors.setdefault(position(address), []))
        elif self._cell.get("s") in self._percent_styles:
            self._percentages.add(position(address))

    def _collect(self, text: list[str]) -> None:
        self._parser.CharacterDataHandler = text.append
        self._is_collecting = True

    def _area(self, reference: str) -> set[Position]:
        """Expand "G9:H11" to its cells; all areas of a sheet together may not be larger than the rectangle."""
        first, _, last = reference.partition(":")
        (top, bottom), (left, right) = (sorted(ends) for ends in zip(position(first), position(last or first), strict=True))
        self._area_left -= (bottom - top + 1) * (right - left + 1)
        if self._area_left < 0:
            raise RefusedError(Problem.UNSAFE, f'the sheet "{self._sheet}" has more merged cells or array formulas than a form can hold')
        return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
