"""How a form looks: the formats of its cells, by what a cell is for, and what every sheet of it has in common."""

from __future__ import annotations

from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

_INK, _NAVY, _PLUM, _WHITE = "#0B0C0C", "#12436D", "#801650", "#FFFFFF"
_YELLOW, _PALE_YELLOW, _GREY, _LINE = "#FFDD00", "#FFF7BF", "#E3E6E8", "#8D979E"
_THICK = 5
_A4 = 9
# People may make room for themselves. Nobody may insert, delete or sort: Excel would sort the yellow cells alone.
_ALLOWED = {"format_cells": True, "format_columns": True, "format_rows": True}
# Arial 11: points a line, and how much of a column's width (in characters of the default type) its text fills.
_LINE_HEIGHT, _PADDING, _FIT = 14.5, 9.0, 1.02
# Excel has no higher row.
_HIGHEST = 409.0
_TITLE_HEIGHT = 27.0


class GrowingSheet(Worksheet):  # type: ignore[misc] # XlsxWriter carries no types
    """A sheet whose rows begin with the height their texts need and grow with what is typed.

    XlsxWriter marks every given height as fixed; a text that becomes longer would then show only its beginning.
    """

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]] | None = None) -> None:
        super()._xml_start_tag_unencoded(tag, [pair for pair in attributes or [] if pair[0] != "customHeight"])


class Look:
    """The formats of one workbook. Colour is never the only sign: inputs have a prompt, other cells are locked."""

    def __init__(self, workbook: Workbook) -> None:
        plain = {"font_name": "Arial", "font_size": 11, "font_color": _INK, "valign": "vcenter"}
        cell = {**plain, "text_wrap": True, "border": 1, "border_color": _LINE, "indent": 1}
        heading = {**cell, "bold": True}
        entry = {**cell, "bg_color": _PALE_YELLOW, "locked": False}
        grey = {**cell, "bg_color": _GREY}
        self.title = workbook.add_format({**plain, "bold": True, "font_size": 16, "font_color": _NAVY})
        self.line = workbook.add_format(plain)
        self.count = workbook.add_format({**plain, "bold": True})
        self.notice = workbook.add_format({**plain, "bold": True, "font_color": _PLUM})
        self.heading = workbook.add_format({**heading, "font_color": _WHITE, "bg_color": _NAVY})
        self.input_heading = workbook.add_format({**heading, "bg_color": _YELLOW})
        self.text = workbook.add_format(cell)
        self.strong = workbook.add_format({**cell, "bold": True})
        self.right = workbook.add_format({**cell, "align": "right"})
        self.link = workbook.add_format({**cell, "font_color": _NAVY, "underline": 1})
        self.not_needed = workbook.add_format(grey)
        self.elsewhere = workbook.add_format({**grey, "font_size": 9})
        self.input = workbook.add_format(entry)
        # No number format: a fixed one would round what is shown, and Excel would no longer mark "95%" or "3/7" as what they are.
        self.input_figure = workbook.add_format({**entry, "align": "right"})
        asked = {"border": _THICK, "border_color": _PLUM}
        self._in_question: dict[Format, Format] = {
            self.text: workbook.add_format({**cell, **asked}),
            self.not_needed: workbook.add_format({**grey, **asked}),
            self.elsewhere: workbook.add_format({**grey, "font_size": 9, **asked}),
            self.input: workbook.add_format({**entry, **asked, "bg_color": _YELLOW}),
            self.input_figure: workbook.add_format({**entry, "align": "right", **asked, "bg_color": _YELLOW}),
        }

    def in_question(self, look: Format) -> Format:
        """Give the look of a cell that is in question, with a border nobody overlooks."""
        return self._in_question[look]


def row_height(*texts: tuple[str, float]) -> float:
    """Estimate the height of a row in points from its texts and the widths of their columns."""
    lines = max(sum(ceil(len(line) / (width * _FIT)) or 1 for line in text.split("\n")) for text, width in texts)
    return min(lines * _LINE_HEIGHT + _PADDING, _HIGHEST)


def write_title(sheet: Worksheet, look: Look, title: str, line: str) -> None:
    """Write the first two rows of a sheet: what it is, and from whom."""
    sheet.set_row(0, _TITLE_HEIGHT)
    sheet.write_string(0, 0, title, look.title)
    sheet.write_string(1, 0, line, look.line)


def set_up_print(sheet: Worksheet, *, footer: str = "", heading_row: int | None = None) -> None:
    """Print a sheet one page wide; with a heading's row (from 1) in landscape, the heading on every page."""
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    if heading_row is not None:
        sheet.set_landscape()
        sheet.repeat_rows(heading_row - 1)
        sheet.set_footer(f"&L{footer.replace('&', '&&')}&RPage &P of &N")


def protect(sheet: Worksheet) -> None:
    """Lock what is not to be filled in, without a password."""
    sheet.protect("", _ALLOWED)
