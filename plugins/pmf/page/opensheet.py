"""The OpenDocument spreadsheet of a report: the same book as the Excel workbook, for those without Excel, from our own templates.

The file is five small parts of ISO/IEC 26300 in a zip archive; ``include/templates/report/opensheet`` holds four of them. Cells hold
text or numbers and nothing else: a text is never read for formulas, links or fields.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from pmf.page.archive import NO_DATE
from pmf.page.book import Book, Sheet, book_of, contents_of
from pmf.page.document import Document
from pmf.page.environment import html_environment

_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_PARTS = {"content.xml": "content.xml", "styles.xml": "styles.xml", "meta.xml": "meta.xml", "META-INF/manifest.xml": "manifest.xml"}
_COVER_WIDTH = 6.0
# Line breaks of the templates: some readers take those between rows and cells amiss. No text has them, as its ">" is escaped.
_BETWEEN_TAGS = re.compile(r">\n+<")


def render_ods(document: Document, *, templates: Path) -> bytes:
    """Print the document as an OpenDocument spreadsheet; the same document gives the same bytes.

    ``templates`` is the folder ``include/templates``. The file holds no time of its making.
    """
    book = book_of(document)
    environment = html_environment(templates / "report")
    context = {
        "book": book,
        "contents": contents_of(book),
        "lines": lambda sheet: _lines(sheet, book),
        "area": lambda sheet: _area(sheet, book),
    }
    context |= {"widths": _widths(book), "formats": _formats(book)}
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        # Readers tell the kind of file by this part, which stands first and uncompressed.
        archive.writestr(_entry("mimetype", zipfile.ZIP_STORED), _TYPE)
        for name, template in _PARTS.items():
            content = environment.get_template(f"opensheet/{template}").render(context)
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), _BETWEEN_TAGS.sub("><", content))
    return result.getvalue()


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, NO_DATE)
    entry.compress_type = compression
    entry.create_system = 3
    return entry


def _lines(sheet: Sheet, book: Book) -> list[str]:
    """What stands between a sheet's title and its table."""
    return [line for line in (sheet.guide, book.banner, book.source) if line]


def _area(sheet: Sheet, book: Book) -> str:
    """Say where a sheet's table stands: "'Table 1'.A4:'Table 1'.C9"."""
    top = len(_lines(sheet, book)) + 2
    return f"'{sheet.name}'.A{top}:'{sheet.name}'.{_letters(len(sheet.heads))}{top + len(sheet.rows)}"


def _letters(column: int) -> str:
    """Name a column, counted from 1, as spreadsheets do: A, Z, AA."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _widths(book: Book) -> dict[float, int]:
    """Number the widths that columns have."""
    heads = [*contents_of(book).heads, *(head for sheet in book.sheets for head in sheet.heads)]
    return {width: number for number, width in enumerate(dict.fromkeys([_COVER_WIDTH, *(head.width for head in heads)]))}


def _formats(book: Book) -> dict[tuple[str, int], int]:
    """Number the formats that numbers have: a unit and how many decimals."""
    entries = (entry for sheet in book.sheets for row in sheet.rows for entry in row if entry.number is not None)
    return {key: number for number, key in enumerate(dict.fromkeys((entry.unit, entry.decimals) for entry in entries))}
