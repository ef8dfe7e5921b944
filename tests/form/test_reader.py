"""Forms read back: whose they are, every figure with its cell, and every row that makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pmf.form.grid import Content, read_grids
from pmf.form.layout import FieldName, Layout
from pmf.form.line import read_kpi
from pmf.form.model import CellProblem, Form, FormRow, Problem, ReturnedForm, ReturnedLine, Unreadable
from pmf.form.reader import _lines, read_form, read_forms
from pmf.form.scan import SheetFacts
from pmf.form.sheet import Sheet
from pmf.form.signature import Identity, row_mark
from pmf.form.writer import write_form
from pmf.value import from_double

Edit = Callable[..., bytes]
Read = Callable[[bytes], ReturnedForm]


def line(form: ReturnedForm, kpi_ref: str) -> ReturnedLine:
    (found,) = (line for line in form.lines if line.kpi_ref == kpi_ref)
    return found


def codes(form: ReturnedForm) -> list[tuple[str, str, str | None]]:
    return [(problem.code, problem.cell, problem.kpi_ref) for problem in form.problems]


def move_rows(order: list[int]) -> Callable[[Workbook], None]:
    """Put whole rows, marks included, in another order: ``order[0]`` becomes the first."""

    def move(workbook: Workbook) -> None:
        sheet = workbook["Return"]
        contents = {row: [cell.value for cell in sheet[row]] for row in range(6, 11)}
        for place, row in enumerate(order, start=6):
            for column, value in enumerate(contents[row], start=1):
                sheet.cell(place, column, value)

    return move


def test_a_blank_form_comes_back_with_every_row_empty(blank: bytes, returned: Read) -> None:
    """An untouched form is a readable return without a figure: nothing is nought, nothing is wrong."""
    form = returned(blank)
    assert (form.organisation, form.period, form.service_id, form.form_version, form.sheet) == (
        "exampleshire",
        "2024-07",
        "libraries",
        "1",
        "Return",
    )
    assert [(row.kpi_ref, row.row, row.value, row.not_available, row.raw["value"]) for row in form.lines] == [
        (ref, number, None, False, "") for number, ref in enumerate(("36", "220", "41", "7a", "7b"), start=6)
    ]
    assert form.problems == ()


def test_every_field_comes_back_with_its_cell(blank: bytes, edited: Edit, returned: Read) -> None:
    """What was typed into each yellow cell is read exactly, and every field knows its cell."""
    typed = {
        "G6": 94.25,
        "H6": 377,
        "I6": 400,
        "K6": "none",
        "L6": "Two were late.\nOne was lost.",
        "M6": 0,
        "J7": "Yes",
        "K7": "System down",
    }
    form = returned(edited(blank, typed))
    first, second = line(form, "36"), line(form, "220")
    assert (first.value, first.numerator, first.denominator, first.forecast) == (Decimal("94.25"), Decimal(377), Decimal(400), Decimal(0))
    assert (first.reason, first.comment, first.not_available, first.raw) == ("none", "Two were late.\nOne was lost.", False, {})
    assert first.cells == {
        "value": "G6", "numerator": "H6", "denominator": "I6", "not_available": "J6", "reason": "K6", "comment": "L6", "forecast": "M6",
        "provisional": "N6",
    }  # fmt: skip
    assert (second.value, second.not_available, second.reason, second.row) == (None, True, "System down", 7)
    assert form.problems == ()


def test_a_figure_may_be_provisional(blank: bytes, edited: Edit, returned: Read) -> None:
    """Yes under "Provisional" is read; anything that is neither Yes nor nothing is asked about."""
    form = returned(edited(blank, {"G6": 95, "N6": "yes", "G7": 96, "G8": 97, "N8": "perhaps"}))
    assert [row.is_provisional for row in form.lines] == [True, False, False, False, False]
    assert codes(form) == [("not_yes", "N8", "41")]


@pytest.fixture(scope="module")
def from_elsewhere(layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]) -> bytes:
    """A form on which the second KPI's figure comes from elsewhere."""
    rows = (new_row("36"), new_row("220", figure_source=" Comes from the\r\nwaste contractor's system "))
    return write_form(new_form(rows=rows), layout=layout, key=key)


def test_where_the_figure_comes_from_elsewhere_comment_and_forecast_are_read(from_elsewhere: bytes, edited: Edit, returned: Read) -> None:
    """The words in the figure's place are no answer of the officer's; comment and forecast are."""
    form = returned(edited(from_elsewhere, {"L7": "Fewer loads after the holiday.", "M7": 88}))
    second = line(form, "220")
    assert (second.value, second.raw["value"], second.comment, second.forecast) == (
        None, "", "Fewer loads after the holiday.", Decimal(88),
    )  # fmt: skip
    assert form.problems == ()


@pytest.mark.parametrize(
    ("address", "typed", "found"),
    [
        ("G7", 95.5, '"95.5"'),
        ("G7", "about 95", '"about 95"'),
        ("G7", "=1+1", '""'),
        ("H7", 3, '"3"'),
        ("J7", "Yes", '"Yes"'),
        ("K7", "None yet", '"None yet"'),
        ("N7", "Yes", '"Yes"'),
    ],
)
def test_a_figure_nobody_asked_for_is_named_and_not_taken(
    from_elsewhere: bytes, edited: Edit, returned: Read, address: str, typed: Any, found: str
) -> None:
    """What is typed into a locked cell all the same is not read, and whoever typed it is told."""
    form = returned(edited(from_elsewhere, {"G6": 12, address: typed}))
    second = line(form, "220")
    assert (second.value, second.numerator, second.not_available, second.reason, second.is_provisional) == (None, None, False, "", False)
    assert [(problem.code, problem.cell, problem.kpi_ref, problem.found) for problem in form.problems] == [
        ("not_asked", address, "220", found)
    ]
    assert "comes from elsewhere" in form.problems[0].message
    assert line(form, "36").value == Decimal(12)


def test_what_is_not_asked_for_is_signed(from_elsewhere: bytes, edited: Edit, layouts: dict[str, Layout], key: bytes) -> None:
    """Taking the words out of the hidden sheet, so that a figure would count, breaks the signature."""
    spoiled = edited(from_elsewhere, lambda workbook: workbook["_meta"].delete_rows(7))
    assert unreadable(spoiled, layouts, key).problem is Problem.BAD_SIGNATURE


def test_figures_written_as_text_are_figures(blank: bytes, edited: Edit, returned: Read) -> None:
    """A figure in text is taken, and what stood there is kept."""
    form = returned(edited(blank, {"G6": "95%", "G7": "2,074", "G8": "−5", "G9": " 12.5 "}))
    assert [row.value for row in form.lines][:4] == [Decimal(95), Decimal(2074), Decimal(-5), Decimal("12.5")]
    assert line(form, "220").raw["value"] == "2,074"
    assert form.problems == ()


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("=B6*2", "formula", 'G6 holds the formula "=B6*2"'),
        ("#N/A", "formula_error", "G6 shows the error #N/A."),
        ("about 95", "not_a_number", 'G6 holds "about 95"'),
        (True, "not_a_number", 'G6 holds "TRUE"'),
        (date(2024, 7, 3), "not_a_number", 'G6 holds "2024-07-03"'),
        ("N/A", "no_figure_word", 'G6 says "N/A"'),
    ],
)
def test_a_cell_that_makes_no_sense_is_named_with_the_fix(
    blank: bytes, edited: Edit, returned: Read, typed: Any, code: str, message: str
) -> None:
    """The cell, what is in it and what to do are told; the row has no value, the other rows are read."""
    form = returned(edited(blank, {"G6": typed, "G7": 12}))
    assert line(form, "36").value is None
    assert line(form, "220").value == Decimal(12)
    (problem,) = form.problems
    assert (problem.code, problem.sheet, problem.cell, problem.field, problem.kpi_ref) == (code, "Return", "G6", "value", "36")
    assert problem.message.startswith(message)
    assert "G6" in problem.fix


def test_no_figure_words_point_to_the_right_column(blank: bytes, edited: Edit, returned: Read) -> None:
    """N/A alone counts as empty and is asked about; N/A beside a Yes says the same twice and is not."""
    form = returned(edited(blank, {"G6": "N/A", "G7": "N/A", "J7": "Yes", "K7": "System down"}))
    assert codes(form) == [("no_figure_word", "G6", "36")]
    assert 'choose Yes under "Not available"' in form.problems[0].fix
    assert line(form, "36").raw["value"] == "N/A"


def test_merged_inputs_are_not_guessed_at(blank: bytes, edited: Edit, returned: Read) -> None:
    """A comment over two rows could be for either: both cells are named and neither is read."""

    def merge(workbook: Workbook) -> None:
        workbook["Return"]["L6"] = "For both"
        workbook["Return"].merge_cells("L6:L7")

    form = returned(edited(blank, merge))
    assert codes(form) == [("merged_cells", "L6", "36"), ("merged_cells", "L7", "220")]
    assert [line(form, ref).comment for ref in ("36", "220")] == ["", ""]


def test_sorted_rows_are_read_as_what_they_are(filled: bytes, edited: Edit, returned: Read) -> None:
    """Rows in another order give the same figures for the same KPIs, with the cells they now stand in."""
    before, after = returned(filled), returned(edited(filled, move_rows([10, 8, 6, 7, 9])))
    assert {row.kpi_ref: row.value for row in after.lines} == {row.kpi_ref: row.value for row in before.lines}
    assert line(after, "7b").cells["value"] == "G6"
    assert after.problems == ()


def test_rows_moved_down_or_above_the_header_are_found(filled: bytes, edited: Edit, returned: Read) -> None:
    """A row is found by its mark wherever it stands."""
    moved = returned(edited(filled, lambda workbook: workbook["Return"].move_range("A6:P7", rows=30)))
    assert [(row.kpi_ref, row.row) for row in moved.lines] == [("41", 8), ("7a", 9), ("7b", 10), ("36", 36), ("220", 37)]
    inserted = returned(edited(filled, lambda workbook: workbook["Return"].insert_rows(1, 3)))
    assert [row.row for row in inserted.lines] == [9, 10, 11, 12, 13]
    assert (moved.problems, inserted.problems) == ((), ())


def test_a_missing_row_is_simply_absent(filled: bytes, edited: Edit, returned: Read) -> None:
    """A deleted row is no problem of the reader's: whoever knows what is due will miss it."""
    form = returned(edited(filled, lambda workbook: workbook["Return"].delete_rows(7)))
    assert ([row.kpi_ref for row in form.lines], form.problems) == (["36", "41", "7a", "7b"], ())


@pytest.mark.parametrize("mark", [None, "", "36", "36.0123456789abcdef", "=P7", 36])
def test_a_row_with_a_broken_mark_is_a_problem_and_never_a_guess(filled: bytes, edited: Edit, returned: Read, mark: Any) -> None:
    """Without its mark a row is not read, even though it shows which indicator it was."""
    form = returned(edited(filled, {"P6": mark}))
    assert [row.kpi_ref for row in form.lines] == ["220", "41", "7a", "7b"]
    assert codes(form) == [("unknown_row", "A6", None)]
    assert 'Row 6 ("36")' in form.problems[0].message


def test_a_row_that_stands_twice_is_read_from_neither(filled: bytes, edited: Edit, returned: Read) -> None:
    """Two copies of a row may disagree: both are named, none is read."""

    def copy(workbook: Workbook) -> None:
        for column, cell in enumerate(workbook["Return"][6], start=1):
            workbook["Return"].cell(20, column, cell.value)

    form = returned(edited(filled, copy))
    assert "36" not in {row.kpi_ref for row in form.lines}
    assert codes(form) == [("repeated_row", "A6", None), ("repeated_row", "A20", None)]


def test_a_row_pasted_from_a_colleague_is_recognised(
    filled: bytes, edited: Edit, returned: Read, layout: Layout, key: bytes, new_form: Callable[..., Form]
) -> None:
    """The same KPI's row of another service, month or council carries another mark and is not read."""
    others = [new_form(service_id="archives"), new_form(period="2024-06"), new_form(organisation="othershire")]
    for other in others:
        theirs = load_workbook(BytesIO(write_form(other, layout=layout, key=key)))["Return"]["P6"].value
        assert theirs.startswith("36.")
        form = returned(edited(filled, {"P6": theirs, "G6": 1}))
        assert codes(form) == [("unknown_row", "A6", None)]


def test_a_row_sorted_only_in_part_is_not_read(filled: bytes, edited: Edit, returned: Read) -> None:
    """Where the indicator shown and the mark disagree, the figures between them are nobody's."""
    form = returned(edited(filled, {"A6": "220", "A7": "36"}))
    assert codes(form) == [("mixed_row", "A6", None), ("mixed_row", "A7", None)]
    assert [row.kpi_ref for row in form.lines] == ["41", "7a", "7b"]


def test_figures_in_a_row_of_their_own_are_asked_about(filled: bytes, edited: Edit, returned: Read) -> None:
    """A total under the table is not an indicator: it is named and not read; a note beside the table is left alone."""
    form = returned(edited(filled, {"G12": 500, "B13": "Signed by the head of service"}))
    assert len(form.lines) == 5
    assert codes(form) == [("unknown_row", "A12", None)]


def test_a_retyped_indicator_is_still_the_same(filled: bytes, edited: Edit, returned: Read) -> None:
    """An indicator that became a number (36 for "36") is the one its mark says."""
    assert returned(edited(filled, {"A6": 36})).problems == ()


def unreadable(content: bytes, layouts: dict[str, Layout], key: bytes) -> Unreadable:
    result = read_form(content, layouts=layouts, key=key)
    assert isinstance(result, Unreadable), result
    return result


@pytest.mark.parametrize(
    ("address", "value"),
    [("B1", "2"), ("B2", "othershire"), ("B3", "2024-08"), ("B4", "archives"), ("B5", "36 220"), ("B6", "0" * 64)],
)
def test_a_changed_hidden_sheet_is_refused(
    filled: bytes, edited: Edit, layouts: dict[str, Layout], key: bytes, address: str, value: str
) -> None:
    """Another version, council, month, service or list of KPIs than was signed is refused as a whole."""

    def change(workbook: Workbook) -> None:
        assert workbook["_meta"][address].value is not None
        workbook["_meta"][address] = value

    assert unreadable(edited(filled, change), layouts, key).problem is Problem.BAD_SIGNATURE


def test_another_key_signed_it(filled: bytes, layouts: dict[str, Layout], key: bytes) -> None:
    """A form signed by another installation is not ours."""
    assert unreadable(filled, layouts, key[::-1]).problem is Problem.BAD_SIGNATURE


def test_a_hidden_sheet_taken_from_another_form_fits_no_row(
    filled: bytes, edited: Edit, returned: Read, layout: Layout, key: bytes, new_form: Callable[..., Form]
) -> None:
    """A whole hidden sheet copied from another month is validly signed, but then no row carries that month's mark."""
    june = load_workbook(BytesIO(write_form(new_form(period="2024-06"), layout=layout, key=key)))["_meta"]

    def swap(workbook: Workbook) -> None:
        for row in june:
            for cell in row:
                workbook["_meta"][cell.coordinate] = cell.value

    form = returned(edited(filled, swap))
    assert (form.period, form.lines) == ("2024-06", ())
    assert {code for code, _, _ in codes(form)} == {"unknown_row"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda workbook: workbook.remove(workbook["_meta"]), "hidden sheet that says"),
        (lambda workbook: workbook["_meta"].delete_rows(5), "hidden sheet is not one of ours"),
        (lambda workbook: workbook.remove(workbook["Return"]), 'sheet "Return" is missing'),
        (lambda workbook: workbook["Return"].insert_cols(3), 'columns of the sheet "Return"'),
        (lambda workbook: workbook["Return"].delete_cols(8), 'columns of the sheet "Return"'),
        (lambda workbook: workbook["Return"].__setitem__("G5", "Figure"), 'columns of the sheet "Return"'),
    ],
    ids=["no hidden sheet", "line of the hidden sheet gone", "no return", "column added", "column deleted", "heading changed"],
)
def test_what_is_not_laid_out_as_our_form_is_refused(
    filled: bytes, edited: Edit, layouts: dict[str, Layout], key: bytes, spoil: Callable[[Workbook], None], said: str
) -> None:
    """A stranger's workbook, or a form whose columns were moved, is refused with what is amiss: a figure could be another field's."""
    found = unreadable(edited(filled, spoil), layouts, key)
    assert found.problem is Problem.NO_FORM
    assert said in found.message


def test_a_version_no_longer_known_is_named(filled: bytes, key: bytes) -> None:
    """A form of a version whose layout was dropped says so."""
    assert "form version 1" in unreadable(filled, {}, key).message


def test_one_bad_file_never_keeps_the_others_from_being_read(filled: bytes, blank: bytes, layouts: dict[str, Layout], key: bytes) -> None:
    """A batch gives one result a file, in order."""
    results = read_forms([filled, b"", blank, filled[:500], filled], layouts=layouts, key=key)
    assert [isinstance(result, ReturnedForm) for result in results] == [True, False, True, False, True]
    assert results[0] == results[4]


FIGURES = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**15) + 1, 10**15 - 1), st.integers(min_value=0, max_value=20)
)


@settings(max_examples=5, deadline=None)
@given(figures=st.lists(FIGURES, min_size=20, max_size=20))
def test_a_figure_of_15_digits_comes_back_exactly(
    figures: list[Decimal],
    layout: Layout,
    layouts: dict[str, Layout],
    key: bytes,
    edited: Edit,
    new_form: Callable[..., Form],
    new_row: Callable[..., FormRow],
) -> None:
    """Whatever figure of up to 15 significant digits is typed, that figure is read: doubles in between change nothing."""
    blank = write_form(new_form(rows=tuple(new_row(f"k{index}") for index in range(20))), layout=layout, key=key)
    filled = edited(blank, {f"G{row}": float(figure) for row, figure in enumerate(figures, start=6)})
    form = read_form(filled, layouts=layouts, key=key)
    assert isinstance(form, ReturnedForm)
    assert [row.value for row in form.lines] == figures
    assert form.problems == ()


Rows = list[list[Content]]


def cells_of(content: bytes) -> Rows:
    (grid,) = read_grids([content])
    assert not isinstance(grid, Unreadable)
    return grid["Return"]


@pytest.fixture(scope="module")
def own_and_foreign(
    filled: bytes, edited: Edit, layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]
) -> tuple[Rows, Rows]:
    """The cells of the filled form, and of another service's form."""
    theirs = write_form(new_form(service_id="archives", rows=tuple(new_row(f"a{number}") for number in range(5))), layout=layout, key=key)
    return cells_of(filled), cells_of(edited(theirs, {f"G{row}": -row for row in range(6, 11)}))


@settings(max_examples=200, deadline=None)
@given(
    places=st.lists(st.integers(0, 9), max_size=12),
    moves=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9)), max_size=3),
    moved_column=st.sampled_from([FieldName.ROW_ID, FieldName.KPI_REF]),
)
def test_no_figure_is_ever_read_for_another_indicator(
    places: list[int],
    moves: list[tuple[int, int]],
    moved_column: FieldName,
    own_and_foreign: tuple[Rows, Rows],
    layout: Layout,
    form: Form,
    key: bytes,
) -> None:
    """However rows are shuffled, copied, pasted from a colleague, or their marks or references moved, a value read is its own KPI's."""
    own, foreign = own_and_foreign
    sources = own[5:10] + foreign[5:10]
    table = [list(sources[place]) for place in places]
    column = layout.by_field[moved_column].index
    for target, source in moves:
        if target < len(table):
            table[target][column] = sources[source][column]
    refs = tuple(row.kpi_ref for row in form.rows)
    identity = Identity(form_version="1", organisation=form.organisation, period=form.period, service_id=form.service_id, refs=refs)
    marks = {row_mark(identity, ref, key=key): ref for ref in refs}
    sheet = Sheet(layout, own[:5] + table, SheetFacts({}, {}, set(), set()))
    lines, problems = _lines(sheet, marks, partial(read_kpi, sheet, not_asked={}))
    right = {ref: from_double(float(f"{number}.5")) for number, ref in enumerate(refs, start=6)}
    assert {line.kpi_ref: line.value for line in lines}.items() <= right.items()
    assert len(lines) + len(problems) == len(table)


def test_problems_are_worded_for_the_officer(filled: bytes, edited: Edit, returned: Read) -> None:
    """Every problem's message and fix are sentences without jargon or holes."""
    form = returned(edited(filled, {"G6": "=1/0", "G7": "soon", "G8": "TBC", "J9": "perhaps", "P10": "x", "G12": 3}))
    assert len(form.problems) == 6
    for problem in form.problems:
        assert isinstance(problem, CellProblem)
        assert problem.message.endswith(".")
        assert problem.fix.endswith(".")
        assert "{" not in problem.message + problem.fix
