"""Scorecards and papers in every format: what is known in depth is printed in all of them, and what is not is said in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from page.reading import (
    cell_text,
    csv_cells,
    docx_text,
    figures,
    html_text,
    numbers,
    ods_cells,
    pdf_text,
    squeezed,
    texts,
    worded,
    xlsx_cells,
)
from pmf.page.dataset import render_csv
from pmf.page.document import Chart, ChartLine, ChartPoint, Document, Table
from pmf.page.opensheet import render_ods
from pmf.page.pdf import render_pdf
from pmf.page.sheet import render_xlsx
from pmf.page.web import render_html
from pmf.page.word import render_docx
from pmf.reporting.criteria import Fill
from pmf.reporting.measure import Measure
from pmf.reporting.paper import committee_paper
from pmf.reporting.scorecard import directorate_scorecard
from pmf.status import Status
from pmf.value import parse_figure
from reporting.samples import COMPARISON, IN_DEPTH, PROFILE, a_kpi, a_measure, a_paper_setting, a_scorecard_setting

TEMPLATES = Path(__file__).resolve().parents[2] / "include" / "templates"
FORMATS = {
    "html": lambda document: html_text(render_html(document, templates=TEMPLATES)),
    "pdf": lambda document: pdf_text(render_pdf(document, templates=TEMPLATES)),
    "docx": lambda document: docx_text(render_docx(document, template=TEMPLATES / "paper.docx")),
}
SPREADSHEETS = {
    "xlsx": lambda document: xlsx_cells(render_xlsx(document)),
    "ods": lambda document: ods_cells(render_ods(document, templates=TEMPLATES)),
    "csv": lambda document: csv_cells(render_csv(document)),
}
CHART = Chart(
    caption="Indicator 1: its chart",
    alt="24 monthly figures, the latest 97. Mean 94, lower limit 89, upper limit 99.",
    points=(ChartPoint(96.0), ChartPoint(None), ChartPoint(97.0, "concerning")),
    lines=(ChartLine("mean", 94.2, 0, 2, "Mean 94"),),
    ticks=((0, "Jul 2024"), (2, "Sep 2024")),
    key=(("concerning", "Unusual, for the worse"),),
)
FILLS = (Fill("Green – better by more than 5%.", "The report gives it no status."),)


def in_depth() -> list[Measure]:
    """A red with everything there is to print, and one of each status with nothing but its status."""
    national = a_kpi("1", has_national_definition="yes")
    red = a_measure(kpi=national, status=Status.RED, recent=(95.0, 97.0), comment="Demand rose. Path to Green: two officers.", **IN_DEPTH)
    other = replace(a_measure("2", Status.RED), chart=replace(CHART, caption="Indicator 2: its chart"))
    return [replace(red, comparisons=(COMPARISON,), chart=CHART), other, *(a_measure(f"N{status}", status) for status in Status)]


def a_card() -> Document:
    return directorate_scorecard(in_depth(), PROFILE.directorates[-1], replace(a_scorecard_setting(), fills=FILLS))


def a_paper() -> Document:
    return committee_paper(in_depth(), a_paper_setting(fills=FILLS))


@pytest.mark.parametrize("read", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("make", [a_card, a_paper])
def test_every_format_prints_all_that_is_told(make: Callable[[], Document], read: Callable[[Document], str]) -> None:
    """Movement, outlook, behaviour, comparison and chart are found letter by letter in every format."""
    document = make()
    printed = read(document)
    assert CHART.alt in [block.alt for section in document.sections for block in section.blocks if isinstance(block, Chart)]
    assert [words for words in texts(document) if squeezed(words) not in printed] == []


@pytest.mark.parametrize("read", SPREADSHEETS.values(), ids=SPREADSHEETS)
@pytest.mark.parametrize("make", [a_card, a_paper])
def test_every_spreadsheet_holds_all_that_is_told(make: Callable[[], Document], read: Callable[[Document], list[Any]]) -> None:
    """Texts are found letter by letter in every spreadsheet, and every figure is a number there, as often as it is printed."""
    document, cells = make(), read(make())
    assert len(figures(document)) > 50
    assert [words for words in worded(document) if squeezed(words) not in cell_text(cells)] == []
    assert not Counter(figures(document)) - Counter(numbers(cells))


@pytest.mark.parametrize("make", [a_card, a_paper])
def test_every_figure_is_the_number_that_is_printed(make: Callable[[], Document]) -> None:
    """A cell's number is what its text prints: a text that is one figure has it as its number, and no other text has one."""
    tables = [block for section in make().sections for block in section.blocks if isinstance(block, Table)]
    cells = [cell for table in tables for row in table.rows for cell in row]
    printed_alone = [cell for cell in cells if re.fullmatch(r"(\[f\] )?−?£?[\d,]+(\.\d+)?%?", cell.text)]
    assert [cell for cell in printed_alone if cell.value != parse_figure(cell.text.removeprefix("[f]"))] == []
    assert [cell for cell in cells if cell.value is not None and cell not in printed_alone and cell.text != "-"] == []
    assert {cell.unit for cell in cells if "%" in cell.text and cell.value is not None} <= {"%"}


@pytest.mark.parametrize("make", [a_card, a_paper])
def test_colour_icon_and_arrow_never_stand_alone(make: Callable[[], Document]) -> None:
    """A cell with a status, an icon or an arrow has words that say as much; no cell of a table is empty but a commentary."""
    tables = [block for section in make().sections for block in section.blocks if isinstance(block, Table)]
    cells = [(column.heading, cell) for table in tables for row in table.rows for column, cell in zip(table.columns, row, strict=True)]
    assert [cell for heading, cell in cells if not cell.text and heading != "Commentary"] == []
    assert [cell for _, cell in cells if cell.status and cell.status.label not in cell.text] == []


@pytest.mark.parametrize("make", [a_card, a_paper])
def test_what_is_null_is_never_printed_as_none(make: Callable[[], Document]) -> None:
    """Rows from before there was movement, outlook or behaviour print no "None"; the word stands only where nobody said anything."""
    meant = {"None", "None supplied."}
    assert [words for words in texts(make()) if "None" in words and words not in meant] == []
