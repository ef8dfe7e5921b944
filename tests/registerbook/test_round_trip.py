"""Out and in again: nothing where nothing was edited, and exactly the edits where something was."""

from __future__ import annotations

import shutil
import string
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmf.register import load_register, organisation_slugs
from pmf.registerbook.cellvalue import text_of
from pmf.registerbook.columns import TABLES
from pmf.registerbook.comparison import What
from pmf.registerbook.saving import save
from pmf.registerbook.writer import write_book
from registerbook.conftest import ORGANISATIONS, council_at, edited, imported, put


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("slug", organisation_slugs(ORGANISATIONS))
def test_a_shipped_council_comes_back_unchanged(slug: str, tmp_path: Path) -> None:
    """Each shipped council's register, exported and imported without an edit, changes nothing, to the byte."""
    folder = shutil.copytree(ORGANISATIONS / slug, tmp_path / slug)
    before = bytes_of(folder)
    found = imported(folder, write_book(load_register(folder)))
    save(folder, found.texts)
    assert (found.changes, found.refusals, found.notes, found.is_change) == ((), (), (), False)
    assert bytes_of(folder) == before


def test_saved_by_another_program_it_still_says_the_same(council: Path) -> None:
    """A workbook that a program has opened and saved, and its rows in another order, comes back as no change."""

    def reverse(sheets: dict[str, Any]) -> None:
        for sheet in (sheets["KPIs"], sheets["Targets"]):
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=sheet.max_row)]
            for number, values in enumerate(reversed(rows), start=4):
                for column, value in enumerate(values, start=1):
                    sheet.cell(number, column).value = value

    found = imported(council, edited(write_book(load_register(council)), reverse))
    assert (found.changes, found.refusals, found.is_change) == ((), (), False)


_TEXT = st.text(string.ascii_letters + " ,;'\"&<>£éÅ–\n", min_size=5, max_size=60).filter(lambda text: len(text.strip()) >= 5)
# Field: what may be typed into it, and what the files then say.
_VALID: dict[tuple[str, str], st.SearchStrategy[tuple[object, str]]] = {
    ("KPIs", "title"): _TEXT.map(lambda text: (text, text.strip())),
    ("KPIs", "description"): _TEXT.map(lambda text: (text, text.strip())),
    ("KPIs", "decimals"): st.integers(1, 6).map(lambda number: (number, str(number))),
    ("KPIs", "is_public"): st.sampled_from([("Yes", "yes"), (True, "yes"), ("y", "yes")]),
    ("KPIs", "holder_post"): st.sampled_from([("Head of Libraries", "head"), ("libraries officer", "officer"), ("team", "team")]),
    ("KPIs", "ambition_ids"): st.sampled_from([("1;2", "1;2"), ("Places are clean; 1", "2;1")]),
    ("KPIs", "perspective"): st.sampled_from([("corporate", "corporate")]),
    ("Targets", "target"): st.integers(1, 10**9).map(lambda number: (number / 4, f"{number / 4:.15g}" if number % 4 else str(number // 4))),
    ("Targets", "set_by"): _TEXT.map(lambda text: (text, text.strip())),
    ("Targets", "approved_on"): st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: (day, day.isoformat())),
    ("Data quality templates", "method"): _TEXT.map(lambda text: (text, text.strip())),
    ("Data quality templates", "large_movement_pct"): st.sampled_from([("7.5%", "7.5"), (0.25, "0.25"), ("1,000", "1000")]),
}
_ROWS = {"KPIs": ["1", "007", "5", "5-A"], "Targets": ["007"], "Data quality templates": ["1", "2"]}


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_valid_edits_come_back_exactly(data: st.DataObject) -> None:
    """Whatever valid things are typed into whichever cells: the report names these cells, and the files then hold just that."""
    places = [(sheet, field, ref) for sheet, field in _VALID for ref in _ROWS[sheet]]
    chosen = data.draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=6))
    typed = {place: data.draw(_VALID[place[0], place[1]]) for place in chosen}
    with TemporaryDirectory() as scratch:
        folder = council_at(Path(scratch) / "smallshire")
        before = _said(folder)
        content = edited(
            write_book(load_register(folder)),
            lambda sheets: [put(sheets[sheet], field, value, kpi_ref=ref) for (sheet, field, ref), (value, _) in typed.items()],  # type: ignore[arg-type,return-value]
        )
        found = imported(folder, content)
        assert (found.refusals, found.contradictions) == ((), ())
        expected = {place: text for place, (_, text) in typed.items() if before[place] != text}
        changed = {(item.sheet, change.field, item.key.split(",")[0]): change.new for item in found.changes for change in item.fields}
        assert {item.what for item in found.changes} <= {What.CHANGED}
        assert changed == expected
        save(folder, found.texts)
        assert _said(folder) == before | expected


def _said(folder: Path) -> dict[tuple[str, str, str], str]:
    """What the exported workbook of a folder says, cell by cell, as text; of KPIs with several rows the last."""
    register = load_register(folder)
    rows = zip(TABLES, (register.kpi_versions, register.target_versions, register.template_versions), strict=False)
    return {
        (table.sheet, field, row.kpi_ref): text_of(getattr(row, field))
        for table, versions in rows
        for row in versions
        for field in table.by_field
    }


def test_an_edit_changes_one_line_of_one_file(council: Path) -> None:
    """Of the file that changes, every other line keeps its quotes, its line end and its place."""
    content = edited(write_book(load_register(council)), lambda sheets: put(sheets["KPIs"], "title", "Sickness absence", kpi_ref="5"))
    before = bytes_of(council)
    save(council, imported(council, content).texts)
    after = bytes_of(council)
    assert {name for name in before if before[name] != after[name]} == {"kpis.csv"}
    changed = [pair for pair in zip(before["kpis.csv"].split(b"\n"), after["kpis.csv"].split(b"\n"), strict=True) if pair[0] != pair[1]]
    assert [(old[:26], new[:34]) for old, new in changed] == [(b"5,2024-04-01,,Sickness,peo", b"5,2024-04-01,,Sickness absence,peo")]


def test_a_new_column_and_a_new_row_find_their_place(council: Path) -> None:
    """A field the file has no column for gets one at its right; a new version stands after the KPI's last."""

    def edit(sheets: dict[str, Any]) -> None:
        sheet = sheets["KPIs"]
        put(sheet, "valid_to", date(2025, 4, 1), kpi_ref="1")
        row = sheet.max_row + 1
        for column in range(1, sheet.max_column + 1):
            sheet.cell(row, column).value = sheet.cell(4, column).value
        for field, value in {"valid_from": date(2025, 4, 1), "valid_to": None, "benchmark_source": "Public library statistics"}.items():
            sheet.cell(row, next(cell.column for cell in sheet[3] if cell.value == field)).value = value

    save(council, imported(council, edited(write_book(load_register(council)), edit)).texts)
    lines = (council / "kpis.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith(",benchmark_source")
    assert [line[:25] for line in lines[1:3]] == ["1,2024-04-01,2025-04-01,L", "1,2025-04-01,,Library vis"]
    assert [kpi.benchmark_source for kpi in load_register(council).kpi_versions][:2] == ["", "Public library statistics"]


def test_the_workbook_can_be_read_by_others(council: Path) -> None:
    """Nothing in the workbook is protected or locked away from people's own tools."""
    book = openpyxl.load_workbook(BytesIO(write_book(load_register(council))))
    assert not any(sheet.protection.sheet for sheet in book.worksheets)
