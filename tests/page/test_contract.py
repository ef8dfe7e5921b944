"""What one format says, all say: nothing of a document is lost, changed or obeyed on its way to a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from page.reading import docx_text, html_text, pdf_text, squeezed, texts
from pmf.page.document import Document
from pmf.page.pdf import render_pdf
from pmf.page.web import render_html
from pmf.page.word import render_docx

Render = Callable[[Document, Path], bytes]
Read = Callable[[bytes], str]

FORMATS = {
    "html": (lambda document, templates: render_html(document, templates=templates), html_text),
    "pdf": (lambda document, templates: render_pdf(document, templates=templates), pdf_text),
    "docx": (lambda document, templates: render_docx(document, template=templates / "paper.docx"), docx_text),
}


@pytest.fixture(params=["scorecard", "paper", "hostile"])
def document(request: pytest.FixtureRequest) -> Document:
    found: Document = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(("render", "read"), FORMATS.values(), ids=FORMATS)
def test_every_text_is_printed(document: Document, templates: Path, render: Render, read: Read) -> None:
    """Every text of the document, hostile ones included, is found letter by letter in every format."""
    printed = read(render(document, templates))
    assert [words for words in texts(document) if squeezed(words) not in printed] == []


@pytest.mark.parametrize("render", [render for render, _ in FORMATS.values()], ids=FORMATS)
def test_bytes_repeat(document: Document, templates: Path, render: Render) -> None:
    """The same document gives the same bytes."""
    assert render(document, templates) == render(document, templates)


@pytest.mark.parametrize(("render", "read"), FORMATS.values(), ids=FORMATS)
def test_an_empty_document_is_printed(templates: Path, render: Render, read: Read) -> None:
    """A document without sections, banner or header is still a page of each format."""
    bare = Document(title="Nothing yet", organisation="Example Council", subtitle="", header=(), sections=(), footer="As at today")
    assert "Nothingyet" in read(render(bare, templates))


@pytest.mark.parametrize(("render", "read"), FORMATS.values(), ids=FORMATS)
def test_characters_no_page_may_hold_are_dropped(templates: Path, render: Render, read: Read) -> None:
    """A backspace from a workbook cell, which XML forbids, damages no format and takes no other character with it."""
    damaged = Document(title="Li\x08braries\x0c \x00now", organisation="\ufffeCouncil", subtitle="", header=(), sections=(), footer="")
    printed = read(render(damaged, templates))
    assert "Librariesnow" in printed
    assert "Council" in printed
