"""One month's figures of a declared source, as if they had come on a form: lines, and the cells that make no sense.

Nothing is guessed: a row whose month or indicator is not clear is a problem of that row, an indicator with two rows for
the month has none, and what the source is not declared to state is never taken from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pmf.form.cell import Cell, Reading, quoted, read_figure, read_text, read_yes
from pmf.form.model import CellProblem, Problem, ReturnedForm, ReturnedLine, Unreadable
from pmf.period import Month
from pmf.register.source import Source, folded
from pmf.source.month import read_month
from pmf.source.refusal import cell_problem
from pmf.source.table import Row, Table, read_table
from pmf.value import plain

_FIGURES = ("value", "numerator", "denominator", "forecast")
_TEXTS = ("reason", "comment")
_ANSWERS = ("not_available", "provisional")
# Far more than any figure of a council has; sums and quotients are exact up to there.
_MOST_DIGITS = 100
_OTHER_MONTH = "Send the figures of {month}. If these are meant for another month, send the file in as that month's."


def read_source(content: bytes, source: Source, *, organisation: str, period: Month) -> ReturnedForm | Unreadable:
    """Read what a source states for a month; other months are left out, and a file without the month is refused as empty.

    In a wide table the ``row`` of a line is the number of its KPI's column, which has the row to itself.
    """
    table = read_table(content, source)
    if isinstance(table, Unreadable):
        return table
    problems: list[CellProblem] = []
    rows = _rows_of(table, source, period, problems)
    read_lines = _wide_lines if source.values else _long_lines
    lines = read_lines(table, source, rows, problems)
    if not lines and not problems:
        message = f"There is no row for {period.label} in it."
        return Unreadable(Problem.EMPTY, message, _OTHER_MONTH.format(month=period.label))
    return ReturnedForm(
        organisation=organisation,
        period=period.key,
        service_id=source.service_id,
        form_version=f"source:{source.id}",
        sheet=table.sheet,
        lines=tuple(lines),
        problems=tuple(problems),
    )


def _rows_of(table: Table, source: Source, period: Month, problems: list[CellProblem]) -> list[Row]:
    """Keep the month's rows; a row that does not clearly say its month is a problem, as it may be one of them."""
    column = source.columns.period
    if column is None:
        return list(table.rows)
    kept = []
    for row in table.rows:
        text, found = _said(row.cell(column))
        month = read_month(text)
        if month == period:
            kept.append(row)
        elif month is None:
            ref = _ref(row, source)[0]
            problems.append(_problem("unreadable_period", table, row.cell(column), field="period", kpi_ref=ref, found=found))
    return kept


def _ref(row: Row, source: Source) -> tuple[str | None, str]:
    """Name the KPI a row is about, with what was found there. None: no KPI of this source, or the row does not say."""
    if source.columns.kpi_ref is None:
        return None, ""
    text, found = _said(row.cell(source.columns.kpi_ref))
    return source.kpi_refs_by_name.get(folded(text)), found


def _said(cell: Cell) -> tuple[str, str]:
    """Read what a cell says ("" where it cannot be read), and quote what was found there."""
    reading = read_text(cell)
    if reading.code is not None:
        return "", reading.found
    return reading.value, quoted(reading.value) if reading.value else "nothing"


def _long_lines(table: Table, source: Source, rows: Iterable[Row], problems: list[CellProblem]) -> list[ReturnedLine]:
    columns = source.columns.named
    named = [(row, *_ref(row, source)) for row in rows]
    counts = Counter(ref for _, ref, _ in named)
    lines = []
    for row, ref, found in named:
        if ref is None or counts[ref] > 1:
            code = "unknown_row" if ref is None else "repeated_row"
            problems.append(_problem(code, table, row.cell(columns["kpi_ref"]), field="kpi_ref", kpi_ref=ref, found=found))
        else:
            cells = {field: row.cell(column) for field, column in columns.items() if field not in ("kpi_ref", "period")}
            lines.append(_line(table, ref, row.number, cells, problems))
    return lines


def _wide_lines(table: Table, source: Source, rows: list[Row], problems: list[CellProblem]) -> list[ReturnedLine]:
    if len(rows) > 1:
        cells = [(ref, row.cell(column)) for row in rows for ref, column in source.values.items()]
        problems.extend(_problem("repeated_row", table, cell, field="value", kpi_ref=ref, found=quoted(ref)) for ref, cell in cells)
        return []
    return [
        _line(table, ref, table.column_number(column), {"value": row.cell(column)}, problems)
        for row in rows
        for ref, column in source.values.items()
    ]


def _line(table: Table, ref: str, number: int, cells: Mapping[str, Cell], problems: list[CellProblem]) -> ReturnedLine:
    figures = {field: _figure(cells[field]) for field in _FIGURES if field in cells}
    answers = {field: read_yes(cells[field]) for field in _ANSWERS if field in cells}
    texts = {field: read_text(cells[field]) for field in _TEXTS if field in cells}
    figure = {field: reading.value for field, reading in figures.items()}
    is_absent = "not_available" in answers and answers["not_available"].value
    readings: dict[str, Reading[Any]] = {**figures, **answers, **texts}
    problems.extend(
        _problem(reading.code, table, cells[field], field=field, kpi_ref=ref, found=reading.found)
        for field, reading in readings.items()
        # "N/A" beside a Yes says the same thing twice and harms nothing.
        if reading.code is not None and not (reading.code == "no_figure_word" and is_absent)
    )
    return ReturnedLine(
        kpi_ref=ref,
        row=number,
        value=figure.get("value"),
        numerator=figure.get("numerator"),
        denominator=figure.get("denominator"),
        forecast=figure.get("forecast"),
        not_available=is_absent,
        reason=texts["reason"].value if "reason" in texts else "",
        comment=texts["comment"].value if "comment" in texts else "",
        cells={field: cell.address for field, cell in cells.items()},
        raw={field: cells[field].shown for field, reading in figures.items() if not _says_it_plainly(cells[field], reading)},
        is_provisional="provisional" in answers and answers["provisional"].value,
    )


def _figure(cell: Cell) -> Reading[Decimal | None]:
    """Read a figure as the form does. A workbook's cell is short; a text file may hold a number no database takes."""
    reading = read_figure(cell)
    if reading.value is None or len(plain(reading.value)) <= _MOST_DIGITS:
        return reading
    return Reading(None, "not_a_number", f"a number of more than {_MOST_DIGITS} digits")


def _says_it_plainly(cell: Cell, reading: Reading[Any]) -> bool:
    """Tell whether a cell shows its figure as we would write it. In a text file every figure is text."""
    return cell.is_plain_number or (reading.value is not None and cell.shown == plain(reading.value))


def _problem(code: str, table: Table, cell: Cell, *, field: str, kpi_ref: str | None, found: str) -> CellProblem:
    return cell_problem(code, sheet=table.sheet, where=cell.address, field=field, kpi_ref=kpi_ref, found=found)
