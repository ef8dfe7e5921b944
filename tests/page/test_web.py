"""The web page: accessible by construction, whole in one file, deaf to what its texts say."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest

from page.samples import BANNER
from pmf.page.document import Document
from pmf.page.web import render_html
from pmf.status import Status


@pytest.fixture(scope="module")
def pages(scorecard: Document, paper: Document, hostile: Document, templates: Path) -> list[lxml.html.HtmlElement]:
    return [lxml.html.document_fromstring(render_html(document, templates=templates)) for document in (scorecard, paper, hostile)]


def test_headings_never_skip(pages: list[lxml.html.HtmlElement]) -> None:
    """There is one heading of level 1, it is the first, and no level is skipped on the way down."""
    for page in pages:
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(below - above <= 1 for above, below in pairwise(levels))


def test_the_page_is_announced(pages: list[lxml.html.HtmlElement]) -> None:
    """Language, title, skip link, landmarks and the banner are there for those who do not see the page."""
    for page in pages:
        assert page.get("lang") == "en-GB"
        assert page.findtext(".//title")
        assert page.xpath("//a[@class='skip']/@href") == ["#main"]
        assert len(page.xpath("//main[@id='main']")) == len(page.xpath("//header")) == len(page.xpath("/html/body/footer")) == 1
    assert BANNER in pages[0].xpath("//header")[0].text_content()


def test_names_on_the_page_are_unique(pages: list[lxml.html.HtmlElement]) -> None:
    """No id occurs twice, and every label points at one."""
    for page in pages:
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_tables_are_marked_up(pages: list[lxml.html.HtmlElement]) -> None:
    """Every table has a caption, column headings and in each row one row heading; one of more than two columns scrolls by keyboard."""
    for page in pages:
        for table in page.xpath("//table"):
            assert table.findtext("caption/span")
            assert set(table.xpath("thead//th/@scope")) == {"col"}
            assert all(row.xpath("th/@scope") == ["row"] for row in table.xpath("tbody/tr"))
            scrolls = table.xpath("parent::*[@role='region' and @tabindex='0' and @aria-labelledby]")
            assert bool(scrolls) == (len(table.xpath("thead/tr/*")) > 2)


def test_the_row_heading_of_a_scorecard_names_the_kpi(pages: list[lxml.html.HtmlElement]) -> None:
    """Who hears a figure hears the KPI it is of, not the perspective in the column before."""
    headings = [heading.text_content() for heading in pages[0].xpath("//table[count(thead/tr/th) = 13]/tbody//th")]
    assert len(headings) == 25
    assert headings[0] == "36 Number of active library users"


def test_a_title_tells_months_apart(pages: list[lxml.html.HtmlElement]) -> None:
    """The title of the window names the report, its month and the council."""
    assert pages[0].findtext(".//title") == "Strategy and Partnerships scorecard, September 2024 – Cambridgeshire County Council"


def test_a_status_is_told_by_word_and_shape(pages: list[lxml.html.HtmlElement]) -> None:
    """Each status of the scorecard is printed as its word, each rating with its shape, which screen readers skip."""
    for status in Status:
        cell = pages[0].xpath(f"//td[contains(concat(' ', @class, ' '), ' {status} ')]")[0]
        assert cell.text_content() == status.shape + status.label
        assert [shape.text for shape in cell.xpath("span[@aria-hidden='true']")] == ([status.shape] if status.shape else [])


def test_arrows_icons_and_sparklines_have_words(pages: list[lxml.html.HtmlElement]) -> None:
    """Arrows and icons are hidden from screen readers because their words follow; a sparkline is an image with a title."""
    assert all(arrow.tail for arrow in pages[0].xpath("//span[@class='arrow' and @aria-hidden='true']"))
    assert len(pages[0].xpath("//svg[@class='icon' and @aria-hidden='true']")) == 25
    drawings = pages[0].xpath("//svg[@class='sparkline']")
    assert len(drawings) == 25
    assert all(drawing.get("role") == "img" and drawing.findtext("title").startswith("12 months") for drawing in drawings)


def test_nothing_is_fetched_or_run(pages: list[lxml.html.HtmlElement]) -> None:
    """The page loads nothing, links nowhere, runs nothing, and forbids it too."""
    for page in pages:
        assert page.xpath("//script|//link|//img|//iframe|//object|//form") == []
        assert page.xpath("//@src") == []
        assert page.xpath("//@href") == ["#main"]
        assert page.xpath("//@*[starts-with(name(), 'on')]") == []
        assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0].startswith("default-src 'none';")
        assert "url(" not in page.findtext(".//style")
        assert "@import" not in page.findtext(".//style")


def test_line_breaks_of_a_comment_are_kept(templates: Path) -> None:
    """Text is printed with its own line breaks and nothing added to them."""
    document = Document(title="Two\nlines", organisation="", subtitle="One\nTwo", header=(), sections=(), footer="")
    assert b'<p class="subtitle">One\nTwo</p>' in render_html(document, templates=templates)


def test_landscape_pages(scorecard: Document, paper: Document, templates: Path) -> None:
    """A landscape document prints on landscape pages; a portrait one turns only the section with the wide table."""
    assert b'<body class="landscape">' in render_html(scorecard, templates=templates)
    printed = render_html(paper, templates=templates)
    assert b"<body>" in printed
    assert len(re.findall(rb'<section class="[^"]*apart', printed)) == 1


def test_the_stylesheet_stays_small(templates: Path) -> None:
    """A page that is e-mailed carries its stylesheet with it: 9 kB at most."""
    assert len((templates / "report" / "report.css").read_bytes()) <= 9 * 1024
