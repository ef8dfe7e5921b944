"""Time the spreadsheets of a scorecard beside openpyxl and XlsxWriter writing the same cells, and beside the PDF of the same document.

Usage: bench_sheets.py [KPIS ...]

Each time is the processor time of the median of nine. openpyxl and XlsxWriter write the same sheets, numbers, formats and
marked-up tables by hand: what gptables and our own OpenDocument templates cost and save.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment
from openpyxl.worksheet.table import Table as MarkedUp
from results import record

from pmf.page.book import Book, Entry, book_of
from pmf.page.dataset import render_csv
from pmf.page.document import Cell, Column, Document, Section, Table, bullets, paragraph
from pmf.page.opensheet import render_ods
from pmf.page.pdf import render_pdf
from pmf.page.sheet import render_xlsx
from pmf.status import Status

TEMPLATES = Path(__file__).parents[1] / "include" / "templates"
HEADINGS = (
    "Perspective",
    "KPI",
    "Category",
    "Frequency",
    "Updated",
    "Target",
    "Direction",
    "Now",
    "Before",
    "Change",
    "Status",
    "Trend",
    "Commentary",
)
COMMENT = "Visits settled after the summer peak, as they do every year, and the quarter closed above its target in all but two places."


def scorecard(kpis: int) -> Document:
    """Make a scorecard of 13 columns with notes beside three of them, in three tables of one group."""
    columns = tuple(Column(heading, is_number=heading in ("Target", "Now", "Before")) for heading in HEADINGS)
    rows = [_row(number) for number in range(kpis)]
    tables = [Table(f"Level {start}", columns, tuple(rows[start::3]), group="KPIs") for start in range(3)]
    text = (paragraph(COMMENT), bullets(*[COMMENT] * 10))
    sections = (Section("Summary", text), *(Section(table.caption, (table,)) for table in tables))
    return Document("Scorecard", "Council", "September 2024", (), sections, "Scorecard, September 2024", is_landscape=True)


def _row(number: int) -> tuple[Cell, ...]:
    status = tuple(Status)[number % len(Status)]
    figures = (Cell(f"{number + share}.5%", value=Decimal(f"{number + share}.5"), unit="%") for share in (1, 2, 3))
    target, now, before = figures
    words = (
        Cell("Residents"),
        Cell(f"{number} Number of visits made to library sites"),
        Cell("Local authority"),
        Cell("Monthly"),
        Cell("September 2024"),
    )
    judged = (
        Cell("Improving", note="Improving since September 2023"),
        Cell(status.label, status),
        Cell("Lowest 1, highest 9", note="No clear trend"),
    )
    return (*words, target, Cell("Higher is better"), now, before, *judged, Cell(COMMENT, note="" if number % 5 else "waived"))


def by_openpyxl(book: Book) -> bytes:
    """Write the same cells with openpyxl."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for sheet in book.sheets:
        page = workbook.create_sheet(sheet.name)
        page.append([sheet.title])
        for row in ([Entry(head.words) for head in sheet.heads], *sheet.rows):
            page.append([float(entry.number) if entry.number is not None else entry.words for entry in row])
        for cells in page.iter_rows(min_row=2):
            for cell in cells:
                cell.alignment = wrapped
                if isinstance(cell.value, float):
                    cell.number_format = '#,##0.0"%"'
        page.add_table(MarkedUp(displayName=sheet.name.replace(" ", "_"), ref=f"A2:{cells[-1].coordinate}"))
    result = io.BytesIO()
    workbook.save(result)
    return result.getvalue()


def by_xlsxwriter(book: Book) -> bytes:
    """Write the same cells with XlsxWriter alone."""
    result = io.BytesIO()
    workbook = xlsxwriter.Workbook(result, {"in_memory": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    figures = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": '#,##0.0"%"'})
    for sheet in book.sheets:
        page = workbook.add_worksheet(sheet.name)
        page.write_string(0, 0, sheet.title)
        for number, row in enumerate(sheet.rows, 2):
            for column, entry in enumerate(row):
                if entry.number is None:
                    page.write_string(number, column, entry.words, wrapped)
                else:
                    page.write_number(number, column, float(entry.number), figures)
        options = {
            "name": sheet.name.replace(" ", "_"),
            "autofilter": False,
            "style": None,
            "columns": [{"header": head.words} for head in sheet.heads],
        }
        page.add_table(1, 0, len(sheet.rows) + 1, len(sheet.heads) - 1, options)
    workbook.close()
    return result.getvalue()


def median_ms(make: Callable[[], bytes]) -> tuple[float, int]:
    """Run nine times after one to warm up; give the median of processor times in milliseconds, and the size of the file."""
    size, times = len(make()), []
    for _ in range(9):
        start = time.process_time()
        make()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times), size


def main() -> None:
    """Print a line for each way of writing a scorecard of each size."""
    for kpis in [int(argument) for argument in sys.argv[1:]] or [25, 60]:
        document = scorecard(kpis)
        book = book_of(document)
        ways: dict[str, Callable[[], bytes]] = {
            "Excel, gptables (ours)": lambda document=document: render_xlsx(document),
            "OpenDocument, own templates (ours)": lambda document=document: render_ods(document, templates=TEMPLATES),
            "CSV (ours)": lambda document=document: render_csv(document),
            "Excel, openpyxl, the same cells": lambda book=book: by_openpyxl(book),
            "Excel, XlsxWriter, the same cells": lambda book=book: by_xlsxwriter(book),
            "PDF of the document, for scale": lambda document=document: render_pdf(document, templates=TEMPLATES),
        }
        print(f"\n{kpis} KPIs: {len(book.sheets)} sheets and a cover, {sum(len(row) for sheet in book.sheets for row in sheet.rows)} cells")
        base = median_ms(ways["Excel, openpyxl, the same cells"])[0]
        times: dict[str, float] = {}
        for name, make in ways.items():
            took, size = median_ms(make)
            times[name] = took / 1000
            print(f"  {name:<36} {took:>7.1f} ms {took / base:>6.2f} x openpyxl {size / 1024:>7.1f} kB")
        for peer in ("openpyxl", "XlsxWriter"):
            theirs = times[f"Excel, {peer}, the same cells"]
            record(4, f"a scorecard of {kpis} KPIs as an Excel workbook", ours=times["Excel, gptables (ours)"], peer=peer, theirs=theirs)


if __name__ == "__main__":
    main()
