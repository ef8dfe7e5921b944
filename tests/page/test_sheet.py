"""The Excel workbook, really written and read back: the Analysis Function's rules, numbers that are numbers, and text that stays text.

The rules are the essential ones of "Making spreadsheets accessible" (Government Analysis Function). That its spelling is checked is no
matter of the file: comments are checked when they come in.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.table import Table as MarkedUp
from openpyxl.worksheet.worksheet import Worksheet

from page.samples import LIVE, figure
from pmf.page.document import Cell, Column, Document, Section, Table, paragraph
from pmf.page.plain import SHORTHAND
from pmf.page.sheet import render_xlsx


@pytest.fixture(scope="module", params=["scorecard", "paper", "hostile", "live"])
def file(request: pytest.FixtureRequest) -> bytes:
    return render_xlsx(request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def book(file: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(file))


@pytest.fixture(scope="module")
def parts(file: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(file))
    return {name: archive.read(name) for name in archive.namelist()}


def table_of(sheet: Worksheet) -> MarkedUp:
    (table,) = sheet.tables.values()
    return table


def rows_of(sheet: Worksheet) -> list[tuple]:
    """The cells of the sheet's marked-up table, its header first."""
    return list(sheet[table_of(sheet).ref])


def tabled(book: Workbook) -> list[Worksheet]:
    """Every sheet but the cover."""
    return [sheet for sheet in book if sheet.title != "Cover"]


def open_only(document: Document, name: str) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(document)))[name]


def one_table(*rows: tuple[Cell, ...], columns: tuple[Column, ...] | None = None) -> Document:
    headings = columns or tuple(Column(f"Column {number}") for number in range(1, len(rows[0]) + 1))
    return Document("Title", "Council", "May 2024", (), (Section("Part", (Table("Caption", headings, rows),)),), "Footer")


def test_01_every_table_is_marked_up_with_a_name(book: Workbook) -> None:
    """Every sheet but the cover holds one marked-up table, and no two tables share a name."""
    names = [table_of(sheet).displayName for sheet in tabled(book)]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in names)


def test_02_one_header_row(book: Workbook) -> None:
    """Each table has one header row of headings that are words and unlike each other."""
    for sheet in tabled(book):
        headings = [cell.value for cell in rows_of(sheet)[0]]
        assert table_of(sheet).headerRowCount == 1
        assert [column.name for column in table_of(sheet).tableColumns] == headings
        assert all(isinstance(heading, str) and heading.strip() for heading in headings)
        assert len({heading.casefold() for heading in headings}) == len(headings)


def test_03_no_merged_cells(book: Workbook) -> None:
    """No cell is merged with another."""
    assert [sheet.title for sheet in book if sheet.merged_cells.ranges] == []


def test_04_no_blank_rows_or_columns(book: Workbook) -> None:
    """No row and no column inside a table is blank, and none above it."""
    for sheet in tabled(book):
        rows = [[cell.value for cell in row] for row in rows_of(sheet)]
        assert all(any(value is not None for value in row) for row in rows)
        assert all(any(value is not None for value in column) for column in zip(*rows, strict=True))
    for sheet in book:
        assert all(row[0].value is not None for row in sheet.iter_rows(max_row=sheet.max_row, max_col=1) if row[0].row <= 5)


def test_05_blank_cells_have_a_reason(book: Workbook) -> None:
    """Where a table has blank cells, the sheet says what they mean; columns of numbers have none."""
    for sheet in tabled(book):
        header, *rows = rows_of(sheet)
        has_blanks = any(cell.value is None for row in rows for cell in row)
        assert has_blanks == ("A blank cell means" in sheet["A2"].value)
        for place, _ in enumerate(header):
            column = [row[place].value for row in rows]
            assert None not in column or not any(isinstance(value, int | float) for value in column)


def test_06_text_is_wrapped(book: Workbook) -> None:
    """Every cell of a table and of the cover wraps its text, in a row high enough to be read."""
    cells = [cell for sheet in tabled(book) for row in rows_of(sheet) for cell in row] + [row[0] for row in book["Cover"].iter_rows()]
    assert [cell.coordinate for cell in cells if cell.value is not None and not cell.alignment.wrap_text] == []
    short = [
        (sheet.title, row[0].row)
        for sheet in tabled(book)
        for row in rows_of(sheet)
        if any(len(str(cell.value)) > 100 for cell in row) and sheet.row_dimensions[row[0].row].height < 30
    ]
    assert short == []


def test_07_no_symbols_for_notes(book: Workbook, parts: dict[str, bytes]) -> None:
    """A dash never stands for a figure, nothing is superscript, and every shorthand used is explained on the sheet Notes."""
    words = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not {"-", "–", "—", "", ":"} & set(words)
    assert not any(b"vertAlign" in part for part in parts.values())
    explained = {row[0].value for row in rows_of(book["Notes"])}
    assert {mark for mark in SHORTHAND for text in words if mark in text} <= explained


def test_08_titles_say_what_is_there(book: Workbook) -> None:
    """The first cell of each sheet is a title of its own, larger and bold."""
    titles = [sheet["A1"].value for sheet in book]
    assert all(titles)
    assert all(sheet["A1"].font.b and sheet["A1"].font.sz > 12 for sheet in book)


def test_09_no_headers_footers_or_text_boxes(book: Workbook, parts: dict[str, bytes]) -> None:
    """Nothing is printed outside cells: no headers, footers, drawings or comments."""
    assert not any(b"headerFooter" in part or b"<drawing" in part or b"<legacyDrawing" in part for part in parts.values())
    assert not any("drawing" in name or "comment" in name for name in parts)
    assert all(sheet.oddHeader.center.text is None and sheet.oddFooter.center.text is None for sheet in book)


def test_it_prints_whole_rows(book: Workbook) -> None:
    """Printed on A4, every column of a sheet is on one page, and each page of a table begins with its headings."""
    for sheet in book:
        setup = sheet.page_setup
        assert (setup.paperSize, setup.orientation) == (9, "landscape")
        assert (1 if setup.fitToWidth is None else setup.fitToWidth, setup.fitToHeight) == (1, 0)  # one page wide is not said in the file
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        for table in sheet.tables.values():
            head = re.match(r"A(\d+):", table.ref)[1]
            assert sheet.print_title_rows == f"${head}:${head}"


def test_10_colour_says_nothing(book: Workbook) -> None:
    """No cell has a fill, no table a style with stripes, no rule changes a look; text is black, but for the links of the contents."""
    for sheet in book:
        assert not sheet.conditional_formatting
        assert all(table.tableStyleInfo is None or table.tableStyleInfo.name is None for table in sheet.tables.values())
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.fill.fill_type is not None] == []
        coloured = [cell for cell in cells if cell.font.color is not None and cell.font.color.rgb == "FF0000FF"]
        assert all(sheet.title == "Contents" and cell.hyperlink for cell in coloured)


def test_11_sheet_names_are_short_and_unlike_each_other(book: Workbook) -> None:
    """Sheet names are unique, in at most 31 letters, digits and spaces."""
    names = book.sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9 ]{0,30}", name) for name in names)


def test_12_no_blank_sheets(book: Workbook) -> None:
    """Cover, contents and notes come first, and no sheet is blank."""
    assert book.sheetnames[:4] == ["Cover", "Contents", "Notes", "Text"]
    assert all(len(rows_of(sheet)) > 1 for sheet in tabled(book))


def test_13_tables_begin_in_column_a(book: Workbook) -> None:
    """Each table begins in column A, below its title and what there is to know."""
    assert all(re.fullmatch(r"A[3-5]:[A-Z]+\d+", table_of(sheet).ref) for sheet in tabled(book))


def test_14_document_information_is_set(book: Workbook, parts: dict[str, bytes]) -> None:
    """Title and author are filled in; no time and no person is named."""
    properties = book.properties
    assert properties.title
    assert properties.creator
    assert properties.lastModifiedBy == properties.creator
    assert b"dcterms:" not in re.sub(rb"xmlns:\w+=\S+", b"", parts["docProps/core.xml"])


def test_15_the_cursor_is_at_the_top_of_the_first_sheet(book: Workbook) -> None:
    """The workbook opens on the cover, and every sheet at its first cell."""
    assert book.active.title == "Cover"
    assert all((view.activeCell, view.sqref) == ("A1", "A1") for sheet in book for view in sheet.sheet_view.selection)


def test_16_nothing_is_frozen_filtered_hidden_or_below_the_table(book: Workbook, parts: dict[str, bytes]) -> None:
    """No panes, filters, hidden sheets, rows or columns, macros, pictures or outside links; each table is the last thing on its sheet."""
    for sheet in book:
        assert sheet.freeze_panes is None
        assert not sheet.auto_filter.ref
        assert sheet.sheet_state == "visible"
        assert not any(dimension.hidden for dimension in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))
    for sheet in tabled(book):
        assert table_of(sheet).autoFilter is None
        assert table_of(sheet).ref.endswith(str(sheet.max_row))
    assert not [name for name in parts if re.search(r"vba|media|external|embed|activeX|theme/.*rels", name)]


def test_links_lead_only_into_the_workbook(book: Workbook, parts: dict[str, bytes]) -> None:
    """The contents lead to each sheet; there is no other link."""
    links = [cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [link.location for link in links] == [f"'{name}'!A1" for name in book.sheetnames[2:]]
    assert all(link.target is None for link in links)
    assert not any(b'TargetMode="External"' in part for part in parts.values())


def test_nothing_written_comes_to_life(live: Document) -> None:
    """Formulas, links, note references and numbers typed into comments stand in their cells as the text they are."""
    content = render_xlsx(live)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not any(b"<f>" in part or b"<f " in part for part in _sheets(content))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    cells = [row[2] for row in rows_of(book["Table 1"])[1:]]
    # Excel reads a cell anew when somebody edits it; those marked so stay text then.
    assert [cell.quotePrefix for cell in cells] == [bool(re.match(r"\s*[=+\-@＝＋]", words)) for words in LIVE]
    commentary = [cell.value for cell in cells]
    assert [words.replace("$ $", "$$") for words in commentary] == list(LIVE)


def _sheets(content: bytes) -> list[bytes]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]


def test_a_column_of_one_unit_names_it_in_its_heading() -> None:
    """Where every figure has the same unit, it stands in the heading, the figures are plain numbers, and a dash is shorthand."""
    rows = (
        (Cell("Red"), figure("5%")),
        (Cell("Amber"), figure("7.25%")),
        (Cell("Suspended"), Cell("-", mark="z")),
        (Cell("Blue"), Cell("–")),
    )
    sheet = open_only(one_table(*rows, columns=(Column("Status"), Column("Share", is_number=True))), "Table 1")
    assert [[cell.value for cell in row] for row in rows_of(sheet)] == [
        ["Status", "Share (%)"],
        ["Red", 5],
        ["Amber", 7.25],
        ["Suspended", "[z]"],
        ["Blue", "[x]"],
    ]
    assert [row[1].number_format for row in rows_of(sheet)[1:3]] == ["#,##0", "#,##0.00"]
    assert {row[1].alignment.horizontal for row in rows_of(sheet)} == {"right"}


def test_figures_of_several_units_show_their_own() -> None:
    """In a column of several units each figure is a number that shows its unit and decimals; words between them stay words."""
    rows = tuple((Cell("KPI"), cell) for cell in (figure("79.9%"), figure("£1,234.50"), figure("101,318"), Cell("Nil return")))
    cells = [row[1] for row in rows_of(open_only(one_table(*rows), "Table 1"))]
    assert [cell.value for cell in cells] == ["Column 2", 79.9, 1234.5, 101318, "Nil return"]
    assert [cell.number_format for cell in cells[1:4]] == ['#,##0.0"%"', '"£"#,##0.00', "#,##0"]


def test_a_unit_in_words_that_the_text_shows_is_shown() -> None:
    """Among figures of other units, days that are printed with their unit are numbers that show it; a unit not printed is not shown."""
    cells = (Cell("12.5 days", value=Decimal("12.5"), unit="days"), figure("79.9%"), Cell("8", value=Decimal(8), unit="days"))
    shown = [row[1] for row in rows_of(open_only(one_table(*((Cell("KPI"), cell) for cell in cells)), "Table 1"))][1:]
    assert [(cell.value, cell.number_format) for cell in shown] == [(12.5, '#,##0.0" days"'), (79.9, '#,##0.0"%"'), (8, "#,##0")]


def test_a_dash_that_counts_none_is_zero() -> None:
    """The dash of a status table is the number 0 in a spreadsheet."""
    sheet = open_only(one_table((Cell("Red"), Cell("-", value=Decimal(0))), (Cell("Green"), figure("9"))), "Table 1")
    assert [row[1].value for row in rows_of(sheet)[1:]] == [0, 9]


def test_tables_of_a_group_stand_in_one_sheet() -> None:
    """Tables of one group with the same columns stand below each other, each row led by the heading its table stands under."""
    table = Table("Figures of KPI 1", (Column("Measure"), Column("Figure")), ((Cell("Target"), figure("1")),), group="Figures of each KPI")
    other = replace(table, columns=(Column("Measure"), Column("Another")), caption="Other columns")
    sections = (Section("One", (table, other)), Section("Two", (replace(table, caption="Figures of KPI 2"),)))
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(Document("T", "C", "S", (), sections, "F"))))
    assert book["Table 1"]["A1"].value == "Figures of each KPI"
    assert [[cell.value for cell in row] for row in rows_of(book["Table 1"])] == [
        ["Part of the report", "Measure", "Figure"],
        ["One", "Target", 1],
        ["Two", "Target", 1],
    ]
    assert book.sheetnames[-1] == "Table 2"
    assert [row[3].value for row in rows_of(book["Text"])[1:] if row[2].value == "Table"] == [
        "Figures of KPI 1 (sheet Table 1)",
        "Other columns (sheet Table 2)",
        "Figures of KPI 2 (sheet Table 1)",
    ]


def test_the_banner_and_the_source_stand_on_every_table(scorecard: Document) -> None:
    """Each sheet with a table says where its figures are from and repeats the report's banner."""
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(scorecard)))
    for sheet in book.worksheets[2:]:
        assert sheet["A3"].value == scorecard.banner
        assert sheet["A4"].value == f"Source: {scorecard.footer}"


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    """What Excel cannot hold is cut with a remark; the web page has it all."""
    sheet = open_only(Document("T", "C", "S", (), (Section("Part", (paragraph("word " * 8000),)),), "F"), "Text")
    words = rows_of(sheet)[-1][3].value
    assert len(words) == 32_767
    assert words.endswith("[cut: a cell of a spreadsheet holds no more]")
