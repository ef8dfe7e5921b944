"""Importing earlier history."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import table
from pmf.cycle.history import import_history
from pmf.register import RegisterError
from pmf.warehouse.rowtext import printed_row

HEADER = "kpi_ref,period,value,numerator,denominator,provenance,source\n"
AS_AT = datetime(2024, 5, 1, 6, tzinfo=UTC)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return council_at(tmp_path / "home")


def take(council: Council, tmp_path: Path, text: str | bytes):
    path = tmp_path / "history.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_history(SLUG, path, as_at=AS_AT, settings=council.settings)


def test_imported_figures_are_marked_imported(council: Council, tmp_path: Path) -> None:
    """A figure of earlier history is stored exactly, with its source, as imported and not collected."""
    imported = take(council, tmp_path, HEADER + '36,2023-04,"91,234.50",,,published,Annual report\n138,2023-04,,8,9,,\n')
    rows = {row["kpi_ref"]: row for row in table(council, "observation")}
    assert (imported.rows, imported.new) == (2, 2)
    assert (rows["36"]["value"], rows["36"]["source"], rows["36"]["provenance"]) == (Decimal("91234.50"), "import", "published")
    assert rows["138"]["value"] == Decimal("88.88888888888888888888888889")


def test_importing_again_adds_nothing(council: Council, tmp_path: Path) -> None:
    """The same file imported again finds everything there already."""
    text = HEADER + "36,2023-04,91234,,,,\n"
    take(council, tmp_path, text)
    again = take(council, tmp_path, text)
    assert (again.rows, again.new) == (1, 0)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("999,2023-04,1,,,,", "line 2, field kpi_ref: '999' is not a KPI of the register"),
        ("36,April,1,,,,", "line 2, 'April' is not a month: write it like 2024-09"),
        ("36,2023-04,lots,,,,", "line 2, field value: 'lots' is not a figure; write it like 1234.5"),
        ("36,2023-04,,,,,", "line 2, field value: empty; leave the whole line out where there is no figure"),
        ("36,2023-04", "line 2, field value: empty"),
        ("36,2023-04,1,,,,\n36,2023-04,2,,,,", "line 3, fields kpi_ref and period: the same figure stands at line 2; keep one"),
    ],
)
def test_a_wrong_line_is_named_with_the_right_form(council: Council, tmp_path: Path, line: str, told: str) -> None:
    """A line that cannot be taken is refused by number, field and right form, and nothing of the file is stored."""
    with pytest.raises(RegisterError) as error:
        take(council, tmp_path, f"{HEADER}{line}\n")
    assert told in str(error.value)
    assert table(council, "observation") == []


@pytest.mark.parametrize("content", [b"", b"kpi_ref;period;value\n36;2023-04;1\n", b"PK\x03\x04\xff\xfe", "kpi_ref,é\n".encode("latin-1")])
def test_a_file_that_is_no_such_csv_is_refused(council: Council, tmp_path: Path, content: bytes) -> None:
    """A file without the columns, or that is no text, is refused in words."""
    with pytest.raises(RegisterError, match=r"no column kpi_ref|no CSV in UTF-8"):
        take(council, tmp_path, content)


def test_a_long_history_is_imported_as_a_short_one_is(council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Very many figures take the quick way in, and every row is the one the other way would have made."""
    lines = (
        f"{ref},{year}-{month:02d},{year}.{month}0,,,published,Annual"
        for ref in ("36", "138")
        for year in (2021, 2022)
        for month in range(1, 13)
    )
    text = HEADER + "\n".join(lines) + "\n138,2023-04,,8,9,,\n"
    one_by_one = council_at(tmp_path / "other")
    imported = take(one_by_one, tmp_path, text)
    monkeypatch.setattr("pmf.cycle.history._VERY_MANY", 10)
    assert take(council, tmp_path, text) == imported
    rows, others = (sorted(str(printed_row(row)) for row in table(each, "observation")) for each in (council, one_by_one))
    assert len(rows) == 49
    assert rows == others
    assert take(council, tmp_path, text).new == 0
