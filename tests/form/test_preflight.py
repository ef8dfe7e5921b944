"""Hostile and broken files, built here, are refused before any reader sees them."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest

from pmf.form.model import Problem, Unreadable
from pmf.form.preflight import Limits, Preflight, preflight
from pmf.form.scan import SheetFacts

SHEET = "xl/worksheets/sheet2.xml"
Rezip = Callable[..., bytes]


def refusal(content: bytes, limits: Limits | None = None) -> Unreadable:
    result = preflight(content, limits) if limits else preflight(content)
    assert isinstance(result, Unreadable), result
    assert result.message.endswith(".")
    assert result.fix.endswith(".")
    return result


def facts(content: bytes) -> SheetFacts:
    result = preflight(content)
    assert isinstance(result, Preflight), result
    return result.sheets["Return"]


def with_cell(cell: str) -> Callable[[bytes], bytes]:
    """Put XML into the last row of a sheet."""
    return lambda part: part.replace(b"</row></sheetData>", cell.encode() + b"</row></sheetData>")


def test_our_own_form_passes(blank: bytes) -> None:
    """A form as it was sent out passes; its only formula is the count, and nothing else is hidden in it."""
    found = facts(blank)
    assert list(found.formulas) == [(3, 1)]
    assert (found.errors, found.percentages, found.merged) == ({}, set(), set())


@pytest.mark.parametrize(
    ("content", "problem", "said"),
    [
        (b"", Problem.EMPTY, "empty"),
        (b"x" * (5 * 1024 * 1024 + 1), Problem.TOO_LARGE, "larger than 5 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), Problem.PROTECTED_OR_OLD, "password-protected or in the old .xls format"),
        (b"Indicator,Figure\n36,95\n", Problem.NOT_A_WORKBOOK, "not an Excel workbook"),
        (b"<html><table><tr><td>36</td></tr></table></html>", Problem.NOT_A_WORKBOOK, "not an Excel workbook"),
        (b"PK\x03\x04" + bytes(100), Problem.DAMAGED, "cut short"),
    ],
    ids=["nothing", "too large", "password or .xls", "csv renamed", "html renamed", "the start of a zip"],
)
def test_what_is_no_workbook_is_refused_with_the_way_out(content: bytes, problem: Problem, said: str) -> None:
    """Files that are something else are told apart, in words their sender can act on."""
    found = refusal(content)
    assert found.problem is problem
    assert said in found.message


def test_a_password_is_told_with_the_way_out() -> None:
    """The commonest mistake has the plainest sentence."""
    found = refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert found.message == "The file is password-protected or in the old .xls format."
    assert found.fix == "Save it as an Excel workbook (.xlsx) without a password and send it again."


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_damaged(blank: bytes, share: float) -> None:
    """A file whose end is missing is refused as damaged, wherever it was cut."""
    assert refusal(blank[: int(len(blank) * share)]).problem is Problem.DAMAGED


def test_a_changed_byte_inside_a_part_is_damage(blank: bytes) -> None:
    """Bits that flipped on the way are found by checksum, in every part, whether or not they still unpack."""
    with ZipFile(BytesIO(blank)) as archive:
        places = [(info.header_offset + 30 + len(info.filename) + info.compress_size // 2) for info in archive.infolist()]
    for place in places:
        rotten = bytearray(blank)
        rotten[place] ^= 0xFF
        assert refusal(bytes(rotten)).problem is Problem.DAMAGED


def test_another_kind_of_zip_is_no_workbook() -> None:
    """A zip file without a workbook in it (an .ods, a .docx, an .xlsb) is told to be saved as .xlsx."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(packed.getvalue()).problem is Problem.NOT_A_WORKBOOK


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "links to other workbooks"),
        ("xl/embeddings/oleObject1.bin", "embedded files"),
        ("xl/activeX/activeX1.xml", "embedded controls"),
        ("xl/../../../etc/passwd", "names of its parts"),
        ("/etc/passwd", "names of its parts"),
        ("xl\\worksheets\\sheet9.xml", "names of its parts"),
        ("XL/WORKSHEETS/SHEET2.XML", "names of its parts"),
    ],
)
def test_parts_that_no_form_has_are_refused(blank: bytes, rezipped: Rezip, name: str, said: str) -> None:
    """Macros, links, embedded things, and names that lead out of the archive or stand twice are refused by name."""
    found = refusal(rezipped(blank, {name: b"<x/>"}))
    assert found.problem is Problem.UNSAFE
    assert said in found.message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_refused(blank: bytes) -> None:
    """Two parts of one name could be read differently by two programs."""
    packed = BytesIO(blank)
    with ZipFile(packed, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    assert refusal(packed.getvalue()).problem is Problem.UNSAFE


@pytest.mark.parametrize(
    ("name", "size"),
    [(SHEET, 30_000_000), ("xl/media/image1.png", 30_000_000), ("xl/media/image1.png", 9_000_000)],
    ids=["rows", "picture", "ratio"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(blank: bytes, rezipped: Rezip, name: str, size: int) -> None:
    """A small file that unpacks to a huge part is refused by what it declares, at once."""
    bomb = rezipped(blank, {name: b"0" * size})
    started = time.perf_counter()
    found = refusal(bomb)
    assert time.perf_counter() - started < 0.2
    assert (found.problem, "unpacks to far more" in found.message) == (Problem.UNSAFE, True)


def test_many_parts_and_many_middling_parts_are_refused(blank: bytes, rezipped: Rezip) -> None:
    """Neither two hundred parts nor parts that are large only together get in."""
    assert "more parts" in refusal(rezipped(blank, {f"xl/media/{n}.png": b"0" for n in range(200)})).message
    noise = bytes(range(256)) * 4_000
    assert refusal(rezipped(blank, {f"xl/media/{n}.png": noise for n in range(21)}), Limits(ratio=10_000)).problem is Problem.UNSAFE


def test_unknown_packing_is_refused(blank: bytes) -> None:
    """Only what spreadsheet programs use is unpacked."""
    packed = BytesIO()
    with ZipFile(BytesIO(blank)) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name), ZIP_BZIP2 if name == SHEET else None)
    assert refusal(packed.getvalue()).problem is Problem.DAMAGED


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml", SHEET, "docProps/app.xml"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE l SYSTEM "http://example.org/x.dtd">',
    ],
    ids=["billion laughs", "local file", "remote file"],
)
def test_declarations_are_refused_in_every_part(blank: bytes, rezipped: Rezip, part: str, declaration: str) -> None:
    """No part may declare entities or a DTD: they are refused where they begin, before anything is expanded or fetched."""
    evil = rezipped(blank, {part: lambda xml: xml.replace(b"?>\n", b"?>\n" + declaration.encode(), 1)})
    found = refusal(evil)
    assert (found.problem, "declarations" in found.message) == (Problem.UNSAFE, True)


def test_a_part_that_is_no_xml_is_damage(blank: bytes, rezipped: Rezip) -> None:
    """A part that does not parse, or is in an encoding that does not exist, is refused as damaged."""
    for content in (b"<styleSheet>", b"", b"<?xml version='1.0' encoding='klingon'?><styleSheet/>", b"\xff\xfe<"):
        assert refusal(rezipped(blank, {"xl/styles.xml": content})).problem is Problem.DAMAGED


@pytest.mark.parametrize("address", ["XFD1048576", "A5001", "BI1", "ZZ10", "XFD10"])
def test_a_cell_far_outside_is_refused(blank: bytes, rezipped: Rezip, address: str) -> None:
    """One cell in the far corner would make the cell reader ask for gigabytes and die; it never gets there."""
    found = refusal(rezipped(blank, {SHEET: with_cell(f'<c r="{address}"><v>1</v></c>')}))
    assert found.problem is Problem.UNSAFE
    assert f'the sheet "Return" has content far outside the form, in {address}' in found.message


@pytest.mark.parametrize(
    "cell",
    ['<c r="XFD10" s="1"/>', '</row><row r="1048576"/><row r="30">', '<c r="BH5000"><v>1</v></c>', "</row><row>"],
    ids=["empty but coloured", "empty last row", "the last cell allowed", "row without a number"],
)
def test_what_spreadsheet_programs_leave_behind_is_allowed(blank: bytes, rezipped: Rezip, cell: str) -> None:
    """Coloured empty cells and the empty last row that LibreOffice writes are no content."""
    facts(rezipped(blank, {SHEET: with_cell(cell)}))


@pytest.mark.parametrize("cell", ["<c><v>1</v></c>", '<c r="G"><v>1</v></c>', '<c r="12"><v>1</v></c>', '<c r="G6:G7"><v>1</v></c>'])
def test_content_without_a_place_is_damage(blank: bytes, rezipped: Rezip, cell: str) -> None:
    """Content whose address is missing or wrong could be read into any cell."""
    assert refusal(rezipped(blank, {SHEET: with_cell(cell)})).problem is Problem.DAMAGED


def test_a_lying_dimension_is_harmless(blank: bytes, rezipped: Rezip) -> None:
    """What a sheet says of its own size is not believed."""
    assert b"<dimension ref=" in ZipFile(BytesIO(blank)).read(SHEET)
    facts(rezipped(blank, {SHEET: lambda xml: xml.replace(b'<dimension ref="', b'<dimension ref="A1:XFD1048576" was="')}))


@pytest.mark.parametrize(
    ("before", "after"),
    [(b'name="Return"', b'name="_meta"'), (b'r:id="rId2"', b'r:id="rId1"'), (b'r:id="rId2"', b'r:id="rId99"')],
    ids=["one name twice", "one part twice", "part missing"],
)
def test_a_list_of_sheets_that_does_not_fit_is_damage(blank: bytes, rezipped: Rezip, before: bytes, after: bytes) -> None:
    """The sheets looked through are the sheets read, each once."""
    assert refusal(rezipped(blank, {"xl/workbook.xml": lambda xml: xml.replace(before, after, 1)})).problem is Problem.DAMAGED


def test_formulas_errors_percentages_and_merged_cells_are_found(blank: bytes, rezipped: Rezip) -> None:
    """What the cell reader shows as a plain number or as nothing is found with its place and its words."""
    cells = (
        '<c r="G20"><f>B1*2</f></c><c r="H20" t="e"><v>#N/A</v></c><c r="I20" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="J20"><f t="array" ref="J20:J22">A1:A3</f><v>1</v></c><c r="K20"><f t="shared" si="0"/><v>1</v></c>'
    )
    found = facts(
        rezipped(
            blank,
            {
                SHEET: lambda xml: with_cell(cells)(xml).replace(
                    b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="L20:M21"/></mergeCells>'
                )
            },
        )
    )
    assert {place: text for place, text in found.formulas.items() if place[0] >= 20} == {
        (20, 7): "B1*2", (20, 9): "1/0", (20, 10): "A1:A3", (21, 10): "", (22, 10): "", (20, 11): "",
    }  # fmt: skip
    assert found.errors == {(20, 8): "#N/A", (20, 9): "#DIV/0!"}
    assert found.merged == {(20, 12), (20, 13), (21, 12), (21, 13)}


@pytest.mark.parametrize("area", ["A1:XFD1048576", "XFD1048576:A1", "A1:BH5001"])
def test_areas_larger_than_the_form_are_refused(blank: bytes, rezipped: Rezip, area: str) -> None:
    """Merged cells or array formulas over millions of cells are refused before they are counted out."""
    merged = f'</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'.encode()
    assert refusal(rezipped(blank, {SHEET: lambda xml: xml.replace(b"</sheetData>", merged)})).problem is Problem.UNSAFE
    array = with_cell(f'<c r="G20"><f t="array" ref="{area}">1</f></c>')
    assert refusal(rezipped(blank, {SHEET: array})).problem is Problem.UNSAFE


@pytest.mark.parametrize(
    ("number_format", "is_percentage"),
    [
        ("0%", True),
        ("0.00%", True),
        ("#,##0.0 %;[Red]-0.0%", True),
        ('0.0"%"', False),
        (r"0\%", False),
        ("General", False),
        ("0.00", False),
    ],
)
def test_a_percent_sign_that_scales_is_told_from_one_that_does_not(
    blank: bytes, edited: Callable[..., bytes], number_format: str, is_percentage: bool
) -> None:
    """0.955 shown as 95.5% is a percentage; a percent sign in quotation marks is decoration."""

    def type_it(workbook):  # type: ignore[no-untyped-def]
        workbook["Return"]["G6"] = 0.955
        workbook["Return"]["G6"].number_format = number_format

    assert facts(edited(blank, type_it)).percentages == ({(6, 7)} if is_percentage else set())


def test_names_with_a_namespace_are_understood(blank: bytes, rezipped: Rezip) -> None:
    """A program may write <x:c> for <c>; formulas are found all the same."""

    def prefixed(xml: bytes) -> bytes:
        return xml.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")

    assert list(facts(rezipped(blank, {SHEET: prefixed})).formulas) == [(3, 1)]
