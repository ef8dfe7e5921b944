"""Three readers, one text: what the renderers print of a document is read back alike from every format."""

from __future__ import annotations

import pytest

from page import samples
from pmf.assurance.block import UnreadableFileError, squeezed, texts
from pmf.assurance.htmlfile import read_html
from pmf.assurance.pdffile import read_pdf
from pmf.assurance.wordfile import read_docx
from pmf.page.document import Document
from pmf.page.pdf import render_pdf
from pmf.page.web import render_html
from pmf.page.word import render_docx
from pmf.settings import read_settings

TEMPLATES = read_settings({}).templates


@pytest.mark.parametrize("document", [samples.scorecard(), samples.paper(), samples.hostile()], ids=["scorecard", "paper", "hostile"])
def test_every_format_is_read_back_alike(document: Document) -> None:
    """Page, PDF and Word give the same headings, paragraphs, lists, pairs and tables, whoever wrote their words."""
    page = read_html(render_html(document, templates=TEMPLATES))
    pdf = read_pdf(render_pdf(document, templates=TEMPLATES))
    word = read_docx(render_docx(document, template=TEMPLATES / "paper.docx"))
    kinds = [type(block).__name__ for block in page]
    said = [squeezed(text) for block in page for text in texts(block)]
    for blocks in (pdf, word):
        assert [type(block).__name__ for block in blocks] == kinds
        assert [squeezed(text) for block in blocks for text in texts(block)] == said


@pytest.mark.parametrize("read", [read_html, read_pdf, read_docx])
@pytest.mark.parametrize("content", [b"", b"words", b"%PDF-1.4\n%%EOF", b"PK\x03\x04"])
def test_what_is_no_document_is_refused(read, content: bytes) -> None:
    """Bytes that are no file of the format are refused in words."""
    with pytest.raises(UnreadableFileError):
        read(content)
