"""The words for what is wrong with a source's file, and with one cell of it. Each says what to do about it.

The return form has words of its own (``pmf.form.problem``); they speak of yellow cells and the e-mailed form, which the
extract of a system has not.
"""

from __future__ import annotations

from pmf.form.model import CellProblem, Problem, Unreadable
from pmf.source.sniff import Kind

_EXPORT = 'Export the table again as an Excel workbook (.xlsx) or as "CSV UTF-8", and send that file.'
_UNPROTECT = "Save the file without a password and send it again."

# Kinds of files that hold no table: (code, what it is, what to do).
_KINDS = {
    Kind.EMPTY: (Problem.EMPTY, "The file is empty: it has no content at all.", _EXPORT),
    Kind.ENCRYPTED: (Problem.PROTECTED_OR_OLD, "The file is protected with a password.", _UNPROTECT),
    Kind.HTML: (Problem.NOT_A_WORKBOOK, "The file is a web page or XML document, whatever its name says.", _EXPORT),
    Kind.PDF: (Problem.NOT_A_WORKBOOK, "The file is a PDF document; figures are not read out of those.", _EXPORT),
    Kind.ZIP: (Problem.NOT_A_WORKBOOK, "The file is an archive of other files, not a table.", "Unpack it and send the table itself."),
    Kind.DAMAGED: (Problem.DAMAGED, "The file is damaged or incomplete: it cannot be opened.", _EXPORT),
    Kind.UNKNOWN: (
        Problem.NOT_A_WORKBOOK,
        "The file is neither a text file nor a workbook that can be read, whatever its name says.",
        _EXPORT,
    ),
}

# Code: (what it is, what to do). ``{where}`` is the cell as an address, ``{Where}`` the same to begin a sentence with.
_CELLS = {
    "formula": (
        "{Where} holds the formula {found}, whose result changes with other cells.",
        "Have the source write the figure or text itself into {where}.",
    ),
    "formula_error": ("{Where} shows the error {found}.", "Have the source write the figure itself into {where}, or nothing."),
    "not_a_number": (
        "{Where} holds {found}, which is not one figure.",
        "Have the source write one figure into {where}; words belong in a column of their own.",
    ),
    "no_figure_word": (
        "{Where} says {found} instead of a figure.",
        "Write the figure, or clear {where}. If there is none for this month, the performance team can enter that with the reason.",
    ),
    "not_yes": ("{Where} says {found}; only Yes, No or nothing can stand there.", "Write Yes or No into {where}, or clear it."),
    "merged_cells": (
        "{Where} is merged with other cells, so it is not clear which row its content is for.",
        "Unmerge the cells and fill each in.",
    ),
    "unknown_row": (
        "{Where} names {found}, which is not an indicator this source states, so nothing in its row was read.",
        "Correct the name, or leave the row out. If the source is to state it, add it to kpi_refs or kpi_ref_by in sources.yaml.",
    ),
    "repeated_row": (
        "{Where} is about indicator {found}, which has more than one row for this month, so none of them was read.",
        "Leave one row for the indicator and month, with the right figures.",
    ),
    "unreadable_period": (
        "{Where} says {found}, which is not clearly one month, so nothing in its row was read.",
        "Write the month like 2024-09, or September 2024.",
    ),
}


class UnusableError(Exception):
    """The file is not the table it was declared to be; ``unreadable`` says why and what to do."""

    def __init__(self, problem: Problem, message: str, fix: str = _EXPORT) -> None:
        super().__init__(message)
        self.unreadable = Unreadable(problem, message, fix)


def wrong_kind(kind: Kind) -> UnusableError:
    """Word that a file is of a kind that holds no table."""
    return UnusableError(*_KINDS[kind])


def as_source(unreadable: Unreadable) -> UnusableError:
    """Take over what the form's preflight or reader found, with a way out for whoever runs the source."""
    return UnusableError(unreadable.problem, unreadable.message)


def cell_problem(code: str, *, sheet: str, where: str, field: str, kpi_ref: str | None, found: str) -> CellProblem:
    """Word what is wrong with a cell or, for the codes ending in ``_row`` or ``_period``, with its whole row."""
    words = {"where": where, "Where": where[:1].upper() + where[1:], "found": found}
    message, fix = (text.format(**words) for text in _CELLS[code])
    return CellProblem(code=code, sheet=sheet, cell=where, field=field, kpi_ref=kpi_ref, found=found, message=message, fix=fix)
