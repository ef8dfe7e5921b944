"""The Excel workbook of a report, to the Government Analysis Function's rules, by that profession's own gptables.

gptables reads text for Markdown links, for references to notes between "$$" and for cells of symbols alone, which it refuses.
What people write must stay what they wrote, so every text reaches it wrapped as formatted text, which it does not read.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

import pandas as pd
from gptables import Cover, GPTable
from gptables.core.gptable import FormatList
from gptables.core.wrappers import GPWorkbook, GPWorksheet
from xlsxwriter import Workbook

from pmf.page.archive import rezip
from pmf.page.book import Book, Entry, Sheet, book_of, contents_of
from pmf.page.document import Document
from pmf.page.plain import looks_live

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Widths of columns in characters: of a relative width of 1, the narrowest, the widest; how much of it 12-point text fills at most.
_CHARACTERS, _FEWEST, _MOST = 13, 10, 80
_FILLED = 0.9
# Heights in points: of a line, and the highest row.
_LINE, _HIGHEST = 15.75, 409
# The formats of columns.
_WORDS = {"valign": "top", "align": "left"}
_NUMBERS = {"valign": "top", "align": "right", "indent": 1}
# Excel keeps at most 255 characters of a property.
_PROPERTY = 255
_A4 = 9


def render_xlsx(document: Document) -> bytes:
    """Print the document as a workbook; the same document gives the same bytes.

    No text in it is a formula or a link, and none is told by colour. There are no merged cells, filters, frozen panes, hidden parts,
    macros or pictures.
    """
    with warnings.catch_warnings():
        # gptables asks of pandas what its next version will no longer give.
        warnings.simplefilter("ignore", DeprecationWarning)
        return rezip(_workbook(book_of(document)))


class _Worksheet(GPWorksheet):  # type: ignore[misc]  # gptables has no types
    """A sheet of gptables whose cells are written one by one: its own way, through frames of formats, takes eight times as long."""

    formats: Sequence[Mapping[str, Any]] = ()
    cell_formats: Mapping[tuple[int, int], Mapping[str, Any]] = {}

    def _write_table_elements(self, pos: list[int], gptable: GPTable, auto_width: bool) -> list[int]:  # noqa: ARG002 - what gptables calls it with
        """Write the heads and the rows; ``formats`` are those of the columns, ``cell_formats`` of single cells, the heads being row 0."""
        top = gptable.data_range[0]
        index_formats = (self.theme.index_1_format, self.theme.index_2_format, self.theme.index_3_format)
        below = dict.fromkeys(range(len(self.formats)), self.theme.data_format)
        below |= {column: index_formats[level - 1] for level, column in gptable.index_columns.items()}
        heads = [self.theme.column_heading_format | own for own in self.formats]
        for number, contents in enumerate([list(gptable.table.columns), *gptable.table.values.tolist()]):
            for column, content in enumerate(contents):
                own = self.cell_formats.get((number, column), {})
                whole = below[column] | self.formats[column] | own if number else heads[column]
                self._smart_write(top + number, column, content, whole)
        self._mark_data_as_worksheet_table(gptable, pd.DataFrame([heads]))
        return [top + len(gptable.table) + 1, 0]

    def _parse_urls(self, sheet: GPTable | Cover) -> None:
        """Look for no links: no text of ours is one."""


class _Workbook(GPWorkbook):  # type: ignore[misc]  # gptables has no types
    """A workbook of such sheets."""

    def add_worksheet(self, name: str) -> _Worksheet:
        worksheet: _Worksheet = Workbook.add_worksheet(self, name, _Worksheet)
        worksheet.theme, worksheet._workbook = self.theme, self  # noqa: SLF001 - as gptables does
        worksheet.hide_gridlines(2)
        # Printed, no row is torn apart: every column on one page, as many pages as there are rows for.
        worksheet.set_paper(_A4)
        worksheet.set_landscape()
        worksheet.fit_to_pages(1, 0)
        return worksheet


def _workbook(book: Book) -> bytes:
    result = io.BytesIO()
    workbook = _Workbook(result, options=_OPTIONS)
    tables = {sheet.name: _table(sheet, book) for sheet in book.sheets}
    _write_cover(workbook.add_worksheet("Cover"), book)
    listed = contents_of(book)
    contents = workbook.make_table_of_contents(
        tables, title=listed.title, instructions=listed.guide, column_names=[head.words for head in listed.heads]
    )
    _write_table(workbook.add_worksheet(listed.name), contents, listed)
    for sheet in book.sheets:
        _write_table(workbook.add_worksheet(sheet.name), tables[sheet.name], sheet)
    properties = {"title": book.title, "author": book.organisation, "subject": book.subject}
    # XlsxWriter would ask the clock when it was created; ``rezip`` takes out what is said here.
    workbook.set_properties({name: words[:_PROPERTY] for name, words in properties.items()} | {"created": datetime(1980, 1, 1, tzinfo=UTC)})
    workbook.close()
    return result.getvalue()


def _write_cover(worksheet: GPWorksheet, book: Book) -> None:
    cover = Cover(title=_text(book.title), intro=[_runs(line) for line in book.intro], about=[_runs(line) for line in book.about])
    worksheet.write_cover(cover)
    # gptables writes its own heading above the introduction, and one above what the data are about.
    for row, line in enumerate((book.title, "", *book.intro, "", *book.about)):
        if line:
            worksheet.set_row(row, _height([line], [cover.width]) * (1.4 if row == 0 else 1))


def _write_table(worksheet: _Worksheet, table: GPTable, sheet: Sheet) -> None:
    """Write a sheet, wide and high enough for its words: readers other than Excel do not fit the rows by themselves."""
    worksheet.formats = [_NUMBERS if head.is_number else _WORDS for head in sheet.heads]
    worksheet.cell_formats = _cell_formats(sheet)
    worksheet.write_gptable(table, auto_width=False)
    worksheet.repeat_rows(table.data_range[0])
    widths = [min(max(_CHARACTERS * head.width, _FEWEST), _MOST) for head in sheet.heads]
    for number, width in enumerate(widths):
        worksheet.set_column(number, number, width)
    for number, words in enumerate(([head.words for head in sheet.heads], *([entry.words for entry in row] for row in sheet.rows))):
        worksheet.set_row(table.data_range[0] + number, _height(words, widths))


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    lines = max(
        sum(ceil(len(line) / (_FILLED * width)) or 1 for line in words.split("\n")) for words, width in zip(texts, widths, strict=True)
    )
    return min(_LINE * lines, _HIGHEST)


def _table(sheet: Sheet, book: Book) -> GPTable:
    frame = pd.DataFrame(
        [[_content(entry) for entry in row] for row in sheet.rows], columns=[_unmarked(head.words) for head in sheet.heads], dtype=object
    )
    return GPTable(
        frame,
        table_name=sheet.name.replace(" ", "_"),
        title=_runs(sheet.title),
        instructions=sheet.guide,
        source=_runs(book.source) if book.source else None,
        legend=[_runs(book.banner)] if book.banner else [],
    )


def _cell_formats(sheet: Sheet) -> dict[tuple[int, int], dict[str, Any]]:
    """Give each number its decimals, and keep what looks like a formula text when its cell is edited."""
    return {
        (row, column): own for row, entries in enumerate(sheet.rows, 1) for column, entry in enumerate(entries) if (own := _format(entry))
    }


def _format(entry: Entry) -> dict[str, Any]:
    if entry.number is None:
        return {"quote_prefix": True} if looks_live(entry.words) else {}
    digits = "#,##0" + ("." + "0" * entry.decimals if entry.decimals else "")
    if entry.unit in ("", "£"):
        return {"num_format": f'"£"{digits}' if entry.unit else digits}
    return {"num_format": f'{digits}"{"" if entry.unit == "%" else " "}{entry.unit.replace(chr(34), chr(39))}"'}


def _content(entry: Entry) -> Any:
    return _text(entry.words) if entry.number is None else float(entry.number)


def _text(words: str) -> FormatList:
    return FormatList(_runs(words))


def _runs(words: str) -> list[Any]:
    """Wrap text as formatted text without a format."""
    return [{}, _unmarked(words)]


def _unmarked(words: str) -> str:
    """Part the two dollar signs that mark a note."""
    return words.replace("$$", "$ $")
