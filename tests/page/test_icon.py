"""The icons: one drawing each, plain, and never without a word."""

from __future__ import annotations

import io
from pathlib import Path

import lxml.etree
import pikepdf
import pytest

from page.tagged import structure
from pmf.page.document import Cell, Column, Document, Section, Table
from pmf.page.icon import ASSURANCE_ICONS, ICONS
from pmf.page.pdf import render_pdf
from pmf.page.web import render_html
from pmf.series.xmr import Assurance

FRAMES = {"improving": "rect", "concerning": "path", "met": "rect", "missed": "path"}


def _document() -> Document:
    rows = tuple((Cell(name.replace("_", " "), icon=name),) for name in ICONS)
    return Document("Icons", "Example Council", "", (), (Section("Section", (Table("Icons", (Column("Icon"),), rows),)),), "Footer")


def test_each_name_has_a_drawing(templates: Path) -> None:
    """There is a drawing for every name and none besides; what assurance can be called is the name of its icon."""
    assert {path.stem for path in (templates / "report" / "icons").glob("*.svg")} == set(ICONS)
    assert set(ASSURANCE_ICONS) == set(Assurance)


@pytest.mark.parametrize("name", ICONS)
def test_a_drawing_is_plain(templates: Path, name: str) -> None:
    """A drawing has shapes and nothing that runs, fetches or names itself, and is hidden from those who hear the word beside it."""
    svg = lxml.etree.parse(templates / "report" / "icons" / f"{name}.svg").getroot()
    assert {element.tag.rpartition("}")[2] for element in svg} <= {"rect", "path", "circle"}
    assert svg.get("aria-hidden") == "true"
    assert not svg.xpath("//@id | //@style | //@href")


@pytest.mark.parametrize("name", ICONS)
def test_shape_tells_the_judgement(templates: Path, name: str) -> None:
    """The frame is a square for good, a diamond for bad and a circle for neither, whatever the colour."""
    frame = lxml.etree.parse(templates / "report" / "icons" / f"{name}.svg").getroot()[0].tag.rpartition("}")[2]
    assert frame == FRAMES.get(name.partition("_")[0], "circle")


def test_icons_stand_before_their_words(templates: Path) -> None:
    """On the page an icon comes before the word, inside the cell."""
    page = lxml.etree.HTML(render_html(_document(), templates=templates).decode())
    assert [cell.xpath("string()") for cell in page.xpath("//tbody/tr/th[*[1][name()='svg']]")] == [
        name.replace("_", " ") for name in ICONS
    ]


def test_icons_are_not_read_aloud_from_the_pdf(templates: Path) -> None:
    """In the PDF an icon is decoration: no figure of the structure, since the word says it."""
    pdf = pikepdf.open(io.BytesIO(render_pdf(_document(), templates=templates)))
    assert [element for element in structure(pdf) if element.S == "/Figure"] == []
