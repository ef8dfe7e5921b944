"""The Excel workbook of a report, to the Government Analysis Function's rules, by that profession's own gptables.

gptables reads text for Markdown links, for references to notes between "$$" and for cells of symbols alone, which it refuses.
What people write must stay what they wrote, so every text reaches it wrapped as formatted text, which it does not read.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

import pandas as pd
from gptables import Cover, GPTable
from gptables.core.gptable import FormatList
from gptables.core.wrappers import GPWorkbook, GPWorksheet

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
# Excel keeps at most 255 characters of a property.
_PROPERTY = 255


def render_xlsx(document: Document) -> bytes:
    """Print the document as a workbook; the same document gives the same bytes.

    No text in it is a formula or a link, and none is told by colour. There are no merged cells, filters, frozen panes, hidden parts,
    macros or pictures.
    """
    with warnings.catch_warnings():
        # gptables asks of pandas what its next version will no longer give.
        warnings.simplefilter("ignore", DeprecationWarning)
        return rezip(_workbook(book_of(document)))


def _workbook(book: Book) -> bytes:
    result = io.BytesIO()
    workbook = GPWorkbook(result, options=_OPTIONS)
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


def _write_table(worksheet: GPWorksheet, table: GPTable, sheet: Sheet) -> None:
    """Write a sheet, wide and high enough for its words: readers other than Excel do not fit the rows by themselves."""
    worksheet.write_gptable(table, auto_width=False)
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
        additional_formatting=_formats(sheet),
    )


def _formats(sheet: Sheet) -> list[dict[str, Any]]:
    """Align columns of numbers, give each number its decimals, and keep what looks like a formula text when its cell is edited.

    gptables formats but the last of the cells an entry of the list names, so each has an entry of its own.
    """
    numeric = [number for number, head in enumerate(sheet.heads) if head.is_number]
    return [
        {"column": {"columns": [*range(len(sheet.heads))], "format": {"valign": "top"}, "include_names": True}},
        {"column": {"columns": numeric, "format": {"align": "right", "indent": 1}, "include_names": True}},
    ] + [
        {"cell": {"cells": (row, column), "format": own}}
        for row, entries in enumerate(sheet.rows, 1)
        for column, entry in enumerate(entries)
        if (own := _format(entry))
    ]


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
