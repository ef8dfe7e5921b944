"""The CSV file: one row for everything a report says, in columns that are the same for all, with nothing in it that comes to life."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.samples import LIVE, figure
from pmf.page.dataset import COLUMNS, csv_metadata, render_csv
from pmf.page.document import Cell, Column, Document, Heading, Section, Table, paragraph
from pmf.status import Status

DICTIONARY = Path(__file__).resolve().parents[2] / "docs" / "report-data.md"


def read(document: Document) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(document).decode("utf-8-sig"), newline=""), strict=True))


def test_the_columns_are_the_same_for_every_report(scorecard: Document, paper: Document, hostile: Document) -> None:
    """Every report has the documented columns in the documented order, so that files can be put below each other."""
    for document in (scorecard, paper, hostile):
        assert list(read(document)[0]) == [name for name, _, _ in COLUMNS]
        assert {row["report"] for row in read(document)} == {document.title.replace("\t", " ")}


def test_a_figure_is_a_row_with_its_plain_number() -> None:
    """Each cell is a row: what its row is about, column, text, plain number, unit, status and note; a dash is shorthand."""
    columns = (Column("List"), Column("KPI"), Column("Now", is_number=True), Column("Status"))
    rows = ((Cell("First"), Cell("36 Library users"), figure("−1,234.50"), Cell("Red", Status.RED, note="third month running")),)
    blocks = (Heading("Indicators"), Table("Figures", columns, rows, names=1))
    document = Document(
        "Paper", "Council", "Q2", (("To:", "Members"),), (Section("Main", blocks, number="3"),), "Footer", banner="A sample"
    )
    found = read(document)
    assert [(row["kind"], row["text"]) for row in found] == [
        ("Banner", "A sample"),
        ("Header", "Members"),
        ("Heading", "Main"),
        ("Heading", "Indicators"),
        ("Table", "Figures"),
        ("Cell", "First"),
        ("Cell", "36 Library users"),
        ("Cell", "−1,234.50"),
        ("Cell", "Red"),
        ("Footer", "Footer"),
    ]
    assert found[7] == {
        "organisation": "Council",
        "report": "Paper",
        "subject": "Q2",
        "part": "3 Main",
        "heading": "Indicators",
        "kind": "Cell",
        "number": "",
        "table": "Figures",
        "row": "1",
        "row_name": "36 Library users",
        "column": "Now",
        "text": "−1,234.50",
        "value": "-1234.50",
        "unit": "",
        "status": "",
        "note": "",
    }
    assert (found[8]["status"], found[8]["note"]) == ("red", "third month running")


def test_nothing_written_comes_to_life(live: Document) -> None:
    """A text that a spreadsheet would take for a formula is led by an apostrophe; numbers stand in the columns of numbers alone."""
    for row in read(live):
        for name, cell in row.items():
            if name in ("row", "value"):
                assert re.fullmatch(r"(-?\d+(\.\d+)?)?", cell)
            else:
                assert not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell), (name, cell)
    commentary = [row["text"] for row in read(live) if row["column"] == "Commentary"][: len(LIVE)]
    assert [words.removeprefix("'") for words in commentary] == [words.removeprefix("'") for words in LIVE]


@given(st.text(max_size=12).map(lambda words: f"{words}="), st.sampled_from(["=", " =", "\u00a0+", "\t", "－", "@", ""]))
def test_no_text_begins_as_a_formula(words: str, first: str) -> None:
    """Whatever is typed, no cell of the file begins with what a spreadsheet takes for a formula."""
    document = Document("T", "C", "S", (), (Section("Part", (paragraph(first + words),)),), "F")
    assert not any(cell.lstrip()[:1] in tuple("=+-@＝＋－＠") for row in read(document) for cell in row.values())


def test_excel_and_programs_read_the_letters(scorecard: Document) -> None:
    """The file is UTF-8 with its mark, so that Excel reads "£" and "–" right, in lines that end as RFC 4180 says."""
    content = render_csv(scorecard)
    assert content.startswith(b"\xef\xbb\xbforganisation,")
    assert content.endswith(b"\r\n")


def test_values_keep_their_decimals() -> None:
    """A number is written as it is printed: trailing zeros kept, no exponent."""
    table = Table("T", (Column("A"), Column("B")), ((Cell("x"), Cell("20", value=Decimal("2E1"))), (Cell("y"), figure("79.0%"))))
    found = [row["value"] for row in read(Document("T", "C", "S", (), (Section("Part", (table,)),), "F")) if row["column"] == "B"]
    assert found == ["20", "79.0"]


def test_the_metadata_describes_every_column() -> None:
    """The metadata for CSV on the Web lists the files and gives each column a name, a type and a meaning."""
    metadata = json.loads(csv_metadata(["b.csv", "a.csv"]))
    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    assert [table["url"] for table in metadata["tables"]] == ["a.csv", "b.csv"]
    columns = metadata["tableSchema"]["columns"]
    assert [column["name"] for column in columns] == [name for name, _, _ in COLUMNS]
    assert {column["name"]: column["datatype"] for column in columns}["value"] == "decimal"
    assert all(column["dc:description"] for column in columns)


@pytest.mark.parametrize(("name", "datatype", "meaning"), COLUMNS)
def test_the_dictionary_says_the_same(name: str, datatype: str, meaning: str) -> None:
    """``docs/report-data.md`` has each column of the file, with its type and meaning."""
    assert f"| {name} | {datatype} | {meaning} |" in DICTIONARY.read_text(encoding="utf-8")
