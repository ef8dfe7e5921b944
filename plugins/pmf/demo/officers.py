"""Officers filling in a form: openpyxl opens the workbook that was sent out, types into its yellow cells, and saves it."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl

from pmf.demo.sample import Line
from pmf.form.column import FieldName
from pmf.form.layout import Layout
from pmf.page.archive import rezip
from pmf.value import parse_figure

_TEXTS = {FieldName.NOT_AVAILABLE, FieldName.REASON, FieldName.COMMENT, FieldName.UPDATE, FieldName.RAG, FieldName.IMPACT}


def fill_in(content: bytes, lines: Mapping[str, Line], *, layout: Layout) -> bytes:
    """Type lines into a form, each beside its indicator, action or line, and save it; the same lines give the same bytes.

    Figures are typed as numbers where they are numbers, and as they stand where an officer wrote something else.
    """
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook[layout.form_sheet]
    columns = {field: column.number for field, column in layout.by_field.items()}
    reference = columns[layout.ref_field]
    for row in range(layout.first_row, sheet.max_row + 1):
        line = lines.get(str(sheet.cell(row, reference).value or ""))
        for field, text in (line or {}).items():
            if text:
                cell = sheet.cell(row, columns[field])
                cell.value = text if field in _TEXTS else _typed(text)
                if field in _TEXTS:
                    cell.data_type = "s"  # words remain words, even where they begin like a formula
    saved = io.BytesIO()
    workbook.save(saved)
    return rezip(saved.getvalue())


def _typed(text: str) -> float | str:
    """Type a plain number as a number; "see e-mail" or "95%" stays what it is."""
    figure = parse_figure(text)
    return text if figure is None or any(sign in text for sign in "%£") else float(figure)
