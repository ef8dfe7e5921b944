"""What an import says about each row: new, changed, removed, kept, or refused with sheet, row, field, value and right form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pmf.register import RegisterError, load_register
from pmf.registerbook.comparison import What
from pmf.registerbook.examination import Examination, examine
from pmf.registerbook.incoming import UnusableFileError
from pmf.registerbook.opening import OpenSheet, open_book
from pmf.registerbook.reader import read_book
from pmf.registerbook.report import report_lines, report_values
from pmf.registerbook.saving import save
from pmf.registerbook.writer import write_book
from registerbook.conftest import cell_of, edited, imported, put, retyped

Change = Callable[..., Examination]
# What only programmers say.
_JARGON = re.compile(r"Extra inputs|String should|Input should|Field required|pattern|\^\[|\\d|pydantic|None\b|tuple|str\b")


def test_each_row_is_told_by_what_happens_to_it(change: Change) -> None:
    """A change names field, old and new; a new row is new, a deleted one removed, and the rest is counted."""

    def edit(sheets: dict[str, Any]) -> None:
        put(sheets["KPIs"], "unit", "sessions", kpi_ref="1")
        put(sheets["Data quality templates"], "minimum", 5, kpi_ref="1")
        targets = sheets["Targets"]
        targets.delete_rows(cell_of(targets, "target", kpi_ref="007")[0])
        row = targets.max_row + 1
        for field, value in {"kpi_ref": 5, "valid_from": date(2024, 4, 1), "target": "7.5"}.items():
            targets.cell(row, next(cell.column for cell in targets[3] if cell.value == field)).value = value

    found = change(edit)
    assert report_lines(found) == [
        'changed   KPIs row 4 (1, 2024-04-01): unit: "number" -> "sessions"',
        'new       Targets row 9 (5, month, 2024-04-01): "7.5"',
        "removed   Targets (007, quarter, 2024-04-01): is in the files and not in the workbook",
        'changed   Data quality templates row 4 (1, 2024-04-01): minimum: "0" -> "5"',
        "KPIs: 1 changed, 5 unchanged.",
        "Targets: 1 new, 1 removed, 5 unchanged.",
        "Data quality templates: 1 changed, 1 unchanged.",
        "Plan actions: no rows.",
        "Benchmarks: no rows.",
        "Panels: no rows.",
    ]
    assert report_values(found)["counts"]["Targets"] == {
        "new": 1,
        "changed": 0,
        "removed": 1,
        "kept": 0,
        "refused": 0,
        "unchanged": 5,
    }


def test_a_long_text_shows_where_it_begins_to_differ(change: Change) -> None:
    """Of two long texts the report shows the stretch around their first difference, not the beginning they share."""
    long = "Count at the door. " * 20

    def edit(sheets: dict[str, Any]) -> None:
        put(sheets["Data quality templates"], "method", "Count at the door.\nHalve it. " + long, kpi_ref="1")

    (line,) = [line for line in report_lines(change(edit)) if line.startswith("changed")]
    assert 'method: "...the door. Halve it." -> "...the door. Halve it. Count at the door. Count' in line


WRONG: dict[str, tuple[str, str, dict[str, str], object, str]] = {
    "a date": (
        "KPIs",
        "valid_to",
        {"kpi_ref": "1"},
        "soon",
        'KPIs row 4, valid_to (found "soon"): write a date, like 2025-04-01 or 1 April 2025',
    ),
    "a truth": ("KPIs", "valid_to", {"kpi_ref": "1"}, True, 'KPIs row 4, valid_to (found "TRUE"): write a date'),
    "a choice": (
        "KPIs",
        "direction",
        {"kpi_ref": "1"},
        "up",
        'KPIs row 4, direction (found "up"): write one of higher, lower, range, maintain',
    ),
    "yes or no": ("KPIs", "is_public", {"kpi_ref": "1"}, "perhaps", 'KPIs row 4, is_public (found "perhaps"): write yes or no'),
    "a count": ("KPIs", "decimals", {"kpi_ref": "1"}, 1.5, 'KPIs row 4, decimals (found "1.5"): write a whole number, like 6'),
    "too many": (
        "KPIs",
        "decimals",
        {"kpi_ref": "1"},
        9,
        'KPIs row 4, decimals (found "9"): must be at most 6: write a whole number, like 6',
    ),
    "too short": ("KPIs", "title", {"kpi_ref": "1"}, "Abc", 'KPIs row 4, title (found "Abc"): is too short: write at least 5 characters'),
    "empty": ("KPIs", "title", {"kpi_ref": "1"}, None, "KPIs row 4, title: is empty, but every row needs it: write a text"),
    "a reference": ("KPIs", "part_of", {"kpi_ref": "5-A"}, "6", "KPI 5-A, field part_of: '6' is not a KPI of the register"),
    "a name": (
        "KPIs",
        "service_id",
        {"kpi_ref": "1"},
        "Librarys",
        'KPIs row 4, service_id (found "Librarys"): is no service of this council; the nearest is libraries',
    ),
    "a post": ("KPIs", "deputy_post", {"kpi_ref": "1"}, "Nobody at all", "is no post of this council; write one of team, head, officer"),
    "a list": ("KPIs", "ambition_ids", {"kpi_ref": "1"}, "1;3", 'KPIs row 4, ambition_ids (found "1;3"): is no ambition of this council'),
    "a figure": (
        "Targets",
        "intervention_level",
        {"kpi_ref": "1"},
        "about 90",
        'Targets row 4, intervention_level (found "about 90"): write one number',
    ),
    "a target": (
        "Targets",
        "target",
        {"kpi_ref": "007"},
        "TBC",
        'Targets row 9, target (found "TBC"): write a figure, like 95, or a range, like 85..95',
    ),
    "a range": (
        "Targets",
        "target",
        {"kpi_ref": "007"},
        "30..40",
        "field target: '30..40' is a range, but the direction is higher; write one figure",
    ),
    "a rule": ("KPIs", "direction", {"kpi_ref": "1"}, None, "KPIs row 4, direction: a rated KPI needs a direction for improvement"),
    "an end": ("KPIs", "valid_to", {"kpi_ref": "1"}, date(2024, 1, 1), "does not come after valid_from 2024-04-01"),
    "a method": ("Targets", "profile", {"kpi_ref": "007"}, "even", "Targets row 9, profile"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_refused_with_the_right_form(opened: dict[str, OpenSheet], council: Path, case: str) -> None:
    """Every kind of wrong cell is refused in words, naming sheet, row, field, value and right form; no file would change."""
    sheet, field, key, value, said = WRONG[case]
    content = {"shown": value.isoformat()} if isinstance(value, date) else "" if value is None else value
    found = examine(read_book(retyped(opened, sheet, field, content, **key)), register=load_register(council), folder=council, until=None)
    sentences = [*map(str, found.refusals), *found.contradictions]
    assert any(said in sentence for sentence in sentences), sentences
    assert not found.is_right
    assert not any(_JARGON.search(sentence) for sentence in sentences), sentences


def test_formulas_errors_and_merged_cells_are_refused(change: Change) -> None:
    """What a cell hides is told: a formula by itself, an error by its name, a merged cell as one."""

    def edit(sheets: dict[str, Any]) -> None:
        put(sheets["Targets"], "target", "=1+1", kpi_ref="007")
        put(sheets["Targets"], "intervention_level", "#N/A", kpi_ref="007")
        sheets["Data quality templates"].merge_cells("F4:F5")

    said = [str(refusal) for refusal in change(edit).refusals]
    assert [sentence.split(": ", 1)[1].split(" with")[0][:24] for sentence in said] == [
        'holds the formula "=1+1"',
        "shows the error #N/A: cl",
        "is merged",
        "is merged",
    ]


def test_a_formula_in_disguise_is_refused(change: Change) -> None:
    """A text a spreadsheet would run when the file is opened in it is refused; a minus before a figure is none."""

    def edit(sheets: dict[str, Any]) -> None:
        cell = sheets["KPIs"].cell(*cell_of(sheets["KPIs"], "description", kpi_ref="1"))
        cell.value, cell.data_type = "=cmd()", "s"
        put(sheets["KPIs"], "description", "-5", kpi_ref="5")

    (refusal,) = change(edit).refusals
    assert (refusal.row, refusal.field, refusal.value) == (4, "description", "=cmd()")
    assert refusal.message == "begins with a sign that a spreadsheet runs as a formula when it opens kpis.csv: begin with a word"


def test_names_and_aliases_become_ids(change: Change) -> None:
    """A canonical name or an alias, whatever its capitals and ampersands, is the id."""

    def edit(sheets: dict[str, Any]) -> None:
        put(sheets["KPIs"], "service_id", "Streets & Parks", kpi_ref="1")
        put(sheets["KPIs"], "committee_id", "overview panel", kpi_ref="5")
        put(sheets["KPIs"], "service_id", "LIBRARY SERVICE", kpi_ref="007")

    changed = {(item.key, field.field): field.new for item in change(edit).changes for field in item.fields}
    assert changed == {
        ("1, 2024-04-01", "service_id"): "streets",
        ("5, 2024-04-01", "committee_id"): "scrutiny",
        ("007, 2024-04-01", "service_id"): "libraries",
    }


def test_the_same_key_twice_is_refused(change: Change) -> None:
    """Two rows of one KPI and day are both refused: it would not be clear which counts."""
    found = change(lambda sheets: put(sheets["KPIs"], "kpi_ref", "5", kpi_ref="5-A"))
    assert [(refusal.row, refusal.value) for refusal in found.refusals] == [(8, "5, 2024-04-01"), (9, "5, 2024-04-01")]


def test_columns_and_sheets_may_go_and_notes_may_stay(change: Change) -> None:
    """A deleted column or sheet leaves the files' values; a column without a name is people's own; an unknown name is refused."""

    def edit(sheets: dict[str, Any]) -> None:
        kpis = sheets["KPIs"]
        kpis.delete_cols(next(cell.column for cell in kpis[3] if cell.value == "ambition_ids"))
        kpis.cell(5, kpis.max_column + 1).value = "ask the service"
        sheets["Targets"].parent.remove(sheets["Targets"])

    found = change(edit)
    assert (found.is_right, found.is_change) == (True, False)
    assert [note.split(":")[0] for note in found.notes] == ["KPIs", "KPIs", "There is no sheet Targets"]

    unknown = change(lambda sheets: sheets["KPIs"].cell(3, 4, "titel"))
    assert [str(refusal) for refusal in unknown.refusals] == [
        'KPIs row 3 (found "titel"): is no field of the register; the nearest is title'
    ]


def test_without_the_row_of_field_names_the_words_do(change: Change) -> None:
    """Someone deletes the small grey row: the headings above it still say what the columns are."""
    found = change(lambda sheets: [sheets[name].delete_rows(3) for name in ("KPIs", "Targets")])  # type: ignore[arg-type,return-value]
    assert (found.refusals, found.is_change) == ((), False)


def test_a_colleagues_edit_is_not_set_back(council: Path) -> None:
    """What changed in the files since the export stays, if its row was not touched; a row both changed is refused."""
    exported = write_book(load_register(council))
    _replace(council / "kpis.csv", "Streets swept", "Streets swept or washed")
    _replace(council / "kpis.csv", '"Library visits"', "Visits to libraries")
    with (council / "targets.csv").open("a", encoding="utf-8") as file:
        file.write("\n5,2024-04-01,,month,8,")
    content = edited(exported, lambda sheets: put(sheets["KPIs"], "title", "Visits", kpi_ref="1"))

    found = imported(council, content)
    assert [(item.what, item.key) for item in found.changes] == [(What.KEPT, "007, 2024-04-01"), (What.KEPT, "5, month, 2024-04-01")]
    assert ["export the register again" in str(refusal) for refusal in found.refusals] == [True]

    untouched = imported(council, exported)
    assert {item.what for item in untouched.changes} == {What.KEPT}
    assert (untouched.is_right, untouched.is_change) == (True, False)


def test_the_same_workbook_may_be_imported_again(council: Path) -> None:
    """After it was applied, the workbook that was applied changes nothing more."""
    content = edited(write_book(load_register(council)), lambda sheets: put(sheets["KPIs"], "title", "Visits", kpi_ref="1"))
    save(council, imported(council, content).texts)
    again = imported(council, content)
    assert (again.changes, again.is_right, again.is_change) == ((), True, False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"kpi_ref,title\n1,x\n", "not an Excel workbook"),
        (b"PK\x03\x04" + b"\0" * 50, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50, "old .xls"),
        (b"PK\x03\x04" + b"x" * (11 * 1024 * 1024), "larger than 10 MB"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes, said: str) -> None:
    """Empty, cut short, of another kind or too large: each is refused with what to do."""
    with pytest.raises(UnusableFileError, match=said):
        open_book(content)


def test_a_workbook_without_our_sheets_is_not_a_register(council: Path) -> None:
    """A workbook of something else says what would be one."""

    def rename(sheets: dict[str, Any]) -> None:
        for name in ("KPIs", "Targets", "Data quality templates", "Plan actions", "Benchmarks", "Panels"):
            sheets[name].title = f"My {name}"

    content = edited(write_book(load_register(council)), rename)
    with pytest.raises(UnusableFileError, match="pmf register export"):
        read_book(open_book(content))


def test_nothing_is_written_that_would_not_load(council: Path) -> None:
    """A file that the register would choke on is tried in a copy first; the folder stays as it was."""
    before = (council / "targets.csv").read_bytes()
    with pytest.raises(RegisterError):
        save(council, {"targets.csv": "kpi_ref,valid_from,target\n1,2024-04-01,TBC\n"})
    assert (council / "targets.csv").read_bytes() == before
    assert not list(council.glob(".*"))


def test_actions_begin_a_file_of_their_own(change: Change, council: Path) -> None:
    """A council without actions.csv gets one with its first action."""

    def edit(sheets: dict[str, Any]) -> None:
        sheet = sheets["Plan actions"]
        fields = {cell.value: cell.column for cell in sheet[3]}
        for field, value in {
            "action_ref": "A1",
            "valid_from": date(2025, 4, 1),
            "title": "Open a library",
            "service_id": "libraries",
        }.items():
            sheet.cell(4, fields[field]).value = value

    save(council, change(edit).texts)
    assert [action.title for action in load_register(council).action_versions] == ["Open a library"]


def test_benchmarks_begin_a_file_of_their_own(change: Change, council: Path) -> None:
    """A council without benchmarks.csv gets one with its first figure; what is no period or no kind of area is refused."""

    def edit(sheets: dict[str, Any], **other: str) -> None:
        fields = {cell.value: cell.column for cell in sheets["Benchmarks"][3]}
        row = {"kpi_ref": "1", "area": "England", "kind": "national", "period": "fy2023/24", "value": "71.5", "source": "Public statistics"}
        for field, value in (row | other).items():
            sheets["Benchmarks"].cell(4, fields[field]).value = value

    save(council, change(edit).texts)
    (benchmark,) = load_register(council).benchmarks
    assert (benchmark.area, benchmark.period, str(benchmark.value)) == ("England", "FY2023-24", "71.5")
    wrong = change(lambda sheets: edit(sheets, period="last year", kind="friends")).refusals
    assert [(refusal.sheet, refusal.field, refusal.value) for refusal in wrong] == [
        ("Benchmarks", "kind", "friends"),
        ("Benchmarks", "period", "last year"),
    ]


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())
