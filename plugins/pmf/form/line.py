"""Reading one row of a returned form: what each of its cells says, and what is wrong with those that make no sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmf.form.cell import Cell, Reading, clean_text, quoted, read_choice, read_figure, read_text, read_yes
from pmf.form.column import Column, FieldName
from pmf.form.item import Answer, ReturnedItem
from pmf.form.layout import OF_THE_FIGURE
from pmf.form.model import CellProblem, ReturnedAction, ReturnedLine, ReturnedPanelLine
from pmf.form.problem import cell_problem
from pmf.form.sheet import Sheet

_NOTHING: Reading[Any] = Reading(None)
_NO_TEXT: Reading[Any] = Reading("")
_OF_AN_EMPTY_CELL: Mapping[str | None, Reading[Any]] = {"figure": _NOTHING, "yes": Reading(False)}
_Readings = Mapping[FieldName, Reading[Any]]


def read_kpi(sheet: Sheet, row: int, kpi_ref: str, *, not_asked: Mapping[str, str]) -> tuple[ReturnedLine, list[CellProblem]]:
    """Read a KPI's row. ``not_asked`` maps the KPIs whose figure is not asked for to the words that stand in its place."""
    cells, readings = _read_row(sheet, row)
    figures = {column.field.value: cells[column.field] for column in sheet.layout.inputs if column.input == "figure"}
    if kpi_ref in not_asked:
        readings |= {name: _read_not_asked(cells[name], not_asked[kpi_ref]) for name in OF_THE_FIGURE & cells.keys()}
        figures |= {name.value: Cell(cells[name].address, "") for name in OF_THE_FIGURE & figures.keys()}
    line = ReturnedLine(
        kpi_ref=kpi_ref,
        row=row,
        value=readings[FieldName.VALUE].value,
        numerator=readings.get(FieldName.NUMERATOR, _NOTHING).value,
        denominator=readings.get(FieldName.DENOMINATOR, _NOTHING).value,
        forecast=readings.get(FieldName.FORECAST, _NOTHING).value,
        not_available=bool(readings[FieldName.NOT_AVAILABLE].value),
        reason=readings[FieldName.REASON].value or "",
        comment=readings[FieldName.COMMENT].value,
        cells={name.value: cell.address for name, cell in cells.items()},
        raw={name: cell.shown for name, cell in figures.items() if not cell.is_plain_number},
        is_provisional=bool(readings.get(FieldName.PROVISIONAL, _NOTHING).value),
    )
    # "N/A" beside a Yes says the same thing twice and harms nothing.
    told = {name: reading for name, reading in readings.items() if not (reading.code == "no_figure_word" and line.not_available)}
    return line, _problems(sheet, row, ref=kpi_ref, cells=cells, readings=told)


def read_action(sheet: Sheet, row: int, action_ref: str) -> tuple[ReturnedAction, list[CellProblem]]:
    """Read an action's row."""
    cells, readings = _read_row(sheet, row)
    action = ReturnedAction(
        action_ref=action_ref,
        row=row,
        update=readings[FieldName.UPDATE].value,
        rag=readings[FieldName.RAG].value,
        impact=readings[FieldName.IMPACT].value,
        cells={name.value: cell.address for name, cell in cells.items()},
    )
    return action, _problems(sheet, row, ref=action_ref, cells=cells, readings=readings)


def read_panel_line(sheet: Sheet, row: int, line_ref: str) -> tuple[ReturnedPanelLine, list[CellProblem]]:
    """Read the row of a panel's line."""
    cells, readings = _read_row(sheet, row)
    figure = readings[FieldName.AMOUNT]
    if figure.code == "no_figure_word":  # the form has no other place to say that there is none
        readings |= {FieldName.AMOUNT: figure._replace(code="not_a_number")}
    line = ReturnedPanelLine(
        line_ref=line_ref,
        row=row,
        rag=readings[FieldName.RAG].value,
        figure=figure.value,
        comment=readings[FieldName.COMMENT].value,
        cells={name.value: cell.address for name, cell in cells.items()},
    )
    return line, _problems(sheet, row, ref=line_ref, cells=cells, readings=readings)


def read_item(sheet: Sheet, row: int, item_ref: str) -> tuple[ReturnedItem, list[CellProblem]]:
    """Read the row of an intervention form's item."""
    cells, readings = _read_row(sheet, row)
    item = ReturnedItem(item_ref=item_ref, row=row, answer=readings[FieldName.ANSWER].value, cell=cells[FieldName.ANSWER].address)
    return item, _problems(sheet, row, ref=item_ref, cells=cells, readings=readings)


def read_answer(sheet: Sheet, row: int, query_id: str) -> tuple[Answer, list[CellProblem]]:
    """Read the answer in a question's row; "" where there is none."""
    cells, readings = _read_row(sheet, row)
    cell, reading = cells[FieldName.ANSWER], readings[FieldName.ANSWER]
    answer = Answer(query_id=query_id, text=reading.value, sheet=sheet.layout.sheet_name, cell=cell.address)
    # Whatever keeps an answer from being read, it is one kind of problem: that of a figure's cell at the same address is another.
    told = {FieldName.ANSWER: reading._replace(code="answer_unreadable")} if reading.code else {}
    return answer, _problems(sheet, row, ref=None, cells=cells, readings=told, subject=query_id)


def _read_row(sheet: Sheet, row: int) -> tuple[dict[FieldName, Cell], dict[FieldName, Reading[Any]]]:
    columns = sheet.layout.inputs
    cells = {column.field: sheet.cell(row, column.field) for column in columns}
    return cells, {column.field: _read(cells[column.field], column) for column in columns}


def _read(cell: Cell, column: Column) -> Reading[Any]:
    # Most cells of most forms are empty.
    if cell.is_empty and not cell.is_merged:
        return _OF_AN_EMPTY_CELL.get(column.input, _NO_TEXT)
    if column.input == "figure":
        return read_figure(cell)
    if column.input == "yes":
        return read_yes(cell)
    return read_choice(cell, column.choices) if column.input == "choice" else read_text(cell)


def _read_not_asked(cell: Cell, source: str) -> Reading[None]:
    """Take nothing from a cell that was locked; what stands in it, other than the words it went out with, is a problem."""
    is_untouched = cell.formula is None and cell.shown in ("", clean_text(source))
    return Reading(None) if is_untouched else Reading(None, "not_asked", quoted(cell.shown))


def _problems(
    sheet: Sheet, row: int, *, ref: str | None, cells: Mapping[FieldName, Cell], readings: _Readings, subject: str | None = None
) -> list[CellProblem]:
    return [
        cell_problem(
            reading.code,
            sheet=sheet.layout.sheet_name,
            cell=cells[name].address,
            row=row,
            field=name.value,
            kpi_ref=ref,
            found=reading.found,
            subject=subject or sheet.layout.subject,
            choices=", ".join(sheet.layout.by_field[name].choices),
        )
        for name, reading in readings.items()
        if reading.code
    ]
