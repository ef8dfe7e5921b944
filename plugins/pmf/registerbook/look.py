"""How a register's workbook looks: the formats of its cells, by what a cell is for."""

from __future__ import annotations

from math import ceil

from xlsxwriter import Workbook

_INK, _NAVY, _SLATE, _WHITE = "#0B0C0C", "#12436D", "#3D5A73", "#FFFFFF"
_PALE, _GREY, _LINE = "#EAF0F6", "#6B7276", "#C5CBD0"
DATE_FORM = "yyyy-mm-dd"
_AS_TEXT = "@"
# Arial 10: points a line, and how much of a column's width (in characters of the default type) its text fills.
_LINE_HEIGHT, _PADDING, _FIT = 13.0, 4.0, 1.18
_MOST_LINES = 12


def row_height(*texts: tuple[str, int]) -> float:
    """Estimate the height of a row in points from its texts and the widths of their columns."""
    lines = max(sum(max(ceil(len(line) / (width * _FIT)), 1) for line in text.split("\n")) for text, width in texts)
    return min(lines, _MOST_LINES) * _LINE_HEIGHT + _PADDING


class Look:
    """The formats of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        plain = {"font_name": "Arial", "font_size": 10, "font_color": _INK, "valign": "top"}
        cell = {**plain, "text_wrap": True, "border": 1, "border_color": _LINE}
        heading = {**cell, "bold": True, "font_color": _WHITE, "valign": "vcenter"}
        field = {**plain, "font_size": 8, "font_color": _GREY, "bg_color": _PALE, "border": 1, "border_color": _LINE}
        self.title = workbook.add_format({**plain, "bold": True, "font_size": 16, "font_color": _NAVY})
        self.line = workbook.add_format(plain)
        # Groups of columns take turns, so that one sees where the next begins. Their names run on over the cells beside them.
        group = {**heading, "font_size": 11, "text_wrap": False, "border": 0}
        self.groups = tuple(workbook.add_format({**group, "bg_color": colour}) for colour in (_NAVY, _SLATE))
        self.headings = tuple(workbook.add_format({**heading, "bg_color": colour}) for colour in (_NAVY, _SLATE))
        self.field = workbook.add_format(field)
        self.text = workbook.add_format({**cell, "num_format": _AS_TEXT})
        self.strong = workbook.add_format({**cell, "num_format": _AS_TEXT, "bold": True})
        self.date = workbook.add_format({**cell, "num_format": DATE_FORM, "align": "left"})
        self.number = workbook.add_format({**cell, "align": "right"})
        self.reading = workbook.add_format({**cell, "num_format": _AS_TEXT, "italic": True, "font_color": _GREY})
        self.ended = workbook.add_format({"font_color": _GREY, "italic": True})
