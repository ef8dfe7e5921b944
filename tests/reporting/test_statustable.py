"""The status table of the committee paper (CCC quarter 2 report, paragraph 3.1)."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pmf.reporting.statustable import status_facts, status_table
from pmf.status import Status
from reporting.samples import a_measure

SEED_ROWS = ["Red", "Amber", "Green", "Baseline", "Contextual", "In Development", "Suspended"]
STATUSES = st.lists(st.sampled_from(Status), max_size=60)


def rows_of(statuses: list[Status]) -> list[list[str]]:
    table = status_table([a_measure(str(number), status) for number, status in enumerate(statuses)], caption="Status")
    return [[cell.text for cell in row] for row in table.rows]


def test_the_published_table_is_printed_as_published() -> None:
    """One red, nine green and ten contextual KPIs print as the seed's table does, with the share of rated ones beside it."""
    rows = rows_of([Status.RED, *[Status.GREEN] * 9, *[Status.CONTEXTUAL] * 10])
    assert rows == [
        ["Red", "1", "5%", "10%"],
        ["Amber", "-", "-", "-"],
        ["Green", "9", "45%", "90%"],
        ["Baseline", "-", "-", "-"],
        ["Contextual", "10", "50%", "-"],
        ["In Development", "-", "-", "-"],
        ["Suspended", "-", "-", "-"],
    ]


def test_a_committee_without_indicators_gets_seven_dashes() -> None:
    """With nothing to count the seven rows still stand there, each with dashes, and nothing is divided by nothing."""
    assert rows_of([]) == [[label, "-", "-", "-"] for label in SEED_ROWS]


@given(STATUSES)
def test_the_seven_rows_come_first_and_nothing_else_stands_without_a_count(statuses: list[Status]) -> None:
    """The seven rows of the seed are always there, in its order; further rows only for statuses some KPI has."""
    rows = rows_of(statuses)
    assert [row[0] for row in rows[:7]] == SEED_ROWS
    assert all(row[1] != "-" for row in rows[7:])
    assert {row[0] for row in rows[7:]} == {status.label for status in statuses} - set(SEED_ROWS)


@given(STATUSES)
def test_every_kpi_is_counted_once(statuses: list[Status]) -> None:
    """The counts add up to the KPIs there are, whatever their statuses; a dash is none."""
    rows = rows_of(statuses)
    counted = {row[0]: 0 if row[1] == "-" else int(row[1]) for row in rows}
    assert sum(counted.values()) == len(statuses)
    assert {label: number for label, number in counted.items() if number} == Counter(status.label for status in statuses)


@given(STATUSES.filter(bool))
def test_both_percentages_follow_from_the_counts(statuses: list[Status]) -> None:
    """Each share is the count over all KPIs, or over the rated ones for a colour alone, rounded half up to whole per cent."""
    rated = sum(status.is_rated for status in statuses)
    for label, number, of_all, of_rated in rows_of(statuses):
        status = next(item for item in Status if item.label == label)
        count = 0 if number == "-" else int(number)
        assert of_all == (f"{(200 * count + len(statuses)) // (2 * len(statuses))}%" if count else "-")
        assert of_rated == (f"{(200 * count + rated) // (2 * rated)}%" if count and status.is_rated else "-")


def test_the_facts_leave_out_what_there_is_none_of() -> None:
    """The line of facts at the top of a scorecard names only the statuses there are, absent figures included."""
    facts = status_facts([a_measure("1", Status.RED), a_measure("2", Status.UNDER_QUERY), a_measure("3", Status.UNDER_QUERY)])
    assert [(fact.label, fact.figure, fact.detail) for fact in facts.facts] == [("Red", "1", "33%"), ("Under query", "2", "67%")]
