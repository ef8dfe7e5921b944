"""The page of a council's queries: whose turn it is, since when, what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from page.reading import html_text
from pmf.page.document import Document, Facts, Table
from pmf.page.web import render_html
from pmf.reporting.queries import QueryPage, QueryState, Step, query_page
from reporting.samples import PROFILE, section, tables

TEMPLATES = Path(__file__).resolve().parents[2] / "include" / "templates"
NASTY = "<script>alert(1)</script>{{7*7}}"
ASKED_AT = datetime(2024, 10, 14, 7, tzinfo=UTC)
ASKED = Step(kind="asked", author="the checks", text="KPI 36 is 3.", found="3", cell="Return!G7", at=ASKED_AT)
OPEN = QueryState(
    query_id="Q-7F3K2A",
    period="2024-09",
    period_label="September 2024",
    point="returns",
    rule_id="observation.below_minimum",
    subject="36",
    title="Active library users",
    service_id="libraries",
    service_name="Libraries",
    state="open",
    is_failing=True,
    since=ASKED_AT,
    board_on=date(2024, 10, 28),
    is_on_board_list=False,
    steps=(ASKED,),
)
SAID = Step(kind="answered", author="Head of Libraries", text=NASTY, found="", cell="Questions!H9", at=ASKED_AT + timedelta(days=1))
ANSWERED = replace(OPEN, query_id="Q-ANSWER", state="answered", is_failing=False, is_on_board_list=True, steps=(ASKED, SAID))
DONE = Step(kind="accepted", author="Performance team", text="Fine.", found="", cell="", at=ASKED_AT + timedelta(days=2))
CLOSED = replace(OPEN, query_id="Q-CL0SED", state="closed", steps=(ASKED, DONE))


def page(*states: QueryState, board: str = "Performance Board") -> Document:
    return query_page(
        QueryPage(profile=PROFILE, as_at="7am Tuesday 29 October 2024", board=board, closed_since="28 August 2024", states=states)
    )


def rows(document: Document, heading: str) -> list[list[str]]:
    (table,) = (block for block in section(document, heading).blocks if isinstance(block, Table))
    return [[f"{cell.text} {cell.note}".strip() for cell in row] for row in table.rows]


def test_queries_stand_under_whose_turn_it_is() -> None:
    """What the performance team must judge comes first, then what lies with services, then what was closed of late."""
    document = page(OPEN, ANSWERED, CLOSED)
    assert [each.heading for each in document.sections] == ["At a glance", "Answered", "Open", "Closed"]
    assert [rows(document, heading)[0][0] for heading in ("Answered", "Open", "Closed")] == ["Q-ANSWER", "Q-7F3K2A", "Q-CL0SED"]
    assert rows(document, "Open")[0][1:] == [
        "36 – Active library users September 2024",
        "Libraries",
        "14 Oct 2024",
        "Open figure withheld",
        "14 Oct 2024, the checks asked: KPI 36 is 3. (found: 3)",
    ]
    assert rows(document, "Answered")[0][4] == "Answered on the board's list since 28 Oct 2024"
    assert rows(document, "Closed")[0][4] == "Accepted"


def test_counts_are_said_in_words_and_figures() -> None:
    """How many are unresolved, withhold a figure and are on the board's list; what there is none of is not printed."""
    glance = section(page(OPEN, ANSWERED), "At a glance")
    assert "2 queries are unresolved; 1 withholds a figure; 1 is on the list of the Performance Board." in str(glance)
    (facts,) = (block for block in glance.blocks if isinstance(block, Facts))
    assert [(fact.label, fact.figure) for fact in facts.facts] == [
        ("Open", "1"),
        ("Answered", "1"),
        ("Withholding a figure", "1"),
        ("On the board's list", "1"),
    ]
    nothing = page()
    assert "0 queries are unresolved." in str(nothing)
    assert tables(nothing) == []


def test_what_was_said_is_printed_as_words() -> None:
    """Markup in an answer arrives as the words it is."""
    html = render_html(page(ANSWERED), templates=TEMPLATES)
    assert b"<script>alert" not in html
    assert NASTY in html_text(html)
