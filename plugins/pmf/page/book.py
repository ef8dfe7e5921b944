"""A document as a spreadsheet holds it: a sheet of notes, one of its text in reading order, and one for each table.

Excel and OpenDocument print the same book (``sheet``, ``opensheet``), by the Government Analysis Function's rules for accessible
spreadsheets: one table a sheet, from column A, with one header row; a reason for every blank; shorthand explained; nothing told
by colour. A figure is a number, with the decimals it is printed with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pmf.page.document import Cell, Column, Document, Table
from pmf.page.draft import NOTICE
from pmf.page.environment import printable
from pmf.page.plain import SHORTHAND, headed_blocks, part_of, table_of, text_rows, words_of

NOTES = "Notes"
_PART = "Part of the report"
_PART_WIDTH = 2.0
_NOTE_WIDTH = 1.4
# What a cell of Excel can hold.
_LONGEST = 32_767
_CUT = " … [cut: a cell of a spreadsheet holds no more]"
_NOTES = (
    ("Figures", "Rounded as they are printed in the report. The column heading names their unit, or, where there are several, each cell."),
    ("Percentages", "79.9% is held as 79.9, not as 0.799."),
    ("Statuses", "Given in words: Red, Amber, Green and others. No colour is used."),
    ("Blank cells", "Nothing was said there."),
)


@dataclass(frozen=True)
class Entry:
    """A cell: ``words``, or a ``number`` that shows as them, with its ``unit`` where the column's heading does not name one."""

    words: str
    number: Decimal | None = None
    unit: str = ""

    @property
    def decimals(self) -> int:
        """How many decimals its number is printed with."""
        exponent = self.number.as_tuple().exponent if self.number is not None else 0
        return -exponent if isinstance(exponent, int) else 0


@dataclass(frozen=True)
class Head:
    """A column: its heading, unlike any other of its sheet, and its width relative to other columns."""

    words: str
    width: float = 1.0
    is_number: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table. ``name`` is that of its tab; ``title`` stands in its first cell, ``guide`` below it."""

    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Entry, ...], ...]

    @property
    def guide(self) -> str:
        """Say what is on the sheet and what to know to read it."""
        blanks = " A blank cell means that nothing was said there." if any(not cell.words for row in self.rows for cell in row) else ""
        marks = " Shorthand in square brackets is explained on the sheet Notes." if self.name != NOTES and self.shorthand else ""
        return f"This sheet holds one table.{blanks}{marks}"

    @property
    def shorthand(self) -> tuple[str, ...]:
        """The shorthand that its cells and headings use."""
        words = "\n".join([head.words for head in self.heads] + [cell.words for row in self.rows for cell in row])
        return tuple(mark for mark in SHORTHAND if mark in words)


@dataclass(frozen=True)
class Book:
    """The sheets of a document behind a cover: what it is (``intro``) and where its figures are from (``about``)."""

    title: str
    organisation: str
    subject: str
    intro: tuple[str, ...]
    about: tuple[str, ...]
    source: str
    banner: str
    language: str
    sheets: tuple[Sheet, ...]


def book_of(document: Document) -> Book:
    """Lay a document out as a book; nothing of it is computed or rounded here."""
    placed = _placed_tables(document)
    # Whoever opens a draft reads so first.
    warning = (NOTICE,) if document.is_draft else ()
    pairs = (f"{label.rstrip(':')}: {value}" for label, value in document.header)
    sheets = [_text_sheet(document, placed), *(_table_sheet(name, parts) for name, parts in placed.items())]
    return Book(
        title=_fit(document.title),
        organisation=_fit(document.organisation),
        subject=_fit(document.subtitle),
        intro=_fits((*warning, document.organisation, document.subtitle, *pairs)),
        about=_fits((document.banner or "", document.footer, "The text of the report is on the sheet Text, each table on one of its own.")),
        source=_fit(document.footer and f"Source: {document.footer}"),
        banner=_fit(document.banner or ""),
        language=document.language,
        sheets=(_notes_sheet(sheets), *sheets),
    )


def contents_of(book: Book) -> Sheet:
    """List a book's sheets."""
    rows = tuple((Entry(sheet.name), Entry(sheet.title)) for sheet in book.sheets)
    return Sheet("Contents", "Contents", (Head("Sheet", 1.0), Head("What it holds", 6.0)), rows)


def _placed_tables(document: Document) -> dict[str, list[tuple[str, Table]]]:
    """Gather the tables that stand in one sheet, each with the heading it stands under, by the name of the sheet."""
    gathered: dict[object, list[tuple[str, Table]]] = {}
    blocks = (headed for section in document.sections for headed in headed_blocks(section))
    for place, (heading, block) in enumerate(blocks):
        if table := table_of(block, heading):
            key = (table.group, tuple(column.heading for column in table.columns)) if table.group else place
            gathered.setdefault(key, []).append((heading, table))
    return {f"Table {number}": parts for number, parts in enumerate(gathered.values(), 1)}


def _notes_sheet(sheets: Sequence[Sheet]) -> Sheet:
    used = {mark for sheet in sheets for mark in sheet.shorthand}
    notes = (*_NOTES, *((mark, meaning) for mark, meaning in SHORTHAND.items() if mark in used))
    return _words_sheet(NOTES, "Notes: how to read the tables", (("Note", 1.0), ("Meaning", 5.0)), notes)


def _text_sheet(document: Document, placed: dict[str, list[tuple[str, Table]]]) -> Sheet:
    """Print the report's text in reading order; where a table stands, in which sheet it is."""
    names = {id(table): name for name, parts in placed.items() for _, table in parts}
    rows: list[tuple[str, ...]] = []
    for section in document.sections:
        rows.append((part_of(section), section.number or "", "Heading", section.heading))
        for block in section.blocks:
            where = f" (sheet {names[id(block)]})" if id(block) in names else ""
            rows += [(part_of(section), number, kind, words + where) for kind, number, words in text_rows(block)]
    heads = ((_PART, _PART_WIDTH), ("Number", 0.8), ("Kind", 0.9), ("Text", 6.0))
    return _words_sheet("Text", "Text of the report, in reading order", heads, rows or [("", "", "", "This report has no text.")])


def _words_sheet(name: str, title: str, heads: Iterable[tuple[str, float]], rows: Iterable[Sequence[str]]) -> Sheet:
    return Sheet(name, title, tuple(Head(*head) for head in heads), tuple(tuple(Entry(_fit(words)) for words in row) for row in rows))


def _table_sheet(name: str, parts: Sequence[tuple[str, Table]]) -> Sheet:
    """Print a table, or those of a group below each other, each row led by the heading its table stands under."""
    first = parts[0][1]
    rows = [row for _, table in parts for row in table.rows]
    columns = [_column(column, cells) for column, cells in zip(first.columns, zip(*rows, strict=True), strict=True)]
    strips = [strip for own in columns for strip in own]
    if first.group:
        strips.insert(0, (Head(_PART, _PART_WIDTH), [Entry(_fit(heading)) for heading, table in parts for _ in table.rows]))
    heads = _unlike([head for head, _ in strips])
    return Sheet(name, _fit(first.group or first.caption), heads, tuple(zip(*(entries for _, entries in strips), strict=True)))


def _column(column: Column, cells: Sequence[Cell]) -> Iterator[tuple[Head, list[Entry]]]:
    """Print a column, and after it one of the notes of its cells where there are any.

    Where every figure has the same unit and nothing else stands between them, the heading names the unit.
    """
    units = {cell.unit for cell in cells if cell.value is not None}
    words = [_fit(words_of(cell)) for cell in cells]
    are_figures = all(cell.value is not None or shown in SHORTHAND for cell, shown in zip(cells, words, strict=True))
    unit = units.pop() if are_figures and len(units) == 1 else ""
    entries = [
        Entry(shown, cell.value, "" if unit or cell.unit not in shown else cell.unit) for cell, shown in zip(cells, words, strict=True)
    ]
    heading = column.heading or "What"
    is_number = column.is_number or any(entry.number is not None for entry in entries)
    yield Head(f"{heading} ({unit})" if unit else heading, column.width, is_number), entries
    if any(cell.note for cell in cells):
        yield Head(f"{heading}: note", _NOTE_WIDTH), [Entry(_fit(cell.note)) for cell in cells]


def _unlike(heads: Sequence[Head]) -> tuple[Head, ...]:
    """Number the headings that are there before, as Excel compares them."""
    result: dict[str, Head] = {}
    for head in heads:
        words = (head.words, *(f"{head.words} ({number})" for number in range(2, len(heads) + 1)))
        own = next(option for option in words if option.casefold() not in result)
        result[own.casefold()] = replace(head, words=own)
    return tuple(result.values())


def _fit(words: str) -> str:
    kept = str(printable(words))
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - len(_CUT)] + _CUT


def _fits(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(_fit(line) for line in lines if line)
