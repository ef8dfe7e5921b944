"""The OpenDocument spreadsheet: the same book as the Excel workbook, well formed, in cells of text and number alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from page.reading import xlsx_cells
from page.samples import LIVE
from pmf.page.document import Document
from pmf.page.opensheet import render_ods
from pmf.page.sheet import render_xlsx

OFFICE, TABLE, TEXT, XLINK, STYLE, FO, META, DC = (
    f"{{{name}}}"
    for name in (
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "http://www.w3.org/1999/xlink",
        "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "http://purl.org/dc/elements/1.1/",
    )
)


@pytest.fixture(scope="module", params=["scorecard", "paper", "hostile", "live"])
def document(request: pytest.FixtureRequest) -> Document:
    found: Document = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def file(document: Document, templates: Path) -> bytes:
    return render_ods(document, templates=templates)


@pytest.fixture(scope="module")
def content(file: bytes) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(file)).read("content.xml"))


def test_the_package_is_as_readers_expect(file: bytes) -> None:
    """The kind of file stands first and uncompressed, every part is listed and well formed, and none has a date."""
    archive = zipfile.ZipFile(io.BytesIO(file))
    first, *others = archive.infolist()
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    manifest = etree.fromstring(archive.read("META-INF/manifest.xml"))
    listed = {entry.get("{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}full-path") for entry in manifest}
    assert listed == {"/", *(entry.filename for entry in others)} - {"META-INF/manifest.xml"}
    assert all(etree.fromstring(archive.read(entry)) is not None for entry in others)


def test_it_holds_what_the_workbook_holds(document: Document, file: bytes) -> None:
    """Sheet by sheet and cell by cell it says what the Excel workbook says."""
    excel = openpyxl.load_workbook(io.BytesIO(render_xlsx(document)))
    ods = CalamineWorkbook.from_filelike(io.BytesIO(file))
    assert ods.sheet_names == excel.sheetnames
    for name in excel.sheetnames[2:]:
        theirs = [[_plain(cell) for cell in row] for row in excel[name].iter_rows(values_only=True)]
        assert [[_plain(cell) for cell in row] for row in ods.get_sheet_by_name(name).to_python()] == theirs
    assert xlsx_cells(render_xlsx(document))


def _plain(cell: object) -> object:
    return " ".join(cell.replace("$ $", "$$").split()) if isinstance(cell, str) else cell or 0 if isinstance(cell, int | float) else ""


def test_cells_hold_text_and_numbers_alone(content: etree._Element) -> None:
    """No cell has a formula or a type but text and float, and the only links lead from the contents to the sheets."""
    cells = list(content.iter(f"{TABLE}table-cell"))
    assert {cell.get(f"{OFFICE}value-type") for cell in cells} <= {"string", "float", None}
    assert not [cell for cell in cells if cell.get(f"{TABLE}formula")]
    names = [table.get(f"{TABLE}name") for table in content.iter(f"{TABLE}table")]
    assert [link.get(f"{XLINK}href") for link in content.iter(f"{TEXT}a")] == [f"#'{name}'.A1" for name in names[2:]]


def test_tables_are_marked_up(content: etree._Element) -> None:
    """Each sheet with a table names its area, from its one header row to its last row, and repeats no cell."""
    areas = {area.get(f"{TABLE}target-range-address"): area for area in content.iter(f"{TABLE}database-range")}
    tables = list(content.iter(f"{TABLE}table"))[2:]
    assert len({area.get(f"{TABLE}name") for area in areas.values()}) == len(tables)
    for table, address in zip(tables, areas, strict=True):
        (header,) = table.iter(f"{TABLE}table-header-rows")
        rows = list(table.iter(f"{TABLE}table-row"))
        top, columns = rows.index(header[0]) + 1, len(header[0])
        name = table.get(f"{TABLE}name")
        assert address.startswith(f"'{name}'.A{top}:'{name}'.")
        assert address.endswith(str(len(rows)))
        assert {len(row) for row in rows[top - 1 :]} == {columns}
    assert not [item for item in content.iter() if {f"{TABLE}number-columns-spanned", f"{TABLE}number-columns-repeated"} & set(item.attrib)]


def test_it_prints_whole_rows(file: bytes) -> None:
    """Printed on A4, every column of a sheet is on one page, on as many pages as there are rows for."""
    styles = etree.fromstring(zipfile.ZipFile(io.BytesIO(file)).read("styles.xml"))
    page = next(styles.iter(f"{STYLE}page-layout-properties"))
    assert (page.get(f"{FO}page-width"), page.get(f"{FO}page-height")) == ("29.7cm", "21cm")
    assert (page.get(f"{STYLE}scale-to-X"), page.get(f"{STYLE}scale-to-Y")) == ("1", "0")


def test_nothing_is_hidden_coloured_or_filtered(file: bytes, content: etree._Element) -> None:
    """There is no filter, hidden part, background or colour of letters."""
    styles = zipfile.ZipFile(io.BytesIO(file)).read("styles.xml")
    assert b"background-color" not in styles
    assert b"fo:color" not in styles
    assert not [item for item in content.iter() if item.get(f"{TABLE}visibility") or item.get(f"{FO}background-color")]
    assert {area.get(f"{TABLE}display-filter-buttons") for area in content.iter(f"{TABLE}database-range")} == {"false"}


def test_properties(document: Document, file: bytes) -> None:
    """Title, author and language are set, and no time."""
    meta = etree.fromstring(zipfile.ZipFile(io.BytesIO(file)).read("meta.xml"))[0]
    said = {item.tag: item.text for item in meta}
    assert said[f"{DC}title"] == document.title
    assert said[f"{META}initial-creator"] == document.organisation
    assert said[f"{DC}language"] == "en-GB"
    assert not {f"{DC}date", f"{META}creation-date"} & set(said)


def test_what_is_written_is_text(live: Document, templates: Path) -> None:
    """Formulas, links and numbers typed into comments are read back as the text they are."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_ods(live, templates=templates)))
    commentary = [row[2] for row in book.get_sheet_by_name("Table 1").to_python()[5:]]
    assert [" ".join(words.split()) for words in commentary] == [" ".join(words.split()) for words in LIVE]
