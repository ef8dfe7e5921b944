"""The exported workbook: the same bytes for the same register, every text a text, lists and prompts on the cells."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from pmf.register import Kpi, load_register
from pmf.registerbook.columns import TABLES
from pmf.registerbook.examination import examine
from pmf.registerbook.opening import open_book
from pmf.registerbook.reader import read_book
from pmf.registerbook.tablesheet import TooLongError
from pmf.registerbook.writer import write_book


def test_the_same_register_gives_the_same_bytes(council: Path) -> None:
    """Exporting twice makes no difference a backup or a mail filter would see."""
    assert write_book(load_register(council)) == write_book(load_register(council))


def test_sheets_columns_and_lists(council: Path) -> None:
    """A guide, a sheet for each table with words over field names, frozen below them, drop-downs, dates as dates."""
    book = openpyxl.load_workbook(BytesIO(write_book(load_register(council))))
    assert book.sheetnames == ["How to use this", *(table.sheet for table in TABLES), "Columns", "_lists", "_export"]
    assert [book[name].sheet_state for name in ("KPIs", "_lists", "_export")] == ["visible", "hidden", "veryHidden"]
    sheet = book["KPIs"]
    assert [sheet.cell(row, 1).value for row in (1, 2, 3, 4)] == ["Which KPI", "KPI", "kpi_ref", "1"]
    assert sheet.freeze_panes == "E4"
    assert sheet["B4"].value.date() == date(2024, 4, 1)
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert {'"strategic,corporate,operational"', '"yes,no"', "'_lists'!$B$2:$B$3"} <= lists
    assert all(rule.prompt for rule in sheet.data_validations.dataValidation)
    assert sheet["A7"].value == "007"
    targets = book["Targets"]
    assert [targets.cell(3, column).value for column in (5, 6)] == ["kpi title (for reading)", "target"]
    assert [targets.cell(5, column).value for column in (5, 6)] == ["Library visits", 120.5]


def test_a_text_never_becomes_a_formula(council: Path) -> None:
    """A title that begins like a formula is written as the text it is."""
    register = load_register(council)
    kpi = register.kpi_versions[0].model_copy(update={"title": "=HYPERLINK(1)", "description": "https://smallshire.example"})
    book = openpyxl.load_workbook(BytesIO(write_book(replace(register, kpi_versions=(kpi, *register.kpi_versions[1:])))))
    cell = book["KPIs"]["D4"]
    assert (cell.value, cell.data_type, book["KPIs"]["E4"].hyperlink) == ("=HYPERLINK(1)", "s", None)


def test_a_text_no_cell_can_hold_is_named(council: Path) -> None:
    """A text longer than a cell is refused with its row and field, not cut off."""
    register = load_register(council)
    kpi = register.kpi_versions[0].model_copy(update={"description": "x" * 40_000})
    with pytest.raises(TooLongError, match=r"1, 2024-04-01, field description: 40,000 characters"):
        write_book(replace(register, kpi_versions=(kpi, *register.kpi_versions[1:])))


def test_five_hundred_kpis_are_exported_and_read_back(council: Path) -> None:
    """A register of 500 KPIs with 2,500 targets stays within the import's own limits, and comes back unchanged in seconds."""
    register = load_register(council)
    kpi, target = register.kpi_versions[0], register.target_versions[0]
    refs = [f"K{number:03d}" for number in range(500)]
    years = [date(2020 + number, 4, 1) for number in range(6)]
    described: dict[str, object] = {"description": "A sentence about what this counts and why. " * 10}
    large = replace(
        register,
        kpi_versions=tuple(_named(kpi, ref, described) for ref in refs),
        target_versions=tuple(
            target.model_copy(update={"kpi_ref": ref, "valid_from": begin, "valid_to": end, "target": f"{number}.5"})
            for number, ref in enumerate(refs)
            for begin, end in pairwise(years)
        ),
        template_versions=(),
    )
    began = time.perf_counter()
    found = examine(read_book(open_book(write_book(large))), register=large, folder=council, until=None)
    assert (found.is_change, found.is_right, found.unchanged["Targets"]) == (False, True, 2500)
    assert time.perf_counter() - began < 20


def _named(kpi: Kpi, ref: str, update: dict[str, object]) -> Kpi:
    return kpi.model_copy(update=update | {"kpi_ref": ref})
