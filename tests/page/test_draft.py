"""A draft is the same document under a mark, in every format, and nothing of the mark is left when it is clean."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pikepdf
import pytest
from docx.oxml.ns import qn

from page.reading import squeezed
from page.tagged import page_runs
from pmf.assurance.linter import READERS
from pmf.page.dataset import render_csv
from pmf.page.document import Document
from pmf.page.draft import NOTICE, WATERMARK, as_draft
from pmf.page.opensheet import render_ods
from pmf.page.pdf import render_pdf
from pmf.page.sheet import render_xlsx
from pmf.page.web import render_html
from pmf.page.word import render_docx

Render = Callable[[Document, Path], bytes]
RENDERERS: dict[str, Render] = {
    "html": lambda document, templates: render_html(document, templates=templates),
    "pdf": lambda document, templates: render_pdf(document, templates=templates),
    "docx": lambda document, templates: render_docx(document, template=templates / "paper.docx"),
}


@pytest.mark.parametrize("name", RENDERERS)
def test_a_draft_says_the_same(name: str, paper: Document, templates: Path) -> None:
    """Read back as the linter reads it, a draft holds every word of the clean document in the same place, and no other."""
    clean, draft = (READERS[name](RENDERERS[name](document, templates)) for document in (paper, as_draft(paper)))
    assert draft == clean


@pytest.mark.parametrize("name", RENDERERS)
def test_a_clean_document_has_no_mark(name: str, paper: Document, templates: Path) -> None:
    """Neither the mark nor the notice is anywhere in the bytes of what is signed and published."""
    content = RENDERERS[name](paper, templates)
    if name == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(part) for part in archive.namelist())
    if name == "pdf":
        with pikepdf.open(io.BytesIO(content)) as pdf:
            content = "".join(run.words for page in pdf.pages for run in page_runs(page)).encode()
    assert f'string="{WATERMARK}"'.encode() not in content
    assert b'class="watermark"' not in content
    assert NOTICE.replace(" ", "").encode() not in content.replace(b" ", b"")


def test_every_pdf_page_is_marked_for_the_eye(paper: Document, templates: Path) -> None:
    """Each page carries the mark as an artefact, which no screen reader says, and the notice in its banner."""
    with pikepdf.open(io.BytesIO(render_pdf(as_draft(paper), templates=templates))) as pdf:
        for page in pdf.pages:
            drawn = "".join(run.words for run in page_runs(page) if run.is_artifact)
            assert WATERMARK in drawn
            assert squeezed(NOTICE) in squeezed("".join(run.words for run in page_runs(page)))


def test_the_web_page_is_marked_behind_its_words(paper: Document, templates: Path) -> None:
    """The mark is hidden from screen readers and cannot be pressed; the notice stands in the banner for everybody."""
    page = lxml.html.document_fromstring(render_html(as_draft(paper), templates=templates))
    (mark,) = page.xpath("//*[@class='watermark']")
    assert (mark.text, mark.get("aria-hidden")) == (WATERMARK, "true")
    assert NOTICE in page.xpath("string(//*[@class='banner'])")


def test_every_word_page_is_marked(paper: Document, templates: Path) -> None:
    """Each header that is printed holds the shape Word uses for a watermark, once, without an alternative text of its own."""
    word = docx.Document(io.BytesIO(render_docx(as_draft(paper), template=templates / "paper.docx")))
    headers = {section.header.part.partname: section.header._element for section in word.sections}
    assert headers
    for header in headers.values():
        (words,) = header.xpath(".//*[local-name()='textpath' and @string]")
        assert words.get("string") == WATERMARK


def test_a_template_without_a_header_is_marked_too(paper: Document, templates: Path, tmp_path: Path) -> None:
    """A council's own template may have no header: the mark makes one, so that no Word file of a draft looks finished."""
    own = docx.Document(str(templates / "paper.docx"))
    for section in own.sections:
        for reference in section._sectPr.xpath("w:headerReference"):
            own.part.rels.pop(reference.get(qn("r:id")), None)
            reference.getparent().remove(reference)
    own.save(str(tmp_path / "own.docx"))
    word = docx.Document(io.BytesIO(render_docx(as_draft(paper), template=tmp_path / "own.docx")))
    found = word.sections[0].header._element.xpath(".//*[local-name()='textpath' and @string]")
    assert [words.get("string") for words in found] == [WATERMARK]


def test_a_workbook_says_so_on_its_cover(paper: Document, templates: Path) -> None:
    """The first line below the title of Excel's cover is the notice, the OpenDocument cover has it, and each sheet has it in its legend."""
    workbook = openpyxl.load_workbook(io.BytesIO(render_xlsx(as_draft(paper))))
    cover = [cell.value for (cell,) in workbook["Cover"].iter_rows(max_col=1)]
    assert cover.index(NOTICE) < cover.index(paper.organisation)
    assert any(NOTICE in str(cell.value) for (cell,) in workbook["Text"].iter_rows(max_col=1, max_row=6))
    with zipfile.ZipFile(io.BytesIO(render_ods(as_draft(paper), templates=templates))) as archive:
        assert f"<text:p>{NOTICE}</text:p>" in archive.read("content.xml").decode()


def test_data_copies_say_so(paper: Document) -> None:
    """The CSV's banner row and the JSON's flag tell a draft from what may be used."""
    assert NOTICE in render_csv(as_draft(paper)).decode()
    assert (as_draft(paper).as_json()["is_draft"], paper.as_json()["is_draft"]) == (True, False)


@pytest.mark.parametrize("name", RENDERERS)
def test_the_bytes_of_a_draft_repeat(name: str, paper: Document, templates: Path) -> None:
    """The same draft gives the same bytes."""
    assert RENDERERS[name](as_draft(paper), templates) == RENDERERS[name](as_draft(paper), templates)
