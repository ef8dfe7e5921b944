"""The balanced scorecards of a month (CCC framework, Appendix C)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pmf.page.document import Chart, ChartPoint, Note, Table
from pmf.register.assessment import Persistence
from pmf.reporting.criteria import Fill
from pmf.reporting.scorecard import COLUMNS, directorate_scorecard, organisational_scorecard
from pmf.status import Status
from reporting.samples import COMPARISON, IN_DEPTH, PROFILE, a_kpi, a_measure, a_scorecard_setting, listed, section, tables, words_of

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


def scorecard_tables(card):
    return [table for table in tables(card) if table.columns == COLUMNS]


def watched(card):
    """The lists of the summary: their names, and the numbers of the KPIs on them."""
    (table,) = [block for block in section(card, "Summary").blocks if isinstance(block, Table)]
    assert all(row[1].text == str(len(row[2].text.split("; "))) for row in table.rows)
    return {row[0].text: [name.split()[0] for name in row[2].text.split("; ")] for row in table.rows}


def test_thirteen_columns_in_the_frameworks_order() -> None:
    """Every table of a scorecard has the framework's thirteen columns in its order, and every row fills them all."""
    card = a_card(*(a_measure(level, kpi=a_kpi(level, level=level)) for level in ("corporate", "strategic", "operational")))
    assert [[column.heading for column in table.columns] for table in scorecard_tables(card)] == [FRAMEWORK_COLUMNS] * 3
    assert [part.heading for part in card.sections if len(part.blocks) == 1 and part.blocks[0] in scorecard_tables(card)] == [
        "Corporate KPIs",
        "Strategic KPIs",
        "Operational KPIs",
    ]
    assert all(len(row) == len(table.columns) for table in tables(card) for row in table.rows)


def test_a_row_says_what_each_column_asks() -> None:
    """A KPI's row holds perspective, name, category, frequency, month, target, direction, figures, change, status, trend, comment."""
    kpi = a_kpi("7", title="Waiting time", unit="days", direction="lower", frequency="quarterly", perspective="corporate")
    measure = a_measure(kpi=kpi, status=Status.AMBER, change="improved", comment="Two officers joined.", trend="Falling, getting better")
    (row,) = scorecard_tables(a_card(measure))[0].rows
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
    rows = scorecard_tables(a_card(a_measure("1", Status.RED), a_measure("2", Status.GREEN)))[0].rows
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
    (row,) = scorecard_tables(card)[0].rows
    assert note.heading == heading
    assert words_of(note).startswith(f"{measure.name} is {words}")
    assert (row[7].text, row[10].text, row[12].text) == (heading, heading, f"{heading}: because.")


def test_the_summary_lists_what_to_look_at_first() -> None:
    """Each list names the KPIs it counts: reds, those that improve, those red too long, greens that decline, what is unusual."""
    card = a_card(
        a_measure("1", Status.RED, change="improved", reds_in_a_row=3, is_deep_dive=True),
        a_measure("2", Status.RED, change="declined", reds_in_a_row=1, is_deep_dive=False, variation="concerning"),
        a_measure("3", Status.GREEN, change="declined"),
        a_measure("4", Status.AMBER, change="declined", variation="common_cause"),
        a_measure("5", Status.GREEN, change="improved", previous_status="red", variation="improving"),
        a_measure("6", Status.GREEN, change="improved", trend="Falling, getting worse"),
    )
    assert watched(card) == {
        "Red": ["1", "2"],
        "Newly red": ["2"],
        "Red but improving": ["1"],
        "Red 3 times running or more": ["1"],
        "Green but deteriorating": ["3"],
        "Green with a trend for the worse": ["6"],
        "Unusual, for the worse": ["2"],
        "Back on target": ["5"],
    }


def test_there_is_no_table_of_lists_where_every_list_is_empty() -> None:
    """A scorecard on which nothing calls for a look has no table in its summary."""
    summary = section(a_card(a_measure("1", Status.GREEN), a_measure("2", Status.CONTEXTUAL)), "Summary")
    assert not [block for block in summary.blocks if isinstance(block, Table)]


def test_a_council_that_counts_reds_otherwise_has_its_rule_named() -> None:
    """The list of KPIs due a deep dive is called by the council's own rule."""
    profile = PROFILE.model_copy(update={"deep_dive": Persistence(reds=2, of=4)})
    card = directorate_scorecard([a_measure("1", Status.RED, is_deep_dive=True)], DIRECTORATE, a_scorecard_setting(profile))
    assert "Red 2 times out of the last 4" in watched(card)


def test_below_the_change_stands_that_since_last_year() -> None:
    """The column "Change in performance" says what has changed since the same period last year, below the change itself."""
    seen = a_measure("1", **IN_DEPTH)
    then, unknown = a_measure("2", **(IN_DEPTH | {"last_year_change": None})), a_measure("3", last_year_period="2023-24-Q2")
    notes = [row[9].note for row in scorecard_tables(a_card(seen, then, unknown, a_measure("4")))[0].rows]
    assert notes == ["Improving since quarter 2 2023/24 (91)", "91 in quarter 2 2023/24", "No figure for quarter 2 2023/24", ""]


def test_a_figure_says_what_stretch_of_time_it_is_of() -> None:
    """A figure of more than the month, or of an earlier one, says so; so does the figure before."""
    measures = [
        a_measure("1", previous_period="2024-08"),
        a_measure("2", kpi=a_kpi("2", frequency="quarterly"), previous_period="2024-06"),
        a_measure("3", kpi=a_kpi("3", is_cumulative="yes"), previous_period="2024-08"),
        a_measure("4", kpi=a_kpi("4", period_mode="rolling_12"), months_used="2024-03", previous_period="2023-03"),
    ]
    notes = [(row[7].note, row[8].note) for row in scorecard_tables(a_card(*measures))[0].rows]
    assert notes == [("", ""), ("", "June 2024"), ("year to date", ""), ("last twelve months, March 2024", "March 2023")]


def test_a_red_says_how_often_running_it_is_red() -> None:
    """Below the rating stands for which month, quarter or year running it is red; the first red says nothing."""
    months = {"period": "2024-09", "reds_in_a_row": 4}
    measures = [
        a_measure("1", Status.RED, **months),
        a_measure("2", Status.RED, kpi=a_kpi("2", frequency="quarterly"), **months),
        a_measure("3", Status.RED, kpi=a_kpi("3", frequency="annual"), **months),
        a_measure("4", Status.RED, period="2024-09", reds_in_a_row=1),
        a_measure("5", Status.AMBER, period="2024-09", reds_in_a_row=0),
    ]
    notes = [row[10].note for row in scorecard_tables(a_card(*measures))[0].rows]
    assert notes == ["fourth month running", "fourth quarter running", "fourth year running", "", ""]


def test_a_red_that_is_combined_sends_the_reader_to_its_parts() -> None:
    """Nobody is asked to explain a combined KPI: its commentary names the KPIs it is combined from."""
    whole = replace(a_measure("C1", Status.RED), parts=("C1-A", "C1-B"))
    (row,) = scorecard_tables(a_card(whole))[0].rows
    assert row[12].text == "See the KPIs it is combined from: C1-A and C1-B."


def test_where_the_year_is_heading_is_told_of_every_kpi_that_has_a_target_or_a_forecast() -> None:
    """The table of the outlook leaves out only what has neither target nor forecast, and says how many that are."""
    third, fourth = (a_kpi(ref, status_type="contextual") for ref in ("3", "4"))
    card = a_card(a_measure("1", **IN_DEPTH), a_measure("2"), a_measure(kpi=third), a_measure(kpi=fourth, **IN_DEPTH))
    table, told = section(card, "Where the year is heading").blocks
    assert [row[0].text.split()[0] for row in table.rows] == ["1", "2", "4"]
    assert words_of(told) == "1 KPI has neither a target to reach nor a forecast and is left out here."


def test_how_the_process_behaves_is_told_of_every_kpi() -> None:
    """Variation and assurance stand for every KPI, with the limits; where no chart is drawn, the reason in their place."""
    none = a_measure("2", variation_reason="No chart yet: 4 monthly figures, and limits need 12.")
    (table,) = section(a_card(a_measure("1", **IN_DEPTH), none), "How the process behaves").blocks
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [
        [
            "Unusual, for the worse",
            "Hits or misses the target by chance",
            "The last seven figures are on one side of their mean.",
            "89.1",
            "94.2",
            "99.3",
        ],
        ["No chart", "Not told", "No chart yet: 4 monthly figures, and limits need 12.", "–", "–", "–"],
    ]


def test_charts_are_printed_of_what_calls_for_a_look() -> None:
    """Only a KPI that is red, due a deep dive or unusual for the worse brings its chart; one that has none brings none."""
    chart = Chart("Chart", "Told", (ChartPoint(1.0),))
    usual = {"variation": "common_cause"}
    measures = [
        replace(a_measure("1", Status.RED, **usual), chart=replace(chart, caption="red")),
        replace(a_measure("2", Status.GREEN, **usual), chart=replace(chart, caption="usual")),
        replace(a_measure("3", Status.GREEN, variation="improving"), chart=replace(chart, caption="better")),
        replace(a_measure("6", Status.GREEN, variation="concerning"), chart=replace(chart, caption="worse")),
        replace(a_measure("4", Status.AMBER, is_deep_dive=True), chart=replace(chart, caption="deep dive")),
        a_measure("5", Status.RED),
    ]
    blocks = section(a_card(*measures), "How the process behaves").blocks
    assert [block.caption for block in blocks if isinstance(block, Chart)] == ["red", "worse", "deep dive"]


def test_others_stand_on_a_scorecard_where_their_figures_are_held() -> None:
    """A KPI with a national definition is compared in words with the source named; without figures there is no such section."""
    compared = replace(a_measure(kpi=a_kpi("1", has_national_definition="yes")), comparisons=(COMPARISON,))
    (table,) = section(a_card(compared, a_measure("2")), "How others do").blocks
    assert [[cell.text for cell in row] for row in table.rows] == [
        [
            "1 Number of things counted as 1",
            "Statistical neighbours",
            COMPARISON["words"],
            "Source: LG Inform, 2 July 2024. Counted: People who borrowed in the last twelve months.",
        ]
    ]
    undefined = replace(compared, kpi=a_kpi("1"))
    assert "How others do" not in [part.heading for part in a_card(undefined).sections]


def test_what_a_policy_gives_a_status_to_beyond_its_source_is_owned_up_to() -> None:
    """Below the criteria stands what the policy's own text leaves without a status, and why it has one here."""
    setting = replace(a_scorecard_setting(), fills=(Fill("Green – better by more than 5%.", "The report is silent\non it."),))
    blocks = section(directorate_scorecard([a_measure()], DIRECTORATE, setting), "How to read").blocks
    assert "gives no status to some figures" in words_of(blocks[2])
    assert listed(blocks[3]) == [("Green – better by more than 5%. The report is silent on it.", ())]


def test_the_organisational_scorecard_holds_every_measure_it_counts() -> None:
    """Corporate KPIs stand first, strategic ones by their first ambition, and one that names none is not left out."""
    measures = [
        a_measure("S6", kpi=a_kpi("S6", ambition_ids=("6", "1"))),
        a_measure("S1", kpi=a_kpi("S1", ambition_ids=("1",))),
        a_measure("C1", kpi=a_kpi("C1", level="corporate", ambition_ids=())),
        a_measure("S0", kpi=a_kpi("S0", ambition_ids=())),
    ]
    card = organisational_scorecard(measures, a_scorecard_setting())
    in_order = [row[1].text.split()[0] for table in scorecard_tables(card) for row in table.rows]
    assert in_order == ["C1", "S1", "S6", "S0"]
    assert [part.heading.split(":")[0] for part in card.sections] == [
        "Summary",
        "Corporate KPIs",
        "Ambition 1",
        "Ambition 6",
        "No ambition named",
        "Where the year is heading",
        "How the process behaves",
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
    (row,) = scorecard_tables(a_card(a_measure(kpi=a_kpi("1", title=nasty), comment=nasty)))[0].rows
    assert (row[1].text, row[12].text) == (f"1 {nasty}", nasty)


def test_the_day_of_issue_is_the_councils_own() -> None:
    """The footer gives the day by the council's clock."""
    setting = a_scorecard_setting(as_at=datetime(2024, 7, 14, 23, 30, tzinfo=UTC))
    assert directorate_scorecard([a_measure()], DIRECTORATE, setting).footer.endswith("September 2024, as at 15 July 2024")
