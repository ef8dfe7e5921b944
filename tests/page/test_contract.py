"""What one format says, all say: nothing of a document is lost, changed or obeyed on its way to a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json

from page.reading import (
    cell_text,
    csv_cells,
    docx_text,
    figures,
    html_text,
    numbers,
    ods_cells,
    pdf_text,
    squeezed,
    texts,
    worded,
    xlsx_cells,
)
from pmf.page.dataset import render_csv
from pmf.page.document import Document
from pmf.page.opensheet import render_ods
from pmf.page.pdf import render_pdf
from pmf.page.sheet import render_xlsx
from pmf.page.web import render_html
from pmf.page.word import render_docx

Render = Callable[[Document, Path], bytes]
Read = Callable[[bytes], str]
ReadCells = Callable[[bytes], list[Any]]

FORMATS = {
    "html": (lambda document, templates: render_html(document, templates=templates), html_text),
    "pdf": (lambda document, templates: render_pdf(document, templates=templates), pdf_text),
    "docx": (lambda document, templates: render_docx(document, template=templates / "paper.docx"), docx_text),
}


SPREADSHEETS = {
    "xlsx": (lambda document, _: render_xlsx(document), xlsx_cells),
    "ods": (lambda document, templates: render_ods(document, templates=templates), ods_cells),
    "csv": (lambda document, _: render_csv(document), csv_cells),
}
RENDERERS = [render for render, _ in (*FORMATS.values(), *SPREADSHEETS.values())]
EVERY = {
    **FORMATS,
    **{name: (render, lambda content, read=read: cell_text(read(content))) for name, (render, read) in SPREADSHEETS.items()},
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


@pytest.mark.parametrize(("render", "read"), SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_every_text_and_number_is_in_the_spreadsheets(document: Document, templates: Path, render: Render, read: ReadCells) -> None:
    """Every text is found letter by letter in every spreadsheet too, and every figure as a number, as often as it is printed."""
    cells = read(render(document, templates))
    printed = cell_text(cells)
    assert [words for words in worded(document) if squeezed(words) not in printed] == []
    assert not Counter(figures(document)) - Counter(numbers(cells))


def test_the_data_copy_holds_the_whole_document(document: Document) -> None:
    """The JSON copy of a document is the document: texts, statuses, notes, figures, points of its charts."""
    assert TypeAdapter(Document).validate_json(to_json(document)) == document


@pytest.mark.parametrize("render", RENDERERS, ids=EVERY)
def test_bytes_repeat(document: Document, templates: Path, render: Render) -> None:
    """The same document gives the same bytes."""
    assert render(document, templates) == render(document, templates)


@pytest.mark.parametrize(("render", "read"), EVERY.values(), ids=EVERY)
def test_an_empty_document_is_printed(templates: Path, render: Render, read: Read) -> None:
    """A document without sections, banner or header is still a page of each format."""
    bare = Document(title="Nothing yet", organisation="Example Council", subtitle="", header=(), sections=(), footer="As at today")
    assert "Nothingyet" in read(render(bare, templates))


@pytest.mark.parametrize(("render", "read"), EVERY.values(), ids=EVERY)
def test_characters_no_page_may_hold_are_dropped(templates: Path, render: Render, read: Read) -> None:
    """A backspace from a workbook cell, which XML forbids, damages no format and takes no other character with it."""
    damaged = Document(title="Li\x08braries\x0c \x00now", organisation="\ufffeCouncil", subtitle="", header=(), sections=(), footer="")
    printed = read(render(damaged, templates))
    assert "Librariesnow" in printed
    assert "Council" in printed
