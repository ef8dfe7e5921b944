"""A form sent out again holds what was sent already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from pmf.form.cell import clean_text
from pmf.form.layout import Layout
from pmf.form.model import Form, FormRow, ReturnedForm, ReturnedLine
from pmf.form.writer import write_form
from pmf.value import from_double

Edit = Callable[..., bytes]
Read = Callable[[bytes], ReturnedForm]
Reissue = Callable[[ReturnedForm], bytes]


@pytest.fixture(scope="module")
def reissued(form: Form, layout: Layout, key: bytes) -> Reissue:
    """Send the form out again with what was sent."""
    return lambda sent: write_form(form, layout=layout, key=key, answers={line.kpi_ref: line for line in sent.lines})


TYPED: dict[str, Any] = {
    "G6": 94.25, "H6": 377, "I6": 400, "L6": "Two were late.\nOne was lost.", "M6": 0, "N6": "Yes",
    "J7": "Yes", "K7": "@SUM(1)", "G7": "N/A",
    "G8": "2,074", "L8": "http://example.org/x", "M8": "about 90",
    "G9": "95%", "K9": 5,
    "G10": True, "M10": -0.1,
}  # fmt: skip


def test_a_form_sent_out_again_reads_as_what_was_sent(blank: bytes, edited: Edit, returned: Read, reissued: Reissue) -> None:
    """Figures, figures written as text, words where figures belong, answers and texts: the officer finds all of it again."""
    sent = returned(edited(blank, TYPED))
    assert returned(reissued(sent)).lines == sent.lines


def test_figures_are_numbers_again_and_the_rest_is_text(blank: bytes, edited: Edit, returned: Read, reissued: Reissue) -> None:
    """What was a number can be calculated with again; nothing that was text turns into a number, a formula or a link."""
    sent = returned(edited(blank, TYPED))
    lines = (replace(sent.lines[0], reason="=1+1"), *sent.lines[1:])
    sheet = load_workbook(BytesIO(reissued(replace(sent, lines=lines))))["Return"]
    assert {address: sheet[address].value for address in TYPED} == {**TYPED, "K9": "5", "G10": "TRUE"}
    assert (sheet["K6"].value, sheet["K6"].data_type) == ("=1+1", "s")
    assert {sheet[address].data_type for address in ("G6", "H6", "M6", "M10")} == {"n"}
    assert {sheet[address].data_type for address in ("G8", "G9", "K7", "K9", "L8")} == {"s"}
    assert not sheet["G6"].protection.locked


def test_a_number_shown_as_a_percentage_stays_what_was_shown(blank: bytes, edited: Edit, returned: Read, reissued: Reissue) -> None:
    """0.955 in a cell of percentages goes out again as 95.5%, in a cell that is of percentages no more."""

    def as_percentage(workbook: Any) -> None:
        workbook["Return"]["G6"] = 0.955
        workbook["Return"]["G6"].number_format = "0.0%"

    sent = returned(edited(blank, as_percentage))
    again = returned(reissued(sent))
    assert again.lines == sent.lines
    assert again.lines[0].value == Decimal("95.5")


@pytest.mark.parametrize("typed", [{"G6": "=95"}, {"G6": "=A6"}], ids=["no result", "a result"])
def test_a_result_nobody_typed_is_not_typed_for_them(
    blank: bytes, edited: Edit, returned: Read, reissued: Reissue, typed: Mapping[str, Any]
) -> None:
    """A figure that was refused as a formula's result does not come back as if the officer had typed it."""
    sent = returned(edited(blank, typed))
    for shown in ("", "95"):
        seen = replace(sent, lines=(replace(sent.lines[0], raw={**sent.lines[0].raw, "value": shown}), *sent.lines[1:]))
        assert load_workbook(BytesIO(reissued(seen)))["Return"]["G6"].value is None


def test_what_is_answered_already_is_counted(blank: bytes, edited: Edit, returned: Read, reissued: Reissue) -> None:
    """Programs that do not calculate show the right count, too: a figure, a nil return, or numerator with denominator."""
    sent = returned(edited(blank, {"H6": 1, "I6": 2, "G7": 0, "J8": "Yes", "L9": "No figure yet", "G10": "N/A"}))
    again = load_workbook(BytesIO(reissued(sent)), data_only=True)["Return"]
    assert again["A3"].value == "4 of 5 answered"


def test_answers_of_indicators_that_left_the_form_are_left_alone(
    blank: bytes, edited: Edit, returned: Read, layout: Layout, key: bytes, new_form: Callable[..., Form], new_row: Callable[..., FormRow]
) -> None:
    """A row has its own indicator's answers, whatever else was sent; a figure that now comes from elsewhere is not filled in."""
    sent = returned(edited(blank, {"G6": 1, "G7": 2, "L7": "About two", "M7": 20, "G8": 3}))
    rows = (new_row("41"), new_row("220", figure_source="Comes from the register of licences"), new_row("99"))
    content = write_form(new_form(rows=rows), layout=layout, key=key, answers={line.kpi_ref: line for line in sent.lines})
    again = returned(content)
    assert [(line.kpi_ref, line.value, line.comment, line.forecast) for line in again.lines] == [
        ("41", Decimal(3), "", None), ("220", None, "About two", Decimal(20)), ("99", None, "", None),
    ]  # fmt: skip
    assert again.problems == ()


def test_a_long_comment_is_shown_in_full(blank: bytes, edited: Edit, returned: Read, reissued: Reissue) -> None:
    """The row is as high as what was sent needs, and never higher than Excel can."""
    sent = returned(edited(blank, {"L6": "A line of the comment\n" * 8, "L7": "A line of the comment\n" * 80}))
    heights = load_workbook(BytesIO(reissued(sent)))["Return"].row_dimensions
    assert 8 * 14 < heights[6].height < 10 * 15
    assert heights[7].height <= 409


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=40).map(clean_text)
FIGURES = st.floats(allow_nan=False, allow_infinity=False, width=32).map(from_double)


@settings(max_examples=5, deadline=None)
@given(
    lines=st.lists(
        st.builds(
            dict, reason=TEXTS, comment=TEXTS, value=FIGURES, forecast=FIGURES, not_available=st.booleans(), is_provisional=st.booleans()
        ),
        min_size=5,
        max_size=5,
    )
)
def test_any_text_and_figure_comes_back_as_it_was_sent(
    lines: list[dict[str, Any]], blank: bytes, returned: Read, reissued: Reissue
) -> None:
    """Whatever was read from a form is read again from the form that holds it."""
    empty = returned(blank)
    sent: tuple[ReturnedLine, ...] = tuple(
        replace(line, **changes, raw={"numerator": "", "denominator": ""}) for line, changes in zip(empty.lines, lines, strict=True)
    )
    assert returned(reissued(replace(empty, lines=sent))).lines == sent
