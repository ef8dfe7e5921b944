"""Reading returned forms back: whose they are, proved by signature, and which row is whose; ``line`` reads a row.

Rows are found by their signed marks, so a sorted or moved row is read as what it is; a row whose mark is missing,
foreign, repeated or at odds with the KPI, action, line or question shown in it is a problem of that row, never a guess. Rows that
are not there at all are simply absent: whoever knows what is due compares.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from pmf.form.column import FieldName
from pmf.form.grid import Content, Grid, read_grids
from pmf.form.item import Answer, ReturnedItem
from pmf.form.layout import Layout
from pmf.form.line import read_action, read_answer, read_item, read_kpi, read_panel_line
from pmf.form.model import (
    CellProblem,
    Kind,
    Problem,
    Returned,
    ReturnedAction,
    ReturnedActions,
    ReturnedForm,
    ReturnedIntervention,
    ReturnedLine,
    ReturnedPanelLine,
    ReturnedPanels,
    Unreadable,
)
from pmf.form.preflight import RETURN_FORM, Limits, Preflight, preflight
from pmf.form.problem import cell_problem, unreadable
from pmf.form.sheet import Sheet
from pmf.form.signature import META_SHEET, NO_EARLIER_KEYS, EarlierKeys, Identity, is_signed, question_mark, read_meta, row_mark

Line = TypeVar("Line", ReturnedLine, ReturnedAction, ReturnedPanelLine, ReturnedItem, Answer)


def read_forms(
    contents: Iterable[bytes],
    *,
    layouts: Mapping[str, Layout],
    key: bytes,
    earlier: EarlierKeys = NO_EARLIER_KEYS,
    limits: Limits = RETURN_FORM,
    timeout_seconds: float = 10,
) -> list[Returned | Unreadable]:
    """Read files as returned forms, in the order given; one bad file never keeps another from being read.

    A form is of KPIs, of actions, of panels or of an intervention, as the layout of its signed version says. ``layouts`` maps
    form versions to their layouts, ``key`` is what forms are signed with, ``earlier`` what they were signed with before it,
    ``timeout_seconds`` is what one file may take.
    """
    results: dict[int, Returned | Unreadable] = {}
    passed: deque[tuple[int, Preflight]] = deque()

    def readable() -> Iterator[bytes]:
        for number, content in enumerate(contents):
            check = _check(content, limits)
            if isinstance(check, Unreadable):
                results[number] = check
            else:
                passed.append((number, check))
                yield content

    for grid in read_grids(readable(), timeout_seconds=timeout_seconds):
        number, check = passed.popleft()
        results[number] = _read(check, grid, layouts=layouts, key=key, earlier=earlier)
    return [results[number] for number in sorted(results)]


def read_form(
    content: bytes,
    *,
    layouts: Mapping[str, Layout],
    key: bytes,
    earlier: EarlierKeys = NO_EARLIER_KEYS,
    limits: Limits = RETURN_FORM,
) -> Returned | Unreadable:
    """Read one file as a returned form; for more than one, ``read_forms`` shares the reading process."""
    return read_forms([content], layouts=layouts, key=key, earlier=earlier, limits=limits)[0]


def _check(content: bytes, limits: Limits) -> Preflight | Unreadable:
    check = preflight(content, limits)
    if isinstance(check, Preflight) and META_SHEET not in check.sheets:
        return unreadable(Problem.NO_FORM, "it lacks the hidden sheet that says which service and period it is for")
    return check


def _read(
    check: Preflight, grid: Grid | Unreadable, *, layouts: Mapping[str, Layout], key: bytes, earlier: EarlierKeys
) -> Returned | Unreadable:
    if isinstance(grid, Unreadable):
        return grid
    meta = read_meta((_text(row, 0), _text(row, 1)) for row in grid.get(META_SHEET, ()))
    if meta is None:
        return unreadable(Problem.NO_FORM, "its hidden sheet is not one of ours")
    identity, signature = meta
    signed_with = next((known for known in (key, *earlier.accepted) if is_signed(identity, signature, key=known)), None)
    if signed_with is None:
        is_old = any(is_signed(identity, signature, key=known) for known in earlier.expired)
        return unreadable(Problem.EXPIRED_SIGNATURE if is_old else Problem.BAD_SIGNATURE)
    layout = layouts.get(identity.form_version)
    if layout is None:
        return unreadable(Problem.NO_FORM, f"its form version {identity.form_version} is no longer in use")
    if layout.form_sheet not in grid.keys() & check.sheets.keys():
        return unreadable(Problem.NO_FORM, f'the sheet "{layout.form_sheet}" is missing')
    sheet = Sheet(layout, grid[layout.form_sheet], check.sheets[layout.form_sheet])
    if sheet.header_row is None:
        return unreadable(Problem.NO_FORM, f'the columns of the sheet "{layout.form_sheet}" are not those of the form')
    answers, unanswerable = _read_answers(check, grid, layout, identity, key=signed_with)
    marks = {row_mark(identity, ref, key=signed_with): ref for ref in identity.refs}
    head: dict[str, Any] = {
        "organisation": identity.organisation,
        "period": identity.period,
        "service_id": identity.service_id,
        "form_version": identity.form_version,
        "sheet": layout.form_sheet,
        "answers": answers,
    }
    if layout.kind is Kind.ACTIONS:
        actions, problems = _lines(sheet, marks, partial(read_action, sheet))
        return ReturnedActions(**head, lines=tuple(actions), problems=(*problems, *unanswerable))
    if layout.kind is Kind.PANELS:
        said, problems = _lines(sheet, marks, partial(read_panel_line, sheet))
        return ReturnedPanels(**head, lines=tuple(said), problems=(*problems, *unanswerable))
    if layout.kind is Kind.INTERVENTION:
        items, problems = _lines(sheet, marks, partial(read_item, sheet))
        return ReturnedIntervention(**head, lines=tuple(items), problems=tuple(problems))
    lines, problems = _lines(sheet, marks, partial(read_kpi, sheet, not_asked=identity.not_asked))
    return ReturnedForm(**head, lines=tuple(lines), problems=(*problems, *unanswerable))


def _read_answers(
    check: Preflight, grid: Grid, layout: Layout, identity: Identity, *, key: bytes
) -> tuple[tuple[Answer, ...], list[CellProblem]]:
    """Read the answers to the questions that went out with a form. What is wrong with them keeps no figure from being read."""
    if not identity.questions:
        return (), []
    name, asked = layout.questions.sheet, layout.questions
    sheet = Sheet(asked, grid[name], check.sheets[name]) if name in grid.keys() & check.sheets.keys() else None
    if sheet is None or sheet.header_row is None:
        place = {"sheet": name, "cell": "A1", "field": FieldName.ANSWER.value}
        found = "other columns now" if sheet else "been deleted or renamed"
        return (), [cell_problem("no_questions", row=1, kpi_ref=None, found=found, subject=asked.subject, **place)]
    marks = {question_mark(identity, query_id, key=key): query_id for query_id in identity.questions}
    answers, problems = _lines(sheet, marks, partial(read_answer, sheet))
    return tuple(answer for answer in answers if answer.text), problems


def _text(row: Sequence[Content], index: int) -> str:
    return str(row[index]) if index < len(row) else ""


def _lines(
    sheet: Sheet, marks: Mapping[str, str], read: Callable[[int, str], tuple[Line, list[CellProblem]]]
) -> tuple[list[Line], list[CellProblem]]:
    """Read every row that has a mark of this form, wherever it stands; ``marks`` maps the marks to their KPIs or actions."""
    found = {row: sheet.mark(row) for row in sheet.row_numbers}
    copies = Counter(found.values())
    lines: list[Line] = []
    problems: list[CellProblem] = []
    for row, mark in found.items():
        if mark not in marks:
            if sheet.is_below_header(row) and sheet.is_filled(row):
                problems.append(_row_problem(sheet, row, kind="unknown"))
        elif sheet.shown_ref(row) != marks[mark]:
            problems.append(_row_problem(sheet, row, kind="mixed"))
        elif copies[mark] > 1:
            problems.append(_row_problem(sheet, row, kind="repeated"))
        else:
            line, wrong = read(row, marks[mark])
            lines.append(line)
            problems.extend(wrong)
    return lines, problems


def _row_problem(sheet: Sheet, row: int, *, kind: str) -> CellProblem:
    cell, subject = sheet.cell(row, sheet.layout.ref_field), sheet.layout.subject
    is_question = sheet.layout.ref_field is FieldName.QUERY_ID
    code = f"{kind}_question" if is_question else f"{kind}_row"
    field = FieldName.ANSWER if is_question else FieldName.ROW_ID
    place = {"sheet": sheet.layout.sheet_name, "cell": cell.address, "field": field.value}
    return cell_problem(code, row=row, kpi_ref=None, found=f'"{cell.shown}"' if cell.shown else f"no {subject}", subject=subject, **place)
