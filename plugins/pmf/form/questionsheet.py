"""The sheet of questions in a form sent back for correction: what was found, how to put it right, and room for an answer.

The cells in question are marked on the form itself by ``writer``; each question here leads to its cell.
"""

from __future__ import annotations

from collections.abc import Iterable

from xlsxwriter.worksheet import Worksheet

from pmf.form.column import FieldName
from pmf.form.draft import Draft
from pmf.form.look import protect, row_height, set_up_print, write_title
from pmf.form.model import Question
from pmf.form.rule import column_rule
from pmf.form.signature import question_mark

_FAILING, _ASKING = "Not used until it is put right", "Used as it is; please check"
_ABOUT_THE_FORM = "The form"
_NO_CELL = "No row of this form"
# A note's width and the height of its lines in pixels, and how many characters of Arial 10 a line takes.
_NOTE_WIDTH, _NOTE_LINE_HEIGHT, _NOTE_LINE = 320, 18, 44


def write_questions(sheet: Worksheet, draft: Draft) -> None:
    """Write the questions, a row each, in the order given."""
    layout, look = draft.layout.questions, draft.look
    write_title(sheet, look, draft.words(layout.title), draft.sender_line)
    for row, line in enumerate(layout.instructions, start=2):
        sheet.write_string(row, 0, draft.words(line), look.line)
    sheet.write_string(layout.header_row - 2, 0, draft.form.notice or "", look.notice)
    for column in layout.columns:
        sheet.set_column(column.index, column.index, column.width or None, None, {"hidden": not column.width})
        sheet.write_string(layout.header_row - 1, column.index, column.heading, look.input_heading if column.input else look.heading)
    sheet.set_row(layout.header_row - 1, row_height(*((column.heading, column.width) for column in layout.columns if column.width)))
    for row, question in enumerate(draft.questions, start=layout.header_row):
        _write_question(sheet, draft, row, question)
    answer = layout.by_field[FieldName.ANSWER]
    first, last = layout.first_row, layout.header_row + len(draft.questions)
    sheet.data_validation(f"{answer.column}{first}:{answer.column}{last}", column_rule(answer))
    sheet.set_selection(first - 1, answer.index, first - 1, answer.index)
    sheet.freeze_panes(layout.header_row, 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{first}:{layout.columns[-1].column}{last}"})
    set_up_print(sheet, footer=draft.form.period_label, heading_row=layout.header_row)
    protect(sheet)


def _write_question(sheet: Worksheet, draft: Draft, row: int, question: Question) -> None:
    cell, look = draft.cell_of(question), draft.look
    texts = {
        FieldName.QUERY_ID: question.query_id,
        FieldName.STATE: _FAILING if question.is_failing else _ASKING,
        FieldName.ABOUT: question.kpi_ref or _ABOUT_THE_FORM,
        FieldName.TITLE: question.title,
        FieldName.FOUND: question.text,
        FieldName.FIX: question.fix,
        FieldName.WHERE: f"Go to {draft.where(question)}" if cell else _NO_CELL,
        FieldName.ROW_ID: question_mark(draft.identity, question.query_id, key=draft.key),
    }
    columns = draft.layout.questions.columns
    sheet.set_row(row, row_height(*((texts.get(column.field, ""), column.width) for column in columns if column.width)))
    for column in columns:
        if column.input:
            sheet.write_blank(row, column.index, None, look.input)
        elif column.field is FieldName.WHERE and cell:
            sheet.write_url(row, column.index, f"internal:'{draft.layout.form_sheet}'!{cell}", look.link, texts[column.field])
        else:
            sheet.write_string(row, column.index, texts[column.field], look.strong if column.field is FieldName.QUERY_ID else look.text)


def check_line(draft: Draft, ref: str) -> str:
    """Say under the title of a KPI or action what of it is in question: "Check cell G7: question Q-7F3K2A". "": nothing is."""
    lines = (f"Check {draft.where(question)}: question {question.query_id}" for question in draft.questions if question.kpi_ref == ref)
    return "\n".join(lines)


def write_note(sheet: Worksheet, place: tuple[int, int], questions: Iterable[Question], *, sheet_of_questions: str) -> None:
    """Put the questions about a cell into its note, which is read out with it."""
    said = [f"Question {question.query_id}: {question.text}\nWhat to do: {question.fix}" for question in questions]
    text = "\n\n".join([*said, f'Correct the cell, or answer on the sheet "{sheet_of_questions}".'])
    lines = sum(len(line) // _NOTE_LINE + 1 for line in text.split("\n"))
    size = {"width": _NOTE_WIDTH, "height": lines * _NOTE_LINE_HEIGHT}
    sheet.write_comment(*place, text, {"font_name": "Arial", "font_size": 10, **size})
