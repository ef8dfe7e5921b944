"""Reading returned forms back: whose they are, proved by signature, and every figure with its cell.

Rows are found by their signed marks, so a sorted or moved row is read as what it is; a row whose mark is missing,
foreign, repeated or at odds with the indicator shown in it is a problem of that row, never a guess. Rows that are not
there at all are simply absent: whoever knows what is due compares.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pmf.form.cell import Reading, read_figure, read_text, read_yes
from pmf.form.grid import Content, Grid, read_grids
from pmf.form.layout import FieldName, Layout
from pmf.form.model import CellProblem, Problem, ReturnedForm, ReturnedLine, Unreadable
from pmf.form.preflight import RETURN_FORM, Limits, Preflight, preflight
from pmf.form.problem import cell_problem, unreadable
from pmf.form.sheet import Sheet
from pmf.form.signature import META_SHEET, is_signed, read_meta, row_mark

_FIGURES = (FieldName.VALUE, FieldName.NUMERATOR, FieldName.DENOMINATOR, FieldName.FORECAST)
_TEXTS = (FieldName.REASON, FieldName.COMMENT)


def read_forms(
    contents: Iterable[bytes], *, layouts: Mapping[str, Layout], key: bytes, limits: Limits = RETURN_FORM, timeout_seconds: float = 10
) -> list[ReturnedForm | Unreadable]:
    """Read files as returned forms, in the order given; one bad file never keeps another from being read.

    ``layouts`` maps form versions to their layouts, ``key`` is what the forms were signed with, ``timeout_seconds`` is
    what one file may take.
    """
    results: dict[int, ReturnedForm | Unreadable] = {}
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
        results[number] = _read(check, grid, layouts=layouts, key=key)
    return [results[number] for number in sorted(results)]


def read_form(content: bytes, *, layouts: Mapping[str, Layout], key: bytes, limits: Limits = RETURN_FORM) -> ReturnedForm | Unreadable:
    """Read one file as a returned form; for more than one, ``read_forms`` shares the reading process."""
    return read_forms([content], layouts=layouts, key=key, limits=limits)[0]


def _check(content: bytes, limits: Limits) -> Preflight | Unreadable:
    check = preflight(content, limits)
    if isinstance(check, Preflight) and META_SHEET not in check.sheets:
        return unreadable(Problem.NO_FORM, "it lacks the hidden sheet that says which service and month it is for")
    return check


def _read(check: Preflight, grid: Grid | Unreadable, *, layouts: Mapping[str, Layout], key: bytes) -> ReturnedForm | Unreadable:
    if isinstance(grid, Unreadable):
        return grid
    meta = read_meta((_text(row, 0), _text(row, 1)) for row in grid.get(META_SHEET, ()))
    if meta is None:
        return unreadable(Problem.NO_FORM, "its hidden sheet is not one of ours")
    identity, signature = meta
    if not is_signed(identity, signature, key=key):
        return unreadable(Problem.BAD_SIGNATURE)
    layout = layouts.get(identity.form_version)
    if layout is None:
        return unreadable(Problem.NO_FORM, f"its form version {identity.form_version} is no longer in use")
    if layout.form_sheet not in grid.keys() & check.sheets.keys():
        return unreadable(Problem.NO_FORM, f'the sheet "{layout.form_sheet}" is missing')
    sheet = Sheet(layout, grid[layout.form_sheet], check.sheets[layout.form_sheet])
    if sheet.header_row is None:
        return unreadable(Problem.NO_FORM, f'the columns of the sheet "{layout.form_sheet}" are not those of the form')
    marks = {row_mark(identity, kpi_ref, key=key): kpi_ref for kpi_ref in identity.kpi_refs}
    lines, problems = _lines(sheet, marks)
    return ReturnedForm(
        organisation=identity.organisation,
        period=identity.period,
        service_id=identity.service_id,
        form_version=identity.form_version,
        sheet=layout.form_sheet,
        lines=tuple(lines),
        problems=tuple(problems),
    )


def _text(row: Sequence[Content], index: int) -> str:
    return str(row[index]) if index < len(row) else ""


def _lines(sheet: Sheet, marks: Mapping[str, str]) -> tuple[list[ReturnedLine], list[CellProblem]]:
    """Read every row that has a mark of this form, wherever it stands; ``marks`` maps the marks to their KPIs."""
    found = {row: sheet.mark(row) for row in sheet.row_numbers}
    copies = Counter(found.values())
    lines: list[ReturnedLine] = []
    problems: list[CellProblem] = []
    for row, mark in found.items():
        if mark not in marks:
            if sheet.is_below_header(row) and sheet.is_filled(row):
                problems.append(_row_problem(sheet, row, code="unknown_row"))
        elif sheet.shown_ref(row) != marks[mark]:
            problems.append(_row_problem(sheet, row, code="mixed_row"))
        elif copies[mark] > 1:
            problems.append(_row_problem(sheet, row, code="repeated_row"))
        else:
            line, wrong = _line(sheet, row, kpi_ref=marks[mark])
            lines.append(line)
            problems.extend(wrong)
    return lines, problems


def _row_problem(sheet: Sheet, row: int, *, code: str) -> CellProblem:
    cell = sheet.cell(row, FieldName.KPI_REF)
    place = {"sheet": sheet.layout.form_sheet, "cell": cell.address, "field": FieldName.ROW_ID.value}
    found = f'"{cell.shown}"' if cell.shown else "no indicator"
    return cell_problem(code, row=row, kpi_ref=None, found=found, **place)


def _line(sheet: Sheet, row: int, *, kpi_ref: str) -> tuple[ReturnedLine, list[CellProblem]]:
    cells = {column.field: sheet.cell(row, column.field) for column in sheet.layout.inputs}
    figures = {name: read_figure(cells[name]) for name in _FIGURES if name in cells}
    answer = read_yes(cells[FieldName.NOT_AVAILABLE])
    texts = {name: read_text(cells[name]) for name in _TEXTS}
    figure = {name: reading.value for name, reading in figures.items()}
    line = ReturnedLine(
        kpi_ref=kpi_ref,
        row=row,
        value=figure.get(FieldName.VALUE),
        numerator=figure.get(FieldName.NUMERATOR),
        denominator=figure.get(FieldName.DENOMINATOR),
        forecast=figure.get(FieldName.FORECAST),
        not_available=answer.value,
        reason=texts[FieldName.REASON].value,
        comment=texts[FieldName.COMMENT].value,
        cells={name.value: cell.address for name, cell in cells.items()},
        raw={name.value: cells[name].shown for name in figures if not cells[name].is_plain_number},
    )
    readings: dict[FieldName, Reading[Any]] = {**figures, FieldName.NOT_AVAILABLE: answer, **texts}
    return line, _cell_problems(sheet, line, readings)


def _cell_problems(sheet: Sheet, line: ReturnedLine, readings: Mapping[FieldName, Reading[Any]]) -> list[CellProblem]:
    return [
        cell_problem(
            reading.code,
            sheet=sheet.layout.form_sheet,
            cell=line.cells[name],
            row=line.row,
            field=name.value,
            kpi_ref=line.kpi_ref,
            found=reading.found,
        )
        for name, reading in readings.items()
        # "N/A" beside a Yes says the same thing twice and harms nothing.
        if reading.code and not (reading.code == "no_figure_word" and line.not_available)
    ]
