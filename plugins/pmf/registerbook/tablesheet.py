"""One sheet of a register's workbook: groups, headings and field names over the rows of one table, with lists and prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pmf.register.structure import Definition
from pmf.registerbook.base import row_key
from pmf.registerbook.cellvalue import text_of
from pmf.registerbook.columns import Column, Kind, Table
from pmf.registerbook.look import Look, row_height
from pmf.value import from_double, parse_figure, plain

# Over a column that helps reading and is not read back.
FOR_READING = "(for reading)"
_GROUP_ROW, _HEADING_ROW, _FIELD_ROW, _FIRST_ROW = 0, 1, 2, 3
# Rows below the last that have drop-downs and formats ready.
_SPARE_ROWS = 500
_READING_WIDTH = 40
_LONGEST_CELL = 32767
_LARGEST = Decimal(10**15 - 1)
_NUMBERS = (Kind.FIGURE, Kind.COUNT, Kind.TARGET)
_BOLD = ("kpi_ref", "action_ref", "line_ref", "title")
_A3 = 8


class TooLongError(ValueError):
    """A text of the register is longer than a cell of a workbook holds."""


@dataclass(frozen=True)
class TableSheet:
    """How every table's sheet is written. ``titles``: the KPIs' by reference; ``lists``: where each list of names stands."""

    look: Look
    titles: Mapping[str, str]
    lists: Mapping[str, str]

    def write(self, sheet: Worksheet, table: Table, rows: Sequence[Definition]) -> None:
        """Write a table.

        Raises:
            TooLongError: when a text does not fit into a cell; it names the row and the field.
        """
        columns = _laid_out(table)
        last = _FIRST_ROW + max(len(rows), 1) - 1
        self._write_headings(sheet, columns)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, self._format(column))
            if not _is_for_reading(column):
                sheet.data_validation(_FIRST_ROW, index, last + _SPARE_ROWS, index, self._rule(column))
        for number, row in enumerate(rows, start=_FIRST_ROW):
            self._write_row(sheet, number, row, columns, place=row_key(table, row))
        names = [{"header": column.field, "header_format": self.look.field} for column in columns]
        mark = {"name": table.file.removesuffix(".csv"), "style": None, "columns": names}
        sheet.add_table(_FIELD_ROW, 0, last, len(columns) - 1, mark)
        if "valid_to" in table.by_field:
            self._grey_ended_rows(sheet, columns, last)
        _set_up(sheet, columns, last)

    def _write_headings(self, sheet: Worksheet, columns: Sequence[Column]) -> None:
        sheet.set_row(_GROUP_ROW, 20)
        sheet.set_row(_HEADING_ROW, 42)
        groups = list(dict.fromkeys(column.group for column in columns))
        for index, column in enumerate(columns):
            turn = groups.index(column.group) % 2
            is_first = index == 0 or columns[index - 1].group != column.group
            if is_first:
                sheet.write_string(_GROUP_ROW, index, column.group, self.look.groups[turn])
            else:
                sheet.write_blank(_GROUP_ROW, index, None, self.look.groups[turn])
            sheet.write_string(_HEADING_ROW, index, column.heading, self.look.headings[turn])

    def _write_row(self, sheet: Worksheet, number: int, row: Definition, columns: Sequence[Column], *, place: str) -> None:
        title = self.titles.get(getattr(row, "kpi_ref", ""), "")
        values = [title if _is_for_reading(column) else getattr(row, column.field) for column in columns]
        sheet.set_row(number, row_height(*((text_of(value), column.width) for value, column in zip(values, columns, strict=True))))
        for index, (column, value) in enumerate(zip(columns, values, strict=True)):
            text, form, at = text_of(value), self._format(column), (number, index)
            if len(text) > _LONGEST_CELL:
                raise TooLongError(f"{place}, field {column.field}: {len(text):,} characters; a cell holds {_LONGEST_CELL:,}. Shorten it")
            if not text:
                sheet.write_blank(*at, None, form)
            elif column.kind is Kind.DATE:
                sheet.write_datetime(*at, value, form)
            elif column.kind in _NUMBERS and (figure := _exact_double(text)) is not None:
                sheet.write_number(*at, figure, form)
            else:
                sheet.write_string(*at, text, form)

    def _format(self, column: Column) -> Format:
        if _is_for_reading(column):
            return self.look.reading
        if column.kind is Kind.DATE:
            return self.look.date
        if column.kind in _NUMBERS:
            return self.look.number
        return self.look.strong if column.field in _BOLD else self.look.text

    def _rule(self, column: Column) -> dict[str, Any]:
        """Say what the program checks as people type, and the prompt it shows; what the import takes is never stopped."""
        rule: dict[str, Any] = {"validate": "any", "input_title": column.heading, "error_title": column.heading}
        rule["input_message"] = column.meaning
        if column.choices or column.kind is Kind.YES_NO:
            return rule | {
                "validate": "list",
                "source": list(column.choices) or ["yes", "no"],
                "error_message": "Choose one from the list.",
            }
        if column.kind is Kind.NAME and column.names in self.lists:
            message = "This is not on the list. Keep it if it is a name or alias of the council's profile."
            return rule | {"validate": "list", "source": self.lists[column.names], "error_type": "warning", "error_message": message}
        if column.kind is Kind.DATE:
            first = datetime(1990, 1, 1)  # noqa: DTZ001 - a day has no time zone
            return rule | {"validate": "date", "criteria": ">=", "value": first, "error_message": "Write a date, like 2025-04-01."}
        if column.kind is Kind.COUNT:
            return rule | {"validate": "integer", "criteria": ">=", "value": 0, "error_message": "Write a whole number, like 6."}
        if column.kind is Kind.FIGURE:
            message = "This is not a number. Write one like 95 or 221512.41."
            limits = {"minimum": plain(-_LARGEST), "maximum": plain(_LARGEST)}
            return rule | {"validate": "decimal", "criteria": "between", "error_type": "warning", "error_message": message} | limits
        return rule

    def _grey_ended_rows(self, sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
        """Show in grey the rows that hold no longer on the day the workbook is looked at."""
        until = xl_col_to_name(next(index for index, column in enumerate(columns) if column.field == "valid_to"))
        is_over = f'=AND(${until}{_FIRST_ROW + 1}<>"",${until}{_FIRST_ROW + 1}<=TODAY())'
        rule = {"type": "formula", "criteria": is_over, "format": self.look.ended}
        sheet.conditional_format(_FIRST_ROW, 0, last + _SPARE_ROWS, len(columns) - 1, rule)


def _laid_out(table: Table) -> list[Column]:
    """Give a sheet's columns from the left; where rows name a KPI only by reference, with its title after the first group."""
    columns, first = list(table.columns), table.columns[0]
    if table.is_about_kpis:
        title = replace(first, field=f"kpi title {FOR_READING}", heading=f"KPI's title {FOR_READING}", width=_READING_WIDTH)
        columns.insert(sum(column.group == first.group for column in columns), title)
    return columns


def _is_for_reading(column: Column) -> bool:
    return FOR_READING in column.field


def _set_up(sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
    """Keep headings, the columns that tell rows apart and the title in sight, on screen and on paper."""
    kept = 1 + next(index for index, column in enumerate(columns) if column.field == "title" or _is_for_reading(column))
    sheet.freeze_panes(_FIRST_ROW, kept)
    # References are text even where they read like numbers; no green corner on each of them.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(columns) - 1)}{last + 1}"})
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.repeat_rows(_GROUP_ROW, _FIELD_ROW)
    sheet.repeat_columns(0, kept - 1)


def _exact_double(text: str) -> float | None:
    """Give the double a workbook can hold for a figure. None: it is a range, or has more digits than a workbook keeps."""
    figure = parse_figure(text)
    if figure is None or text != plain(figure) or from_double(float(figure)) != figure:
        return None
    return float(figure)
