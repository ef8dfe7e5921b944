"""Writing a council's register as one workbook: a guide, a sheet for each table, and what the columns hold.

Same register, same bytes. Texts stay text: none becomes a formula or a link. Nothing is protected: the workbook is
edited freely, and judged when it comes back.
"""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pmf.form.look import GrowingSheet
from pmf.register.council import Profile
from pmf.register.dated import InForce
from pmf.register.versions import Register
from pmf.registerbook.base import base_of, rows_of
from pmf.registerbook.columns import TABLES
from pmf.registerbook.guide import COLUMNS_SHEET, GUIDE_SHEET, guide_lines
from pmf.registerbook.look import Look, row_height
from pmf.registerbook.naming import Names
from pmf.registerbook.tablesheet import TableSheet

LISTS_SHEET, BASE_SHEET = "_lists", "_export"
_GUIDE_WIDTHS = (28, 100)
_COLUMNS_WIDTHS = (22, 24, 24, 90, 34)


def write_book(register: Register) -> bytes:
    """Write a register as an Excel workbook to be edited and imported again.

    Raises:
        TooLongError: when a text does not fit into a cell; it names the row and the field.
    """
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        newest = max((row.valid_from for rows in rows_of(register).values() for row in rows if isinstance(row, InForce)), default=None)
        # The file's date is that of its newest row: the same register gives the same bytes.
        created = datetime.combine(newest, time()) if newest else datetime(2000, 1, 1)  # noqa: DTZ001 - a file property without zone
        workbook.set_properties({"title": f"Register of {register.profile.name}", "author": register.profile.name, "created": created})
        guide = workbook.add_worksheet(GUIDE_SHEET, GrowingSheet)
        sheets = {table: workbook.add_worksheet(table.sheet, GrowingSheet) for table in TABLES}
        columns = workbook.add_worksheet(COLUMNS_SHEET, GrowingSheet)
        lists, base = workbook.add_worksheet(LISTS_SHEET), workbook.add_worksheet(BASE_SHEET)
        look, titles = Look(workbook), {kpi.kpi_ref: kpi.title for kpi in register.kpi_versions}
        style = TableSheet(look, titles, _write_lists(lists, Names(register.profile, register.sources)))
        _write_guide(guide, register.profile, look)
        for table, rows in rows_of(register).items():
            style.write(sheets[table], table, rows)
        _write_columns(columns, look)
        _write_base(base, register)
    return buffer.getvalue()


def _write_lists(sheet: Worksheet, names: Names) -> dict[str, str]:
    """Write the ids that drop-downs offer; give each list's range."""
    ranges = {}
    for index, (kind, entries) in enumerate(names.entries.items()):
        letters = xl_col_to_name(index)
        sheet.write_column(0, index, [kind, *(entry.id for entry in entries)])
        if entries:
            ranges[kind] = f"='{LISTS_SHEET}'!${letters}$2:${letters}${len(entries) + 1}"
    sheet.hide()
    return ranges


def _write_base(sheet: Worksheet, register: Register) -> None:
    for row, ((name, key), digest) in enumerate(base_of(register).items()):
        for column, text in enumerate((name, key, digest)):
            sheet.write_string(row, column, text)
    sheet.very_hidden()


def _write_guide(sheet: Worksheet, profile: Profile, look: Look) -> None:
    sheet.hide_gridlines(2)
    sheet.set_row(0, 27)
    sheet.write_string(0, 0, f"The register of {profile.name}", look.title)
    sheet.write_string(1, 0, profile.notice or "", look.line)
    for index, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(index, index, width)
    for row, (heading, text) in enumerate(guide_lines(profile.slug), start=3):
        sheet.set_row(row, row_height((text, _GUIDE_WIDTHS[1])))
        sheet.write_string(row, 0, heading, look.strong)
        sheet.write_string(row, 1, text, look.text)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_columns(sheet: Worksheet, look: Look) -> None:
    lines = [
        (table.sheet, column.heading, column.field, column.meaning, ", ".join(column.choices) or ("needed" if column.is_needed else ""))
        for table in TABLES
        for column in table.columns
    ]
    headings = ("Sheet", "Column", "Field", "What it holds", "Choices, or needed")
    for index, (heading, width) in enumerate(zip(headings, _COLUMNS_WIDTHS, strict=True)):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, heading, look.headings[0])
    for row, texts in enumerate(lines, start=1):
        sheet.set_row(row, row_height(*zip(texts, _COLUMNS_WIDTHS, strict=True)))
        for index, text in enumerate(texts):
            sheet.write_string(row, index, text, look.strong if index == 1 else look.text)
    names = [{"header": heading, "header_format": look.headings[0]} for heading in headings]
    sheet.add_table(0, 0, len(lines), len(headings) - 1, {"name": "columns", "style": None, "columns": names})
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
