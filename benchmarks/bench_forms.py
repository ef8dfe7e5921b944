"""Write and read return forms, and let openpyxl do the same in the same run.

Usage: bench_forms.py [NUMBER OF FORMS]. Our reading includes preflight, child process and signature; openpyxl only loads the workbook.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation

from pmf.form.layout import load_layouts
from pmf.form.model import Form, FormRow
from pmf.form.reader import read_forms
from pmf.form.writer import write_form
from pmf.settings import read_settings

KPIS = 20
KEY = b"0" * 32


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


def write_with_openpyxl(asked: Form) -> bytes:
    """Write the same cells, protection and validation with openpyxl."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.protection.sheet = True
    rule = DataValidation(type="decimal", operator="between", formula1="0", formula2="100")
    sheet.add_data_validation(rule)
    for place, row in enumerate(asked.rows, start=6):
        cells = (
            row.kpi_ref,
            row.title,
            row.unit,
            row.direction,
            row.target,
            row.last_value,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            row.method,
        )
        for column, value in enumerate(cells, start=1):
            cell = sheet.cell(place, column, value)
            cell.protection = Protection(locked=value is not None)
        rule.add(f"G{place}")
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def timed(work: Callable[[], object]) -> float:
    """Take the best of three, in seconds."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def main() -> None:
    """Print the times and their ratios."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    layouts = load_layouts(read_settings({}).forms)
    layout = layouts["1"]
    forms = [form(index) for index in range(number)]
    files = [write_form(item, layout=layout, key=KEY) for item in forms]
    ours = timed(lambda: [write_form(item, layout=layout, key=KEY) for item in forms])
    theirs = timed(lambda: [write_with_openpyxl(item) for item in forms])
    print(f"write {number} forms of {KPIS} KPIs: ours {ours:.2f} s, openpyxl {theirs:.2f} s, {theirs / ours:.1f} times faster")
    ours = timed(lambda: read_forms(files, layouts=layouts, key=KEY))
    theirs = timed(lambda: [openpyxl.load_workbook(io.BytesIO(content)) for content in files])
    print(f"read {number} forms of {KPIS} KPIs: ours {ours:.2f} s, openpyxl {theirs:.2f} s, {theirs / ours:.1f} times faster")


if __name__ == "__main__":
    main()
