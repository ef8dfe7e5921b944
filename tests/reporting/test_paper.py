"""The quarterly committee paper, built from measures made by hand; the sample's own paper is read in tests/cycle."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.page.document import BulletList, Chart, ChartPoint, Heading, Note, Paragraph, Table
from pmf.register.changes import Change, What
from pmf.register.panel import Panel
from pmf.reporting.criteria import Fill
from pmf.reporting.measure import Measure
from pmf.reporting.memberquestion import MemberQuestion
from pmf.reporting.movements import MovementGroup
from pmf.reporting.panels import PanelLine, PanelWord
from pmf.reporting.paper import committee_paper
from pmf.reporting.planactions import ActionLine
from pmf.reporting.restatement import Restated
from pmf.status import Status
from reporting.samples import (
    COMPARISON,
    IN_DEPTH,
    PROFILE,
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

# The count of a paragraph's own list, the count of all that moved so, and which way that is.
COUNTED = re.compile(r"(?:^The other |of which |updated this quarter, |^)(\d+) ?(?:indicators? saw|ha(?:s|ve) a RAG|that )")
TOTAL = re.compile(r"(?:The other )?(\d+) (?:indicators? saw|that )")
SIGNS = {
    "improved": re.compile("an improvement|that improved"),
    "declined": re.compile("a decline|that declined"),
    "neither": re.compile("neither:"),
}
INDICATOR, NUMBERS = re.compile(r"Indicator (\S+): "), re.compile(r": numbers? (.*)\.$")
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


def refs_in(bullets: BulletList) -> list[str]:
    """The indicators of a list of the conclusion: named one below the other in groups, or by their numbers at the end of a reason."""
    found = []
    for words, items in listed(bullets):
        own = [INDICATOR.match(item)[1] for item in items] or NUMBERS.search(words)[1].replace(" and ", ", ").split(", ")
        assert int(words.split()[0]) == len(own)
        found += own
    return found


@settings(max_examples=60, deadline=None)
@given(moved_measures())
def test_every_count_of_the_conclusion_is_the_length_of_its_list(groups: tuple[MovementGroup, ...]) -> None:
    """Each number printed in section 5 is that of its list, a total that of its lists, and every indicator is in one list only."""
    measures = [measure for group in groups for measure in group.measures]
    blocks = list(section_blocks(measures, "Conclusion", groups))
    told: dict[str, list[str]] = {"improved": [], "declined": [], "neither": []}
    totals: dict[str, int] = {}
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if not isinstance(block, Paragraph):
            continue
        words = words_of(block)
        kind = next(kind for kind, sign in SIGNS.items() if sign.search(words))
        refs = refs_in(following) if isinstance(following, BulletList) else []
        assert int(COUNTED.findall(words)[-1]) == len(refs)
        totals.setdefault(kind, int(TOTAL.search(words)[1]))
        told[kind] += refs
    assert totals.items() <= {kind: len(refs) for kind, refs in told.items()}.items()
    expected = {
        change: sorted(measure.ref for group in groups if group.change == change for measure in group.measures)
        for change in ("improved", "declined", "unchanged")
    }
    assert [sorted(refs) for refs in told.values()] == list(expected.values())


def test_what_has_no_colour_moves_apart() -> None:
    """Of those that improved, the ones without a RAG status stand in a paragraph of their own, and the first says of how many it is."""
    rated = MovementGroup(Status.GREEN, Status.GREEN, "improved", (a_measure("1"), a_measure("2")))
    contextual = MovementGroup(Status.CONTEXTUAL, Status.CONTEXTUAL, "improved", (a_measure("3", Status.CONTEXTUAL),))
    measures = [*rated.measures, *contextual.measures]
    told = paragraphs(section(committee_paper(measures, a_paper_setting((rated, contextual))), "Conclusion"))
    assert told["5.1"].endswith("3 indicators saw an improvement in performance from quarter 1 2024/25, of which 2 have a RAG status:")
    assert told["5.2"] == "The other 1 that improved has no RAG status:"
    assert told["5.3"] == "0 indicators saw a decline in performance from quarter 1 2024/25."


def test_who_neither_improved_nor_declined_is_told_why() -> None:
    """Each of the others is told by its number with its reason: no figure, not due, unchanged, no direction, or nothing to compare."""
    measures = [
        a_measure("1", Status.AWAITING_DATA),
        a_measure("2", months_used="2024-03"),
        a_measure("3", change="unchanged"),
        a_measure("4", Status.CONTEXTUAL, kpi=a_kpi("4", direction="", status_type="contextual")),
        a_measure("5", Status.CONTEXTUAL, kpi=a_kpi("5", direction="", status_type="contextual")),
        a_measure("6"),
    ]
    blocks = list(section_blocks(measures, "Conclusion"))
    assert words_of(blocks[-2]) == "The other 6 indicators saw neither:"
    assert [words for words, _ in listed(blocks[-1])] == [
        "1 indicator has no figure this quarter: number 1.",
        "1 indicator was not due this quarter and is shown with its last figure: number 2.",
        "1 indicator performed as in quarter 1 2024/25: number 3.",
        "2 indicators have no direction for improvement, so that neither a rise nor a fall is better: numbers 4 and 5.",
        "1 indicator cannot be compared with quarter 1 2024/25: number 6.",
    ]


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
    """The cards of Appendix 1 by caption: what each cell says, its note in brackets."""
    found = [block for block in section_blocks(list(measures), "Appendix 1") if isinstance(block, Table)]
    return {
        table.caption: [[f"{cell.text} ({cell.note})" if cell.note else cell.text for cell in row] for row in table.rows] for table in found
    }


def test_a_card_holds_the_published_fields_and_the_years_end() -> None:
    """A card has performance now, before and by the linear trend, targets, statuses, the change, and where the year should end."""
    measure = a_measure("1", **IN_DEPTH)
    assert dashboard(measure) == {
        "Figures of indicator 1: higher is better": [
            ["Quarter 2 2024/25", "97", "95", "Green", "Deteriorating"],
            ["Quarter 1 2024/25", "96", "95", "Green", "-"],
            ["Next quarter, linear trend", "98", "-", "-", "-"],
            ["2024/25, service's forecast", "99", "96", "Green", "-"],
            ["2024/25, [f] forecast", "[f] 93", "96", "Amber", "90 to 99"],
        ]
    }


def test_what_is_not_known_is_said_in_words() -> None:
    """A row made before there was movement, outlook or behaviour prints words in their place, never None and never nothing."""
    assert dashboard(a_measure("2", Status.UNDER_QUERY, previous_status=None, comment=""))["Figures of indicator 2: higher is better"] == [
        ["Quarter 2 2024/25", "Under query", "95", "Under query", "Cannot be told"],
        ["Quarter 1 2024/25", "96", "95", "Not rated", "-"],
        ["Next quarter, linear trend", "Too few figures", "-", "-", "-"],
        ["2024/25, service's forecast", "Not supplied", "No target", "No status", "-"],
        ["2024/25, [f] forecast", "Not shown", "No target", "No status", "-"],
    ]


def test_the_unit_stands_beside_the_figure() -> None:
    """A unit that a figure does not show stands behind it, in the list of ambers and on the card, whose cell keeps the number."""
    measure = a_measure("1", Status.AMBER, kpi=a_kpi("1", unit="days", decimals=1))
    (card,) = [block for block in section_blocks([measure], "Appendix 1") if isinstance(block, Table)]
    assert [(cell.text, cell.value, cell.unit) for cell in card.rows[0][1:3]] == [
        ("97.0 days", Decimal("97.0"), "days"),
        ("95.0 days", Decimal("95.0"), "days"),
    ]
    (ambers,) = [block for block in section_blocks([measure], "Main Issues") if isinstance(block, BulletList)]
    assert listed(ambers) == [(f"{measure.name}: 97.0 days against a target of 95.0 days", ())]


def test_a_commentary_that_stands_in_the_body_is_not_printed_twice() -> None:
    """The card of a red, or of a green shown as an example, names the paragraph with its commentary; every other card prints its own."""
    measures = [
        a_measure("1", Status.RED, comment="Demand rose. Path to green: two officers."),
        a_measure("2", comment="Well done.", change="improved"),
        a_measure("3", Status.AMBER, comment="Nearly there."),
    ]
    lines = [words_of(block) for block in section_blocks(measures, "Appendix 1") if isinstance(block, Paragraph)]
    assert lines == ["Commentary: See paragraph 3.3.1.", "Commentary: See paragraph 3.2.1.", "Commentary: Nearly there."]
    body = {block.number: block.text for block in section_blocks(measures, "Main Issues") if isinstance(block, Heading)}
    assert body == {"3.2.1": measures[1].name, "3.3.1": measures[0].name}


def test_others_are_shown_only_with_a_national_definition() -> None:
    """With a national definition the comparison stands in words with its source, or that none is held; without one, nothing."""
    national = a_kpi("1", has_national_definition="yes")

    def neighbours(measure: Measure) -> list[str]:
        lines = [words_of(block) for block in section_blocks([measure], "Appendix 1") if isinstance(block, Paragraph)]
        return [line for line in lines if "eighbours" in line]

    assert neighbours(replace(a_measure(kpi=national), comparisons=(COMPARISON,))) == [
        (
            "Statistical neighbours (CIPFA nearest neighbours): Best quartile of 15 neighbours in 2023/24 (place 2 of 16): 97, 3 better "
            "than their median of 94. Source: LG Inform, 2 July 2024. Counted: People who borrowed in the last twelve months."
        )
    ]
    assert neighbours(a_measure(kpi=national)) == ["Statistical neighbours: No figures of others are held."]
    assert neighbours(a_measure("2")) == []


def test_the_dashboard_shows_the_chart_of_what_calls_for_a_look() -> None:
    """A red indicator's chart stands in its place in the appendix; a green one with its usual ups and downs has none."""
    chart = Chart("Chart", "Told", (ChartPoint(1.0),))
    red, green = (replace(a_measure(ref, status), chart=chart) for ref, status in (("1", Status.RED), ("2", Status.GREEN)))
    assert [block for block in section_blocks([red, green], "Appendix 1") if isinstance(block, Chart)] == [chart]


def test_an_older_figure_says_which_month_it_is_of() -> None:
    """An indicator not due in the quarter shows its last figure with the month it is of, and so its previous one."""
    annual = a_measure(months_used="2024-03", previous_period="2023-03")
    ((now, before, *_),) = dashboard(annual).values()
    assert (now[1], before[1]) == ("97 (March 2024)", "96 (March 2023)")
    ((now, before, *_),) = dashboard(a_measure()).values()
    assert (now[1], before[1]) == ("97", "96")


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


def main_words(**changes: Any) -> list[str]:
    """What the main issues say of no indicators, paragraph by paragraph and item by item."""
    blocks = section(committee_paper([], a_paper_setting(**changes)), "Main").blocks
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(words_of(block))
        elif isinstance(block, BulletList):
            lines += [line for words, below in listed(block) for line in (words, *below)]
    return lines[2:]


def test_changes_of_indicators_and_targets_changed_in_the_year_stand_apart() -> None:
    """A redefinition and a target changed within the year are counted and listed each in a paragraph of its own."""
    about = {"committee_ids": ("communities-social-mobility-inclusion",), "effective_from": date(2024, 7, 1), "reason": "The grant grew"}
    redefined = Change(what=What.REDEFINED, kpi_ref="220", title="Deaths", fields=("description",), **about)
    target = Change(what=What.TARGET, kpi_ref="137", title="Enrolments", old="3,500", new="3,801", is_in_year=True, **about)
    assert main_words(changes=(target, redefined)) == [
        "1 change to indicators and targets took effect or was adopted this quarter:",
        "Indicator 220: Deaths. Redefined from 1 July 2024 (description). Reason: The grant grew.",
        "1 target was changed within the financial year:",
        (
            "Indicator 137: Enrolments. On 1 July 2024, within the financial year, its target changed from 3,500 to 3,801. "
            "Reason: The grant grew."
        ),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "reported 38, corrected to 31, because: Ten were counted twice."),
        ({"because": ""}, "reported 38, corrected to 31. No reason is recorded."),
        ({"was_provisional": True}, "reported 38 (provisional), updated to 31, because: Ten were counted twice."),
        ({"before": "under query", "had_figure": False}, "reported as under query, since known as 31, because: Ten were counted twice."),
        ({"after": "awaiting data", "has_figure": False}, "reported 38, since withdrawn (awaiting data), because: Ten were counted twice."),
    ],
)
def test_a_restatement_says_what_was_reported_what_is_known_and_why(changes: dict[str, Any], words: str) -> None:
    """Reported and corrected figure stand in one sentence with the reason; that a figure was provisional or not there is said."""
    facts = {"name": "Indicator 36: Users", "quarter": Q2.previous, "before": "38", "after": "31", "had_figure": True, "has_figure": True}
    restated = Restated(**(facts | {"was_provisional": False, "because": "Ten were counted twice."} | changes))
    assert main_words(restated=(restated,)) == [
        "1 figure reported before has been restated since the report before this one:",
        f"Indicator 36: Users. Quarter 1 2024/25: {words}",
    ]


def test_members_questions_stand_with_their_answers() -> None:
    """Questions are counted and listed with whose, when and what about they are, each above its answer, or that it is awaited."""
    facts = {"body": "Audit Committee", "quarter": Q2.previous, "asked_on": date(2024, 10, 10), "words": "Why?"}
    answered = MemberQuestion(
        question_id="M-1", about="Indicator 36: Users", answer="So.", answered_by="Head", answered_on=date(2024, 10, 11), **facts
    )
    assert main_words(questions=(answered, MemberQuestion(question_id="M-2", about="", **facts))) == [
        "Members have asked 2 questions about this report or earlier ones, of which 1 awaits an answer:",
        "Question M-1, Audit Committee, 10 October 2024, on quarter 1 2024/25, Indicator 36: Users: Why?",
        "Answer of the Head, 11 October 2024: So.",
        "Question M-2, Audit Committee, 10 October 2024, on quarter 1 2024/25: Why?",
        "Not answered yet.",
    ]
    assert main_words(questions=(answered,))[0] == "Members have asked 1 question about this report or earlier ones:"


AN_ACTION = ActionLine(
    action_ref="A1",
    title="Open outdoor gyms",
    service="Leisure",
    due_on=date(2025, 12, 31),
    said="Red",
    said_before="Not reported",
    update="The order is late.",
    impact="None yet.",
)
A_RISK = PanelLine(
    line_ref="R1",
    panel=Panel.RISK,
    title="Flooding of the depot",
    directorate_id="place",
    directorate_name="Place",
    holder="Head of Place",
    aim=Decimal(6),
    due_on=None,
    current=PanelWord(rag="amber", figure=Decimal(12), comment="Pumps are ordered."),
    before=None,
    before_label="June 2024",
)


def test_appendices_are_numbered_as_they_come() -> None:
    """Plan actions, risks and projects have an appendix each when there are any, and the body calls each by its number."""
    everything = committee_paper([], a_paper_setting(actions=(AN_ACTION,), panels=(A_RISK,)))
    assert [part.heading for part in everything.sections[7:]] == [
        "Appendix 1: dashboard",
        "Appendix 2: actions of the corporate plan",
        "Appendix 3: risk and change",
    ]
    assert main_words(actions=(AN_ACTION,), panels=(A_RISK,)) == [
        "1 action of the corporate plan is followed: 1 Red. Appendix 2 gives the update on each.",
        (
            "Appendix 3 holds the risks and the change projects of the directorates that report to the Committee, so that performance can "
            "be read together with them."
        ),
    ]
    assert [part.heading for part in committee_paper([], a_paper_setting(panels=(A_RISK,))).sections[7:]] == [
        "Appendix 1: dashboard",
        "Appendix 2: risk and change",
    ]


def test_a_plan_action_is_told_with_what_was_done_and_what_came_of_it() -> None:
    """The table of actions has service, due day, status now and before, update and impact."""
    (table,) = section(committee_paper([], a_paper_setting(actions=(AN_ACTION,))), "Appendix 2").blocks
    assert isinstance(table, Table)
    assert [(cell.text, cell.note) for cell in table.rows[0]] == [
        ("A1 Open outdoor gyms", "Leisure, due 31 December 2025"),
        ("Red", ""),
        ("Not reported", ""),
        ("The order is late.", ""),
        ("None yet.", ""),
    ]
    assert [cell.status for cell in table.rows[0][1:3]] == [Status.RED, None]


def test_who_gets_the_organisational_scorecard_is_told_so() -> None:
    """The paper of the committee that receives the organisational scorecard says so; no other paper does."""
    committee = PROFILE.committee("strategy-resources-performance")
    assert main_words(committee=committee) == [
        (
            "The Committee also receives the organisational scorecard of quarter 2 2024/25: the corporate KPIs of all directorates taken "
            "together, and every strategic KPI by ambition. It is issued with this report."
        )
    ]
    assert main_words() == []
