"""The Word file of a report: a template that a committee clerk can restyle, filled in with the document.

The template's tags are described in ``include/templates/README.md``. What a template cannot say is done here: widths of
columns, the direction of the last pages, and the document's properties.
"""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.section import Section as WordSection
from docx.shared import Cm, Length
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate

from pmf.page.archive import rezip
from pmf.page.document import Block, Chart, Document, Section, Table, paragraph, strong
from pmf.page.environment import printable, word_environment
from pmf.page.palette import NEUTRAL, TINTS, Tint
from pmf.page.wordmark import mark_pages

_REPORT_TABLES = ("Report Table", "Wide Report Table")
# As in the template's own landscape section break: 13 columns need the width.
_LANDSCAPE_MARGIN = Cm(1.4)
# A table of no more rows stays on one page, as in the PDF.
_SHORT = 12


def render_docx(document: Document, *, template: Path) -> bytes:
    """Print the document as a Word file; the same document and template give the same bytes.

    ``template`` is ``include/templates/paper.docx`` or a council's own copy of it. Text is escaped and the template is
    confined to printing what it is given.
    """
    filled = DocxTemplate(template)
    fills = {status: _hex(tint) for status, tint in TINTS.items()}
    document = _in_words(document)
    context = {"document": document, "fills": fills, "neutral": _hex(NEUTRAL), "no_fill": "auto"}
    filled.render(context, word_environment(), autoescape=True)
    word: WordDocument = filled.docx
    _turn_last_pages(word, document)
    _set_column_widths(word, document)
    _keep_captions(word)
    if document.is_draft:
        mark_pages(word)
    _set_properties(word, document)
    result = io.BytesIO()
    word.save(result)
    return rezip(result.getvalue())


def _in_words(document: Document) -> Document:
    """Put a chart's caption and what it shows in the place of each chart: a council's own template knows no drawings."""
    sections = tuple(replace(section, blocks=tuple(_words_of(block) for block in section.blocks)) for section in document.sections)
    return replace(document, sections=sections)


def _words_of(block: Block) -> Block:
    return paragraph(strong(block.caption), f" {block.alt}") if isinstance(block, Chart) else block


def _hex(tint: Tint) -> str:
    return tint.fill.removeprefix("#").upper()


def _turn_last_pages(word: WordDocument, document: Document) -> None:
    """Turn the last Word section; the template's own section breaks see to those before it."""
    if document.is_landscape or (document.sections and document.sections[-1].is_wide):
        last = word.sections[-1]
        last.orientation = WD_ORIENT.LANDSCAPE
        last.page_width, last.page_height = _sides(last)[::-1]
        last.left_margin = last.right_margin = _LANDSCAPE_MARGIN


def _set_column_widths(word: WordDocument, document: Document) -> None:
    """Share the width of the page among the columns of each table as the document asks."""
    styles = _style_ids(word, *_REPORT_TABLES)
    printed = (table for table in word.tables if table._tbl.tblStyle_val in styles)  # noqa: SLF001 - see _style_ids
    asked = ((section, block) for section in document.sections for block in section.blocks if isinstance(block, Table))
    for table, (section, block) in zip(printed, asked, strict=True):
        _share(table, block, _text_width(word.sections[0], section, document))


def _share(table: WordTable, block: Table, width: int) -> None:
    total = sum(column.width for column in block.columns)
    widths = [Length(round(width * column.width / total)) for column in block.columns]
    for grid_column, own in zip(table.columns, widths, strict=True):
        grid_column.width = own
    # Of a table that stays on one page, each row is kept with the next: the rows are one more than the block's, for the header.
    kept = len(block.rows) if len(block.rows) <= _SHORT and not block.is_wide else 0
    # Below python-docx's own rows and cells, which look for merged ones and take three times as long.
    for number, row in enumerate(table._tbl.tr_lst):  # noqa: SLF001
        for cell, own in zip(row.tc_lst, widths, strict=True):
            cell.width = own
            for part in cell.p_lst if number < kept else ():
                part.get_or_add_pPr().keepNext_val = True


def _keep_captions(word: WordDocument) -> None:
    """Keep the paragraph above a table's caption with it: under a heading it says what the table is of."""
    styles = _style_ids(word, "Caption")
    for before, caption in pairwise(word.iter_inner_content()):
        if isinstance(caption, Paragraph) and caption._p.style in styles and isinstance(before, Paragraph):  # noqa: SLF001 - see _style_ids
            before.paragraph_format.keep_with_next = True


def _style_ids(word: WordDocument, *names: str) -> frozenset[str]:
    """Give the ids of styles: what a paragraph or table holds; to ask each for its style's name is to search all styles each time."""
    return frozenset(style.style_id for style in word.styles if style.name in names)


def _text_width(page: WordSection, section: Section, document: Document) -> int:
    short, long = _sides(page)
    if section.is_wide or document.is_landscape:
        return long - 2 * _LANDSCAPE_MARGIN
    return short - (page.left_margin or 0) - (page.right_margin or 0)


def _sides(page: WordSection) -> tuple[Length, Length]:
    """The short and the long side of the paper."""
    short, long = sorted((page.page_width or Length(0), page.page_height or Length(0)))
    return short, long


def _set_properties(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    # Word keeps at most 255 characters of a property.
    properties.title = str(printable(document.title))[:255]
    properties.author = str(printable(document.organisation))[:255]
    properties.language = document.language
    properties.last_modified_by = ""
