"""The table of a form version, and the words a wrong one is refused with."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmf.form.layout import FieldName, Layout, LayoutError, load_layout, load_layouts

FORMS = Path(__file__).resolve().parents[2] / "include" / "forms"
GOOD = (FORMS / "v1.yaml").read_text(encoding="utf-8")


def test_version_1_is_shipped_and_stays_where_it_is(layout: Layout) -> None:
    """Forms already sent out are read by this map, so no field of version 1 ever moves."""
    assert {column.field.value: column.column for column in layout.columns} == {
        "kpi_ref": "A", "title": "B", "unit": "C", "direction": "D", "target": "E", "last_value": "F", "value": "G", "numerator": "H",
        "denominator": "I", "not_available": "J", "reason": "K", "comment": "L", "forecast": "M", "provisional": "N", "method": "O",
        "row_id": "P",
    }  # fmt: skip
    assert (layout.guide_sheet, layout.form_sheet, layout.header_row, layout.first_row) == ("How to fill this in", "Return", 5, 6)


def test_the_form_of_actions_is_shipped_and_stays_where_it_is(layouts: dict[str, Layout]) -> None:
    """The form of actions is found beside the form of KPIs, and no field of its version 1 ever moves."""
    layout = layouts["actions-1"]
    assert {column.field.value: column.column for column in layout.columns} == {
        "action_ref": "A", "title": "B", "description": "C", "priority": "D", "due": "E", "last_update": "F", "update": "G", "rag": "H",
        "impact": "I", "row_id": "J",
    }  # fmt: skip
    assert layout.by_field[FieldName.RAG].choices == ("Red", "Amber", "Green", "Complete", "Not started")


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ("[]", "choices belong to an input of choice"),
        ("[Red, RED]", "must differ in more than capitals"),
        ('["Red, or nearly so"]', "no comma"),
        (f"[{'x' * 300}]", "255 characters at most"),
    ],
)
def test_choices_that_excel_could_not_show_are_refused(tmp_path: Path, choices: str, said: str) -> None:
    """Choices stand in a list of 255 characters, separated by commas, and are told apart whatever their capitals."""
    good = "[Red, Amber, Green, Complete, Not started]"
    text = (FORMS / "actions-1.yaml").read_text(encoding="utf-8")
    assert good in text
    (tmp_path / "actions-1.yaml").write_text(text.replace(good, choices), encoding="utf-8")
    with pytest.raises(LayoutError, match=said):
        load_layout(tmp_path, "actions-1")


def test_every_input_has_a_prompt(layouts: dict[str, Layout]) -> None:
    """Whoever lands on a yellow cell is told what to type."""
    assert [column.field for layout in layouts.values() for column in layout.inputs if not column.prompt] == []


def test_all_versions_in_a_folder_are_read(tmp_path: Path) -> None:
    """A form is read by the version it was made with, so old versions stay readable beside new ones."""
    (tmp_path / "v1.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "v2.yaml").write_text(GOOD.replace('version: "1"', 'version: "2"'), encoding="utf-8")
    assert sorted(load_layouts(tmp_path)) == ["1", "2"]


@pytest.mark.parametrize(
    ("good", "wrong", "said"),
    [
        ("column: G\n", "column: B\n", "from left to right"),
        ("field: comment\n", "field: remark\n", "columns.11.field"),
        ("{field: kpi_ref,", "{field: kpi_ref, inputt: figure,", "columns.0.inputt"),
        ("    input: figure", "    input: text", "input of value must be figure"),
        ("heading: Target,", "heading: Target, input: figure,", "input of target must be left out"),
        ("{field: row_id,", "{field: unit,", "columns lack row_id"),
        ("{field: unit,", "{field: priority,", "columns have priority, which a form of kpis does not know"),
        ("\nkind: kpis", "\nkind: actions", "columns lack action_ref, impact, rag, update"),
        ("{field: unit,", "{field: unit, choices: [Red],", "choices belong to an input of choice"),
        ('{period}"\nguide_sheet', '{month}"\nguide_sheet', "between braces only organisation, service, period, deadline, contact"),
        ("{field: method,", "{field: unit,", "a field stands in two columns"),
        ("by {deadline}", "by {the deadline}", "between braces only organisation, service, period, deadline, contact"),
        ('version: "1"', 'version: "7"', "a form of version '7' stands in v7.yaml"),
        ("columns:", "columns: [", "not readable as YAML"),
    ],
)
def test_a_wrong_table_is_refused_by_file_and_field(tmp_path: Path, good: str, wrong: str, said: str) -> None:
    """A table that could not be filled in or read back is refused with its file, the field and the reason."""
    assert good in GOOD
    (tmp_path / "v1.yaml").write_text(GOOD.replace(good, wrong, 1), encoding="utf-8")
    with pytest.raises(LayoutError) as refusal:
        load_layout(tmp_path, "1")
    assert said in str(refusal.value)
    assert str(tmp_path / "v1.yaml") in str(refusal.value)


def test_a_missing_version_is_named(tmp_path: Path) -> None:
    """Asking for a version that is not there names the file that would hold it."""
    with pytest.raises(LayoutError, match=r"v9\.yaml does not exist: there is no form version '9'"):
        load_layout(tmp_path, "9")
