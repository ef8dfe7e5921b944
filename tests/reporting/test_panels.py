"""The risk, finance and change panels as they are printed: counted, listed, beside the month before, and silent about nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.page.document import Cell, Heading, Note, Paragraph, Table
from pmf.register.panel import Panel
from pmf.reporting.panels import PanelLine, PanelWord, panel_blocks, panel_sections
from pmf.status import Status

LABEL = "September 2024"


def a_word(rag: str | None = "amber", figure: int | None = 12, comment: str = "Tenders are back in October.") -> PanelWord:
    return PanelWord(rag=rag, figure=None if figure is None else Decimal(figure), comment=comment)


def a_line(line_ref: str = "R-1", panel: Panel = Panel.RISK, **changes: Any) -> PanelLine:
    content: dict[str, Any] = {
        "line_ref": line_ref,
        "panel": panel,
        "title": "Something to watch",
        "directorate_id": "place",
        "directorate_name": "Place",
        "holder": "Head of Libraries",
        "aim": Decimal(8),
        "due_on": None,
        "current": a_word(),
        "before": a_word("red", 16),
        "before_label": "August 2024",
    }
    return PanelLine(**(content | changes))


def table(*lines: PanelLine) -> Table:
    (found,) = (block for block in panel_blocks(lines, LABEL) if isinstance(block, Table))
    return found


def words(*lines: PanelLine) -> list[str]:
    blocks = panel_blocks(lines, LABEL)
    return ["".join(run.text for run in block.runs) for block in blocks if isinstance(block, Paragraph | Note)]


def cells(line: PanelLine) -> dict[str, Cell]:
    printed = table(line)
    return dict(zip((column.heading for column in printed.columns), printed.rows[0], strict=True))


def test_a_risk_stands_beside_the_month_before() -> None:
    """Status, score, those of the month before, the target and the comment; the holder below the line."""
    row = cells(a_line())
    assert {heading: (cell.text, cell.status) for heading, cell in row.items()} == {
        "Risk": ("R-1 Something to watch", None),
        "Status": ("Amber", Status.AMBER),
        "Status before": ("Red", Status.RED),
        "Score": ("12", None),
        "Score before": ("16", None),
        "Target score": ("8", None),
        "Comment": ("Tenders are back in October.", None),
    }
    assert row["Risk"].note == "Head of Libraries"
    assert table(a_line()).caption == "Risk panel, September 2024 (before: August 2024)"


def test_a_budget_says_by_how_much_it_is_missed() -> None:
    """The forecast of the year beside the budget and the forecast before, and what it is above or below it, as numbers."""
    line = a_line("F-1", Panel.FINANCE, aim=Decimal(1_000_000), current=a_word(figure=1_025_000), before=a_word("green", 990_000))
    row = cells(line)
    headings = ("Budget", "Forecast", "Forecast before", "Above budget")
    assert [row[heading].text for heading in headings] == ["£1,000,000", "£1,025,000", "£990,000", "£25,000"]
    assert [(row[heading].value, row[heading].unit) for heading in headings[-1:]] == [(Decimal(25_000), "£")]
    below = cells(replace(line, current=a_word("green", 990_000)))
    assert below["Above budget"].text == "−£10,000"


def test_a_project_has_a_day_and_no_figure() -> None:
    """When it is to be done, or that it is ongoing."""
    assert cells(a_line("C-1", Panel.CHANGE, aim=None, due_on=date(2025, 3, 31)))["Due"].text == "31 March 2025"
    assert cells(a_line("C-1", Panel.CHANGE, aim=None))["Due"].text == "Ongoing"


def test_what_is_no_colour_is_said_in_words() -> None:
    """Complete, no status given and not reported are words without a colour; an absent figure is a dash and no number."""
    said = [table(a_line(current=word)).rows[0] for word in (a_word("complete", None), a_word(None), None)]
    assert [(row[1].text, row[1].status) for row in said] == [("Complete", None), ("No status given", None), ("Not reported", None)]
    assert [(row[3].text, row[3].value) for row in said] == [("–", None), ("12", Decimal(12)), ("–", None)]


def test_lines_nothing_is_reported_of_are_named() -> None:
    """The counts name every status there is, and a note the lines of which nothing was said."""
    lines = [a_line("R-1"), a_line("R-2", current=None), a_line("R-3", current=None), a_line("R-4", current=a_word("complete"))]
    assert words(*lines) == [
        "4 risks for September 2024: 1 Amber, 1 Complete and 2 Not reported.",
        "R-2 Something to watch and R-3 Something to watch were not reported on for September 2024.",
    ]


def test_each_panel_stands_under_its_own_heading() -> None:
    """Panels come in their order, as sections or under headings; a panel without lines is not there, and nothing where there are none."""
    lines = [a_line("R-1"), a_line("C-1", Panel.CHANGE, aim=None)]
    assert [section.heading for section in panel_sections(lines, LABEL)] == ["Risk panel", "Change panel"]
    assert [block.text for block in panel_blocks(lines, LABEL) if isinstance(block, Heading)] == ["Risk panel", "Change panel"]
    assert panel_blocks((), LABEL) == panel_sections((), LABEL) == ()


def test_lines_of_several_directorates_say_whose_they_are() -> None:
    """The directorate is a column where there is more than one."""
    both = table(a_line("R-1"), a_line("R-2", directorate_id="people", directorate_name="People"))
    assert [row[1].text for row in both.rows] == ["Place", "People"]
    assert "Directorate" not in [column.heading for column in table(a_line()).columns]


@given(st.lists(st.sampled_from(["red", "amber", "green", "complete", "none", "absent"]), min_size=1, max_size=12))
def test_every_line_is_counted_once(rags: list[str]) -> None:
    """Whatever is reported, the numbers of the sentence add up to the rows of the table, status by status."""
    word = {"absent": None, "none": a_word(None)}
    lines = [a_line(f"R-{number}", current=word[rag] if rag in word else a_word(rag)) for number, rag in enumerate(rags)]
    total, parts = words(*lines)[0].removesuffix(".").split(": ")
    counted = {part.split(" ", 1)[1]: int(part.split(" ", 1)[0]) for part in parts.replace(" and ", ", ").split(", ")}
    said = [row[1].text for row in table(*lines).rows]
    assert counted == {status: said.count(status) for status in said}
    assert int(total.split(" ")[0]) == len(said)


@pytest.mark.parametrize(("number", "noun"), [(1, "1 risk"), (2, "2 risks")])
def test_one_is_singular(number: int, noun: str) -> None:
    """One risk is a risk."""
    assert words(*(a_line(f"R-{n}") for n in range(number)))[0].startswith(f"{noun} for September 2024: {number} Amber.")
