"""The PDF: tagged for those who hear it, without the clock, and never stopped by what somebody typed."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from page.reading import pdf_artifacts, pdf_pages, pdf_text, squeezed
from page.samples import BANNER, scorecard_table
from page.tagged import structure
from pmf.page.document import Cell, Column, Document, Section, Table, paragraph
from pmf.page.pdf import render_pdf


def _document(*blocks, title: str = "Report") -> Document:
    return Document(title, "Example Council", "", (), (Section("Section", blocks),), "Footer")


@pytest.fixture(scope="module")
def scorecard_pdf(scorecard: Document, templates: Path) -> bytes:
    return render_pdf(scorecard, templates=templates)


@pytest.fixture(scope="module")
def paper_pdf(paper: Document, templates: Path) -> bytes:
    return render_pdf(paper, templates=templates)


def test_the_file_says_what_it_is(paper_pdf: bytes, paper: Document) -> None:
    """The PDF is marked as PDF/UA-1, in British English, and shows its title."""
    pdf = pikepdf.open(io.BytesIO(paper_pdf))
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert str(pdf.docinfo.Title) == paper.title


def test_a_title_tells_months_apart(scorecard_pdf: bytes) -> None:
    """The title of the file names the report and its month; the heading on the page is the report's name alone."""
    pdf = pikepdf.open(io.BytesIO(scorecard_pdf))
    assert str(pdf.docinfo.Title) == "Strategy and Partnerships scorecard, September 2024"
    assert "StrategyandPartnershipsscorecardSeptember2024" in pdf_pages(scorecard_pdf)[0]


def test_no_time_of_making(paper_pdf: bytes) -> None:
    """Neither the properties nor the metadata hold a date."""
    pdf = pikepdf.open(io.BytesIO(paper_pdf))
    assert {"/CreationDate", "/ModDate"}.isdisjoint(pdf.docinfo.keys())
    assert b"Date>" not in pdf.Root.Metadata.read_bytes()


def test_tables_and_drawings_are_tagged(scorecard_pdf: bytes) -> None:
    """The scorecard is one table across its pages, with 13 column headings, and each sparkline has its words."""
    pdf = pikepdf.open(io.BytesIO(scorecard_pdf))
    elements = structure(pdf)
    kinds = [str(element.S) for element in elements]
    assert kinds.count("/Table") == 1
    assert kinds.count("/TR") == 26
    assert [str(element.A[0].Scope) for element in elements if element.S == "/TH"] == ["/Column"] * 13
    assert [str(element.Alt)[:9] for element in elements if element.S == "/Figure"] == ["12 months"] * 25


def test_headings_never_skip(paper_pdf: bytes) -> None:
    """Headings go down one level at a time and carry the document's numbers into the bookmarks."""
    pdf = pikepdf.open(io.BytesIO(paper_pdf))
    levels = [int(str(element.S)[2]) for element in structure(pdf) if str(element.S) in {"/H1", "/H2", "/H3", "/H4"}]
    assert levels == [1, 1, 1, 2, 3, 4, 1, 1, 1]
    with pdf.open_outline() as outline:
        assert [item.title for item in outline.root][1:3] == ["2 Background", "3 Main Issues"]


def test_every_page_carries_banner_and_footer(paper_pdf: bytes, paper: Document) -> None:
    """The banner is read aloud once, on the first page, and printed on all; the footer says which page of how many."""
    pages = pdf_artifacts(paper_pdf)
    assert len(pages) > 2
    assert pdf_text(paper_pdf).startswith(squeezed(BANNER))
    assert squeezed(BANNER) not in pages[0]
    assert all(squeezed(BANNER) in page for page in pages[1:])
    assert all(f"{squeezed(paper.footer)}Page{number}of{len(pages)}" in page for number, page in enumerate(pages, start=1))


def test_a_wide_section_turns_its_pages(paper_pdf: bytes, scorecard_pdf: bytes) -> None:
    """In a portrait paper only the appendix with the wide table is landscape; a scorecard is landscape throughout."""
    paper = [page.mediabox[2] > page.mediabox[3] for page in pikepdf.open(io.BytesIO(paper_pdf)).pages]
    assert paper == [False] * (len(paper) - 1) + [True]
    assert all(page.mediabox[2] > page.mediabox[3] for page in pikepdf.open(io.BytesIO(scorecard_pdf)).pages)


def test_a_long_table_repeats_its_headings(scorecard_pdf: bytes) -> None:
    """Every page the table runs on to prints the column headings again."""
    assert all("RAGrating" in page for page in pdf_artifacts(scorecard_pdf)[1:])


def test_what_no_font_can_show_is_replaced(templates: Path) -> None:
    """A flag typed into a comment prints as a replacement character; the words around it stay."""
    printed = pdf_text(render_pdf(_document(paragraph("Open \U0001f1ec\U0001f1e7 day, café ▲")), templates=templates))
    assert "Open\N{REPLACEMENT CHARACTER}day,café▲" in printed


def test_a_drawing_without_words_is_refused(templates: Path) -> None:
    """A sparkline without a text alternative cannot be printed accessibly and is an error."""
    table = Table("Trend", (Column("Trend"),), ((Cell("", points=(1.0, 2.0)),),))
    with pytest.raises(typst.TypstError, match="alt"):
        render_pdf(_document(table), templates=templates)


@given(st.text(max_size=60))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_printed(templates: Path, words: str) -> None:
    """Whatever is typed into a comment, the report is printed."""
    table = Table("Any", (Column("Comment"),), ((Cell(words, note=words),),))
    assert render_pdf(_document(paragraph(words), table), templates=templates).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("before", range(19, 25))
def test_no_heading_is_left_at_the_foot_of_a_page(templates: Path, before: int) -> None:
    """However full a page is, a heading, the words that lead in and the caption stand where the first row of their table does."""
    filler = tuple(paragraph("So it goes on.") for _ in range(before))
    table = replace(scorecard_table(20), caption="Caption")
    sections = (Section("First", filler), Section("Heading", (paragraph("The table that follows:"), table)))
    document = replace(_document(), sections=sections, is_landscape=True)
    pages = pdf_pages(render_pdf(document, templates=templates))
    (page,) = [page for page in pages if "Heading" in page]
    assert page.index("Heading") < page.index("Thetablethatfollows:") < page.index("Caption") < page.index("Numberofactivelibraryusers")
