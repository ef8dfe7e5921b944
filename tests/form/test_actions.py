"""The form of Corporate Plan Actions: the same workbook, other columns."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook

from pmf.form.layout import Layout
from pmf.form.model import ActionForm, Form, Problem, ReturnedActions, ReturnedForm, Unreadable
from pmf.form.reader import read_form, read_forms
from pmf.form.writer import write_form

Edit = Callable[..., bytes]
Read = Callable[[bytes], ReturnedActions]


def test_actions_that_are_unanswered_come_back_with_empty_texts(blank_actions: bytes, returned_actions: Read) -> None:
    """An untouched form is a readable return of every action, with nothing said and nothing wrong."""
    form = returned_actions(blank_actions)
    assert (form.period, form.service_id, form.form_version, form.sheet) == ("2025-26-Q1", "libraries", "actions-1", "Actions")
    assert [(line.action_ref, line.row, line.update, line.rag, line.impact) for line in form.lines] == [
        ("12", 6, "", "", ""), ("14b", 7, "", "", ""), ("21", 8, "", "", ""),
    ]  # fmt: skip
    assert form.problems == ()


def test_update_status_and_impact_come_back_with_their_cells(blank_actions: bytes, edited: Edit, returned_actions: Read) -> None:
    """What was typed is read, the status as the form offers it, and every field knows its cell."""
    form = returned_actions(edited(blank_actions, {"G6": "Works began.\nTender in May.", "H6": "not started", "I6": 5}))
    first = form.lines[0]
    assert (first.update, first.rag, first.impact) == ("Works began.\nTender in May.", "Not started", "5")
    assert first.cells == {"update": "G6", "rag": "H6", "impact": "I6"}
    assert form.problems == ()


def test_a_status_outside_the_list_is_named_with_the_list(blank_actions: bytes, edited: Edit, returned_actions: Read) -> None:
    """A word the form does not offer is no status: its cell is named, and what may stand there is told."""
    form = returned_actions(edited(blank_actions, {"G7": "Done", "H7": "Blue"}))
    assert (form.lines[1].update, form.lines[1].rag) == ("Done", "")
    (problem,) = form.problems
    assert (problem.code, problem.sheet, problem.cell, problem.field, problem.kpi_ref) == ("not_a_choice", "Actions", "H7", "rag", "14b")
    assert problem.message == 'H7 says "Blue"; only one of these words can stand there: Red, Amber, Green, Complete, Not started.'


def test_the_status_is_chosen_from_a_list(blank_actions: bytes) -> None:
    """Excel offers the words; update and impact are free text; all three have a prompt."""
    sheet = load_workbook(BytesIO(blank_actions))["Actions"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert (rules["H6:H8"].type, rules["H6:H8"].formula1) == ("list", '"Red,Amber,Green,Complete,Not started"')
    assert [area for area, rule in rules.items() if rule.prompt] == ["G6:G8", "H6:H8", "I6:I8"]
    assert {cell.coordinate for row in sheet for cell in row if not cell.protection.locked} == {f"{c}{r}" for c in "GHI" for r in (6, 7, 8)}


def test_an_action_counts_as_answered_with_update_and_status(blank_actions: bytes) -> None:
    """The count at the top waits for both; an impact is not always known."""
    sheet = load_workbook(BytesIO(blank_actions))["Actions"]
    assert sheet["A3"].value == '=SUMPRODUCT(--((G6:G8<>"")*(H6:H8<>"")>0))&" of 3 answered"'
    assert sheet["A1"].value == "Libraries & Archives: Corporate Plan Actions, Quarter 1 2025-26"
    assert [sheet[f"{column}6"].value for column in "ADEF"] == [
        "12", "Improve the quality of life", "31 March 2026", "Green: planning permission for the first phase was given in May.",
    ]  # fmt: skip


def test_a_row_that_is_nobodys_is_told_in_words_of_actions(blank_actions: bytes, edited: Edit, returned_actions: Read) -> None:
    """Broken marks, moved references and repeated rows are found as on any form, and spoken of as actions."""
    form = returned_actions(edited(blank_actions, {"G6": "Done", "J6": "x", "A7": "12", "G12": "Something else"}))
    assert [(problem.code, problem.cell) for problem in form.problems] == [
        ("unknown_row", "A6"), ("mixed_row", "A7"), ("unknown_row", "A12"),
    ]  # fmt: skip
    assert [line.action_ref for line in form.lines] == ["21"]
    assert {"action" in problem.message and "indicator" not in problem.message for problem in form.problems} == {True}


def test_forms_of_both_kinds_are_read_in_one_batch(filled: bytes, blank_actions: bytes, layouts: dict[str, Layout], key: bytes) -> None:
    """The signed version says which kind a form is."""
    kinds = [type(result) for result in read_forms([filled, blank_actions, b"", filled], layouts=layouts, key=key)]
    assert kinds == [ReturnedForm, ReturnedActions, Unreadable, ReturnedForm]


def test_a_row_of_kpis_is_no_row_of_actions(
    blank_actions: bytes, edited: Edit, returned_actions: Read, layout: Layout, key: bytes, new_form: Callable[..., Form],
    new_row: Callable[..., object],
) -> None:  # fmt: skip
    """The mark of a KPI that happens to have an action's reference, period and service is not the action's."""
    twin = write_form(new_form(period="2025-26-Q1", rows=(new_row("12"),)), layout=layout, key=key)
    mark = load_workbook(BytesIO(twin))["Return"]["P6"].value
    assert mark.startswith("12.")
    assert [problem.code for problem in returned_actions(edited(blank_actions, {"J6": mark})).problems] == ["unknown_row"]


@pytest.mark.parametrize(("address", "value"), [("B1", "1"), ("B3", "2025-26-Q2"), ("B5", "12 14b")])
def test_the_kind_the_quarter_and_the_actions_are_signed(
    blank_actions: bytes, edited: Edit, layouts: dict[str, Layout], key: bytes, address: str, value: str
) -> None:
    """A form of actions passed off as one of KPIs, of another quarter or of fewer actions is refused as a whole."""
    result = read_form(edited(blank_actions, lambda book: book["_meta"].__setitem__(address, value)), layouts=layouts, key=key)
    assert isinstance(result, Unreadable)
    assert result.problem is Problem.BAD_SIGNATURE


def test_a_form_of_actions_goes_out_again_with_what_was_sent(
    blank_actions: bytes,
    edited: Edit,
    returned_actions: Read,
    layouts: dict[str, Layout],
    key: bytes,
    new_action_form: Callable[..., ActionForm],
) -> None:
    """A return that was queried comes back to its officer filled in, except for the words the form does not offer."""
    sent = returned_actions(edited(blank_actions, {"G6": "=not a formula", "H6": "Red", "I7": "More visitors", "H8": "Purple"}))
    again = write_form(new_action_form(), layout=layouts["actions-1"], key=key, answers={line.action_ref: line for line in sent.lines})
    assert returned_actions(again).lines == sent.lines
    assert load_workbook(BytesIO(again), data_only=True)["Actions"]["A3"].value == "0 of 3 answered"
