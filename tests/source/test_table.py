"""Tables of every kind of file: found, or refused with the line and the way out."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from pmf.form.model import Problem, ReturnedForm, Unreadable
from pmf.register.source import Source
from pmf.source import Kind, Table, read_table, sniff

Reader = Callable[..., ReturnedForm]
Refused = Callable[..., Unreadable]
GOOD = "Indicator,Month,Actual\n36,2024-09,1234.50\n37,2024-09,95\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_text_in_the_usual_dialects_is_one_table(
    delimiter: str, encoding: str, ending: str, declare: Callable[..., Source], read: Reader
) -> None:
    """Separator, encoding and line ends make no difference to what is read."""
    text = "Indicator,Month,Actual,Remarks\n36,2024-09,1234.50,Zoë’s – council's £\n".replace(",", delimiter).replace("\n", ending)
    columns = {"kpi_ref": "Indicator", "period": "Month", "value": "Actual", "comment": "Remarks"}
    (line,) = read(text.encode(encoding), declare(columns=columns)).lines
    assert (str(line.value), line.comment) == ("1234.50", "Zoë’s – council's £")
    assert line.cells["value"] == "line 2, column Actual"


def test_apostrophes_and_separators_in_texts_do_not_mislead(read: Reader, declare: Callable[..., Source]) -> None:
    """Comments full of apostrophes, quotation marks, separators and line ends stay where they are, and so do the figures."""
    text = (
        "Remarks,Indicator,Month,Actual\n"
        "\"it's, ''tis; 'so'\n\"\"quoted\"\", 9|9\",36,2024-09,\"1,234\"\n"
        "'one',37,2024-09,2\n"
    )  # fmt: skip
    lines = read(text, declare(columns={"kpi_ref": "Indicator", "period": "Month", "value": "Actual", "comment": "Remarks"})).lines
    assert [(line.kpi_ref, line.value, line.row) for line in lines] == [("36", 1234, 2), ("37", 2, 4)]
    assert lines[0].comment == "it's, ''tis; 'so'\n\"quoted\", 9|9"


def test_headings_are_found_whatever_their_capitals_and_place(read: Reader, declare: Callable[..., Source]) -> None:
    """Columns may stand in any order, with others between and titles above them."""
    text = "Figures of the libraries\nSource: counters\n\nmonth,, ACTUAL ,note,indicator,,\n2024-09,,95,x,36,,\n\n2024-09,,5,,37\n"
    form = read(text, declare(file={"names": ("v*",), "header_row": 4}))
    assert [(line.kpi_ref, line.value, line.row) for line in form.lines] == [("36", 95, 5), ("37", 5, 7)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Indicator,Month,Actual\n36,2024-09,1,234\n", "Line 2 of the file has 4 cells, but there are only 3 headings."),
        ("Indicator,Month,Actual\n36,2024-09,1\0\n", "Line 2 of the file holds a NUL character"),
        ("Indicator,Month,Actual,actual\n36,2024-09,1,2\n", 'more than one column "Actual"'),
        ("Indicator,Month,Actual,Note,note\n36,2024-09,1,2,3\n", 'more than one heading "note"'),
        ("Indicator,,Month,Actual\n36,2024-08,2024-09,1\n", "content in column 2, which has no heading in line 1"),
        ("Indicator,Month,Value\n36,2024-09,1\n", 'no column "Actual". The headings in line 1 are: "Indicator", "Month", "Value".'),
        ('Indicator,Month,Actual\n36,2024-09,"1\n37,2024-09,2\n', "Line 2 of the file cannot be split into cells"),
        ('Indicator,Month,Actual\n36,2024-09,"1"2\n', "Line 2 of the file cannot be split into cells"),
        ("title only", "no column"),
        ("Indicator,Month,Actual\n" + "36,2024-08,1\n" * 5001, "more than 5000 lines"),
        ("Indicator,Month,Actual\n" + "36,2024-08,1" + "0" * 6_000_000, "larger than 5 MB"),
        (f"Indicator,Month,Actual\n36,2024-09,{'9' * 200_000}\n", "Line 2 of the file cannot be split into cells"),
    ],
)
def test_a_text_that_does_not_add_up_is_refused(text: str, said: str, source: Source, refused: Refused) -> None:
    """Nothing is mended: a line too long, a heading twice or a quotation without end is named, with the way out."""
    assert said in refused(text, source).message


def test_bytes_of_no_encoding_are_refused_with_their_line(source: Source, refused: Refused) -> None:
    """Bytes that are neither UTF-8 nor Windows text, or half a UTF-16 character, are named by their line."""
    assert "Line 2" in refused(b"Indicator,Month,Actual\n36,2024-09,1\x81\xff\n", source).message
    assert refused(GOOD.encode("utf-16")[:-1], source).problem is Problem.DAMAGED


def test_5000_rows_are_a_table(source: Source, refused: Refused) -> None:
    """The limit is where it says: five thousand rows of another month are read, and hold nothing for this one."""
    assert refused("Indicator,Month,Actual\n" + "36,2024-08,1\n" * 5000, source).message == "There is no row for September 2024 in it."


@pytest.mark.parametrize(
    ("content", "kind", "problem"),
    [
        (b"", Kind.EMPTY, Problem.EMPTY),
        (b" \r\n\t", Kind.EMPTY, Problem.EMPTY),
        (b"%PDF-1.7\n%\xe2\xe3", Kind.PDF, Problem.NOT_A_WORKBOOK),
        (b"\xef\xbb\xbf\n<html><table><tr><td>1</td></tr></table>", Kind.HTML, Problem.NOT_A_WORKBOOK),
        (b"<?xml version='1.0'?><Workbook/>", Kind.HTML, Problem.NOT_A_WORKBOOK),
        (b"PK\x03\x04 and no more", Kind.DAMAGED, Problem.DAMAGED),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00", Kind.UNKNOWN, Problem.NOT_A_WORKBOOK),
        (GOOD.encode("utf-16-le"), Kind.UNKNOWN, Problem.NOT_A_WORKBOOK),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: Kind, problem: Problem, source: Source, refused: Refused) -> None:
    """What holds no table is told apart by its content and refused as what it is."""
    assert sniff(content) is kind
    assert refused(content, source).problem is problem


def test_an_archive_of_tables_is_no_table(source: Source, refused: Refused) -> None:
    """A zip file with a CSV in it is refused with the word to unpack it."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("visits.csv", GOOD)
    assert sniff(packed.getvalue()) is Kind.ZIP
    assert "Unpack it" in refused(packed.getvalue(), source).fix


def test_a_workbook_says_its_cells(workbook: Callable[..., bytes], source: Source, read: Reader) -> None:
    """A figure from a workbook knows its sheet and cell, and a number shown as a percentage is what is seen."""
    rows = [["Indicator", "Month", "Actual"], [36, "Sep 2024", 0.955], ["37", "Sep 2024", "1,234"]]
    form = read(workbook(rows, formats={"C2": "0.0%"}), source)
    assert form.sheet == "Figures"
    assert [(line.kpi_ref, str(line.value), line.cells["value"]) for line in form.lines] == [("36", "95.5", "C2"), ("37", "1234", "C3")]


def test_content_beside_a_workbooks_table_is_left_alone(workbook: Callable[..., bytes], source: Source, read: Reader) -> None:
    """Notes to the right, under no heading or under two of the same name, harm no column that is declared."""
    rows = [["Indicator", "Month", "Actual", None, "Note", "Note"], ["36", "2024-09", 1, "draft", "a", "b"]]
    assert [line.value for line in read(workbook(rows), source).lines] == [1]


def test_the_declared_sheet_is_read(workbook: Callable[..., bytes], declare: Callable[..., Source], read: Reader, refused: Refused) -> None:
    """The first sheet is read unless another is declared; one that is not there is refused with those that are."""
    content = workbook([["Indicator", "Month", "Actual"], ["36", "2024-09", 1]], first="Cover")
    assert len(read(content, declare(file={"names": ("v*",), "sheet": "Figures"})).lines) == 1
    assert "no column" in refused(content, declare()).message
    missing = refused(content, declare(file={"names": ("v*",), "sheet": "Data"}))
    assert missing.message == 'The workbook has no worksheet "Data"; its worksheets are: "Cover", "Figures".'


def test_a_hostile_workbook_is_refused_before_it_is_opened(workbook: Callable[..., bytes], source: Source, refused: Refused) -> None:
    """The form's preflight looks at a source's workbook too, within limits of its own."""
    wide = workbook([["Indicator", "Month", "Actual"], [*["36", "2024-09", 1], *[None] * 300, "far out"]])
    assert refused(wide, source).problem is Problem.UNSAFE


def test_a_workbook_is_no_answer_of_a_query(workbook: Callable[..., bytes], declare: Callable[..., Source], refused: Refused) -> None:
    """Queries and endpoints answer with text; a workbook in its place is not what was asked for."""
    query = declare(file=None, query={"connection": "a", "statement": "a.sql"})
    assert refused(workbook([["Indicator", "Month", "Actual"]]), query).problem is Problem.NOT_A_WORKBOOK


REAL = [
    ("calamine/date.xlsx", "B2"),
    ("calamine/date.xlsb", "B2"),
    ("calamine/date.ods", "B2"),
    ("calamine/date_1904.xlsx", "B2"),
]


@pytest.mark.parametrize(("name", "cell"), REAL)
def test_real_workbooks_of_four_kinds_are_read(
    name: str, cell: str, nasty_files: Path, declare: Callable[..., Source], read: Reader
) -> None:
    """The same table of dates and numbers is read from .xlsx, .xlsb, .ods and a workbook that counts days from 1904."""
    from pmf.period import Month

    source = declare(kpi_refs=("36",), columns={"period": "2021-01-01"}, values={"36": "15"})
    form = read((nasty_files / name).read_bytes(), source, Month(2021, 1))
    assert [(line.value, line.cells["value"]) for line in form.lines] == [(16, cell)]
    assert {problem.code for problem in form.problems} == {"unreadable_period"}  # a time of day in the column of months


def test_a_real_national_return_in_the_old_format_is_read(nasty_files: Path, declare: Callable[..., Source], read: Reader) -> None:
    """NHS England's monthly A&E statistics, an .xls with titles above and grouped headings, gives the figures of the areas asked for."""
    source = declare(
        kpi_refs=("QOX", "8"),
        file={"names": ("*ae*",), "sheet": "System Level Data", "header_row": 16},
        columns={"kpi_ref": "Code", "value": "Total attendances"},
        kpi_ref_by={"QHG": "8"},
    )
    form = read((nasty_files / "calamine" / "gh548_incorrect_sst_unique_count.xls").read_bytes(), source)
    assert [(line.kpi_ref, line.value, line.cells["value"]) for line in form.lines] == [("QOX", 29532, "G19"), ("8", 45324, "G20")]
    assert {problem.code for problem in form.problems} == {"unknown_row"}


def test_a_table_knows_its_columns(source: Source) -> None:
    """A column is found by its name from the left."""
    table = read_table(GOOD.encode(), source)
    assert isinstance(table, Table)
    assert (table.columns, table.column_number("ACTUAL")) == (("Indicator", "Month", "Actual"), 3)
