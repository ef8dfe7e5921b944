"""The words for what is wrong with a return: of a whole file, and of one cell. Each says what to do about it.

What belongs here: wording. What does not: deciding that something is wrong (``preflight``, ``reader``, ``cell``) and
how bad it is (``validation``).
"""

from __future__ import annotations

from pmf.form.model import CellProblem, Problem, Unreadable

_AFRESH = "Copy your figures into the yellow cells of the form that was e-mailed to you and send that form."
_SAVE_AGAIN = "Open the file in Excel, save it as an Excel workbook (.xlsx) under a new name and send that file."

# Problem: (what it is, what to do). ``{detail}`` is what was found in the file.
_FILES = {
    Problem.TOO_LARGE: ("The file is larger than {detail}, far more than a return form.", _AFRESH),
    Problem.EMPTY: (
        "The file is empty: it has no content at all.",
        "Send the file again; if it is empty on your computer too, fill in the form afresh.",
    ),
    Problem.PROTECTED_OR_OLD: (
        "The file is password-protected or in the old .xls format.",
        "Save it as an Excel workbook (.xlsx) without a password and send it again.",
    ),
    Problem.NOT_A_WORKBOOK: ("The file is not an Excel workbook (.xlsx), whatever its name says.", _SAVE_AGAIN),
    Problem.DAMAGED: ("The file is damaged or incomplete: it cannot be opened ({detail}).", _SAVE_AGAIN),
    Problem.UNSAFE: ("The file was not opened, to be safe: {detail}.", _AFRESH),
    Problem.NO_FORM: ("The workbook is not one of our return forms: {detail}.", _AFRESH),
    Problem.BAD_SIGNATURE: (
        "The form's hidden sheet, which says which service and period it is for, has been changed or comes from another council's forms.",
        _AFRESH,
    ),
    Problem.EXPIRED_SIGNATURE: (
        "The form was sent out too long ago: the key it is signed with has been replaced, and the time for forms from before is over.",
        "Ask the performance team for a new form and copy your figures into its yellow cells.",
    ),
    Problem.READER_FAILED: (
        "The file could not be read: {detail}.",
        "Clear the cells that show an error and save the file as a new .xlsx workbook, or copy your figures into the e-mailed form.",
    ),
}

# Code: (what it is, what to do). ``{cell}`` is where, ``{found}`` what is there, ``{row}`` the row's number, ``{subject}`` what
# the form's rows are about, ``{choices}`` what may stand there, ``{sheet}`` on which sheet.
_CELLS = {
    "formula": ("{cell} holds the formula {found}, whose result changes with other cells.", "Type the figure or text itself into {cell}."),
    "formula_error": ("{cell} shows the error {found}.", "Type the figure or text itself into {cell}; if there is none, clear the cell."),
    "not_a_number": (
        "{cell} holds {found}, which is not one number.",
        "Type one number into {cell}, without words or dates; explanations belong in the comment.",
    ),
    "no_figure_word": (
        "{cell} says {found} instead of a figure.",
        'Type the figure, or clear {cell}. If there is none for this month, choose Yes under "Not available" and give the reason.',
    ),
    "not_yes": ("{cell} says {found}; only Yes or nothing can stand there.", "Choose Yes from the list in {cell}, or clear it."),
    "not_a_choice": (
        "{cell} says {found}; only one of these words can stand there: {choices}.",
        "Choose one of them from the list in {cell}; what else there is to say belongs in the texts beside it.",
    ),
    "not_asked": (
        "{cell} holds {found}, but the figure of this {subject} comes from elsewhere, so it was not taken from the form.",
        "Clear {cell}. If the figure that comes from elsewhere is wrong, say so in the comment.",
    ),
    "merged_cells": (
        "{cell} is merged with other cells, so it is not clear which {subject} its content is for.",
        "Unmerge the cells and fill each in.",
    ),
    "unknown_row": (
        "Row {row} ({found}) carries the mark of no {subject} of this form, so nothing in it was read.",
        "Type what stands in row {row} into that {subject}'s own row of the form that was e-mailed to you. Do not paste whole rows.",
    ),
    "mixed_row": (
        "Row {row} shows {subject} {found} but carries the mark of another, so nothing in it was read.",
        "Undo the sorting or pasting that moved part of the row, or fill in the form that was e-mailed to you.",
    ),
    "repeated_row": (
        "Row {row} ({found}) stands on the form more than once, so none of its copies was read.",
        "Keep one row for the {subject}, the right one, and delete the others.",
    ),
    "answer_unreadable": (
        'The answer to question {subject} was not read: {cell} of the sheet "{sheet}" holds {found}.',
        "Type the answer itself into {cell}, as text, without merging cells.",
    ),
    "unknown_question": (
        'Row {row} of the sheet "{sheet}" ({found}) does not carry the mark of a question of this form, so its answer was not read.',
        "Type the answer beside its own question in the form that was e-mailed to you. Do not paste whole rows.",
    ),
    "mixed_question": (
        'Row {row} of the sheet "{sheet}" shows question {found} but carries the mark of another, so its answer was not read.',
        "Undo the sorting or pasting that moved part of the row, or answer in the form that was e-mailed to you.",
    ),
    "repeated_question": (
        'Row {row} of the sheet "{sheet}" ({found}) stands there more than once, so none of its copies was read.',
        "Keep one row for the question, the right one, and delete the others.",
    ),
    "no_questions": (
        'The sheet "{sheet}" that went out with the form has {found}, so no answer was read from it. The figures and texts were.',
        "Type the answers beside the questions in the form that was e-mailed to you, and send that form.",
    ),
}


def unreadable(problem: Problem, detail: str = "") -> Unreadable:
    """Word why a file is no return. ``detail`` is what was found, as part of a sentence."""
    message, fix = _FILES[problem]
    return Unreadable(problem, message.format(detail=detail), fix)


def cell_problem(
    code: str, *, sheet: str, cell: str, row: int, field: str, kpi_ref: str | None, found: str, subject: str, choices: str = ""
) -> CellProblem:
    """Word what is wrong with a cell or, for the codes ending in ``_row`` and ``_question``, with a whole row.

    ``subject`` is what the rows are about ("indicator", "action", "line"), or of an answer its question; ``choices`` what may stand
    in the cell. No two codes of one cell address are of two sheets.
    """
    named = {"sheet": sheet, "cell": cell, "row": row, "found": found, "subject": subject, "choices": choices}
    message, fix = (words.format_map(named) for words in _CELLS[code])
    return CellProblem(code=code, sheet=sheet, cell=cell, field=field, kpi_ref=kpi_ref, found=found, message=message, fix=fix)
