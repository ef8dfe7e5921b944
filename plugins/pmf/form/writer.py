"""Writing a return form: a guide first, then one protected row per KPI, then the very hidden sheet with the signature.

Same form, same bytes. Sheets are protected without a password: protection guides the officer's hand and what comes back
is judged by its signatures (a sheet password is a 16-bit hash that anybody can take off, and it locks out helpers).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pmf.form.layout import GUIDE_NAMES, Column, FieldName, Layout
from pmf.form.look import Look
from pmf.form.model import Form, FormRow
from pmf.form.signature import META_SHEET, Identity, meta_rows, row_mark
from pmf.value import plain

_A4 = 9
# No council's figure lies beyond it; Excel has no rule that says only "a number".
_LARGEST = Decimal(10**15 - 1)
# People may make room for themselves. Nobody may insert, delete or sort: Excel would sort the yellow cells alone.
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True}
# Arial 11: points a line, and how much of a column's width (in characters of the default type) its text fills.
_LINE_HEIGHT, _PADDING, _FIT = 14.5, 9.0, 1.02
_TITLE_HEIGHT = 27.0
_GUIDE_WIDTHS = (30, 90)
_RIGHT_ALIGNED = {FieldName.TARGET, FieldName.LAST_VALUE}
_OF_A_RATIO = {FieldName.NUMERATOR, FieldName.DENOMINATOR}


class _LockedWorkbook(Workbook):  # type: ignore[misc] # XlsxWriter carries no types
    """A workbook whose sheets cannot be deleted, renamed or moved; XlsxWriter has no option for it."""

    def _write_book_views(self) -> None:
        self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
        super()._write_book_views()


class _GrowingSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose rows begin with the height their texts need and grow with what is typed.

    XlsxWriter marks every given height as fixed; a comment of five lines would then show only the first two.
    """

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]] | None = None) -> None:
        super()._xml_start_tag_unencoded(tag, [pair for pair in attributes or [] if pair[0] != "customHeight"])


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A form on its way into a workbook."""

    form: Form
    layout: Layout
    look: Look
    identity: Identity
    key: bytes

    @property
    def last_row(self) -> int:
        """The row of the last KPI."""
        return self.layout.header_row + len(self.form.rows)


def write_form(form: Form, *, layout: Layout, key: bytes) -> bytes:
    """Write a form as an Excel workbook signed with ``key``.

    Texts stay text: none becomes a formula or a link. The same form, layout and key give the same bytes.

    Raises:
        ValueError: when the form has no rows or names a KPI twice; it could not be read back.
    """
    identity = Identity(
        form_version=layout.version,
        organisation=form.organisation,
        period=form.period,
        service_id=form.service_id,
        kpi_refs=tuple(row.kpi_ref for row in form.rows),
    )
    if not form.rows or len(set(identity.kpi_refs)) < len(form.rows):
        raise ValueError(f"a form needs one row for each KPI; {form.service_id} {form.period} has {identity.kpi_refs}")
    buffer = BytesIO()
    with _LockedWorkbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        created = form.created.astimezone(UTC).replace(tzinfo=None)
        workbook.set_properties({"title": _title(form), "author": form.organisation_name, "created": created})
        draft = _Draft(form=form, layout=layout, look=Look(workbook), identity=identity, key=key)
        _write_guide(workbook.add_worksheet(layout.guide_sheet, _GrowingSheet), draft)
        _write_return(workbook.add_worksheet(layout.form_sheet, _GrowingSheet), draft)
        _write_meta(workbook.add_worksheet(META_SHEET), draft)
    return buffer.getvalue()


def _title(form: Form) -> str:
    return f"{form.service_name}: performance return for {form.period_label}"


def _moment(when: datetime) -> str:
    minutes = f":{when:%M}" if when.minute else ""
    return f"{when.hour % 12 or 12}{minutes}{'am' if when.hour < 12 else 'pm'} on {when:%A} {when.day} {when:%B %Y}"


def _height(*texts: tuple[str, float]) -> float:
    """Estimate the height of a row in points from its texts and the widths of their columns."""
    lines = (sum(max(ceil(len(line) / (width * _FIT)), 1) for line in text.split("\n")) for text, width in texts)
    return max(lines) * _LINE_HEIGHT + _PADDING


def _write_title(sheet: Worksheet, draft: _Draft, line: str) -> None:
    sheet.set_row(0, _TITLE_HEIGHT)
    sheet.write_string(0, 0, _title(draft.form), draft.look.title)
    sheet.write_string(1, 0, line, draft.look.line)


def _write_guide(sheet: Worksheet, draft: _Draft) -> None:
    form, look = draft.form, draft.look
    _write_title(sheet, draft, form.organisation_name)
    sheet.write_string(2, 0, form.notice or "", look.notice)
    names = dict(
        zip(GUIDE_NAMES, (form.organisation_name, form.service_name, form.period_label, _moment(form.deadline), form.contact), strict=True)
    )
    for index, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(index, index, width)
    for row, line in enumerate(draft.layout.guide, start=4):
        texts = (line.heading, line.text.format_map(names))
        sheet.set_row(row, _height(*zip(texts, _GUIDE_WIDTHS, strict=True)))
        sheet.write_string(row, 0, texts[0], look.strong)
        sheet.write_string(row, 1, texts[1], look.text)
    _set_up_print(sheet)
    sheet.protect("", _ALLOWED)


def _write_return(sheet: Worksheet, draft: _Draft) -> None:
    form, layout, look = draft.form, draft.layout, draft.look
    _write_title(sheet, draft, f"{form.organisation_name}. Send back by {_moment(form.deadline)}. Questions: {form.contact}.")
    sheet.write_formula(2, 0, _count(draft), look.count, f"0 of {len(form.rows)} answered")
    sheet.write_string(3, 0, form.notice or "", look.notice)
    for column in layout.columns:
        sheet.set_column(column.index, column.index, column.width or None, None, {"hidden": not column.width})
        sheet.write_string(layout.header_row - 1, column.index, column.heading, look.input_heading if column.input else look.heading)
    sheet.set_row(layout.header_row - 1, _height(*((column.heading, column.width) for column in layout.columns if column.width)))
    for index, row in enumerate(form.rows, start=layout.header_row):
        _write_row(sheet, draft, index=index, row=row)
    for column in layout.inputs:
        _write_rules(sheet, draft, column)
    _set_up_screen(sheet, draft)
    _set_up_print(sheet)
    sheet.set_landscape()
    sheet.repeat_rows(layout.header_row - 1)
    sheet.set_footer(f"&L{form.period_label.replace('&', '&&')}&RPage &P of &N")
    sheet.protect("", _ALLOWED)


def _count(draft: _Draft) -> str:
    """Count a row as answered when it has a figure, a Yes under "Not available", or numerator and denominator."""

    def filled(field: FieldName) -> str:
        letters = draft.layout.by_field[field].column
        return f'({letters}{draft.layout.first_row}:{letters}{draft.last_row}<>"")'

    answered = f"{filled(FieldName.VALUE)}+{filled(FieldName.NOT_AVAILABLE)}"
    if draft.layout.by_field.keys() >= _OF_A_RATIO:
        answered += f"+{filled(FieldName.NUMERATOR)}*{filled(FieldName.DENOMINATOR)}"
    return f'=SUMPRODUCT(--({answered}>0))&" of {len(draft.form.rows)} answered"'


def _write_row(sheet: Worksheet, draft: _Draft, *, index: int, row: FormRow) -> None:
    texts = {
        FieldName.KPI_REF: row.kpi_ref,
        FieldName.TITLE: row.title,
        FieldName.UNIT: row.unit,
        FieldName.DIRECTION: row.direction,
        FieldName.TARGET: row.target,
        FieldName.LAST_VALUE: f"{row.last_value}\n{row.last_period}".strip(),
        FieldName.METHOD: row.method,
        FieldName.ROW_ID: row_mark(draft.identity, row.kpi_ref, key=draft.key),
    }
    look, columns = draft.look, draft.layout.columns
    sheet.set_row(index, _height(*((texts[column.field], column.width) for column in columns if column.width and not column.input)))
    for column in columns:
        place = (index, column.index)
        if not column.input:
            sheet.write_string(*place, texts[column.field], _locked_look(column.field, look))
        elif not _is_asked(column, row):
            sheet.write_blank(*place, None, look.not_needed)
        else:
            sheet.write_blank(*place, None, look.input_figure if column.input == "figure" else look.input)


def _locked_look(field: FieldName, look: Look) -> Format:
    if field is FieldName.TITLE:
        return look.strong
    return look.right if field in _RIGHT_ALIGNED else look.text


def _is_asked(column: Column, row: FormRow) -> bool:
    return row.needs_numerator or column.field not in _OF_A_RATIO


def _write_rules(sheet: Worksheet, draft: _Draft, column: Column) -> None:
    """Give a column's cells their prompts and checks; rows with the same limits share a rule."""
    by_limits: dict[tuple[Decimal | None, Decimal | None], list[int]] = {}
    for number, row in enumerate(draft.form.rows, start=draft.layout.first_row):
        if _is_asked(column, row):
            limits = (row.minimum, row.maximum) if column.field is FieldName.VALUE else (None, None)
            by_limits.setdefault(limits, []).append(number)
    for limits, numbers in by_limits.items():
        areas = _areas(column.column, numbers)
        sheet.data_validation(areas[0], {**_rule(column, *limits), "multi_range": " ".join(areas)})


def _areas(letters: str, rows: list[int]) -> list[str]:
    """Write ascending rows of a column as areas: G6:G9, G12."""
    runs = (list(run) for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]))
    ends = ((run[0][1], run[-1][1]) for run in runs)
    return [f"{letters}{first}:{letters}{last}" if last > first else f"{letters}{first}" for first, last in ends]


def _rule(column: Column, minimum: Decimal | None, maximum: Decimal | None) -> dict[str, Any]:
    """Say what Excel checks as people type, and the prompt it shows.

    Only ever a warning on figures: an unusual figure may be right, and the checks after the return decide.
    """
    rule: dict[str, Any] = {"validate": "any", "input_title": column.heading, "input_message": column.prompt, "error_title": column.heading}
    if column.input == "yes":
        rule |= {"validate": "list", "source": ["Yes"], "error_message": "Choose Yes, or leave the cell empty."}
    elif column.input == "figure":
        usual = _usual(minimum, maximum)
        rule |= {"validate": "decimal", "criteria": "between", "error_type": "warning"}
        rule |= {"minimum": plain(-_LARGEST if minimum is None else minimum), "maximum": plain(_LARGEST if maximum is None else maximum)}
        rule["input_message"] += f" Usually {usual}." if usual else ""
        rule["error_message"] = f"This is not a number{f' {usual}' if usual else ''}. Keep it only if it is right."
    return rule


def _usual(minimum: Decimal | None, maximum: Decimal | None) -> str:
    """Word the plausible range for a prompt; empty when the KPI has none."""
    if minimum is not None and maximum is not None:
        return f"from {plain(minimum)} to {plain(maximum)}"
    if minimum is not None:
        return f"{plain(minimum)} or more"
    return f"{plain(maximum)} or less" if maximum is not None else ""


def _set_up_screen(sheet: Worksheet, draft: _Draft) -> None:
    layout, first = draft.layout, (draft.layout.header_row, draft.layout.by_field[FieldName.VALUE].index)
    sheet.set_selection(*first, *first)
    sheet.freeze_panes(layout.header_row, layout.by_field[FieldName.TITLE].number)
    # Indicators and targets are text even where they read like numbers; no green corner on each of them.
    sheet.ignore_errors({"number_stored_as_text": f"A{layout.first_row}:{layout.columns[-1].column}{draft.last_row}"})


def _set_up_print(sheet: Worksheet) -> None:
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)


def _write_meta(sheet: Worksheet, draft: _Draft) -> None:
    for row, (name, value) in enumerate(meta_rows(draft.identity, key=draft.key)):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
