"""The balanced scorecards of a month (CCC framework, Appendix C)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmf.page.document import Note, Paragraph
from pmf.reporting.scorecard import directorate_scorecard, organisational_scorecard
from pmf.status import Status
from reporting.samples import PROFILE, a_kpi, a_measure, a_scorecard_setting, section, tables, words_of

# Framework, Appendix C, in its order.
FRAMEWORK_COLUMNS = [
    "Perspective",
    "KPI",
    "Metric category",
    "Reporting frequency",
    "Last updated",
    "Target",
    "Direction for improvement",
    "Performance (current)",
    "Performance (previous)",
    "Change in performance",
    "RAG rating",
    "Trend analysis",
    "Commentary",
]
DIRECTORATE = PROFILE.directorates[-1]


def a_card(*measures):
    return directorate_scorecard(measures, DIRECTORATE, a_scorecard_setting())


def test_thirteen_columns_in_the_frameworks_order() -> None:
    """Every table of a scorecard has the framework's thirteen columns in its order, and every row fills them all."""
    card = a_card(*(a_measure(level, kpi=a_kpi(level, level=level)) for level in ("corporate", "strategic", "operational")))
    assert [[column.heading for column in table.columns] for table in tables(card)] == [FRAMEWORK_COLUMNS] * 3
    assert all(len(row) == 13 for table in tables(card) for row in table.rows)


def test_a_row_says_what_each_column_asks() -> None:
    """A KPI's row holds perspective, name, category, frequency, month, target, direction, figures, change, status, trend, comment."""
    kpi = a_kpi("7", title="Waiting time", unit="days", direction="lower", frequency="quarterly", perspective="corporate")
    measure = a_measure(kpi=kpi, status=Status.AMBER, change="improved", comment="Two officers joined.", trend="Falling, getting better")
    (row,) = tables(a_card(measure))[0].rows
    assert [cell.text for cell in row] == [
        "Corporate",
        "7 Waiting time (days)",
        "Local authority",
        "Quarterly",
        "September 2024",
        "95",
        "Lower is better",
        "97",
        "96",
        "Improving",
        "Amber",
        "Falling, getting better",
        "Two officers joined.",
    ]
    assert row[10].status is Status.AMBER


def test_a_red_without_comment_says_so() -> None:
    """The commentary of a silent red is "No explanation supplied."; a silent green may stay silent."""
    rows = tables(a_card(a_measure("1", Status.RED), a_measure("2", Status.GREEN)))[0].rows
    assert [row[12].text for row in rows] == ["No explanation supplied.", ""]


@pytest.mark.parametrize(
    ("status", "heading", "words"),
    [
        (Status.UNDER_QUERY, "Under query", "withheld"),
        (Status.AWAITING_DATA, "Awaiting data", "not yet returned"),
        (Status.NIL_RETURN, "Nil return", "returned as not available"),
    ],
)
def test_absent_figures_are_named_at_the_top_and_told_in_the_row(status: Status, heading: str, words: str) -> None:
    """A figure that is not there is noted in the summary by name and in words, and its row says why in place of a figure."""
    measure = a_measure("9", status, reason=f"{heading}: because.")
    card = a_card(measure)
    (note,) = [block for block in section(card, "Summary").blocks if isinstance(block, Note)]
    (row,) = tables(card)[0].rows
    assert note.heading == heading
    assert words_of(note).startswith(f"{measure.name} is {words}")
    assert (row[7].text, row[10].text, row[12].text) == (heading, heading, f"{heading}: because.")


def test_green_but_deteriorating_is_pointed_out() -> None:
    """A green that declined is named in the summary; an amber that declined and a green that improved are not."""
    measures = [
        a_measure("1", Status.GREEN, change="declined"),
        a_measure("2", Status.AMBER, change="declined"),
        a_measure("3", Status.GREEN, change="improved"),
    ]
    (note,) = [block for block in section(a_card(*measures), "Summary").blocks if isinstance(block, Note)]
    assert words_of(note) == f"Worth a look before they turn: {measures[0].name}."


def test_the_summary_names_every_red() -> None:
    """The reds are named in the summary, as many as the facts count."""
    measures = [a_measure("1", Status.RED), a_measure("2", Status.RED), a_measure("3")]
    summary = section(a_card(*measures), "Summary").blocks
    red = next(words_of(block) for block in summary if isinstance(block, Paragraph) and words_of(block).startswith("Red"))
    assert red == f"Red: {measures[0].name} and {measures[1].name}."


def test_the_organisational_scorecard_holds_every_measure_it_counts() -> None:
    """Corporate KPIs stand first, strategic ones by their first ambition, and one that names none is not left out."""
    measures = [
        a_measure("S6", kpi=a_kpi("S6", ambition_ids=("6", "1"))),
        a_measure("S1", kpi=a_kpi("S1", ambition_ids=("1",))),
        a_measure("C1", kpi=a_kpi("C1", level="corporate", ambition_ids=())),
        a_measure("S0", kpi=a_kpi("S0", ambition_ids=())),
    ]
    card = organisational_scorecard(measures, a_scorecard_setting())
    in_order = [row[1].text.split()[0] for table in tables(card) for row in table.rows]
    assert in_order == ["C1", "S1", "S6", "S0"]
    assert [part.heading.split(":")[0] for part in card.sections] == [
        "Summary",
        "Corporate KPIs",
        "Ambition 1",
        "Ambition 6",
        "No ambition named",
        "How to read this scorecard",
    ]


def test_the_notice_of_a_sample_council_is_on_every_scorecard() -> None:
    """A sample council's notice is the scorecard's banner; a council without one has none."""
    assert a_card(a_measure()).banner == PROFILE.notice
    real = PROFILE.model_copy(update={"notice": None})
    assert directorate_scorecard([a_measure()], DIRECTORATE, a_scorecard_setting(real)).banner is None


def test_hostile_text_stays_text() -> None:
    """Mark-up, templates and formulas in a comment stand in the cell as they were typed."""
    nasty = '<img src=x onerror=alert(1)>{{7*7}} =HYPERLINK("http://x") #show'
    (row,) = tables(a_card(a_measure(kpi=a_kpi("1", title=nasty), comment=nasty)))[0].rows
    assert (row[1].text, row[12].text) == (f"1 {nasty}", nasty)


def test_the_day_of_issue_is_the_councils_own() -> None:
    """The footer gives the day by the council's clock."""
    setting = a_scorecard_setting(as_at=datetime(2024, 7, 14, 23, 30, tzinfo=UTC))
    assert directorate_scorecard([a_measure()], DIRECTORATE, setting).footer.endswith("September 2024, as at 15 July 2024")
