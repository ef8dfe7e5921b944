"""What hides in the cells of an OpenDocument spreadsheet."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pmf.form.model import Problem, ReturnedForm, Unreadable
from pmf.register.source import Source

Reader = Callable[..., ReturnedForm]
Refused = Callable[..., Unreadable]


def text(*words: str) -> str:
    return "".join(f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>' for word in words)


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


HEAD = row(text("Indicator", "Month", "Actual"))


def test_percentages_formulas_errors_and_merged_cells_are_seen(
    opendocument: Callable[[str], bytes], declare: Callable[..., Source], read: Reader
) -> None:
    """A percentage is what is shown; a formula, an error or a merged cell is a problem, as in an Excel workbook."""
    rows = (
        HEAD,
        row(
            text("a", "2024-09"),
            '<table:table-cell office:value-type="percentage" office:value="0.955"><text:p>95.5%</text:p></table:table-cell>',
        ),
        row(text("b", "2024-09"), '<table:table-cell table:formula="of:=[.A1]*2" office:value-type="float" office:value="4"/>'),
        row(
            text("c", "2024-09"),
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
            "<text:p>#DIV/0!</text:p></table:table-cell>",
        ),
        row(
            text("d", "2024-09"),
            '<table:table-cell table:number-rows-spanned="2" office:value-type="float" office:value="7"/>',
        ),
        row(text("e", "2024-09"), "<table:covered-table-cell/>"),
        '<table:table-row table:number-rows-repeated="1040000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
    )
    form = read(opendocument("".join(rows)), declare(kpi_refs=("a", "b", "c", "d", "e")))
    assert [str(line.value) for line in form.lines] == ["95.5", "None", "None", "None", "None"]
    assert [(problem.code, problem.cell, problem.found) for problem in form.problems] == [
        ("formula", "C3", '"=[.A1]*2"'),
        ("formula_error", "C4", "#DIV/0!"),
        ("merged_cells", "C5", '"7"'),
        ("merged_cells", "C6", '""'),
    ]


def test_repeated_rows_and_cells_keep_their_places(opendocument: Callable[[str], bytes], source: Source, read: Reader) -> None:
    """A spreadsheet writes equal rows once, with their number: the figure below them still knows its cell."""
    rows = (
        HEAD,
        f'<table:table-row table:number-rows-repeated="3">{text("36", "2024-08", "1")}</table:table-row>',
        row(text("36", "2024-09"), '<table:table-cell office:value-type="percentage" office:value="0.5"/>'),
    )
    (line,) = read(opendocument("".join(rows)), source).lines
    assert (line.value, line.cells["value"], line.row) == (50, "C5", 5)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', Problem.UNSAFE),
        ('<?xml version="1.0"?><unclosed>', Problem.DAMAGED),
        (HEAD + '<table:table-row table:number-rows-repeated="1000000">' + text("x") + "</table:table-row>", Problem.UNSAFE),
        (
            HEAD + row('<table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/>'),
            Problem.UNSAFE,
        ),
        (HEAD + '<table:table-row table:number-rows-repeated="many"/>', Problem.DAMAGED),
        (HEAD + row(text("x" * 11_000_000)), Problem.UNSAFE),
        (HEAD + "</table:table><table:table table:name='Figures'>" + HEAD, Problem.DAMAGED),
    ],
)
def test_hostile_and_broken_spreadsheets_are_refused(
    rows: str, problem: Problem, opendocument: Callable[[str], bytes], source: Source, refused: Refused
) -> None:
    """Entities, bombs and content far out are refused before the spreadsheet is opened."""
    assert refused(opendocument(rows), source).problem is problem


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (Debian: apt-get install libreoffice-calc-nogui)")
def test_what_libreoffice_saves_is_read(
    workbook: Callable[..., bytes], declare: Callable[..., Source], read: Reader, tmp_path: Path
) -> None:
    """A workbook saved by LibreOffice as .ods and as .xls gives its figures; of the .xls the stored fraction, as it shows no more."""
    rows = [
        ["Indicator", "Month", "Actual"],
        ["a", "Sep 2024", 0.955],
        ["b", "Sep 2024", "=1+1"],
        ["c", "Sep 2024", "=1/0"],
        ["d", "Sep 2024", 7],
    ]
    (tmp_path / "visits.xlsx").write_bytes(workbook(rows, formats={"C2": "0.0%"}))
    for target in ("ods", "xls"):
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", target, "visits.xlsx"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    source = declare(kpi_refs=("a", "b", "c", "d"))
    ods = read((tmp_path / "visits.ods").read_bytes(), source)
    assert [str(line.value) for line in ods.lines] == ["95.5", "None", "None", "7"]
    assert [(problem.code, problem.cell) for problem in ods.problems] == [("formula", "C3"), ("formula_error", "C4")]
    xls = read((tmp_path / "visits.xls").read_bytes(), source)
    assert [str(line.value) for line in xls.lines] == ["0.955", "2", "None", "7"]
