"""How a form looks: the formats of its cells, by what a cell is for."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

_INK, _NAVY, _PLUM, _WHITE = "#0B0C0C", "#12436D", "#801650", "#FFFFFF"
_YELLOW, _PALE_YELLOW, _GREY, _LINE = "#FFDD00", "#FFF7BF", "#E3E6E8", "#8D979E"


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
        self.title = workbook.add_format({**plain, "bold": True, "font_size": 16, "font_color": _NAVY})
        self.line = workbook.add_format(plain)
        self.count = workbook.add_format({**plain, "bold": True})
        self.notice = workbook.add_format({**plain, "bold": True, "font_color": _PLUM})
        self.heading = workbook.add_format({**heading, "font_color": _WHITE, "bg_color": _NAVY})
        self.input_heading = workbook.add_format({**heading, "bg_color": _YELLOW})
        self.text = workbook.add_format(cell)
        self.strong = workbook.add_format({**cell, "bold": True})
        self.right = workbook.add_format({**cell, "align": "right"})
        self.not_needed = workbook.add_format({**cell, "bg_color": _GREY})
        self.elsewhere = workbook.add_format({**cell, "bg_color": _GREY, "font_size": 9})
        self.input = workbook.add_format(entry)
        # No number format: a fixed one would round what is shown, and Excel would no longer mark "95%" or "3/7" as what they are.
        self.input_figure = workbook.add_format({**entry, "align": "right"})
