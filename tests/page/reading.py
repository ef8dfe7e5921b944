"""Read back what the renderers wrote, by other means than they wrote it, for comparison with the document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import docx
import lxml.html
import openpyxl
import pikepdf
from python_calamine import CalamineWorkbook

from page.tagged import page_runs, structure
from pmf.page.document import Document, Facts, Table

# Names of fields whose text is not for reading, or only in spreadsheets and data.
_NOT_PRINTED = {"kind", "status", "language", "arrow", "icon", "link", "anchor", "mark", "style", "value", "unit", "group"}
# What is drawn on a chart: its text alternative says the same, in every format.
_DRAWN = {"lines", "ticks", "key"}


def texts(document: Document) -> list[str]:
    """Every text of the document that a reader must find in each format."""
    return [words for words in _texts(document.as_json()) if words]


def worded(document: Document) -> list[str]:
    """Every text of the document that a reader must find in a spreadsheet: all but figures, which are numbers there, and dashes."""
    return [words for words in _texts(document.as_json(), beside_figures=True) if words and words not in ("–", "-")]


def figures(document: Document) -> list[Decimal]:
    """Every number that the document prints in a cell or as a fact, in order."""
    blocks = [block for section in document.sections for block in section.blocks]
    cells = [item for block in blocks if isinstance(block, Table) for row in block.rows for item in row]
    facts = [item for block in blocks if isinstance(block, Facts) for item in block.facts]
    return [item.value for item in (*cells, *facts) if item.value is not None]


def _texts(tree: Any, *, beside_figures: bool = False) -> Iterator[str]:
    if isinstance(tree, dict):
        is_figure = beside_figures and tree.get("value") is not None and tree["kind"] in ("cell", "fact")
        for name, value in tree.items():
            if name not in _NOT_PRINTED | _DRAWN and not (is_figure and name in ("text", "figure")):
                yield from _texts(value, beside_figures=beside_figures)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _texts(value, beside_figures=beside_figures)
    elif isinstance(tree, str):
        yield tree


def squeezed(words: str) -> str:
    """Text without white space: formats break lines where they like."""
    return "".join(words.split())


def html_text(content: bytes) -> str:
    """All text of the page, the alternatives of its drawings included, without white space."""
    page = lxml.html.document_fromstring(content)
    for style in page.iter("style"):
        style.clear()
    return squeezed(page.text_content())


def docx_text(content: bytes) -> str:
    """All text of the Word file, header and footer included, without white space."""
    word = docx.Document(io.BytesIO(content))
    section = word.sections[0]
    parts = (word.element, section.header._element, section.footer._element)
    return squeezed("".join(run.text or "" for part in parts for run in part.iter("{*}t")))


def xlsx_cells(content: bytes) -> list[Any]:
    """Every cell of the workbook that holds something, sheet by sheet, as openpyxl reads it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def ods_cells(content: bytes) -> list[Any]:
    """Every cell of the OpenDocument spreadsheet that holds something, sheet by sheet, as calamine reads it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row if cell != ""]


def csv_cells(content: bytes) -> list[Any]:
    """Every text of the CSV file, and every value as a number."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    texts = [cell for row in rows for name, cell in row.items() if name not in ("value", "row") and cell]
    return [*texts, *(Decimal(row["value"]) for row in rows if row["value"])]


def cell_text(cells: list[Any]) -> str:
    """The text of cells, without white space."""
    return squeezed("\n".join(cell for cell in cells if isinstance(cell, str)))


def numbers(cells: list[Any]) -> list[Decimal]:
    """The numbers in cells, as exact as they were written."""
    return [Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell) for cell in cells if isinstance(cell, int | float | Decimal)]


def pdf_text(content: bytes) -> str:
    """All text of the PDF without white space: what is read aloud, on over page ends, then alternative texts, banners and footers."""
    pdf = pikepdf.open(io.BytesIO(content))
    tagged = (run.words for page in pdf.pages for run in page_runs(page) if not run.is_artifact)
    alternatives = (str(element.Alt) for element in structure(pdf) if "/Alt" in element)
    return squeezed("".join((*tagged, *alternatives, *pdf_artifacts(content))))


def pdf_pages(content: bytes) -> list[str]:
    """What is read aloud of each page, without white space."""
    pages = pikepdf.open(io.BytesIO(content)).pages
    return [squeezed("".join(run.words for run in page_runs(page) if not run.is_artifact)) for page in pages]


def pdf_artifacts(content: bytes) -> list[str]:
    """What each page prints but does not read aloud: banner, footer, repeated table headings and shapes, without white space."""
    pages = pikepdf.open(io.BytesIO(content)).pages
    return [squeezed("".join(run.words for run in page_runs(page) if run.is_artifact)) for page in pages]
