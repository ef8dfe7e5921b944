"""The form that goes out, looked at through another library's eyes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pmf.form.layout import Layout
from pmf.form.model import Form, FormRow
from pmf.form.writer import write_form


@pytest.fixture(scope="module")
def workbook(blank: bytes) -> Workbook:
    return load_workbook(BytesIO(blank))


@pytest.fixture(scope="module")
def sheet(workbook: Workbook) -> Worksheet:
    return workbook["Return"]


def rule_of(sheet: Worksheet, address: str) -> DataValidation:
    rules: list[DataValidation] = sheet.data_validations.dataValidation
    return next(rule for rule in rules if address in rule.sqref)


def test_the_same_form_gives_the_same_bytes(form: Form, layout: Layout, key: bytes, blank: bytes) -> None:
    """A form written again is the same file: running a task twice sends nothing new."""
    assert write_form(form, layout=layout, key=key) == blank


def test_the_time_zone_of_the_machine_does_not_show(
    form: Form, layout: Layout, key: bytes, blank: bytes, new_form: Callable[..., Form]
) -> None:
    """The same moment in another zone gives the same bytes."""
    assert write_form(new_form(created=form.created.astimezone(ZoneInfo("America/New_York"))), layout=layout, key=key) == blank


def test_sheets_stand_in_order_and_cannot_be_moved(workbook: Workbook) -> None:
    """The guide comes first, the signature is out of sight, and the workbook's structure is locked."""
    assert [(sheet.title, sheet.sheet_state) for sheet in workbook] == [
        ("How to fill this in", "visible"),
        ("Return", "visible"),
        ("_meta", "veryHidden"),
    ]
    assert workbook.security.lockStructure
    assert workbook.active is workbook["How to fill this in"]


def test_only_what_is_to_be_filled_in_is_unlocked(sheet: Worksheet, form: Form) -> None:
    """Yellow cells are open, every other cell is locked but can be selected, by screen readers too."""
    unlocked = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
    everywhere = {f"{column}{row}" for column in "GJKLMN" for row in range(6, 6 + len(form.rows))}
    assert unlocked == everywhere | {"H6", "I6"}
    assert sheet.protection.sheet
    assert not sheet.protection.selectLockedCells
    assert sheet.protection.sort, "sorting would move the unlocked cells alone"
    assert {sheet[address].fill.fgColor.rgb for address in unlocked} == {"FFFFF7BF"}


def test_grey_cells_need_nothing(sheet: Worksheet) -> None:
    """Numerator and denominator are locked and grey where the KPI has none."""
    assert {(sheet[a].protection.locked, sheet[a].fill.fgColor.rgb) for a in ("H7", "I7")} == {(True, "FFE3E6E8")}


def test_previous_figure_and_target_stand_beside_the_input(sheet: Worksheet) -> None:
    """An officer sees what was reported last and what is aimed at while typing."""
    assert [sheet[f"{column}6"].value for column in "ABCDEF"] == [
        "36",
        "Share of enquiries answered in time by team 36",
        "%",
        "Higher",
        "95.0%",
        "93.4%\nJune 2024",
    ]


def test_an_unusual_figure_is_warned_of_and_never_forbidden(sheet: Worksheet) -> None:
    """The plausible range is a warning people may overrule: the checks after the return decide."""
    rule = rule_of(sheet, "G6")
    assert (rule.type, rule.operator, rule.formula1, rule.formula2, rule.errorStyle) == ("decimal", None, "0", "100", "warning")
    assert "Usually from 0 to 100." in str(rule.prompt)
    assert "from 0 to 100" in str(rule.error)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"minimum": Decimal("0.5")}, "Usually 0.5 or more."),
        ({"maximum": Decimal("1E+6")}, "Usually 1000000 or less."),
        ({}, "only if there is no figure yet."),
    ],
)
def test_a_range_may_be_open(
    layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow], limits: dict[str, Decimal], said: str
) -> None:
    """A KPI with one limit, or none, has a prompt that says just that."""
    sheet = load_workbook(BytesIO(write_form(new_form(rows=(new_row("36", **limits),)), layout=layout, key=key)))["Return"]
    assert str(rule_of(sheet, "G6").prompt).endswith(said)


def test_every_input_has_a_prompt_and_not_available_a_list(sheet: Worksheet) -> None:
    """Every yellow cell says what belongs in it; "Not available" is chosen from a list of Yes."""
    assert {rule_of(sheet, f"{column}6").prompt != "" for column in "GHIJKLMN"} == {True}
    assert (rule_of(sheet, "J7").type, rule_of(sheet, "J7").formula1) == ("list", '"Yes"')


def test_the_count_of_answers_is_a_locked_formula(blank: bytes, sheet: Worksheet) -> None:
    """The top of the sheet counts figures, nil returns and pairs of numerator and denominator; programs that do not calculate show 0."""
    assert sheet["A3"].value == '=SUMPRODUCT(--((G6:G10<>"")+(J6:J10<>"")+(H6:H10<>"")*(I6:I10<>"")>0))&" of 5 answered"'
    assert sheet["A3"].protection.locked
    assert load_workbook(BytesIO(blank), data_only=True)["Return"]["A3"].value == "0 of 5 answered"


def test_the_sheet_is_set_up_for_screen_and_paper(sheet: Worksheet) -> None:
    """Headings and titles stay in view, the marks are hidden, and the print is landscape, one page wide, with headings on each page."""
    assert sheet.freeze_panes == "C6"
    assert sheet.sheet_view.selection[-1].activeCell == "G6"
    assert sheet.column_dimensions["P"].hidden
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == ("landscape", 9, 0)
    assert sheet.print_title_rows == "$5:$5"
    assert sheet["B6"].alignment.wrap_text
    assert not sheet.merged_cells.ranges


def test_rows_grow_with_what_is_typed(blank: bytes) -> None:
    """Rows have a height to begin with that is not fixed, so a long comment is seen in full."""
    with ZipFile(BytesIO(blank)) as parts:
        xml = parts.read("xl/worksheets/sheet2.xml").decode()
    assert '<row r="6"' in xml
    assert "ht=" in xml
    assert "customHeight" not in xml


def test_the_guide_says_by_when_to_whom_and_what_empty_means(workbook: Workbook) -> None:
    """Deadline, contact, yellow cells, and the difference between nought, not available and empty are told in plain words."""
    guide = " ".join(str(cell.value) for row in workbook["How to fill this in"] for cell in row if cell.value)
    for words in (
        "5pm on Friday 9 August 2024",
        "performance@exampleshire.example.org",
        "Yellow cells are yours to fill in",
        "Type 0. Zero is a figure",
        "This is a nil return",
        "An empty cell counts as not returned",
    ):
        assert words in guide


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (datetime(2024, 8, 9, 9, 30, tzinfo=ZoneInfo("Europe/London")), "9:30am on Friday 9 August 2024"),
        (datetime(2024, 8, 9, 12, 0, tzinfo=ZoneInfo("Europe/London")), "12pm on Friday 9 August 2024"),
    ],
)
def test_a_deadline_is_worded_for_people(layout: Layout, key: bytes, new_form: Callable[..., Form], deadline: datetime, words: str) -> None:
    """The deadline is an absolute date with the weekday and the time of day."""
    assert words in load_workbook(BytesIO(write_form(new_form(deadline=deadline), layout=layout, key=key)))["Return"]["A2"].value


def test_a_notice_is_printed_on_both_sheets(layout: Layout, key: bytes, new_form: Callable[..., Form]) -> None:
    """A sample council's form says that it is one wherever it is opened."""
    workbook = load_workbook(BytesIO(write_form(new_form(notice="Sample figures."), layout=layout, key=key)))
    assert (workbook["How to fill this in"]["A3"].value, workbook["Return"]["A4"].value) == ("Sample figures.", "Sample figures.")


def test_no_text_becomes_a_formula_or_a_link(
    layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]
) -> None:
    """Whatever stands in the register is printed as it stands: formulas, links and markup are text."""
    evil = ("=1+1", "{=1+1}", "http://example.org/x", "mailto:a@example.org", "+1", "@SUM(1)", "<b>&amp;", "internal:Sheet1!A1")
    rows = tuple(new_row(f"k{i}", title=text, method=text, target=text, last_value=text) for i, text in enumerate(evil))
    content = write_form(new_form(rows=rows, notice="=1+1", contact="=1+1", service_name="=1&1"), layout=layout, key=key)
    sheet = load_workbook(BytesIO(content))["Return"]
    assert [sheet[f"B{row}"].value for row in range(6, 14)] == list(evil)
    assert {cell.coordinate for row in sheet for cell in row if cell.data_type == "f"} == {"A3"}
    with ZipFile(BytesIO(content)) as parts:
        assert not [
            name for name in parts.namelist() if b"<hyperlink" in parts.read(name) or b"relationships/hyperlink" in parts.read(name)
        ]


def test_a_figure_from_elsewhere_is_not_asked_for(
    layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]
) -> None:
    """Its cells are grey and locked, the figure's says where it comes from, comment and forecast stay open, and nobody waits for it."""
    rows = (new_row("36"), new_row("220", figure_source="Comes from the waste contractor's system", needs_numerator=True), new_row("41"))
    sheet = load_workbook(BytesIO(write_form(new_form(rows=rows), layout=layout, key=key)))["Return"]
    assert sheet["G7"].value == "Comes from the waste contractor's system"
    assert {(sheet[f"{column}7"].protection.locked, sheet[f"{column}7"].fill.fgColor.rgb) for column in "GHIJKN"} == {(True, "FFE3E6E8")}
    assert {sheet[f"{column}7"].protection.locked for column in "LM"} == {False}
    assert [column for column in "GHIJKN" if any(f"{column}7" in rule.sqref for rule in sheet.data_validations.dataValidation)] == []
    assert sheet["A3"].value == '=SUMPRODUCT(--((G6:G8<>"")+(J6:J8<>"")+(H6:H8<>"")*(I6:I8<>"")>0))-1&" of 2 answered"'


def test_a_due_day_of_its_own_stands_under_the_title(
    layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]
) -> None:
    """A KPI that is due on another day than the form says so where the title is, which stays in view."""
    rows = (new_row("36", title="Waste recycled", due="20 August 2024"),)
    sheet = load_workbook(BytesIO(write_form(new_form(rows=rows), layout=layout, key=key)))["Return"]
    assert sheet["B6"].value == "Waste recycled\nDue by 20 August 2024"


def test_a_form_is_not_written_by_a_layout_of_another_kind(form: Form, layouts: dict[str, Layout], key: bytes) -> None:
    """KPIs on a form of actions would have no cell for their figures: the caller's mistake is refused."""
    with pytest.raises(ValueError, match="form version actions-1 is for actions, not for kpis"):
        write_form(form, layout=layouts["actions-1"], key=key)


@pytest.mark.parametrize("refs", [(), ("36", "36")])
def test_a_form_that_could_not_be_read_back_is_not_written(
    layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow], refs: tuple[str, ...]
) -> None:
    """A form without rows, or with a KPI twice, is the caller's mistake and is refused."""
    with pytest.raises(ValueError, match="one row for each indicator"):
        write_form(new_form(rows=tuple(new_row(ref) for ref in refs)), layout=layout, key=key)


def test_the_weight_of_a_figure_is_asked_for_beside_it(
    layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]
) -> None:
    """Of a weighted indicator figure and denominator can be typed, the numerator is grey; where both parts are needed all three can."""
    rows = (new_row("36", needs_weight=True), new_row("220", needs_weight=True, needs_numerator=True), new_row("41"))
    sheet = load_workbook(BytesIO(write_form(new_form(rows=rows), layout=layout, key=key)))["Return"]
    grey = {(column, row) for row in (6, 7, 8) for column in "GHI" if sheet[f"{column}{row}"].fill.fgColor.rgb == "FFE3E6E8"}
    assert grey == {("H", 6), ("H", 8), ("I", 8)}
