"""One incoming row judged by itself: a model of the register, or why it cannot be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from pmf.register.structure import Definition
from pmf.registerbook.cellvalue import UnusableValueError, file_text, text_of
from pmf.registerbook.columns import Table
from pmf.registerbook.incoming import IncomingRow
from pmf.registerbook.naming import Names
from pmf.registerbook.refusal import Refusal, refusals


@dataclass(frozen=True)
class JudgedRow:
    """A row that can be taken: what it says as a model, and as the files write it."""

    row: int
    model: Definition
    texts: dict[str, str]
    remarks: tuple[str, ...] = ()


def file_texts(table: Table, incoming: IncomingRow, names: Names) -> tuple[dict[str, str], list[Refusal]]:
    """Write a row as the files would, with what cannot be."""
    texts: dict[str, str] = {}
    wrong = list(incoming.refusals)
    refused = {refusal.field for refusal in wrong}
    for field, text in incoming.texts.items():
        if field in refused:
            continue
        try:
            texts[field] = file_text(table.by_field[field], text, names)
        except UnusableValueError as error:
            wrong.append(Refusal(sheet=table.sheet, row=incoming.row, field=field, value=text, message=str(error)))
    return texts, wrong


def key_of_texts(table: Table, texts: Mapping[str, str]) -> str:
    """Name a row within its table by its texts, as ``base.row_key`` does by its model."""
    defaults = {field: text_of(table.model.model_fields[field].default) for field in table.key if not table.by_field[field].is_needed}
    return ", ".join(texts.get(field) or defaults.get(field, "") for field in table.key)


def judge_row(table: Table, number: int, texts: dict[str, str], remarks: tuple[str, ...] = ()) -> JudgedRow | list[Refusal]:
    """Let the model judge a row as ``load_register`` would: an empty cell is one with nothing in it."""
    try:
        model = table.model.model_validate({field: text for field, text in texts.items() if text != ""})
    except ValidationError as error:
        return refusals(error, table, number, texts)
    return JudgedRow(number, model, texts, remarks)
