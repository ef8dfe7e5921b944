"""The quarterly committee paper, built from measures made by hand; the sample's own paper is read in tests/cycle."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.page.document import BulletList, Chart, ChartPoint, Heading, Note, Paragraph, Table
from pmf.reporting.criteria import Fill
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup
from pmf.reporting.paper import committee_paper
from pmf.status import Status
from reporting.samples import (
    COMPARISON,
    IN_DEPTH,
    Q2,
    a_kpi,
    a_measure,
    a_paper_setting,
    listed,
    numbers,
    paragraphs,
    section,
    tables,
    words_of,
)

COUNTED = re.compile(r"(\d+) indicators? saw")
COLOURS = (Status.RED, Status.AMBER, Status.GREEN, Status.CONTEXTUAL)


def section_blocks(measures: list[Measure], heading: str, movements: tuple[MovementGroup, ...] = ()) -> tuple:
    return section(committee_paper(measures, a_paper_setting(movements)), heading).blocks


def test_a_red_made_contextual_is_said_to_have_been_red() -> None:
    """An indicator that was red and has no target now is told as moved from Red to Contextual, not as contextual all along."""
    moved = MovementGroup(Status.RED, Status.CONTEXTUAL, "improved", (a_measure("1", Status.CONTEXTUAL),))
    stayed = MovementGroup(Status.CONTEXTUAL, Status.CONTEXTUAL, "improved", (a_measure("2", Status.CONTEXTUAL),))
    assert moved.words() == "1 indicator has moved from Red to Contextual, with an improvement in performance:"
    baseline = MovementGroup(None, Status.BASELINE, "declined", (a_measure("3", Status.BASELINE), a_measure("4", Status.BASELINE)))
    assert baseline.words() == "2 baseline indicators, which have no target yet, have seen a decline in performance:"
    suspended = MovementGroup(Status.SUSPENDED, Status.SUSPENDED, "improved", (a_measure("5", Status.SUSPENDED),))
    assert suspended.words() == "1 suspended indicator, which is not rated, has seen an improvement in performance:"
    assert stayed.words() == "1 contextual indicator, which has no target, has seen an improvement in performance:"


@st.composite
def moved_measures(draw: st.DrawFn) -> tuple[MovementGroup, ...]:
    """Any groups of measures by status before, status now and change, each measure in one group."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(COLOURS), st.sampled_from(COLOURS), st.sampled_from(["improved", "declined", "unchanged"])),
            unique=True,
            max_size=8,
        )
    )
    sizes = draw(st.lists(st.integers(1, 5), min_size=len(keys), max_size=len(keys)))
    return tuple(
        MovementGroup(previous, current, change, tuple(a_measure(f"K{place}-{n}", current, change=change) for n in range(size)))
        for place, ((previous, current, change), size) in enumerate(zip(keys, sizes, strict=True))
    )


@settings(max_examples=60, deadline=None)
@given(moved_measures())
def test_every_count_of_the_conclusion_is_the_length_of_its_list(groups: tuple[MovementGroup, ...]) -> None:
    """Each number printed in section 5 is that of the names listed below it, and every measure that moved is named once."""
    measures = [measure for group in groups for measure in group.measures]
    blocks = list(section_blocks(measures, "Conclusion", groups))
    told: dict[str, list[str]] = {}
    for place, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            following = blocks[place + 1] if place + 1 < len(blocks) else None
            groups_told = listed(following) if isinstance(following, BulletList) else []
            names = [name for _, items in groups_told for name in items]
            assert int(COUNTED.findall(words_of(block))[-1]) == len(names)
            assert all(int(words.split()[0]) == len(items) for words, items in groups_told)
            assert len({words for words, _ in groups_told}) == len(groups_told)
            told["improved" if "improvement" in words_of(block) else "declined"] = names
    expected = {
        change: [measure.name for group in groups if group.change == change for measure in group.measures]
        for change in ("improved", "declined")
    }
    assert told == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(Status), max_size=12))
def test_paragraph_numbers_are_consecutive(statuses: list[Status]) -> None:
    """Whatever there is to report, the numbers of a section run 1, 2, 3 without a gap, and so do those below a paragraph."""
    measures = [a_measure(f"K{n}", status, comment="Said.", change="improved") for n, status in enumerate(statuses)]
    printed = [tuple(int(part) for part in number.split(".")) for number in numbers(committee_paper(measures, a_paper_setting()))]
    assert sorted({number[0] for number in printed}) == [1, 2, 3, 4, 5, 6, 7]
    assert printed == sorted(printed)
    for prefix in {number[:-1] for number in printed}:
        own = [number[-1] for number in printed if number[:-1] == prefix]
        assert own == list(range(1, len(own) + 1))


def test_headings_come_in_the_order_of_the_published_report() -> None:
    """The seven sections are numbered and named as in the council's own report; the dashboard follows as Appendix 1."""
    document = committee_paper([a_measure()], a_paper_setting())
    assert [(part.number, part.heading) for part in document.sections] == [
        ("1", "Creating a greener, fairer and more caring Cambridgeshire"),
        ("2", "Background"),
        ("3", "Main Issues"),
        ("4", "Refreshed Performance Management Framework"),
        ("5", "Conclusion and recommendations"),
        ("6", "Significant Implications"),
        ("7", "Source Documents"),
        (None, "Appendix 1: dashboard"),
    ]
    assert [label for label, _ in document.header] == [
        "To",
        "Meeting Date",
        "From",
        "Electoral division(s)",
        "Key decision",
        "Executive Summary",
        "Recommendation",
        "Officer contact",
    ]


def test_a_meeting_not_in_the_calendar_is_to_be_confirmed() -> None:
    """Without a meeting date the header says that it is to be confirmed."""
    assert ("Meeting Date", "To be confirmed") in committee_paper([], a_paper_setting(meeting_date=None)).header


def test_a_red_is_never_silent() -> None:
    """A red without a word from its service says "No explanation supplied.", and that there is no path to green."""
    silent, spoken = a_measure("1", Status.RED), a_measure("2", Status.RED, comment="Demand rose. Path to green: two officers.")
    words = [words_of(block) for block in section_blocks([silent, spoken], "Main Issues") if isinstance(block, Paragraph)]
    assert [line for line in words if line.startswith(("Commentary", "Path"))] == [
        "Commentary: No explanation supplied.",
        "Path to Green: No path to green supplied.",
        "Commentary: Demand rose.",
        "Path to Green: two officers.",
    ]


def test_every_red_is_told_and_no_other() -> None:
    """Each red has its own heading with its reason in figures; when there is none, the paper says so."""
    measures = [a_measure("1", Status.RED), a_measure("2", Status.AMBER), a_measure("3", Status.RED)]
    headings = [block.text for block in section_blocks(measures, "Main Issues") if isinstance(block, Heading)]
    assert headings == [measures[0].name, measures[2].name]
    assert (
        "There are no Red indicators this quarter."
        in paragraphs(section(committee_paper([measures[1]], a_paper_setting()), "Main")).values()
    )


def test_provisional_months_are_named() -> None:
    """A figure resting on some months of the quarter names those it rests on and those it lacks, at the red and in the appendix."""
    measure = a_measure(status=Status.RED, is_provisional=True, months_used="2024-07,2024-08", months_missing="2024-09")
    document = committee_paper([measure], a_paper_setting())
    expected = "The figure rests on July 2024 and August 2024. There is no figure for September 2024."
    for heading in ("Main Issues", "Appendix 1"):
        notes = [block for block in section(document, heading).blocks if isinstance(block, Note)]
        assert [(note.heading, words_of(note)) for note in notes] == [("Provisional", expected)]


@pytest.mark.parametrize(
    ("status", "one", "two"),
    [
        (Status.UNDER_QUERY, "1 indicator is under query", "2 indicators are under query"),
        (Status.AWAITING_DATA, "1 indicator is awaiting data", "2 indicators are awaiting data"),
        (Status.NIL_RETURN, "1 indicator is returned as nil", "2 indicators are returned as nil"),
    ],
)
def test_absent_figures_are_said_in_words(status: Status, one: str, two: str) -> None:
    """Figures under query, awaited or returned as nil are counted and named in a sentence of their own."""
    for number, words in ((1, one), (2, two)):
        measures = [a_measure(f"A{n}", status) for n in range(number)]
        blocks = section_blocks(measures, "Main Issues")
        place = next(n for n, block in enumerate(blocks) if isinstance(block, Paragraph) and words_of(block).startswith(words))
        named = [line for line, _ in listed(blocks[place + 1])]
        assert len(named) == number
        assert all(line.startswith(measure.name) for line, measure in zip(named, measures, strict=True))


def test_a_nil_return_gives_the_reason_of_its_service() -> None:
    """The list of nil returns says of each why there is no figure."""
    measure = a_measure("220", Status.NIL_RETURN, reason="Nil return: the register office has not published September.")
    blocks = section_blocks([measure], "Main Issues")
    assert listed(blocks[-1]) == [(f"{measure.name}. Nil return: the register office has not published September.", ())]


def test_greens_that_say_something_are_shown_one_a_service() -> None:
    """Examples of green commentary come from different services, improved and commented on, two at most."""
    measures = [
        a_measure("1", comment="First.", change="improved"),
        a_measure("2", comment="Same service.", change="improved"),
        a_measure("3", kpi=a_kpi("3", service_id="communities"), comment="Declined.", change="declined"),
        a_measure("4", kpi=a_kpi("4", service_id="communities"), comment="Fourth.", change="improved"),
        a_measure("5", kpi=a_kpi("5", service_id="education"), comment="Third service.", change="improved"),
    ]
    headings = [block.text for block in section_blocks(measures, "Main Issues") if isinstance(block, Heading)]
    assert headings == [measures[0].name, measures[3].name]


def dashboard(*measures: Measure) -> dict[str, list[list[str]]]:
    """The tables of Appendix 1 by caption: what each cell says, its note in brackets."""
    found = [block for block in section_blocks(list(measures), "Appendix 1") if isinstance(block, Table)]
    return {
        table.caption: [[f"{cell.text} ({cell.note})" if cell.note else cell.text for cell in row] for row in table.rows] for table in found
    }


def test_the_dashboard_sets_the_years_end_beside_now_and_before() -> None:
    """Each indicator's first table has figure, target and status now, before, and as the service and the pipeline expect the year's end."""
    measure = a_measure("1", **IN_DEPTH)
    table = next(block for block in section_blocks([measure], "Appendix 1") if isinstance(block, Table))
    assert [column.heading for column in table.columns] == [
        "Measure",
        "quarter 2 2024/25",
        "quarter 1 2024/25",
        "2024/25: service's forecast",
        "2024/25: [f] forecast",
    ]
    assert dashboard(measure)[f"Figures of indicator {measure.ref}"] == [
        ["Performance", "97", "96", "99", "[f] 93 (80% band: 90 to 99)"],
        ["Target", "95", "95", "96", "96"],
        ["Status", "Green", "Green", "Green", "Amber"],
    ]


def test_the_dashboard_says_how_to_read_each_figure() -> None:
    """The second table holds direction, changes, the line called linear, how forecasts turned out, variation and assurance."""
    measure = a_measure("1", **IN_DEPTH)
    assert dict(dashboard(measure)[f"How to read the figures of indicator {measure.ref}"]) == {
        "Direction for improvement": "Higher is better",
        "Change in performance since quarter 1 2024/25": "Deteriorating",
        "Same period last year": "Improving since quarter 2 2023/24 (91)",
        "Projected linear trend, next quarter": "98 (linear)",
        "[f] forecast of the year": "Made from 36 months by the mean of two methods, which missed by 21% less than no change",
        "The service's forecasts so far": "Forecasts of the last 2 years that ended were on average 3.1 too high",
        "Variation": "Unusual, for the worse (The last seven figures are on one side of their mean.)",
        "Assurance": "Hits or misses the target by chance",
    }


def test_what_is_not_known_is_said_in_words() -> None:
    """A row made before there was movement, outlook or behaviour prints words in their place, never None and never nothing."""
    measure = a_measure("2", Status.UNDER_QUERY, previous_status=None, comment="")
    tables = dashboard(measure)
    assert tables[f"Figures of indicator {measure.ref}"] == [
        ["Performance", "Under query", "96", "Not supplied", "Not shown"],
        ["Target", "95", "95", "No target", "No target"],
        ["Status", "Under query", "Not rated", "No status", "No status"],
    ]
    assert dict(tables[f"How to read the figures of indicator {measure.ref}"]) == {
        "Direction for improvement": "Higher is better",
        "Change in performance since quarter 1 2024/25": "Cannot be told",
        "Same period last year": "Not worked out",
        "Projected linear trend, next quarter": "Too few figures for a line",
        "[f] forecast of the year": "Not shown: not worked out for this period",
        "Variation": "No chart (Not worked out for this period)",
        "Assurance": "Not told",
    }


def test_the_unit_stands_beside_the_figure() -> None:
    """A unit that a figure does not show stands with it in the list of ambers and heads the rows of the dashboard."""
    measure = a_measure("1", Status.AMBER, kpi=a_kpi("1", unit="days", decimals=1))
    assert [row[0] for row in dashboard(measure)[f"Figures of indicator {measure.ref}"]] == [
        "Performance (days)",
        "Target (days)",
        "Status",
    ]
    (ambers,) = [block for block in section_blocks([measure], "Main Issues") if isinstance(block, BulletList)]
    assert listed(ambers) == [(f"{measure.name}: 97.0 days against a target of 95.0 days", ())]


def test_others_are_shown_only_with_a_national_definition() -> None:
    """With a national definition the comparison stands in words with its source, or that none is held; without one, nothing."""
    national = a_kpi("1", has_national_definition="yes")
    compared = replace(a_measure(kpi=national), comparisons=(COMPARISON,))
    rows = dict(dashboard(compared)[f"How to read the figures of indicator {compared.ref}"])
    assert rows["Statistical neighbours (CIPFA nearest neighbours)"] == (
        "Best quartile of 15 neighbours in 2023/24 (place 2 of 16): 97, 3 better than their median of 94. "
        "(Source: LG Inform, 2 July 2024. Counted: People who borrowed in the last twelve months.)"
    )
    alone, other = a_measure(kpi=national), a_measure("2")
    assert (
        dict(dashboard(alone)[f"How to read the figures of indicator {alone.ref}"])["Statistical neighbours"]
        == "No figures of others are held."
    )
    assert not [row for row in dashboard(other)[f"How to read the figures of indicator {other.ref}"] if "eighbours" in row[0]]


def test_the_dashboard_shows_the_chart_of_what_calls_for_a_look() -> None:
    """A red indicator's chart stands in its place in the appendix; a green one with its usual ups and downs has none."""
    chart = Chart("Chart", "Told", (ChartPoint(1.0),))
    red, green = (replace(a_measure(ref, status), chart=chart) for ref, status in (("1", Status.RED), ("2", Status.GREEN)))
    assert [block for block in section_blocks([red, green], "Appendix 1") if isinstance(block, Chart)] == [chart]


def test_an_older_figure_says_which_month_it_is_of() -> None:
    """An indicator not due in the quarter shows its last figure with the month it is of, and so its previous one."""
    annual = a_measure(months_used="2024-03", previous_period="2023-03")
    assert dashboard(annual)[f"Figures of indicator {annual.ref}"][0][:3] == ["Performance", "97 (March 2024)", "96 (March 2023)"]
    assert dashboard(a_measure())[f"Figures of indicator {annual.ref}"][0][:3] == ["Performance", "97", "96"]


def test_a_red_says_for_which_quarter_running_it_is_red() -> None:
    """A red that was red before says how often running; a first red does not."""
    blocks = section_blocks([a_measure("1", Status.RED, reds_in_a_row=3), a_measure("2", Status.RED, reds_in_a_row=1)], "Main Issues")
    lines = [words_of(block) for block in blocks if isinstance(block, Paragraph) and words_of(block).startswith("Performance")]
    reason = "Performance: 97 against a target of 95: 2.1% better than target."
    assert lines == [f"{reason} This is the third quarter running that it is Red.", reason]


def test_a_combined_red_sends_the_reader_to_its_parts() -> None:
    """A combined indicator that is red names the KPIs it is combined from, and no path to green is asked of it."""
    blocks = section_blocks([replace(a_measure("C1", Status.RED), parts=("C1-A", "C1-B"))], "Main Issues")
    words = [words_of(block) for block in blocks if isinstance(block, Paragraph)]
    assert "Commentary: See the KPIs it is combined from: C1-A and C1-B." in words
    assert not [line for line in words if line.startswith("Path")]


def test_the_status_table_says_what_its_percentages_are_of() -> None:
    """The caption gives both numbers that the two columns of percentages are of."""
    measures = [a_measure("1", Status.RED), a_measure("2"), a_measure("3", Status.CONTEXTUAL)]
    assert tables(committee_paper(measures, a_paper_setting()))[0].caption == (
        "Status of the Committee's 3 indicators, of which 2 rated, quarter 2 2024/25"
    )


def test_what_a_policy_adds_to_its_source_is_owned_up_to() -> None:
    """Below the criteria a paper says what the policy's own text gives no status to, and why it has one here."""
    fill = Fill("Green – better by more than 5%.", "The report gives it no status.")
    background = section(committee_paper([], a_paper_setting(fills=(fill,))), "Background")
    lead, items = background.blocks[-2:]
    assert words_of(lead).startswith("The policy's own text gives no status to some figures.")
    assert listed(items) == [("Green – better by more than 5%. The report gives it no status.", ())]
    assert "2.6" not in paragraphs(section(committee_paper([], a_paper_setting()), "Background"))


def test_a_figure_its_source_may_change_is_provisional() -> None:
    """A provisional figure that lacks no month says that its source may still change it."""
    blocks = section_blocks([a_measure(is_provisional=True)], "Appendix 1")
    (note,) = [block for block in blocks if isinstance(block, Note)]
    assert words_of(note) == "The figure rests on July 2024, August 2024 and September 2024. Its source may still change it."


def test_hostile_text_stays_text() -> None:
    """What looks like mark-up, a template or a formula in titles and comments stands in the tree as it was typed."""
    nasty = '<script>alert(1)</script> {{ 7*7 }} {committee} #import "x" =CMD()|*x*_y_ & \\end'
    measure = a_measure(kpi=a_kpi("1", title=nasty, description=nasty), status=Status.RED, comment=nasty)
    document = committee_paper([measure], a_paper_setting((MovementGroup(Status.RED, Status.RED, "declined", (measure,)),)))
    assert document.as_json()["sections"][7]["blocks"][0]["text"] == f"Indicator 1: {nasty}"
    assert f"Commentary: {nasty}" in [words_of(block) for block in section(document, "Main").blocks if isinstance(block, Paragraph)]
    assert str(document).count("<script>") >= 5
    assert Q2.label in document.header[5][1]


def test_the_day_of_issue_is_the_councils_own() -> None:
    """The footer gives the day by the council's clock, not by that of the server."""
    late_evening = datetime(2024, 7, 14, 23, 30, tzinfo=UTC)
    assert committee_paper([], a_paper_setting(as_at=late_evening)).footer.endswith("as at 15 July 2024")
