"""The columns of the workbook are the fields of the models, each with words that fit beside a cell."""

from __future__ import annotations

import pytest

from pmf.registerbook.columns import TABLES, Column, Kind, Table


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.sheet)
def test_every_field_has_a_column_and_no_other_has(table: Table) -> None:
    """A field added to a model without words, or words for a field that is gone, fail here and not before a person."""
    assert [column.field for column in table.columns] == list(dict.fromkeys(column.field for column in table.columns))
    assert set(table.by_field) == set(table.model.model_fields)


@pytest.mark.parametrize("column", [column for table in TABLES for column in table.columns], ids=lambda column: column.field)
def test_words_fit_the_prompt_beside_a_cell(column: Column) -> None:
    """Excel shows 32 characters of a prompt's title and 255 of its text; more would leave the prompt out."""
    assert 0 < len(column.heading) <= 32
    assert 0 < len(column.meaning) <= 255


def test_kinds_follow_the_models() -> None:
    """What a column holds comes from the model's own types; only what names something of the council is named here."""
    kinds = {(table.file, column.field): column.kind for table in TABLES for column in table.columns}
    assert kinds["kpis.csv", "valid_to"] is Kind.DATE
    assert kinds["kpis.csv", "is_public"] is Kind.YES_NO
    assert kinds["kpis.csv", "due_working_day"] is Kind.COUNT
    assert kinds["kpis.csv", "ambition_ids"] is Kind.TEXTS
    assert kinds["kpis.csv", "holder_post"] is Kind.NAME
    assert kinds["kpis.csv", "lead_lag"] is Kind.CHOICE
    assert kinds["targets.csv", "target"] is Kind.TARGET
    assert kinds["targets.csv", "intervention_level"] is Kind.FIGURE
