"""The form of the risk, finance and change panels: the same workbook, other columns, and lines without a figure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from form.conftest import HEAD
from pmf.form.layout import Layout
from pmf.form.model import Kind, PanelForm, PanelRow, Question, ReturnedPanelLine, ReturnedPanels
from pmf.form.reader import read_form
from pmf.form.writer import write_form

Edit = Callable[..., bytes]


def a_row(line_ref: str, panel: str, aim: str, **changes: Any) -> PanelRow:
    values = {"title": f"Something to watch, {line_ref}", "holder": "Head of Libraries", "last_word": "Amber, 12: Talks go on."}
    return PanelRow(**{"line_ref": line_ref, "panel": panel, "aim": aim, "asks_for_figure": panel != "Change"} | values | changes)


FORM = PanelForm(
    **HEAD,
    rows=(
        a_row("R-1", "Risk", "Target score: 8", minimum=Decimal(1), maximum=Decimal(25)),
        a_row("F-1", "Finance", "Budget: £1,250,000"),
        a_row("C-1", "Change", "Due: 31 March 2025"),
    ),
)


@pytest.fixture(scope="module")
def blank(layouts: dict[str, Layout], key: bytes) -> bytes:
    """The form as it is e-mailed."""
    return write_form(FORM, layout=layouts["panels-1"], key=key)


@pytest.fixture
def read(layouts: dict[str, Layout], key: bytes) -> Callable[[bytes], ReturnedPanels]:
    """Read a file that must be a readable return of panels."""

    def read_panels(content: bytes) -> ReturnedPanels:
        result = read_form(content, layouts=layouts, key=key)
        assert isinstance(result, ReturnedPanels), result
        return result

    return read_panels


def test_lines_that_are_unanswered_come_back_with_nothing(blank: bytes, read: Callable[[bytes], ReturnedPanels]) -> None:
    """An untouched form is a readable return of every line, with nothing said and nothing wrong."""
    form = read(blank)
    assert (form.period, form.service_id, form.form_version, form.sheet) == ("2024-07", "libraries", "panels-1", "Panels")
    assert [(line.line_ref, line.row, line.rag, line.figure, line.comment) for line in form.lines] == [
        ("R-1", 6, "", None, ""), ("F-1", 7, "", None, ""), ("C-1", 8, "", None, ""),
    ]  # fmt: skip
    assert form.problems == ()


def test_status_figure_and_comment_come_back_with_their_cells(blank: bytes, edited: Edit, read: Callable[[bytes], ReturnedPanels]) -> None:
    """What was typed is read exactly, a figure with its pound sign and commas too, and every field knows its cell."""
    form = read(edited(blank, {"G6": "red", "H6": 16, "I6": "Costs rose.", "G7": "Green", "H7": "£1,249,999.50"}))
    first, second = form.lines[:2]
    assert first == ReturnedPanelLine(
        line_ref="R-1", row=6, rag="Red", figure=Decimal(16), comment="Costs rose.", cells={"rag": "G6", "amount": "H6", "comment": "I6"}
    )
    assert (second.rag, second.figure) == ("Green", Decimal("1249999.50"))
    assert form.problems == ()


@pytest.mark.parametrize("words", ["TBC", "about a million"])
def test_what_is_no_figure_is_named(blank: bytes, edited: Edit, read: Callable[[bytes], ReturnedPanels], words: str) -> None:
    """Words in the place of a figure are a problem of their cell, and the way out names nothing that the form has not."""
    form = read(edited(blank, {"G7": "Amber", "H7": words, "I7": "Prices rose."}))
    (problem,) = form.problems
    assert (problem.code, problem.cell, problem.kpi_ref, form.lines[1].figure) == ("not_a_number", "H7", "F-1", None)
    assert problem.fix == "Type one number into H7, without words or dates; explanations belong in the comment."


def test_a_project_is_asked_for_no_figure(blank: bytes) -> None:
    """A project's figure is locked and grey; a risk's is held to its scores as it is typed, a budget's to being a number."""
    sheet = load_workbook(BytesIO(blank))["Panels"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert {cell.coordinate for row in sheet for cell in row if not cell.protection.locked} == {
        *("G6", "H6", "I6", "G7", "H7", "I7", "G8", "I8")
    }
    assert (rules["H6"].formula1, rules["H6"].formula2, rules["G6:G8"].formula1) == ("1", "25", '"Red,Amber,Green,Complete"')
    assert sheet["A3"].value == '=SUMPRODUCT(--((G6:G8<>"")*(I6:I8<>"")>0))&" of 3 answered"'
    assert sheet["A1"].value == "Libraries & Archives: risk, finance and change, July 2024"


def test_a_row_that_is_nobodys_is_told_in_words_of_lines(blank: bytes, edited: Edit, read: Callable[[bytes], ReturnedPanels]) -> None:
    """Broken marks and moved references are found as on any form, and spoken of as lines."""
    form = read(edited(blank, {"G6": "Red", "J6": "x", "A7": "R-1"}))
    assert [(problem.code, problem.cell) for problem in form.problems] == [("unknown_row", "A6"), ("mixed_row", "A7")]
    assert form.problems[0].message == 'Row 6 ("R-1") carries the mark of no line of this form, so nothing in it was read.'


def test_the_form_goes_out_again_with_what_was_sent_and_its_questions(
    layouts: dict[str, Layout], key: bytes, read: Callable[[bytes], ReturnedPanels], edited: Edit
) -> None:
    """What was sent is filled in, but no figure where none is asked for; a question marks its cell and takes an answer."""
    cells = {"rag": "G8", "amount": "H8", "comment": "I8"}
    said = ReturnedPanelLine(line_ref="C-1", row=8, rag="Green", figure=Decimal(3), comment="Work has begun.", cells=cells)
    asked = Question(
        query_id="Q-1", kpi_ref="C-1", title="", text="Is it?", fix="Say.", cell_field="rag", is_failing=False, kind=Kind.PANELS
    )
    content = write_form(FORM, layout=layouts["panels-1"], key=key, answers={"C-1": said}, questions=[asked])
    book = load_workbook(BytesIO(content))
    assert book.sheetnames[0] == "Questions"
    assert [book["Panels"][address].value for address in ("G8", "H8", "I8")] == ["Green", None, "Work has begun."]
    assert book["Panels"]["G8"].comment is not None
    answered = edited(content, lambda book: book["Questions"].__setitem__("H8", "It is."))
    assert [(answer.query_id, answer.text) for answer in read(answered).answers] == [("Q-1", "It is.")]


def test_the_same_form_has_the_same_bytes(blank: bytes, layouts: dict[str, Layout], key: bytes) -> None:
    """Written again, the form is the same file."""
    assert write_form(FORM, layout=layouts["panels-1"], key=key) == blank
