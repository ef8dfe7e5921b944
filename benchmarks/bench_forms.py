"""Write and read return forms, and let openpyxl do the same in the same run.

Usage: bench_forms.py [NUMBER OF FORMS ...], by default 15 (a council's month) and 1,000.

Writing, openpyxl makes the same workbook: cells, formats, widths, protection and validations, without our signatures and
heights. Reading, it only loads the workbook; ours checks the file, opens it in a child process, proves its signatures and
reads every cell. What one file costs when it is the only one is printed apart: it is the child's start.
"""

from __future__ import annotations

import copy
import io
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import NamedStyle
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from results import ask, record

from pmf.form.layout import load_layouts
from pmf.form.model import Form, FormRow
from pmf.form.reader import read_forms
from pmf.form.writer import write_form
from pmf.settings import read_settings

KPIS = 20
KEY = b"0" * 32
_FORMATS = ("font", "fill", "border", "alignment", "protection")


def form(number: int) -> Form:
    """Make a form of twenty KPIs."""
    rows = tuple(
        FormRow(
            kpi_ref=f"K{place}",
            title=f"Illustrative indicator {place} of service {number}",
            unit="%",
            direction="Higher is better",
            target="95%",
            last_period="August 2024",
            last_value="93.1%",
            method="Count what was done in time and divide by all that was due.",
            needs_numerator=True,
        )
        for place in range(KPIS)
    )
    moment = datetime(2024, 10, 1, 7, tzinfo=UTC)
    return Form(
        organisation="illustrative",
        organisation_name="Illustrative Council",
        period="2024-09",
        period_label="September 2024",
        service_id=f"service-{number}",
        service_name=f"Service {number}",
        deadline=moment,
        contact="performance@council.example",
        created=moment,
        rows=rows,
    )


@dataclass(frozen=True)
class Model:
    """A workbook taken apart: its sheets, and the style of each cell by a number."""

    sheets: list[Worksheet]
    styles: dict[int, dict[str, Any]]


def take_apart(content: bytes) -> Model:
    """Take a workbook apart for ``write_with_openpyxl``."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    cells = {cell.style_id: cell for sheet in workbook.worksheets for row in sheet for cell in row}
    styles = {number: {name: copy.copy(getattr(cell, name)) for name in _FORMATS} for number, cell in cells.items()}
    return Model(workbook.worksheets, styles)


def write_with_openpyxl(model: Model) -> bytes:
    """Make the same workbook with openpyxl, cell by cell, with named styles, which is its fastest way."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, style in model.styles.items():
        workbook.add_named_style(NamedStyle(name=f"style {number}", **style))
    for sheet in model.sheets:
        _write_sheet(workbook.create_sheet(sheet.title), sheet)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def _write_sheet(sheet: Worksheet, model: Worksheet) -> None:
    sheet.protection.sheet, sheet.sheet_state, sheet.freeze_panes = True, model.sheet_state, model.freeze_panes
    for letters, column in model.column_dimensions.items():
        sheet.column_dimensions[letters].width = column.width
    for rule in model.data_validations.dataValidation:
        sheet.add_data_validation(rule)
    for row in model:
        for cell in row:
            if cell.has_style or cell.value is not None:
                sheet.cell(cell.row, cell.column, cell.value).style = f"style {cell.style_id}"


def timed(work: Callable[[], object], *, repeats: int) -> float:
    """Take the median of some runs, in seconds."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def compare(what: str, number: int, ours: Callable[[], Any], theirs: Callable[[], Any], *, at_least: float | None) -> None:
    """Record the times of both; few forms are timed more often, as they are over in no time."""
    repeats = 9 if number < 100 else 3
    times = [timed(work, repeats=repeats) for work in (ours, theirs)]
    record(4, f"{what} {number:,} forms of {KPIS} KPIs", ours=times[0], peer="openpyxl", theirs=times[1], at_least=at_least)


def main() -> None:
    """Print the times and their ratios."""
    layouts = load_layouts(read_settings({}).forms)
    for number in [int(argument) for argument in sys.argv[1:]] or [15, 1000]:
        forms = [form(index) for index in range(number)]
        files = [write_form(item, layout=layouts["1"], key=KEY) for item in forms]
        model = take_apart(files[0])
        compare(
            "writing",
            number,
            lambda forms=forms: [write_form(item, layout=layouts["1"], key=KEY) for item in forms],
            lambda forms=forms, model=model: [write_with_openpyxl(model) for _ in forms],
            at_least=2,
        )
        compare(
            "reading",
            number,
            lambda files=files: read_forms(files, layouts=layouts, key=KEY),
            lambda files=files: [openpyxl.load_workbook(io.BytesIO(content)) for content in files],
            at_least=3 if number >= 100 else None,  # of few forms it is the start of the reading process that is timed
        )
    alone = timed(lambda: read_forms(files[:1], layouts=layouts, key=KEY), repeats=10)
    print(f"read one form alone: {alone * 1000:.0f} ms, nearly all of it the start of the reading process")
    limits: dict[str, Callable[[], object]] = {
        "pandas with calamine": lambda: pd.read_excel(io.BytesIO(files[0]), sheet_name=None, header=None, engine="calamine"),
        "calamine without any check": lambda: CalamineWorkbook.from_filelike(io.BytesIO(files[0])).get_sheet_by_index(0).to_python(),
        "unpacking the file": lambda: [
            zipfile.ZipFile(io.BytesIO(files[0])).read(name) for name in zipfile.ZipFile(io.BytesIO(files[0])).namelist()
        ],
        "openpyxl, read only": lambda: [list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(files[0]), read_only=True)],
    }
    each = timed(lambda: read_forms(files, layouts=layouts, key=KEY), repeats=3) / len(files)
    what = f"reading a form, one of {len(files):,}"
    for peer, work in limits.items():
        record(4, what, ours=each, peer=peer, theirs=timed(work, repeats=51))
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(files[0])
        file.flush()
        if told := ask("reading", file.name):
            record(4, what, ours=each, peer="fastexcel without any check", theirs=told["seconds"])


if __name__ == "__main__":
    main()
