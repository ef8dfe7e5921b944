"""Figure cells: a printed figure with the number it prints, for the formats that hold numbers."""

from __future__ import annotations

from decimal import Decimal

from pmf.page.document import Cell
from pmf.reporting.wording import count_or_dash, share
from pmf.value import parse_figure

# Stands before every figure that the pipeline expects, so that none is taken for a figure that was measured.
FORECAST_MARK = "[f]"


def figure_cell(words: str, *, unit: str, note: str = "") -> Cell:
    """Print a figure with the number it prints; words that are no single figure ("Nil return", "30 to 40") stay words.

    The number is read back from the print, so a spreadsheet can show no digit more than the page, and no other. A unit in words
    may stand behind it.
    """
    value = parse_figure(words.removeprefix(FORECAST_MARK).removesuffix(f" {unit}"))
    return Cell(words, note=note, value=value, unit="" if value is None or unit == "number" else unit)


def count_cell(number: int) -> Cell:
    """Print a count, a dash for none."""
    return Cell(count_or_dash(number), value=Decimal(number))


def share_cell(part: int, whole: int) -> Cell:
    """Print a share in whole per cent, a dash for none; a share of nothing is no number."""
    words = share(part, whole)
    return Cell(words, value=parse_figure(words) or Decimal(0), unit="%") if whole else Cell(words, mark="z")
