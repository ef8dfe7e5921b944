"""The balanced scorecards of a month or a quarter (CCC framework, Appendix C)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from page.reading import pdf_pages, squeezed
from pmf.finding import Dimension, Score
from pmf.page.document import Chart, ChartLine, ChartPoint, Paragraph, Table
from pmf.page.pdf import render_pdf
from pmf.register.assessment import Persistence
from pmf.register.panel import Panel
from pmf.reporting.criteria import Fill
from pmf.reporting.panels import PanelLine, PanelWord
from pmf.reporting.scorecard import directorate_scorecard, organisational_scorecard
from pmf.reporting.scorecardtable import COLUMNS
from pmf.status import Status
from reporting.samples import (
    COMPARISON,
    FOLDER,
    IN_DEPTH,
    PROFILE,
    Q2,
    a_kpi,
    a_measure,
    a_scorecard_setting,
    listed,
    section,
    tables,
    words_of,
)

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
LINE = PanelLine(
    line_ref="R-1",
    panel=Panel.RISK,
    title="Flooding of the depot",
    directorate_id=DIRECTORATE.id,
    directorate_name=DIRECTORATE.name,
    holder="Head of Libraries",
    aim=Decimal(8),
    due_on=None,
    current=PanelWord(rag="amber", figure=Decimal(12), comment="The wall is ordered."),
    before=None,
    before_label="August 2024",
)


def a_card(*measures):
    return directorate_scorecard(measures, DIRECTORATE, a_scorecard_setting())


def paragraphs_of(part):
    return [block for block in part.blocks if isinstance(block, Paragraph)]


def scorecard_tables(card):
    return [table for table in tables(card) if table.columns == COLUMNS]


def lists(card):
    """The lists of the summary: their names, and the numbers of the KPIs on them."""
    found = [block for block in section(card, "Summary").blocks if isinstance(block, Table) and block.columns[0].heading == "List"]
    rows = [row for table in found for row in table.rows]
    assert all(row[1].text == str(len(row[2].text.split("; "))) for row in rows)
    return {row[0].text.split(": ")[0]: [name.split()[0] for name in row[2].text.split("; ")] for row in rows}


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
    """A figure that is not there is listed in the summary, counted and in words, and its row says why in place of a figure."""
    measure = a_measure("9", status, reason=f"{heading}: because.")
    card = a_card(measure)
    (top,) = next(block for block in section(card, "Summary").blocks if isinstance(block, Table)).rows
    (row,) = scorecard_tables(card)[0].rows
    assert top[0].text.startswith(f"{heading}: {words}")
    assert (top[1].text, top[2].text) == ("1", f"9 {measure.kpi.title}")
    assert (row[7].text, row[10].text, row[12].text) == (heading, heading, f"{heading}: because.")


def test_the_summary_lists_what_to_look_at_first_and_what_to_celebrate() -> None:
    """Each list names the KPIs it counts: reds, greens that decline, what is unusual or doubted; and what has gone well."""
    doubted = {Dimension.VALIDITY: Score(checks=10, flagged=1)}
    best = {**COMPARISON, "quartile": 1}
    card = a_card(
        a_measure("1", Status.RED, change="improved", reds_in_a_row=3, is_deep_dive=True),
        replace(a_measure("2", Status.RED, change="declined", reds_in_a_row=1, variation="concerning"), quality=doubted),
        a_measure("3", Status.GREEN, change="declined"),
        a_measure("4", Status.AMBER, change="declined", variation="improving"),
        a_measure("5", Status.GREEN, change="improved", previous_status="red", variation="improving"),
        replace(a_measure("6", Status.GREEN, change="improved", trend="Falling, getting worse"), comparisons=(best,)),
    )
    assert lists(card) == {
        "Red": ["1", "2"],
        "Newly red": ["2"],
        "Red but improving": ["1"],
        "Red 3 times running or more": ["1"],
        "Green but deteriorating": ["3"],
        "Green with a trend for the worse": ["6"],
        "Unusual, for the worse": ["2"],
        "A check of the data not met": ["2"],
        "Back on target": ["5"],
        "Unusual, for the better": ["5"],
        "In the best quarter": ["6"],
    }


def test_a_kpi_is_named_where_it_first_stands_and_a_long_list_is_of_numbers() -> None:
    """After its first naming a KPI is called by its number unless it stands alone; so are all of a list too long for the page."""
    reds = [a_measure(str(number), Status.RED, variation="concerning") for number in range(1, 4)]
    reds.append(a_measure("4", Status.RED, change="improved"))
    rows = next(block for block in section(a_card(*reds), "Summary").blocks if isinstance(block, Table)).rows
    assert [row[2].text for row in rows] == [
        "; ".join(f"{red.ref} {red.kpi.title}" for red in reds),
        f"4 {reds[3].kpi.title}",
        "1; 2; 3",
    ]
    many = [a_measure(str(number), Status.RED) for number in range(1, 20)]
    (row,) = next(block for block in section(a_card(*many), "Summary").blocks if isinstance(block, Table)).rows
    assert row[2].text == "; ".join(red.ref for red in many)


def test_the_summary_counts_how_the_year_is_expected_to_end() -> None:
    """Beside the colours now stand those by the services' forecasts and by the pipeline's; what has none is counted apart."""
    card = a_card(
        a_measure("1", Status.RED, forecast_status="amber", year_end_status="red"),
        a_measure("2", Status.GREEN, forecast_status="green"),
        a_measure("3", Status.NIL_RETURN),
    )
    (table,) = [block for block in section(card, "Summary").blocks if isinstance(block, Table) and block.columns[0].heading == "Reckoning"]
    assert [column.heading for column in table.columns[1:]] == ["Red", "Amber", "Green", "No colour"]
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [["1", "-", "1", "1"], ["-", "1", "1", "1"], ["1", "-", "-", "2"]]


def test_the_summary_has_a_page_of_its_own() -> None:
    """What comes after the summary begins a page, on a scorecard with more on every list than either council has."""
    statuses = (Status.RED, Status.AMBER, Status.GREEN, Status.CONTEXTUAL, Status.UNDER_QUERY, Status.AWAITING_DATA, Status.NIL_RETURN)
    worst = {"change": "declined", "variation": "concerning", "reds_in_a_row": 3, "is_deep_dive": True, "trend": "Falling, getting worse"}
    measures = [a_measure(f"KPI-{number}", status, **worst) for number, status in enumerate(statuses * 8)]
    measures += [a_measure(f"OK-{number}", previous_status="red", variation="improving") for number in range(8)]
    pages = pdf_pages(render_pdf(a_card(*measures), templates=FOLDER.parents[1] / "templates"))
    assert squeezed("How the year is expected to end") in pages[0]
    assert pages[1].startswith(squeezed("Strategic KPIs"))


def test_data_quality_stands_beside_a_colour_it_casts_doubt_on() -> None:
    """Below the rating of a KPI with a check not met stands its score; the table behind the colours has every score, by dimension."""
    scores = {Dimension.VALIDITY: Score(checks=10, flagged=1), Dimension.ACCURACY: Score(checks=10)}
    doubted = replace(a_measure("1", Status.RED, period="2024-09", reds_in_a_row=2), quality=scores)
    sound = replace(a_measure("2"), quality={Dimension.ACCURACY: Score(checks=4)})
    card = a_card(doubted, sound, a_measure("3"))
    assert [row[10].note for row in scorecard_tables(card)[0].rows] == ["second month running, data quality 97.5%", "", ""]
    cells = [row[2] for row in section(card, "Where the year").blocks[0].rows]
    assert [(cell.text, cell.value, cell.note) for cell in cells] == [
        ("97.5%", Decimal("97.5"), "validity 95.0%"),
        ("100.0%", Decimal("100.0"), ""),
        ("Not checked", None, ""),
    ]
    assert "Data quality: 97.9% over 24 checks" in "".join(map(words_of, paragraphs_of(section(card, "Summary"))))


def test_there_is_no_table_of_lists_where_every_list_is_empty() -> None:
    """A scorecard on which nothing calls for a look or a celebration has no list in its summary."""
    assert lists(a_card(a_measure("1", Status.GREEN), a_measure("2", Status.CONTEXTUAL))) == {}


def test_a_council_that_counts_reds_otherwise_has_its_rule_named() -> None:
    """The list of KPIs due a deep dive is called by the council's own rule."""
    profile = PROFILE.model_copy(update={"deep_dive": Persistence(reds=2, of=4)})
    card = directorate_scorecard([a_measure("1", Status.RED, is_deep_dive=True)], DIRECTORATE, a_scorecard_setting(profile))
    assert "Red 2 times out of the last 4" in lists(card)


def test_below_the_change_stands_that_since_last_year() -> None:
    """The column "Change in performance" says what has changed since the same period last year, below the change itself."""
    seen = a_measure("1", **IN_DEPTH)
    then, unknown = a_measure("2", **(IN_DEPTH | {"last_year_change": None})), a_measure("3", last_year_period="2023-24-Q2")
    notes = [row[9].note for row in scorecard_tables(a_card(seen, then, unknown, a_measure("4")))[0].rows]
    assert notes == ["Year ago 91: better", "Year ago 91", "No figure a year ago", ""]


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


def test_what_stands_behind_each_colour_is_told_of_every_kpi() -> None:
    """A table gives every KPI its status now and at the year's end by both reckonings, variation and assurance."""
    (table, refused) = section(
        a_card(a_measure("1", **IN_DEPTH | {"forecast_count": 0}), a_measure("2")), "Where the year is heading"
    ).blocks
    assert [[cell.text for cell in row] for row in table.rows] == [
        [
            *("1 Number of things counted as 1", "Green", "Not checked", "96", "99", "Green", "[f] 93", "Amber"),
            *("Unusual, for the worse", "Hits or misses the target by chance"),
        ],
        [
            *(
                "2 Number of things counted as 2",
                "Green",
                "Not checked",
                "No target",
                "Not supplied",
                "No status",
                "Not shown",
                "No status",
            ),
            *("No chart", "Not told"),
        ],
    ]
    assert [cell.text for cell in refused.rows[0]] == ["Not worked out for this period", "1", "2 Number of things counted as 2"]


@pytest.mark.parametrize(("count", "columns"), [(0, 10), (2, 11)])
def test_the_column_of_records_waits_for_a_year_to_end(count: int, columns: int) -> None:
    """While no forecast of any KPI can be held against a figure, the table has no column to say so row by row."""
    table = section(a_card(a_measure(**IN_DEPTH | {"forecast_count": count})), "Where the year is heading").blocks[0]
    assert (len(table.columns), len(table.rows[0])) == (columns, columns)


CHART = Chart(
    "Chart",
    "Told",
    (ChartPoint(1.0), ChartPoint(2.0, "improving"), ChartPoint(1.5)),
    (ChartLine("mean", 1.5, 0, 2, "Mean 1.5"), ChartLine("limit", 0.5, 0, 2, "Lower limit 0.5")),
    ((0, "Apr 2024"), (1, "May 2024"), (2, "Jun 2024")),
    (("improving", "Unusual, for the better"),),
)


def test_every_kpi_that_can_have_one_has_a_small_chart() -> None:
    """The charts of all KPIs stand together, small, with mean and target in figures; the KPIs without are counted by the reason."""
    drawn = [replace(a_measure(ref, variation="common_cause"), chart=CHART) for ref in "12"]
    new, newer = (a_measure(ref, variation_reason="No chart yet: 4 monthly figures.") for ref in "34")
    lead, *charts, without = section(a_card(*drawn, new, newer), "How each process behaves").blocks
    assert words_of(lead).startswith("2 KPIs have a chart.")
    assert [(chart.caption, chart.alt, chart.is_small) for chart in charts] == [(item.title_with_unit, "Told", True) for item in drawn]
    assert [line.words for line in charts[0].lines] == ["Mean 1.5", ""]
    assert (charts[0].ticks, charts[0].key) == (((0, "Apr 2024"), (2, "Jun 2024")), ())
    assert [[cell.text for cell in row] for row in without.rows] == [["No chart yet: 4 monthly figures.", "2", "3; 4"]]


def test_a_directorates_panels_are_its_own_and_the_organisations_all() -> None:
    """The panels of a scorecard hold the lines of its directorate; those of the organisation every line."""
    other = replace(LINE, line_ref="R-2", directorate_id="place-sustainability", directorate_name="Place and Sustainability")
    setting = replace(a_scorecard_setting(), panels=(LINE, other))
    cards = (directorate_scorecard([a_measure()], DIRECTORATE, setting), organisational_scorecard([a_measure()], setting))
    found = [
        [row[0].text.split()[0] for block in section(card, "Risk").blocks if isinstance(block, Table) for row in block.rows]
        for card in cards
    ]
    assert found == [["R-1"], ["R-1", "R-2"]]


def test_others_stand_on_a_scorecard_where_their_figures_are_held() -> None:
    """A KPI with a national definition is compared in words with the source named; without figures there is no such section."""
    compared = replace(a_measure(kpi=a_kpi("1", has_national_definition="yes")), comparisons=(COMPARISON,))
    lacking = a_measure(kpi=a_kpi("2", has_national_definition="yes"))
    table, told = section(a_card(compared, lacking, a_measure("3")), "How others do").blocks
    assert words_of(told) == "1 KPI has a national definition, but no figures of others are held: 2."
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
        "Where the year is heading, and how far the figures can be relied on",
        "How each process behaves",
        "How to read this scorecard",
    ]


def test_a_quarters_scorecard_says_what_it_is_of() -> None:
    """The organisation's scorecard of a quarter names the quarter, and a figure of an earlier one says so."""
    card = organisational_scorecard([a_measure("1"), a_measure("2", months_used="2024-06")], replace(a_scorecard_setting(), period=Q2))
    assert card.subtitle == "Quarter 2 2024/25"
    assert [row[7].note for row in scorecard_tables(card)[0].rows] == ["", "June 2024"]


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
