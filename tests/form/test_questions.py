"""A form sent back with questions: what the service sees, and what is read of its answers."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pmf.form.cell import clean_text
from pmf.form.item import Answer
from pmf.form.layout import Layout
from pmf.form.model import ActionForm, CellProblem, Form, FormRow, Question, ReturnedActions, ReturnedForm
from pmf.form.reader import read_form
from pmf.form.writer import write_form

Edit = Callable[..., bytes]
Read = Callable[[bytes], ReturnedForm]
FIRST, MARK = 8, 9


def question(query_id: str, kpi_ref: str, cell_field: str | None, **changes: Any) -> Question:
    values = {
        "title": f"Title of {kpi_ref}",
        "text": f"KPI {kpi_ref} is above 100%, the most its template calls plausible.",
        "fix": "Check the figure and correct it.",
        "is_failing": True,
    }
    return Question(**{**values, "query_id": query_id, "kpi_ref": kpi_ref, "cell_field": cell_field, **changes})


QUESTIONS = (
    question("Q-7F3K2A", "36", "value"),
    question("Q-9ZK4M1", "36", "numerator"),
    question("Q-22PQ0C", "41", "comment", is_failing=False),
    question("Q-11AA0D", "7a", None),
    question("Q-000001", "", None, title="The file july.xlsx"),
    question("Q-000002", "999", "value"),
)
IDS = [item.query_id for item in QUESTIONS]


@pytest.fixture(scope="module")
def asked(form: Form, layout: Layout, key: bytes) -> bytes:
    """The form sent back with six questions."""
    return write_form(form, layout=layout, key=key, questions=QUESTIONS)


@pytest.fixture(scope="module")
def asked_actions(new_action_form: Callable[..., ActionForm], layouts: dict[str, Layout], key: bytes) -> bytes:
    """A form of actions sent back with two questions."""
    questions = (question("Q-00000A", "12", "update"), question("Q-00000B", "21", "rag"))
    return write_form(new_action_form(), layout=layouts["actions-1"], key=key, questions=questions)


def answering(content: bytes, edit: Callable[[Worksheet], None] | dict[str, Any], *, form_cells: dict[str, Any] | None = None) -> bytes:
    """Open the workbook, type into its sheet of questions (and into the form), save it."""
    workbook = load_workbook(BytesIO(content))
    if callable(edit):
        edit(workbook["Questions"])
    else:
        for address, value in edit.items():
            workbook["Questions"][address] = value
    for address, value in (form_cells or {}).items():
        workbook["Return"][address] = value
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def codes(problems: tuple[CellProblem, ...]) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.sheet, problem.cell) for problem in problems]


def test_the_same_questions_give_the_same_bytes(asked: bytes, form: Form, layout: Layout, key: bytes) -> None:
    """A form sent back again with the same questions is the same file."""
    assert write_form(form, layout=layout, key=key, questions=list(QUESTIONS)) == asked


def test_the_questions_are_what_is_seen_first(asked: bytes) -> None:
    """The sheet of questions comes first and is open, at the first answer; the guide and the form follow."""
    workbook = load_workbook(BytesIO(asked))
    assert workbook.sheetnames == ["Questions", "How to fill this in", "Return", "_meta"]
    assert workbook.active is workbook["Questions"]
    assert workbook["Questions"].sheet_view.selection[-1].activeCell == "H8"


def test_each_question_says_what_it_is_about_what_was_found_and_what_to_do(asked: bytes) -> None:
    """A row for each question, those about no row of the form too, with a link to the cell it is about."""
    sheet = load_workbook(BytesIO(asked))["Questions"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST, max_row=13, max_col=8)]
    assert rows[0] == [
        "Q-7F3K2A",
        "Not used until it is put right",
        "36",
        "Title of 36",
        "KPI 36 is above 100%, the most its template calls plausible.",
        "Check the figure and correct it.",
        "Go to cell G6",
        None,
    ]
    assert rows[2][1] == "Used as it is; please check"
    assert [row[6] for row in rows] == [
        "Go to cell G6", "Go to cell H6", "Go to cell L8", "Go to row 9", "No row of this form", "No row of this form",
    ]  # fmt: skip
    assert [row[2] for row in rows[3:]] == ["7a", "The form", "999"]
    assert {cell: link.location for row in sheet["G8:G13"] for cell, link in [(row[0].coordinate, row[0].hyperlink)] if link} == {
        "G8": "'Return'!G6", "G9": "'Return'!H6", "G10": "'Return'!L8", "G11": "'Return'!A9",
    }  # fmt: skip


def test_only_the_answers_are_open_on_the_sheet_of_questions(asked: bytes) -> None:
    """Answers are yellow, unlocked and prompted for; everything else is locked but can be selected; the mark is hidden."""
    sheet = load_workbook(BytesIO(asked))["Questions"]
    assert {cell.coordinate for row in sheet for cell in row if not cell.protection.locked} == {f"H{row}" for row in range(8, 14)}
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), "Say why it is right" in str(rule.prompt)) == ("H8:H13", True)
    assert sheet.protection.sheet
    assert not sheet.protection.selectLockedCells
    assert sheet.column_dimensions["I"].hidden


def test_cells_in_question_are_marked_by_more_than_colour(asked: bytes) -> None:
    """A cell in question has a thick border, a note with the question, and its address stands under the title, which stays in view."""
    sheet = load_workbook(BytesIO(asked))["Return"]
    thick = {cell.coordinate for row in sheet for cell in row if cell.border.left.style == "thick"}
    noted = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert thick == noted.keys() == {"G6", "H6", "L8", "A9"}
    assert "Question Q-7F3K2A: KPI 36 is above 100%" in noted["G6"]
    assert "What to do: Check the figure and correct it." in noted["G6"]
    assert 'answer on the sheet "Questions"' in noted["G6"]
    assert sheet["B6"].value.endswith("\nCheck cell G6: question Q-7F3K2A\nCheck cell H6: question Q-9ZK4M1")
    assert sheet["B9"].value.endswith("\nCheck row 9: question Q-11AA0D")
    assert "Check" not in sheet["B7"].value
    assert not sheet["G6"].protection.locked


def test_a_figure_from_elsewhere_can_be_in_question(
    new_form: Callable[..., Form], new_row: Callable[..., FormRow], layout: Layout, key: bytes, returned: Read
) -> None:
    """Its cell is marked and stays locked; the question is answered beside it."""
    form = new_form(rows=(new_row("220", figure_source="Comes from the waste contractor's system"),))
    content = write_form(form, layout=layout, key=key, questions=[question("Q-7F3K2A", "220", "value")])
    sheet = load_workbook(BytesIO(content))["Return"]
    assert (sheet["G6"].border.left.style, sheet["G6"].protection.locked) == ("thick", True)
    sent = returned(answering(content, {"H8": "The contractor counted a week twice."}))
    assert [(answer.query_id, answer.text) for answer in sent.answers] == [("Q-7F3K2A", "The contractor counted a week twice.")]
    assert sent.problems == ()


def test_answers_come_back_with_figures(asked: bytes, returned: Read) -> None:
    """Answers are read with their cells, empty ones are none, and figures are read as from any form."""
    sent = returned(answering(asked, {"H8": "It is right:\nwe opened two more.", "H10": 12, "H12": "  "}, form_cells={"G6": 97.5}))
    assert sent.answers == (
        Answer(query_id="Q-7F3K2A", text="It is right:\nwe opened two more.", sheet="Questions", cell="H8"),
        Answer(query_id="Q-22PQ0C", text="12", sheet="Questions", cell="H10"),
    )
    assert (str(sent.lines[0].value), sent.problems) == ("97.5", ())


def test_an_untouched_form_answers_nothing(asked: bytes, returned: Read) -> None:
    """Sent back as it went out, there are no answers and no problems."""
    sent = returned(asked)
    assert (sent.answers, sent.problems, len(sent.lines)) == ((), (), 5)


def test_actions_are_asked_about_in_the_same_way(asked_actions: bytes, returned_actions: Callable[[bytes], ReturnedActions]) -> None:
    """A form of actions comes with questions too, and its answers come back."""
    sheet = load_workbook(BytesIO(asked_actions))["Questions"]
    assert (sheet["C7"].value, sheet["G8"].value, sheet["G9"].value) == ("Action", "Go to cell G6", "Go to cell H8")
    sent = returned_actions(answering(asked_actions, {"H9": "Amber is right."}))
    assert [(answer.query_id, answer.text) for answer in sent.answers] == [("Q-00000B", "Amber is right.")]


def test_a_form_without_questions_has_none(blank: bytes, asked: bytes, edited: Edit, returned: Read) -> None:
    """Nothing of questions is in an ordinary form; its rows carry the marks they carry in one with questions."""
    ordinary, other = load_workbook(BytesIO(blank)), load_workbook(BytesIO(asked))
    assert ordinary.sheetnames == ["How to fill this in", "Return", "_meta"]
    assert [ordinary["Return"][f"P{row}"].value for row in range(6, 11)] == [other["Return"][f"P{row}"].value for row in range(6, 11)]
    assert returned(edited(blank, lambda book: book.create_sheet("Questions"))).answers == ()


@pytest.mark.parametrize("name", ["test id changed", "question added", "questions left out"])
def test_the_questions_are_part_of_what_is_signed(name: str, asked: bytes, layouts: dict[str, Layout], key: bytes) -> None:
    """Another list of questions in the hidden sheet is a broken signature."""
    workbook = load_workbook(BytesIO(asked))
    meta = workbook["_meta"]
    (cell,) = [row[1] for row in meta.iter_rows() if row[0].value == "questions"]
    cell.value = {"test id changed": "Q-7F3K2B", "question added": f"{cell.value} Q-7F3K2B", "questions left out": ""}[name]
    saved = BytesIO()
    workbook.save(saved)
    assert getattr(read_form(saved.getvalue(), layouts=layouts, key=key), "problem", None) == "bad_signature"


def test_rows_may_be_moved(asked: bytes, returned: Read) -> None:
    """Questions sorted or moved with their hidden marks are answered all the same."""

    def move(sheet: Worksheet) -> None:
        sheet["H8"] = "The first."
        sheet.move_range("A8:I8", rows=10)

    assert [(answer.query_id, answer.cell) for answer in returned(answering(asked, move)).answers] == [("Q-7F3K2A", "H18")]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"H8": "=1+1"}, ("answer_unreadable", "Questions", "H8")),
        ({"A8": "Q-9ZK4M1", "H8": "x"}, ("mixed_question", "Questions", "A8")),
        ({"I8": None, "H8": "x"}, ("unknown_question", "Questions", "A8")),
        ({"I8": "Q-7F3K2A.0000000000000000", "H8": "x"}, ("unknown_question", "Questions", "A8")),
        ({"H30": "A question of ours"}, ("unknown_question", "Questions", "A30")),
        (lambda sheet: sheet.merge_cells("H8:H9"), ("answer_unreadable", "Questions", "H8")),
        (lambda sheet: sheet.delete_cols(2), ("no_questions", "Questions", "A1")),
        (lambda sheet: setattr(sheet, "title", "Answers"), ("no_questions", "Questions", "A1")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_of_its_row(edit: Any, expected: tuple[str, str, str], asked: bytes, returned: Read) -> None:
    """Formulas, merged cells, broken marks and ids, and a sheet that is gone: never a guess, and the figures are read."""
    sent = returned(answering(asked, edit, form_cells={"G6": 97.5}))
    assert expected in codes(sent.problems)
    assert {problem.field for problem in sent.problems} == {"answer"}
    assert "Q-7F3K2A" not in {answer.query_id for answer in sent.answers}
    assert str(sent.lines[0].value) == "97.5"


def test_a_repeated_question_is_answered_by_none_of_its_rows(asked: bytes, returned: Read) -> None:
    """Two rows with the same mark and two answers: which one counts cannot be told."""

    def copy(sheet: Worksheet) -> None:
        for column in range(1, 10):
            sheet.cell(20, column).value = sheet.cell(FIRST, column).value
        sheet["H8"], sheet["H20"] = "yes", "no"

    sent = returned(answering(asked, copy))
    assert codes(sent.problems) == [("repeated_question", "Questions", "A8"), ("repeated_question", "Questions", "A20")]
    assert sent.answers == ()


def test_problems_of_two_sheets_are_told_apart(asked: bytes, returned: Read) -> None:
    """The same mistake at the same address of both sheets is two problems: the warehouse knows them by cell and code."""
    sent = returned(answering(asked, {"H8": "=1"}, form_cells={"H8": "=1", "G8": "=2"}))
    assert len({(problem.cell, problem.code) for problem in sent.problems}) == len(sent.problems) == 3


def test_what_is_wrong_says_what_to_do(asked: bytes, returned: Read) -> None:
    """The words name the sheet, the cell and the question."""
    (problem,) = returned(answering(asked, {"H8": "=1+1"})).problems
    assert problem.message == 'The answer to question Q-7F3K2A was not read: H8 of the sheet "Questions" holds "=1+1".'
    assert problem.fix == "Type the answer itself into H8, as text, without merging cells."


def test_no_question_becomes_a_formula_or_leads_outside(form: Form, layout: Layout, key: bytes) -> None:
    """Whatever a question says is text on its sheet and in the note; the only links lead into the workbook."""
    evil = ("=1+1", "http://example.org/x", "<b>&amp;]]>", "@SUM(1)", "-- {{ x }}", "\u202ereversed")
    questions = [question(f"Q-{number}", "36", "value", text=text, fix=text, title=text) for number, text in enumerate(evil)]
    content = write_form(form, layout=layout, key=key, questions=questions)
    workbook = load_workbook(BytesIO(content))
    assert [workbook["Questions"][f"E{row}"].value for row in range(8, 14)] == list(evil)
    assert {cell.coordinate for sheet in workbook for row in sheet for cell in row if cell.data_type == "f"} == {"A3"}
    with ZipFile(BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if b"relationships/hyperlink" in parts.read(name)]


def test_a_question_is_asked_once(form: Form, layout: Layout, key: bytes) -> None:
    """Two questions of one id could not be told apart: the caller's mistake is refused."""
    with pytest.raises(ValueError, match="a question is asked once"):
        write_form(form, layout=layout, key=key, questions=[QUESTIONS[0], replace(QUESTIONS[1], query_id="Q-7F3K2A")])


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=40).map(clean_text)


@settings(max_examples=10, deadline=None)
@given(answers=st.lists(TEXTS, min_size=6, max_size=6), order=st.permutations(range(6)))
def test_any_answer_comes_back_beside_its_own_question(answers: list[str], order: list[int], asked: bytes, returned: Read) -> None:
    """Whatever is typed, and however the rows are sorted, each answer is that of the question it stands beside."""

    def sort(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in sheet[FIRST + number]] for number in range(6)]
        for place, number in enumerate(order):
            for column, value in enumerate(rows[number], start=1):
                sheet.cell(FIRST + place, column).value = value
            sheet.cell(FIRST + place, 8).value = answers[number] or None
            sheet.cell(FIRST + place, 8).data_type = "s" if answers[number] else "n"

    sent = returned(answering(asked, sort))
    assert {answer.query_id: answer.text for answer in sent.answers} == {
        IDS[number]: text for number, text in enumerate(answers) if text
    }  # fmt: skip
    assert sent.problems == ()


def _disturb(sheet: Worksheet, dice: random.Random) -> None:
    """Do to the rows what people do: copy, sort in part, delete, overwrite a mark or an id."""
    row, other = dice.randrange(FIRST, FIRST + 6), dice.randrange(FIRST, FIRST + 8)
    match dice.randrange(6):
        case 0:
            for column in dice.choice([range(1, 10), range(1, 9), range(2, 10)]):
                sheet.cell(other, column).value = sheet.cell(row, column).value
        case 1:
            sheet.delete_rows(row)
        case 2:
            sheet.insert_rows(row, 2)
        case 3:
            sheet.cell(row, MARK).value = sheet.cell(other, MARK).value
        case 4:
            sheet.cell(row, 1).value = dice.choice([*IDS, None, "Q-XXXXXX", 7])
        case 5:
            sheet.cell(row, 8).value = dice.choice(["=A8", None, 3.5])


def test_no_answer_is_ever_read_for_another_question(asked: bytes, layouts: dict[str, Layout], key: bytes) -> None:
    """After sixty random edits each answer read stands in the one row that both shows and carries its question; the rest is told."""
    dice = random.Random(4)  # noqa: S311 - the same edits every time
    plain = load_workbook(BytesIO(asked))
    marks = {str(plain["Questions"].cell(FIRST + number, MARK).value): query_id for number, query_id in enumerate(IDS)}
    answered = 0
    for _ in range(60):
        book = _copied(plain)
        sheet = book["Questions"]
        for number in range(6):
            sheet.cell(FIRST + number, 8).value = f"Answer {number}"
        for _ in range(dice.randint(1, 3)):
            _disturb(sheet, dice)
        saved = BytesIO()
        book.save(saved)
        sent = read_form(saved.getvalue(), layouts=layouts, key=key)
        assert isinstance(sent, ReturnedForm)
        told = {int(problem.cell[1:]) for problem in sent.problems}
        read = {int(answer.cell[1:]): answer for answer in sent.answers}
        for row in range(FIRST, sheet.max_row + 1):
            shown, mark, text = (sheet.cell(row, column).value for column in (1, MARK, 8))
            if row in read:
                assert marks[str(mark)] == shown == read[row].query_id
                assert str(text) == read[row].text
            elif text is not None:
                assert row in told
        assert len({answer.query_id for answer in sent.answers}) == len(sent.answers)
        answered += len(sent.answers)
    assert answered > 100, "nearly nothing was read: the test proves nothing"


def _copied(book: Workbook) -> Workbook:
    """Copy the contents alone: formats cost time."""
    copy = Workbook()
    del copy["Sheet"]
    for sheet in book:
        target = copy.create_sheet(sheet.title)
        for row in sheet.values:
            target.append(row)
    return copy


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_questions_and_answers(asked: bytes, tmp_path: Path, returned: Read) -> None:
    """Opened and saved by LibreOffice, the form is still ours, with its questions, answers, notes and links."""
    (tmp_path / "form.xlsx").write_bytes(answering(asked, {"H8": "We opened two more."}, form_cells={"G6": 97.5}))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", str(tmp_path / "out"), str(tmp_path / "form.xlsx")], check=True, capture_output=True, timeout=90)
    content = (tmp_path / "out" / "form.xlsx").read_bytes()
    sent = returned(content)
    assert [(answer.query_id, answer.text) for answer in sent.answers] == [("Q-7F3K2A", "We opened two more.")]
    assert (str(sent.lines[0].value), sent.problems) == ("97.5", ())
    workbook = load_workbook(BytesIO(content))
    assert "Question Q-7F3K2A" in workbook["Return"]["G6"].comment.text
    assert workbook["Questions"]["G8"].hyperlink is not None
