"""Officers of the sample: what is typed into a form stands in it as an officer's typing would."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from pmf.demo.officers import fill_in
from pmf.demo.sample import load_sample
from pmf.form.layout import FieldName, Layout, load_layout, load_layouts
from pmf.form.model import Form, FormRow, ReturnedForm
from pmf.form.reader import read_form
from pmf.form.writer import write_form
from pmf.period import Month
from pmf.settings import read_settings

SETTINGS = read_settings({})
KEY = bytes(32)
NO_LINES = dict.fromkeys((FieldName.VALUE, FieldName.COMMENT), "")


@pytest.fixture(scope="module")
def layout() -> Layout:
    return load_layout(SETTINGS.forms, "1")


@pytest.fixture(scope="module")
def form(layout: Layout) -> bytes:
    at = datetime(2024, 5, 9, 16, tzinfo=UTC)
    shared = {"unit": "%", "direction": "", "target": "", "last_period": "", "last_value": "", "method": "", "needs_numerator": True}
    rows = tuple(FormRow(kpi_ref=ref, title=f"Things of {ref}", **shared) for ref in ("36", "37"))
    names = {"organisation": "fenshire", "organisation_name": "Fenshire", "period": "2024-04", "period_label": "April 2024"}
    service = {"service_id": "libraries", "service_name": "Libraries", "contact": "team@fenshire.example.org"}
    return write_form(Form(**names, **service, deadline=at, created=at, rows=rows), layout=layout, key=KEY)


def read(content: bytes) -> ReturnedForm:
    returned = read_form(content, layouts=load_layouts(SETTINGS.forms), key=KEY)
    assert isinstance(returned, ReturnedForm)
    return returned


def test_numbers_are_typed_as_numbers_and_words_as_words(form: bytes, layout: Layout) -> None:
    """A plain number becomes a number, "95%" and "see email" stay what they are, comments are text even when they look like figures."""
    typed = {FieldName.VALUE: "1,234.5", FieldName.NUMERATOR: "see email", FieldName.DENOMINATOR: "95%", FieldName.COMMENT: "2024"}
    sheet = openpyxl.load_workbook(io.BytesIO(fill_in(form, {"36": typed}, layout=layout)))[layout.form_sheet]
    columns = {field: column.number for field, column in layout.by_field.items()}
    row = next(row for row in range(layout.first_row, 50) if sheet.cell(row, columns[FieldName.KPI_REF]).value == "36")
    assert [sheet.cell(row, columns[field]).value for field in typed] == [1234.5, "see email", "95%", "2024"]


def test_what_is_typed_is_read_back_beside_its_indicator(form: bytes, layout: Layout) -> None:
    """Each line lands in its own indicator's row; an indicator without a line, and an empty text, leave the cells empty."""
    lines = {"37": {FieldName.VALUE: "7", FieldName.FORECAST: "", FieldName.COMMENT: "Said."}, "99": {FieldName.VALUE: "1"}}
    first, second = read(fill_in(form, lines, layout=layout)).lines
    assert (first.kpi_ref, first.value, first.comment) == ("36", None, "")
    assert (second.kpi_ref, second.value, second.forecast, second.comment) == ("37", Decimal(7), None, "Said.")


def test_the_same_typing_gives_the_same_bytes(form: bytes, layout: Layout) -> None:
    """Filling in the same form with the same lines twice makes one file, so that sending it again is recognised."""
    lines = {"36": NO_LINES | {FieldName.VALUE: "5"}}
    assert fill_in(form, lines, layout=layout) == fill_in(form, lines, layout=layout)
    assert fill_in(form, lines, layout=layout) != fill_in(form, {"36": NO_LINES | {FieldName.VALUE: "6"}}, layout=layout)


class TestSample:
    """The shipped sample."""

    sample = load_sample(Path(SETTINGS.organisations / "cambridgeshire"))

    def test_six_months_in_order(self) -> None:
        """The sample runs from April to September 2024."""
        assert self.sample.months == tuple(Month(2024, 4).up_to(Month(2024, 9)))

    def test_a_mistake_changes_its_cells_and_nothing_else(self) -> None:
        """What is typed first differs from the right return in the incident's cells alone, and only for its service and month."""
        june = Month(2024, 6)
        right, typed = self.sample.lines[june], self.sample.first_typed(june, "childrens-social-care")
        different = {(ref, field) for ref, line in typed.items() for field, text in line.items() if text != right[ref][field]}
        assert different == {("CEF-04", FieldName.NUMERATOR)}
        assert self.sample.first_typed(june, "libraries") == right

    def test_only_what_is_corrected_is_corrected(self) -> None:
        """May's incident stands; June's and July's are corrected, in the order of their moments."""
        assert [item.id for item in self.sample.corrections(Month(2024, 5))] == []
        assert [item.id for item in self.sample.corrections(Month(2024, 7))] == ["july-highways-pasted-export"]
