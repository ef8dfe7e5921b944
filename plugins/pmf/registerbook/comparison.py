"""One table compared row by row with its file: what is new, changed, removed, left alone, or cannot be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pmf.register.structure import Definition
from pmf.registerbook.base import row_digest, row_key
from pmf.registerbook.cellvalue import is_same, text_of, would_run
from pmf.registerbook.columns import Table
from pmf.registerbook.incoming import Incoming, IncomingRow
from pmf.registerbook.naming import Names
from pmf.registerbook.refusal import Refusal
from pmf.registerbook.row import JudgedRow, file_texts, judge_row, key_of_texts

_AFRESH = "export the register again and make your change there"


class What(StrEnum):
    """What happens to a row. ``kept``: the files have changed since the workbook was written, and its row was not touched."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"


class FieldChange(NamedTuple):
    """A field with what the files say and what they would say."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One row that does not stay as the files have it, or as the workbook has it. ``row`` 0: it is not in the workbook."""

    what: What
    sheet: str
    row: int
    key: str
    fields: tuple[FieldChange, ...] = ()


@dataclass
class Compared:
    """A table after the comparison. ``kept`` maps the positions of the file's rows that stay to what they would say."""

    table: Table
    rows: tuple[Definition, ...]
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept: dict[int, JudgedRow | None] = field(default_factory=dict)
    new: list[JudgedRow] = field(default_factory=list)

    @property
    def models(self) -> tuple[Definition, ...]:
        """The rows as they would be."""
        stay = [judged.model if (judged := self.kept[index]) else row for index, row in enumerate(self.rows) if index in self.kept]
        return (*stay, *(judged.model for judged in self.new))


def compare(table: Table, rows: tuple[Definition, ...], incoming: Incoming, names: Names) -> Compared:
    """Compare a table's incoming rows with those of its file; see ``Change`` for what comes of it."""
    result = Compared(table, rows)
    if table not in incoming.rows:
        result.kept = dict.fromkeys(range(len(rows)))
        result.unchanged = len(rows)
        return result
    read = [(row, *file_texts(table, row, names)) for row in incoming.rows[table]]
    keys = Counter(key_of_texts(table, texts) for _, texts, _ in read)
    positions = {row_key(table, row): index for index, row in enumerate(rows)}
    for row, texts, wrong in read:
        key = key_of_texts(table, texts)
        if keys[key] > 1 and texts.get(table.key[0]):
            message = f"stands there {keys[key]} times with the same {' and '.join(table.key)}: keep one, or give each a day of its own"
            wrong.append(Refusal(sheet=table.sheet, row=row.row, field="", value=key, message=message))
        _take(result, _Found(row, texts, wrong, key, positions.get(key), incoming))
    _leave_out(result, incoming, set(keys))
    return result


class _Found(NamedTuple):
    """A row that has come in, and where the file has it."""

    incoming: IncomingRow
    texts: dict[str, str]
    wrong: list[Refusal]
    key: str
    position: int | None
    all: Incoming


def _take(result: Compared, found: _Found) -> None:
    table = result.table
    old = None if found.position is None else result.rows[found.position]
    present = {} if old is None else {column.field: text_of(getattr(old, column.field)) for column in table.columns}
    judged = _judged(table, found, present)
    if found.position is not None:
        result.kept[found.position] = None
    if not isinstance(judged, JudgedRow):
        result.refusals.extend(judged)
        return
    changed = _changed(table, old, judged)
    if old is not None and not changed:
        result.unchanged += 1
        return
    said = found.all.base.get((table.sheet, found.key))
    problem = _set_back(said, None if old is None else row_digest(table, old), bool(found.all.base))
    if said is not None and said == row_digest(table, judged.model):
        result.changes.append(Change(What.KEPT, table.sheet, judged.row, found.key))
    elif problem:
        result.refusals.append(Refusal(sheet=table.sheet, row=judged.row, field="", value=found.key, message=problem))
    elif wrong := list(_formulas(table, judged, changed)):
        result.refusals.extend(wrong)
    else:
        _accept(result, found, judged, changed)


def _judged(table: Table, found: _Found, present: dict[str, str]) -> JudgedRow | list[Refusal]:
    """Judge a row, and one with cells that cannot be read as if they were empty: so that all that is wrong is told at once."""
    judged = judge_row(table, found.incoming.row, present | found.texts, found.incoming.remarks)
    if not found.wrong:
        return judged
    fields = {refusal.field for refusal in found.wrong}
    return [*found.wrong, *(refusal for refusal in (() if isinstance(judged, JudgedRow) else judged) if refusal.field not in fields)]


def _accept(result: Compared, found: _Found, judged: JudgedRow, changed: tuple[FieldChange, ...]) -> None:
    place = f"{result.table.sheet} row {judged.row} ({found.key})"
    result.remarks.extend(f"{place}: {remark}" for remark in judged.remarks)
    if found.position is None:
        result.new.append(judged)
        result.changes.append(Change(What.NEW, result.table.sheet, judged.row, found.key, changed))
    else:
        result.kept[found.position] = judged
        result.changes.append(Change(What.CHANGED, result.table.sheet, judged.row, found.key, changed))


def _changed(table: Table, old: Definition | None, judged: JudgedRow) -> tuple[FieldChange, ...]:
    """List the fields that differ; of a new row those that say something else than an empty cell would."""
    if old is None:
        fields = table.model.model_fields
        said = ((column.field, getattr(judged.model, column.field)) for column in table.columns)
        return tuple(FieldChange(field, "", text_of(value)) for field, value in said if value != fields[field].default)
    pairs = ((column, getattr(old, column.field), getattr(judged.model, column.field)) for column in table.columns)
    return tuple(FieldChange(column.field, text_of(was), text_of(now)) for column, was, now in pairs if not is_same(column, was, now))


def _set_back(said: str | None, present: str | None, has_base: bool) -> str:
    """Say why taking a row would set back what someone else has done since the workbook was written; empty: it would not."""
    if not has_base or said == present:
        return ""
    if present is None:
        return f"has been taken out of the files since this workbook was written: {_AFRESH}"
    done = "added to" if said is None else "changed in"
    return f"has been {done} the files, too, since this workbook was written: {_AFRESH}"


def _formulas(table: Table, judged: JudgedRow, changed: Iterable[FieldChange]) -> Iterable[Refusal]:
    for change in changed:
        if would_run(table.by_field[change.field], judged.texts.get(change.field, "")):
            message = f"begins with a sign that a spreadsheet runs as a formula when it opens {table.file}: begin with a word"
            yield Refusal(sheet=table.sheet, row=judged.row, field=change.field, value=change.new, message=message)


def _leave_out(result: Compared, incoming: Incoming, keys: set[str]) -> None:
    """Take out the file's rows that have not come in, unless they were not there when the workbook was written."""
    table, places = result.table, {refusal.row for refusal in result.refusals}
    known = {row_key(table, row) for row in result.rows}
    # A row whose key cannot be read may be one of these: as long as there is one, none is called removed.
    is_unsure = bool(places) and not keys <= known
    for index, row in enumerate(result.rows):
        if index in result.kept:
            continue
        key = row_key(table, row)
        said = incoming.base.get((table.sheet, key))
        was_added = bool(incoming.base) and said is None
        if not incoming.is_whole or was_added or is_unsure:
            result.kept[index] = None
            result.unchanged += not was_added
            if was_added:
                result.changes.append(Change(What.KEPT, table.sheet, 0, key))
        elif incoming.base and said != row_digest(table, row):
            message = f"is not in the workbook, but has been changed in the files since it was written: {_AFRESH}"
            result.refusals.append(Refusal(sheet=table.sheet, row=0, field="", value=key, message=message))
        else:
            result.changes.append(Change(What.REMOVED, table.sheet, 0, key))
