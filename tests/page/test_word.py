"""The Word file: real headings, lists and tables that a clerk can restyle, from a template that can only print."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from jinja2.exceptions import SecurityError

from pmf.page.document import Cell, Column, Document, Section, Table, paragraph
from pmf.page.palette import TINTS
from pmf.page.word import render_docx
from pmf.status import Status


def _open(document: Document, templates: Path):
    return docx.Document(io.BytesIO(render_docx(document, template=templates / "paper.docx")))


@pytest.fixture(scope="module")
def paper_word(paper: Document, templates: Path):
    return _open(paper, templates)


def test_headings_are_headings(paper_word) -> None:
    """Section and block headings carry Word's own heading styles, with the document's numbers."""
    headings = [(p.style.name, p.text) for p in paper_word.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == [
        ("Heading 1", "1\tCreating a greener, fairer and more caring Cambridgeshire"),
        ("Heading 1", "2\tBackground"),
        ("Heading 1", "3\tMain Issues"),
    ]
    assert [name for name, _ in headings[3:6]] == ["Heading 2", "Heading 3", "Heading 4"]
    assert paper_word.paragraphs[0].style.name == "Title"


def test_numbers_and_bullets_are_styles(paper_word) -> None:
    """Numbered paragraphs hang by style, lists are lists of two levels, and strong words are marked by a style."""
    styles = [paragraph.style.name for paragraph in paper_word.paragraphs]
    assert styles.count("Numbered Paragraph") == 7
    assert styles.count("List Bullet") == 8
    assert styles.count("List Bullet 2") == 3
    assert {run.text for p in paper_word.paragraphs for run in p.runs if run.style.name == "Strong"} >= {"Green", "Path to Green: "}


def test_header_rows_repeat(paper_word) -> None:
    """The first row of each report table, and no other, is a header row; rows stay on one page."""
    tables = [table for table in paper_word.tables if table.style.name.endswith("Report Table")]
    assert len(tables) == 2
    for table in tables:
        assert [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows] == [True] + [False] * (len(table.rows) - 1)
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)


def test_header_pairs_are_a_table(paper_word, paper: Document) -> None:
    """A paper's "To", "Meeting Date" and so on stand as labels and values in two columns."""
    assert [tuple(cell.text for cell in row.cells) for row in paper_word.tables[0].rows] == list(paper.header)


def test_status_cells_are_shaded(paper_word) -> None:
    """A status cell prints shape and word on the colour the web page has."""
    cell = paper_word.tables[1].rows[1].cells[0]
    assert cell.text == "▼ Red"
    assert "#" + cell._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")).lower() == TINTS[Status.RED].fill


def test_columns_share_the_page_as_asked(paper_word) -> None:
    """The status table's first column is twice as wide as the others, as the document asks."""
    first, *others = [cell.width for cell in paper_word.tables[1].rows[0].cells]
    assert all(abs(first - 2 * other) < 20_000 for other in others)


def test_wide_sections_are_landscape(paper_word, scorecard: Document, templates: Path) -> None:
    """Only the appendix of a paper is turned; a scorecard is landscape throughout; portrait returns after a wide section."""
    table = Table("Wide", (Column("One"),), ((Cell("1"),),), is_wide=True)
    between = Document("T", "O", "", (), (Section("A", (table,)), Section("B", ()), Section("C", (table,))), "F")
    orientations = [
        [section.orientation for section in word.sections] for word in (paper_word, _open(scorecard, templates), _open(between, templates))
    ]
    portrait, landscape = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert orientations == [[portrait, landscape], [landscape], [portrait, landscape, portrait, landscape]]


def test_properties(paper_word, paper: Document) -> None:
    """The file is titled, in British English, and names no time and no person."""
    properties = paper_word.core_properties
    assert (properties.title, properties.author, properties.language) == (paper.title, paper.organisation, "en-GB")
    assert (properties.created, properties.modified, properties.last_modified_by) == (None, None, "")


def test_no_tag_is_left(paper: Document, scorecard: Document, templates: Path) -> None:
    """All of the template's tags are used up."""
    for document in (paper, scorecard):
        word = _open(document, templates)
        assert "{%" not in word.element.xml
        assert "{{" not in word.element.xml


def test_a_template_can_only_print(tmp_path: Path, paper: Document) -> None:
    """A tag that reaches for Python's insides is refused."""
    template = docx.Document()
    template.add_paragraph("{{ document.__class__.__init__.__globals__ }}")
    template.save(str(tmp_path / "own.docx"))
    with pytest.raises(SecurityError):
        render_docx(paper, template=tmp_path / "own.docx")


def test_a_short_table_stays_on_one_page_with_what_leads_to_it(templates: Path) -> None:
    """The paragraph above a caption and every row but the last are kept with what follows; a long table breaks where it likes."""

    def kept(rows: int) -> list[bool]:
        table = Table("Caption", (Column("A"), Column("B")), ((Cell("a"), Cell("b")),) * rows)
        word = _open(Document("T", "O", "", (), (Section("S", (paragraph("It says what it is."), table)),), "F"), templates)
        (printed,) = [table for table in word.tables if table.style.name == "Report Table"]
        assert next(part for part in word.paragraphs if part.text == "It says what it is.").paragraph_format.keep_with_next
        return [all(part.paragraph_format.keep_with_next for cell in row.cells for part in cell.paragraphs) for row in printed.rows]

    assert kept(3) == [True, True, True, False]
    assert not any(kept(13))
