"""Writing a form: a guide first, then one protected row per KPI or action, then the very hidden sheet with the signature.

Same form, same bytes. Sheets are protected without a password: protection guides the officer's hand and what comes back
is judged by its signatures (a sheet password is a 16-bit hash that anybody can take off, and it locks out helpers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pmf.form.layout import GUIDE_NAMES, Column, FieldName, Layout
from pmf.form.look import GrowingSheet, Look
from pmf.form.model import ActionForm, Form, ReturnedAction, ReturnedLine
from pmf.form.outgoing import ANSWERS, Entry, OutgoingRow, outgoing_rows
from pmf.form.rule import column_rules
from pmf.form.signature import META_SHEET, Identity, meta_rows, row_mark
from pmf.value import plain

_A4 = 9
# People may make room for themselves. Nobody may insert, delete or sort: Excel would sort the yellow cells alone.
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True}
# Arial 11: points a line, and how much of a column's width (in characters of the default type) its text fills.
_LINE_HEIGHT, _PADDING, _FIT = 14.5, 9.0, 1.02
# Excel has no higher row.
_HIGHEST = 409.0
_TITLE_HEIGHT = 27.0
_GUIDE_WIDTHS = (30, 90)
_RIGHT_ALIGNED = {FieldName.TARGET, FieldName.LAST_VALUE}


class _LockedWorkbook(Workbook):  # type: ignore[misc] # XlsxWriter carries no types
    """A workbook whose sheets cannot be deleted, renamed or moved; XlsxWriter has no option for it."""

    def _write_book_views(self) -> None:
        self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
        super()._write_book_views()


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A form on its way into a workbook."""

    form: Form | ActionForm
    rows: tuple[OutgoingRow, ...]
    layout: Layout
    look: Look
    identity: Identity
    key: bytes

    @property
    def last_row(self) -> int:
        """The row of the last KPI or action."""
        return self.layout.header_row + len(self.rows)

    def words(self, text: str) -> str:
        """Fill in what a title or guide names between braces."""
        form = self.form
        names = (form.organisation_name, form.service_name, form.period_label, _moment(form.deadline), form.contact)
        return text.format_map(dict(zip(GUIDE_NAMES, names, strict=True)))


def write_form(
    form: Form | ActionForm, *, layout: Layout, key: bytes, answers: Mapping[str, ReturnedLine | ReturnedAction] | None = None
) -> bytes:
    """Write a form as an Excel workbook signed with ``key``.

    ``answers`` (by KPI or action; None: none) are what was sent already: its rows come filled in with them, so that a
    return can be corrected without typing it again. Results of formulas and merged cells are left out, as they were never
    taken. Texts stay text: none becomes a formula or a link. The same arguments give the same bytes.

    Raises:
        ValueError: when the form has no rows, names a KPI twice or is of another kind than the layout; it could not be
            read back.
    """
    rows = outgoing_rows(form, answers or {})
    identity = _identity(form, rows, layout)
    buffer = BytesIO()
    with _LockedWorkbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        draft = _Draft(form=form, rows=rows, layout=layout, look=Look(workbook), identity=identity, key=key)
        created = form.created.astimezone(UTC).replace(tzinfo=None)
        workbook.set_properties({"title": draft.words(layout.title), "author": form.organisation_name, "created": created})
        _write_guide(workbook.add_worksheet(layout.guide_sheet, GrowingSheet), draft)
        _write_return(workbook.add_worksheet(layout.form_sheet, GrowingSheet), draft)
        _write_meta(workbook.add_worksheet(META_SHEET), draft)
    return buffer.getvalue()


def _identity(form: Form | ActionForm, rows: tuple[OutgoingRow, ...], layout: Layout) -> Identity:
    refs = tuple(row.ref for row in rows)
    if form.kind is not layout.kind:
        raise ValueError(f"form version {layout.version} is for {layout.kind}, not for {form.kind}")
    if not rows or len(set(refs)) < len(rows):
        raise ValueError(f"a form needs one row for each {layout.subject}; {form.service_id} {form.period} has {refs}")
    return Identity(
        form_version=layout.version,
        organisation=form.organisation,
        period=form.period,
        service_id=form.service_id,
        refs=refs,
        not_asked={row.ref: row.source for row in rows if row.source},
    )


def _moment(when: datetime) -> str:
    minutes = f":{when:%M}" if when.minute else ""
    return f"{when.hour % 12 or 12}{minutes}{'am' if when.hour < 12 else 'pm'} on {when:%A} {when.day} {when:%B %Y}"


def _height(*texts: tuple[str, float]) -> float:
    """Estimate the height of a row in points from its texts and the widths of their columns."""
    lines = max(sum(ceil(len(line) / (width * _FIT)) or 1 for line in text.split("\n")) for text, width in texts)
    return min(lines * _LINE_HEIGHT + _PADDING, _HIGHEST)


def _write_title(sheet: Worksheet, draft: _Draft, line: str) -> None:
    sheet.set_row(0, _TITLE_HEIGHT)
    sheet.write_string(0, 0, draft.words(draft.layout.title), draft.look.title)
    sheet.write_string(1, 0, line, draft.look.line)


def _write_guide(sheet: Worksheet, draft: _Draft) -> None:
    form, look = draft.form, draft.look
    _write_title(sheet, draft, form.organisation_name)
    sheet.write_string(2, 0, form.notice or "", look.notice)
    for index, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(index, index, width)
    for row, line in enumerate(draft.layout.guide, start=4):
        texts = (line.heading, draft.words(line.text))
        sheet.set_row(row, _height(*zip(texts, _GUIDE_WIDTHS, strict=True)))
        sheet.write_string(row, 0, texts[0], look.strong)
        sheet.write_string(row, 1, texts[1], look.text)
    _set_up_print(sheet)
    sheet.protect("", _ALLOWED)


def _write_return(sheet: Worksheet, draft: _Draft) -> None:
    form, layout, look = draft.form, draft.layout, draft.look
    _write_title(sheet, draft, f"{form.organisation_name}. Send back by {_moment(form.deadline)}. Questions: {form.contact}.")
    _write_count(sheet, draft)
    sheet.write_string(3, 0, form.notice or "", look.notice)
    for column in layout.columns:
        sheet.set_column(column.index, column.index, column.width or None, None, {"hidden": not column.width})
        sheet.write_string(layout.header_row - 1, column.index, column.heading, look.input_heading if column.input else look.heading)
    sheet.set_row(layout.header_row - 1, _height(*((column.heading, column.width) for column in layout.columns if column.width)))
    for index, row in enumerate(draft.rows, start=layout.header_row):
        _write_row(sheet, draft, index=index, row=row)
    for column in layout.inputs:
        for area, rule in column_rules(column, draft.rows, first_row=layout.first_row):
            sheet.data_validation(area, rule)
    _set_up_screen(sheet, draft)
    _set_up_print(sheet)
    sheet.set_landscape()
    sheet.repeat_rows(layout.header_row - 1)
    sheet.set_footer(f"&L{form.period_label.replace('&', '&&')}&RPage &P of &N")
    sheet.protect("", _ALLOWED)


def _write_count(sheet: Worksheet, draft: _Draft) -> None:
    """Count the rows that are answered, of those that are asked for a figure or an update."""

    def filled(field: FieldName) -> str:
        letters = draft.layout.by_field[field].column
        return f'({letters}{draft.layout.first_row}:{letters}{draft.last_row}<>"")'

    fields = [column.field for column in draft.layout.columns]
    groups = ([field for field in fields if field in group] for group in ANSWERS if group <= set(fields))
    answered = "+".join("*".join(map(filled, group)) for group in groups)
    # Where a figure comes from elsewhere, the words that say so stand in its cell and would count as an answer.
    elsewhere = len(draft.identity.not_asked)
    of_all = f" of {len(draft.rows) - elsewhere} answered"
    formula = f'=SUMPRODUCT(--({answered}>0)){f"-{elsewhere}" if elsewhere else ""}&"{of_all}"'
    sheet.write_formula(2, 0, formula, draft.look.count, f"{sum(row.is_answered for row in draft.rows)}{of_all}")


def _write_row(sheet: Worksheet, draft: _Draft, *, index: int, row: OutgoingRow) -> None:
    look, columns = draft.look, draft.layout.columns
    texts = {**row.texts, FieldName.ROW_ID: row_mark(draft.identity, row.ref, key=draft.key)}
    sheet.set_row(index, _height(*((_shown(row, column), column.width) for column in columns if column.width)))
    for column in columns:
        place = (index, column.index)
        if not column.input:
            sheet.write_string(*place, texts[column.field], _locked_look(column.field, look))
        elif column.field not in row.not_asked:
            _write_entry(sheet, place, row.entries.get(column.field, ""), look.input_figure if column.input == "figure" else look.input)
        elif column.field is FieldName.VALUE:
            sheet.write_string(*place, row.source, look.elsewhere)
        else:
            sheet.write_blank(*place, None, look.not_needed)


def _shown(row: OutgoingRow, column: Column) -> str:
    """Give the text a cell's row must be high enough for."""
    if column.field is FieldName.VALUE and row.source:
        return row.source
    entry = row.entries.get(column.field, "") if column.input else row.texts[column.field]
    return plain(entry) if isinstance(entry, Decimal) else entry


def _write_entry(sheet: Worksheet, place: tuple[int, int], entry: Entry, look: Format) -> None:
    if isinstance(entry, Decimal):
        sheet.write_number(*place, float(entry), look)
    elif entry:
        sheet.write_string(*place, entry, look)
    else:
        sheet.write_blank(*place, None, look)


def _locked_look(field: FieldName, look: Look) -> Format:
    if field is FieldName.TITLE:
        return look.strong
    return look.right if field in _RIGHT_ALIGNED else look.text


def _set_up_screen(sheet: Worksheet, draft: _Draft) -> None:
    layout, first = draft.layout, (draft.layout.header_row, draft.layout.inputs[0].index)
    sheet.set_selection(*first, *first)
    sheet.freeze_panes(layout.header_row, layout.by_field[FieldName.TITLE].number)
    # References and targets are text even where they read like numbers; no green corner on each of them.
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
