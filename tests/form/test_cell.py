"""What one cell says, case by case."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmf.form.cell import Cell, clean_text, read_choice, read_figure, read_text, read_yes
from pmf.form.grid import Content


def cell(content: Content, **facts: object) -> Cell:
    return Cell(address="G6", content=content, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "figure"),
    [
        (95.5, "95.5"),
        (0.0, "0"),
        (-5.0, "-5"),
        (0.1 + 0.2, "0.3"),
        (123456789012345.0, "123456789012345"),
        (7, "7"),
        ("2,074", "2074"),
        ("95%", "95"),
        ("−5", "-5"),
        (" 12.5 ", "12.5"),
        ("£221,512.41", "221512.41"),
        ("\u200b95.5\u202e", "95.5"),
    ],
)
def test_a_figure_is_read_exactly(content: Content, figure: str) -> None:
    """Numbers and figures written as text give the decimal their author sees."""
    assert read_figure(cell(content)).value == Decimal(figure)
    assert read_figure(cell(content)).code is None


def test_a_number_shown_as_a_percentage_is_what_is_shown() -> None:
    """95.5% is 95.5 whether Excel keeps it as 0.955 or it is typed as text."""
    assert read_figure(cell(0.955, is_percentage=True)).value == Decimal("95.5")
    assert cell(0.955, is_percentage=True).shown == "95.5%"


@pytest.mark.parametrize("content", ["", "   ", "\u200b", "\n"])
def test_an_empty_cell_has_no_figure_and_no_problem(content: str) -> None:
    """Empty is empty: it is neither nought nor wrong."""
    assert (read_figure(cell(content)).value, read_figure(cell(content)).code) == (None, None)


@pytest.mark.parametrize(
    ("content", "code", "found"),
    [
        ("N/A", "no_figure_word", '"N/A"'),
        (" tbc ", "no_figure_word", '"tbc"'),
        ("-", "no_figure_word", '"-"'),
        ("12..5", "not_a_number", '"12..5"'),
        ("about 95", "not_a_number", '"about 95"'),
        ("90-95", "not_a_number", '"90-95"'),
        ("1,23", "not_a_number", '"1,23"'),
        (True, "not_a_number", '"TRUE"'),
        ({"shown": "2024-07-03"}, "not_a_number", '"2024-07-03"'),
        (float("inf"), "not_a_number", '"inf"'),
        ("x" * 100, "not_a_number", f'"{"x" * 60}..."'),
    ],
)
def test_what_is_not_one_figure_is_named(content: Content, code: str, found: str) -> None:
    """Words, ranges, truth values and dates are no figures; what was found is quoted."""
    reading = read_figure(cell(content))
    assert (reading.value, reading.code, reading.found) == (None, code, found)


@pytest.mark.parametrize(
    ("facts", "code", "found"),
    [
        ({"formula": "B1*2"}, "formula", '"=B1*2"'),
        ({"formula": ""}, "formula", 'showing "95"'),
        ({"error": "#N/A"}, "formula_error", "#N/A"),
        ({"formula": "1/0", "error": "#DIV/0!"}, "formula_error", "#DIV/0!"),
        ({"is_merged": True}, "merged_cells", '"95"'),
    ],
)
def test_a_result_nobody_typed_is_not_trusted(facts: dict[str, object], code: str, found: str) -> None:
    """Formulas, errors and merged cells give no value of any kind, whatever their last result was."""
    for reading, nothing in (
        (read_figure(cell(95.0, **facts)), None),
        (read_text(cell(95.0, **facts)), ""),
        (read_yes(cell(95.0, **facts)), False),
        (read_choice(cell(95.0, **facts), ["95"]), ""),
    ):
        assert (reading.value, reading.code, reading.found) == (nothing, code, found)


@pytest.mark.parametrize(
    ("content", "answer", "code"),
    [
        ("Yes", True, None), ("y", True, None), (" TRUE ", True, None), (True, True, None), ("", False, None), ("no", False, None),
        (False, False, None), ("maybe", False, "not_yes"), (1.0, False, "not_yes"),
    ],
)  # fmt: skip
def test_yes_is_read_in_the_ways_people_write_it(content: Content, answer: bool, code: str | None) -> None:
    """Yes, y and true are yes; nothing and no are no; anything else is asked about."""
    assert (read_yes(cell(content)).value, read_yes(cell(content)).code) == (answer, code)


@pytest.mark.parametrize(
    ("content", "chosen", "code"),
    [
        ("Green", "Green", None), (" not  STARTED ", "Not started", None), ("", "", None), ("\u200b", "", None), ("G", "", "not_a_choice"),
        ("Green/Amber", "", "not_a_choice"), (1.0, "", "not_a_choice"), (True, "", "not_a_choice"),
    ],
)  # fmt: skip
def test_a_choice_is_one_of_the_words_on_offer(content: Content, chosen: str, code: str | None) -> None:
    """A word is read whatever its capitals, as it is on offer; nothing is nothing; any other word is asked about, never guessed at."""
    reading = read_choice(cell(content), ["Green", "Not started"])
    assert (reading.value, reading.code) == (chosen, code)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Two words ", "Two words"),
        ("a\u200bb\u202ec\ufeffd", "abcd"),
        ("line one_x000D_\nline two\r\nthree\rfour", "line one\nline two\nthree\nfour"),
        ("caf\u00e9 – £5 “quoted” ▼", "caf\u00e9 – £5 “quoted” ▼"),
        ("bell\x07 tab\there", "bell tab here"),
    ],
)
def test_text_loses_what_cannot_be_seen_and_nothing_else(raw: str, clean: str) -> None:
    """Zero-width and direction-changing characters, stray controls and Excel's carriage returns go; what is seen stays."""
    assert clean_text(raw) == clean


@pytest.mark.parametrize(("content", "text"), [(5.0, "5"), ({"shown": "2024-07-03"}, "2024-07-03"), (True, "TRUE"), ("because", "because")])
def test_a_number_or_date_in_a_text_cell_is_taken_as_shown(content: Content, text: str) -> None:
    """A reason that is a number or a date is still a reason."""
    assert read_text(cell(content)).value == text
