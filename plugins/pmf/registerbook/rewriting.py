"""A table's file as it would be: rows that stay keep their bytes, changed ones change where they stand, new ones join their kin."""

from __future__ import annotations

from pmf.registerbook.comparison import Change, Compared, What
from pmf.registerbook.csvfile import CsvFile


def rewritten_file(file: CsvFile, compared: Compared) -> str:
    """Write the whole file, in its own columns, line ends and order; the same text where nothing changes."""
    by_key = {(change.what, change.row): change for change in compared.changes}
    said = [change for change in compared.changes if change.what in (What.NEW, What.CHANGED)]
    lacking = [column.field for column in compared.table.columns if column.field not in file.header and _is_said(column.field, said)]
    if lacking:
        file = file.with_columns(lacking)
    reference = compared.table.key[0]
    new: dict[str, list[str]] = {}
    for judged in compared.new:
        new.setdefault(judged.texts[reference], []).append(file.text_of(judged.texts))
    stay = [index for index in range(len(file.records)) if index in compared.kept]
    last = {file.cells[index][reference].strip(): index for index in stay}
    records: list[str] = []
    for index in stay:
        judged_row, text = compared.kept[index], file.records[index]
        if judged_row is not None:
            fields = by_key[What.CHANGED, judged_row.row].fields
            text = file.text_of(file.cells[index] | {change.field: judged_row.texts.get(change.field, "") for change in fields})
        records.append(file.lead[index] + text)
        name = file.cells[index][reference].strip()
        records.extend(new.pop(name, []) if last[name] == index else [])
    records.extend(text for texts in new.values() for text in texts)
    return ("\ufeff" if file.is_marked else "") + _joined([file.header_text, *records], file.line_end) + file.tail


def _is_said(field: str, changes: list[Change]) -> bool:
    return any(change.field == field and change.new for item in changes for change in item.fields)


def _joined(texts: list[str], line_end: str) -> str:
    """Join records; one without a line end, the last of some files, gets one when another follows."""
    *before, last = texts
    return "".join(text if text.endswith(("\n", "\r")) else text + line_end for text in before) + last
