"""Writing a form: a guide first, then one protected row per KPI, action or line, then the very hidden sheet with the signature.

Same form, same bytes. Sheets are protected without a password: protection guides the officer's hand and what comes back
is judged by its signatures (a sheet password is a 16-bit hash that anybody can take off, and it locks out helpers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pmf.form.column import Column, FieldName
from pmf.form.draft import Draft
from pmf.form.layout import Layout
from pmf.form.look import GrowingSheet, Look, protect, row_height, set_up_print, write_title
from pmf.form.model import AnyForm, AnyLine, Question
from pmf.form.outgoing import ANSWERS, Entry, OutgoingRow, outgoing_rows
from pmf.form.questionsheet import check_line, write_note, write_questions
from pmf.form.rule import column_rules
from pmf.form.signature import META_SHEET, Identity, meta_rows, row_mark
from pmf.value import plain

_GUIDE_WIDTHS = (30, 90)
_RIGHT_ALIGNED = {FieldName.TARGET, FieldName.LAST_VALUE}


class _LockedWorkbook(Workbook):  # type: ignore[misc] # XlsxWriter carries no types
    """A workbook whose sheets cannot be deleted, renamed or moved; XlsxWriter has no option for it."""

    def _write_book_views(self) -> None:
        self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
        super()._write_book_views()


def write_form(
    form: AnyForm,
    *,
    layout: Layout,
    key: bytes,
    answers: Mapping[str, AnyLine] | None = None,
    questions: Sequence[Question] = (),
) -> bytes:
    """Write a form as an Excel workbook signed with ``key``.

    ``answers`` (by KPI, action or line; None: none) are what was sent already: its rows come filled in with them, so that a
    return can be corrected without typing it again. Results of formulas and merged cells are left out, as they were never
    taken. ``questions`` stand on a sheet of their own, the first one, and the cells they are about are marked. Texts stay
    text: none becomes a formula or a link. The same arguments give the same bytes.

    Raises:
        ValueError: when the form has no rows, names a KPI or a question twice or is of another kind than the layout; it
            could not be read back.
    """
    rows = outgoing_rows(form, answers or {})
    identity = _identity(form, rows, layout, questions)
    buffer = BytesIO()
    with _LockedWorkbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        look = Look(workbook)
        draft = Draft(form=form, rows=rows, questions=tuple(questions), layout=layout, look=look, identity=identity, key=key)
        created = form.created.astimezone(UTC).replace(tzinfo=None)
        workbook.set_properties({"title": draft.words(layout.title), "author": form.organisation_name, "created": created})
        if questions:
            write_questions(workbook.add_worksheet(layout.questions.sheet, GrowingSheet), draft)
        _write_guide(workbook.add_worksheet(layout.guide_sheet, GrowingSheet), draft)
        _write_return(workbook.add_worksheet(layout.form_sheet, GrowingSheet), draft)
        _write_meta(workbook.add_worksheet(META_SHEET), draft)
    return buffer.getvalue()


def _identity(form: AnyForm, rows: tuple[OutgoingRow, ...], layout: Layout, questions: Sequence[Question]) -> Identity:
    refs, asked = tuple(row.ref for row in rows), tuple(question.query_id for question in questions)
    if form.kind is not layout.kind:
        raise ValueError(f"form version {layout.version} is for {layout.kind}, not for {form.kind}")
    if not rows or len(set(refs)) < len(rows):
        raise ValueError(f"a form needs one row for each {layout.subject}; {form.service_id} {form.period} has {refs}")
    if len(set(asked)) < len(asked):
        raise ValueError(f"a question is asked once; {form.service_id} {form.period} has {asked}")
    return Identity(
        form_version=layout.version,
        organisation=form.organisation,
        period=form.period,
        service_id=form.service_id,
        refs=refs,
        not_asked={row.ref: row.source for row in rows if row.source},
        questions=asked,
    )


def _write_guide(sheet: Worksheet, draft: Draft) -> None:
    form, look = draft.form, draft.look
    write_title(sheet, look, draft.words(draft.layout.title), form.organisation_name)
    sheet.write_string(2, 0, form.notice or "", look.notice)
    for index, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(index, index, width)
    for row, line in enumerate(draft.layout.guide, start=4):
        texts = (line.heading, draft.words(line.text))
        sheet.set_row(row, row_height(*zip(texts, _GUIDE_WIDTHS, strict=True)))
        sheet.write_string(row, 0, texts[0], look.strong)
        sheet.write_string(row, 1, texts[1], look.text)
    set_up_print(sheet)
    protect(sheet)


def _write_return(sheet: Worksheet, draft: Draft) -> None:
    form, layout, look = draft.form, draft.layout, draft.look
    write_title(sheet, look, draft.words(layout.title), draft.sender_line)
    _write_count(sheet, draft)
    sheet.write_string(3, 0, form.notice or "", look.notice)
    for column in layout.columns:
        sheet.set_column(column.index, column.index, column.width or None, None, {"hidden": not column.width})
        sheet.write_string(layout.header_row - 1, column.index, column.heading, look.input_heading if column.input else look.heading)
    sheet.set_row(layout.header_row - 1, row_height(*((column.heading, column.width) for column in layout.columns if column.width)))
    for index, row in enumerate(draft.rows, start=layout.header_row):
        _write_row(sheet, draft, index=index, row=row)
    for column in layout.inputs:
        for area, rule in column_rules(column, draft.rows, first_row=layout.first_row):
            sheet.data_validation(area, rule)
    sheet.set_comments_author(form.organisation_name)
    _set_up_screen(sheet, draft)
    set_up_print(sheet, footer=form.period_label, heading_row=layout.header_row)
    protect(sheet)


def _write_count(sheet: Worksheet, draft: Draft) -> None:
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


def _write_row(sheet: Worksheet, draft: Draft, *, index: int, row: OutgoingRow) -> None:
    columns = draft.layout.columns
    texts = {**row.texts, FieldName.ROW_ID: row_mark(draft.identity, row.ref, key=draft.key)}
    if check := check_line(draft, row.ref):
        texts[FieldName.TITLE] += f"\n{check}"
    sheet.set_row(index, row_height(*((_shown(row, texts, column), column.width) for column in columns if column.width)))
    for column in columns:
        place, questions = (index, column.index), draft.in_question.get((row.ref, column.field), ())
        look = _look(row, column, draft.look)
        _write_entry(sheet, place, _entry(row, texts, column), draft.look.in_question(look) if questions else look)
        if questions:
            write_note(sheet, place, questions, sheet_of_questions=draft.layout.questions.sheet)


def _look(row: OutgoingRow, column: Column, look: Look) -> Format:
    if not column.input:
        return _locked_look(column.field, look)
    if column.field in row.not_asked:
        return look.elsewhere if column.field is FieldName.VALUE else look.not_needed
    return look.input_figure if column.input == "figure" else look.input


def _entry(row: OutgoingRow, texts: Mapping[FieldName, str], column: Column) -> Entry:
    """Give what stands in a cell as it goes out: a locked text, what was sent already, or where the figure comes from."""
    if not column.input:
        return texts[column.field]
    if column.field in row.not_asked:
        return row.source if column.field is FieldName.VALUE else ""
    return row.entries.get(column.field, "")


def _shown(row: OutgoingRow, texts: Mapping[FieldName, str], column: Column) -> str:
    """Give the text a cell's row must be high enough for."""
    entry = _entry(row, texts, column)
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


def _set_up_screen(sheet: Worksheet, draft: Draft) -> None:
    layout, first = draft.layout, (draft.layout.header_row, draft.layout.inputs[0].index)
    sheet.set_selection(*first, *first)
    sheet.freeze_panes(layout.header_row, layout.by_field[FieldName.TITLE].number)
    # References and targets are text even where they read like numbers; no green corner on each of them.
    sheet.ignore_errors({"number_stored_as_text": f"A{layout.first_row}:{layout.columns[-1].column}{draft.last_row}"})


def _write_meta(sheet: Worksheet, draft: Draft) -> None:
    for row, (name, value) in enumerate(meta_rows(draft.identity, key=draft.key)):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
