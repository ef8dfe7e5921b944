"""The intervention form as a workbook: written, filled in, read back, and what is refused."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from pmf.form.item import ItemRow
from pmf.form.layout import Layout, LayoutError, load_layout, load_layouts
from pmf.form.model import InterventionForm, Question, ReturnedIntervention, Unreadable
from pmf.form.reader import read_form
from pmf.form.writer import write_form
from pmf.page.archive import rezip
from pmf.settings import read_settings

FORMS = read_settings({}).forms
LAYOUT = load_layout(FORMS, "intervention-1")
KEY = b"k" * 32
FORM = InterventionForm(
    organisation="huntingdonshire",
    organisation_name="Huntingdonshire District Council",
    period="2025-06",
    period_label="PI-09 Households in temporary accommodation, June 2025",
    service_id="housing",
    service_name="Housing",
    deadline=datetime(2025, 7, 16, 17, tzinfo=UTC),
    contact="performance@example.org",
    created=datetime(2025, 7, 11, 7, tzinfo=UTC),
    rows=(
        ItemRow(item_ref="PI-09-2025-06:cause", title="What has caused it", known="Actual 138.", answer="=1+1 is what it looks like."),
        ItemRow(item_ref="PI-09-2025-06:2025-07", title="Month 1", known="Target 110.", answer=""),
    ),
)


def written() -> bytes:
    return write_form(FORM, layout=LAYOUT, key=KEY)


def read_back(content: bytes) -> ReturnedIntervention | Unreadable:
    read = read_form(content, layouts=load_layouts(FORMS), key=KEY)
    assert isinstance(read, ReturnedIntervention | Unreadable)
    return read


def typed(content: bytes, cell: str, value: str) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    workbook[LAYOUT.form_sheet][cell] = value
    saved = io.BytesIO()
    workbook.save(saved)
    return rezip(saved.getvalue())


def test_what_goes_out_comes_back() -> None:
    """Each item is read with the answer that stands beside it, those filled in beforehand too, as text and never as a formula."""
    read = read_back(typed(written(), f"C{LAYOUT.first_row + 1}", "Yes. Two more homes."))
    assert isinstance(read, ReturnedIntervention)
    assert [(line.item_ref, line.answer) for line in read.lines] == [
        ("PI-09-2025-06:cause", "=1+1 is what it looks like."),
        ("PI-09-2025-06:2025-07", "Yes. Two more homes."),
    ]
    assert (read.organisation, read.period, read.service_id, read.problems) == ("huntingdonshire", "2025-06", "housing", ())


def test_the_same_form_gives_the_same_bytes() -> None:
    """Writing it twice gives one file."""
    assert written() == written()


def test_a_row_of_another_form_is_a_problem() -> None:
    """A row whose hidden reference was typed over is named and not read."""
    read = read_back(typed(written(), f"D{LAYOUT.first_row}", "PI-10-2025-06:cause"))
    assert isinstance(read, ReturnedIntervention)
    assert [line.item_ref for line in read.lines] == ["PI-09-2025-06:2025-07"]
    assert [problem.code for problem in read.problems] == ["mixed_row"]


def test_a_title_can_be_seen() -> None:
    """What the form is stands in a column that is shown: the hidden ones hold marks alone."""
    sheet = openpyxl.load_workbook(io.BytesIO(written()))[LAYOUT.form_sheet]
    assert sheet["A1"].value == "Housing: KPI Intervention Form, PI-09 Households in temporary accommodation, June 2025"
    assert [(column.min, column.max) for column in sheet.column_dimensions.values() if column.hidden] == [(4, 5)]


def test_it_goes_out_without_questions() -> None:
    """An intervention form has no sheet of questions, and every other form needs one."""
    question = Question(query_id="Q-1", kpi_ref="", title="", text="", fix="", cell_field=None, is_failing=False)
    with pytest.raises(ValueError, match="goes out without questions"):
        write_form(FORM, layout=LAYOUT, key=KEY, questions=[question])


def test_a_layout_without_questions_is_refused_elsewhere(tmp_path: Path) -> None:
    """A form of KPIs whose table has no sheet of questions is refused, naming the field."""
    folder = tmp_path
    table = yaml.safe_load((FORMS / "v1.yaml").read_text(encoding="utf-8"))
    del table["questions"]
    (folder / "v1.yaml").write_text(yaml.safe_dump(table), encoding="utf-8")
    with pytest.raises(LayoutError, match="questions: a form of kpis needs sheet of questions"):
        load_layout(folder, "1")
    assert isinstance(load_layout(FORMS, "intervention-1"), Layout)
