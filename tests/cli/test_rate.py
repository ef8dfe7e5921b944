"""``pmf rate``: a table of figures as people keep them, with a status and a reason in every row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cli.running import Run

TABLE = """kpi_ref,period,actual,target,direction,note
1,2024-09,"2,074","2,000",higher,kept
2,2024-09,79.9%,95%,higher,
3,2024-09,"£221,512.41","£200,000",lower,
4,2024-09,TBC,95,higher,
5,2024-09,50,N/A,higher,
6,2024-09,90,85..95,range,
7,2024-09,80,85..95,range,
8,2024-09,,10,higher,
9,2024-09,0,0,lower,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "figures.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_cells_are_read_as_people_write_them(pmf: Run, table: Path) -> None:
    """Thousands commas, per cent and pound signs, TBC, N/A, ranges and zero are read; every row gets a status and a reason."""
    result = pmf("rate", table, "--policy", "ccc-framework-2024")
    rated = rows(result.stdout)
    assert result.exit_code == 0
    assert [row["status"] for row in rated] == [
        "green",
        "red",
        "red",
        "awaiting_data",
        "contextual",
        "green",
        "amber",
        "awaiting_data",
        "green",
    ]
    assert all(row["reason"].endswith(".") for row in rated)
    assert (rated[0]["off_target_pct"], rated[1]["off_target_pct"]) == ("-3.7", "15.894737")
    assert rated[2]["reason"].startswith("£221,512.41 against a target of £200,000: 10.8% worse than target")
    assert "TBC" in rated[3]["reason"]


def test_every_column_is_kept_as_it_stood(pmf: Run, table: Path) -> None:
    """What was in the table stays, cell by cell, in its order; the three new columns come last."""
    rated = rows(pmf("rate", table, "--policy", "ccc-q2-2024").stdout)
    original = rows(TABLE)
    assert list(rated[0]) == [*original[0], "status", "off_target_pct", "reason"]
    assert [{name: row[name] for name in original[0]} for row in rated] == original


def test_the_output_goes_into_a_file_when_asked(pmf: Run, table: Path, tmp_path: Path) -> None:
    """With --output the table is written there and one line says so; names in brackets are no mark-up."""
    output = tmp_path / "rated [draft] :house:.csv"
    result = pmf("rate", table, "--policy", "ccc-framework-2024", "--output", output)
    assert (result.exit_code, result.stdout) == (0, f"9 rows rated by ccc-framework-2024, written to {output}\n")
    assert output.read_text(encoding="utf-8") == pmf("rate", table, "--policy", "ccc-framework-2024").stdout


def test_an_output_that_cannot_be_written_is_named(pmf: Run, table: Path, tmp_path: Path) -> None:
    """A folder that is not there is named on standard error, with exit code 2."""
    output = tmp_path / "nowhere" / "rated.csv"
    result = pmf("rate", table, "--policy", "ccc-framework-2024", "--output", output)
    assert result.exit_code == 2
    assert str(output) in result.stderr


def test_an_unknown_policy_is_answered_with_the_known_ones(pmf: Run, table: Path) -> None:
    """A policy that does not exist is refused, naming those there are."""
    result = pmf("rate", table, "--policy", "gut-feeling")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no rating policy 'gut-feeling'." in result.stderr
    assert "ccc-framework-2024, ccc-q2-2024, ccc-q2-2024-blue, havering-2013, hdc-intervention, reigate-tolerance" in result.stderr


HEADER = "kpi_ref,period,actual,target,direction\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("kpi_ref,actual\n1,2\n", "column period is missing"),
        (HEADER + "1,2024-09,2,soon,higher\n", "row 2 (KPI 1, 2024-09), column target (found 'soon')"),
        (HEADER + "1,2024-09,2,3,up\n", "row 2 (KPI 1, 2024-09), column direction (found 'up')"),
        (HEADER + "1,2024-09,2,3\n", "column direction is blank"),
        (
            HEADER + "1,2024-09,2,074,2000,higher\n",
            "line 2 has more cells than the header has columns: put a figure with a comma in quotation",
        ),
        (HEADER.strip() + ",actual\n1,2024-09,1,2,higher,3\n", "column actual is there more than once"),
        (HEADER.strip() + ",status\n1,2024-09,1,2,higher,red\n", "column status is there already"),
        (HEADER + '1,2024-09,"2,3,higher\n', "not readable as CSV"),
        ("", "column kpi_ref is missing"),
        (b"PK\x03\x04\xff\xfe\x00", "no CSV in UTF-8"),
        ("kpi_ref,period,actual,target,direction\n1,2024-09,£5,£4,higher\n".encode("cp1252"), "no CSV in UTF-8"),
    ],
)
def test_a_bad_table_ends_with_2_and_says_where(pmf: Run, tmp_path: Path, content: str | bytes, told: str) -> None:
    """A table that cannot be rated is refused with file, row and column and the right form; nothing is printed as rated."""
    path = tmp_path / "figures.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = pmf("rate", path, "--policy", "ccc-framework-2024")
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert str(path) in result.stderr


def test_every_bad_row_is_named_at_once(pmf: Run, tmp_path: Path) -> None:
    """All rows that cannot be rated are listed, a line each, so that one run is enough to put them right."""
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + "1,2024-09,2,soon,higher\n2,2024-09,2,3,higher\n3,2024-09,2,3,up\n", encoding="utf-8")
    result = pmf("rate", path, "--policy", "ccc-framework-2024")
    assert [line.split(" (KPI")[0].rpartition(": ")[2] for line in result.stderr.splitlines()] == ["row 2", "row 4"]


def test_spreadsheets_own_habits_do_no_harm(pmf: Run, tmp_path: Path) -> None:
    """A byte-order mark, empty columns at the end, empty lines and Windows line ends change no figure."""
    plain, worn = tmp_path / "plain.csv", tmp_path / "worn.csv"
    plain.write_text(HEADER + "1,2024-09,2,3,higher\n", encoding="utf-8")
    worn.write_bytes(b"\xef\xbb\xbf" + (HEADER + "1,2024-09,2,3,higher,,\n,,,,\n\n").replace("\n", "\r\n").encode())
    assert pmf("rate", worn, "--policy", "ccc-framework-2024").stdout == pmf("rate", plain, "--policy", "ccc-framework-2024").stdout


def test_a_table_that_is_not_there_ends_with_2(pmf: Run, tmp_path: Path) -> None:
    """A missing file is named on standard error."""
    result = pmf("rate", tmp_path / "nothing.csv", "--policy", "ccc-framework-2024")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing.csv" in result.stderr
