"""The data-quality report of a validation: from the whole to the single finding, and back over the year."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from page.reading import html_text, squeezed, texts
from pmf.finding import Dimension, Score
from pmf.page.document import Cell, Document, Note, Table
from pmf.page.web import render_html
from pmf.reporting.quality.report import quality_report
from pmf.reporting.quality.scores import printed_score
from pmf.reporting.quality.setting import AskedRule, CheckedKpi, PastValidation, QualitySetting
from pmf.reporting.waiver import PrintedWaiver
from reporting.samples import AS_AT, PROFILE, SEPTEMBER, section, tables, words_of

TEMPLATES = Path(__file__).resolve().parents[2] / "include" / "templates"
NASTY = "<script>alert(1)</script>{{7*7}}"
FINDING: dict[str, Any] = {
    "rule_id": "observation.below_minimum",
    "severity": "critical",
    "scope": "row",
    "kpi_ref": "36",
    "service_id": "libraries",
    "message": "KPI 36 is 3, below 40,000.",
    "fix": "Check the figure.",
    "sheet": "Return",
    "cell": "G7",
    "file_name": "libraries.xlsx",
    "found": "3",
    "expected": "40,000 or more",
    "dimension": "accuracy",
    "is_waived": False,
}
WHOLE = FINDING | {"kpi_ref": None, "service_id": None, "sheet": None, "cell": None, "found": None, "expected": None, "scope": "batch"}
WAIVER = PrintedWaiver(
    rule_id="observation.below_minimum",
    kpi_ref="36",
    period="September 2024",
    check="The figure is not too small.",
    post="Head of Libraries",
    reason="the system was down",
    until=date(2024, 10, 31),
    is_used=True,
)


def a_kpi(kpi_ref: str = "36", service_id: str = "libraries", score: Score | None = None, **changes: Any) -> CheckedKpi:
    scores = dict.fromkeys(Dimension, Score()) | {Dimension.ACCURACY: score or Score(checks=4)}
    content: dict[str, Any] = {"title": f"Things counted as {kpi_ref}", "is_answered": True, "is_withheld": False}
    return CheckedKpi(kpi_ref=kpi_ref, service_id=service_id, scores=scores, **(content | changes))


def a_past(number: int, outcome: str = "flag", **changes: Any) -> PastValidation:
    content: dict[str, Any] = {"due": 20, "withheld": number, "failed": number, "flagged": 1, "score": Score(checks=100, failed=number)}
    return PastValidation(label=f"Month {number}", as_at=AS_AT + timedelta(days=number), outcome=outcome, **(content | changes))


def a_setting(*findings: dict[str, Any], **changes: Any) -> QualitySetting:
    content: dict[str, Any] = {
        "profile": PROFILE,
        "subject": "Returns",
        "period": SEPTEMBER,
        "as_at": AS_AT,
        "outcome": "flag",
        "reason": "Flagged: 1 finding to look at.",
        "kpis": (a_kpi(),),
        "rules": (),
        "findings": findings,
        "history": (a_past(0),),
        "waivers": (),
        "earlier_periods": 12,
        "code_version": "1.2.3",
        "register_digest": "abcdef0123456789",
    }
    return QualitySetting(**(content | changes))


def a_report(*findings: dict[str, Any], **changes: Any) -> Document:
    return quality_report(a_setting(*findings, **changes))


def rows_of(document: Document, caption: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table_of(document, caption).rows]


def table_of(document: Document, caption: str) -> Table:
    return next(table for table in tables(document) if table.caption.startswith(caption))


@pytest.mark.parametrize(("outcome", "word"), [("pass", "Passed"), ("flag", "Flagged"), ("fail", "Failed")])
def test_the_outcome_stands_first_in_words_and_counts(outcome: str, word: str) -> None:
    """The report opens with how the validation ended and why, told once, then the counts of KPIs and checks and the score."""
    kpis = (a_kpi(score=Score(checks=4, failed=1)), a_kpi("37", score=Score(checks=1200, flagged=1), is_answered=False))
    document = a_report(outcome=outcome, reason=f"{word}: as it is.", kpis=kpis, history=(a_past(1), a_past(0)))
    first, second, facts = section(document, "Outcome").blocks[:3]
    assert words_of(first) == f"{word}: as it is."
    assert words_of(second) == (
        "2 KPIs were due and 1 answered. 1,204 checks were made of them: 1,202 passed, 1 failed and 1 flagged, a data-quality score of "
        "99.9%. The validation before, of Month 1, scored 99.0%."
    )
    assert facts.facts[0].figure == word


def test_nothing_due_is_said() -> None:
    """A month in which nothing was due has no score and divides by nothing."""
    words = words_of(section(a_report(kpis=()), "Outcome").blocks[1])
    assert words == "0 KPIs were due and 0 answered. No check was made of any."


def test_findings_are_counted_apart_from_waived_ones() -> None:
    """The facts count open findings that fail and that flag; waived ones have a figure of their own."""
    document = a_report(FINDING, FINDING | {"severity": "warning"}, FINDING | {"is_waived": True}, kpis=(a_kpi(is_withheld=True),))
    facts = {fact.label: fact.figure for fact in section(document, "Outcome").blocks[2].facts}
    assert {name: facts[name] for name in ("Withheld", "Findings that fail", "Findings that flag", "Findings waived")} == {
        "Withheld": "1",
        "Findings that fail": "1",
        "Findings that flag": "1",
        "Findings waived": "1",
    }


def test_withheld_kpis_are_named_with_their_query() -> None:
    """What is under query is named at the top, with how its query stands where one is open."""
    document = a_report(kpis=(a_kpi(is_withheld=True, query="query Q-7KM2PX, open"), a_kpi("37")))
    (note,) = [block for block in section(document, "Outcome").blocks if isinstance(block, Note)]
    assert note.heading == "Under query"
    assert "36 Things counted as 36 (query Q-7KM2PX, open)." in words_of(note)
    assert rows_of(document, "Scores by KPI")[0][7] == "Under query"


def test_nothing_found_is_said() -> None:
    """Without findings the report says that nothing was found wrong."""
    assert [words_of(block) for block in section(a_report(), "Findings").blocks] == ["Nothing was found wrong."]


def test_a_finding_says_what_where_and_what_to_do() -> None:
    """Each finding has its row: KPI with title, what it does, what is wrong by which rule, cell, found and expected, the way out."""
    (row,) = table_of(a_report(FINDING), "1 finding").rows
    assert [(cell.text, cell.note) for cell in row] == [
        ("36 Things counted as 36", ""),
        ("Fails", "withheld"),
        ("KPI 36 is 3, below 40,000.", "observation.below_minimum"),
        ("Return!G7", ""),
        ("3", ""),
        ("40,000 or more", ""),
        ("Check the figure.", ""),
        ("Accuracy", ""),
    ]


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        ({"is_waived": True}, "waived"),
        ({"scope": "publication"}, "stops publication"),
        ({"severity": "warning"}, ""),
        ({"scope": "batch"}, ""),
    ],
)
def test_what_a_finding_does_is_said(changes: dict[str, Any], effect: str) -> None:
    """A finding says whether it withholds the figure, stops publication or is waived."""
    assert table_of(a_report(FINDING | changes), "1 finding").rows[0][1].note == effect


def test_findings_stand_by_service_and_kpi_gravest_first() -> None:
    """What concerns the whole period comes first, then service by service and KPI by KPI, what fails before what flags."""
    flag = FINDING | {"severity": "warning"}
    on_register = FINDING | {"kpi_ref": "91", "service_id": None}
    kpis = (a_kpi(), a_kpi("37"), a_kpi("91", "highways"))
    document = a_report(flag | {"kpi_ref": "37"}, on_register, flag, FINDING, WHOLE, FINDING | {"kpi_ref": None}, kpis=kpis)
    captions = [table.caption for table in tables(document) if "finding" in table.caption]
    names = {service.id: service.name for service in PROFILE.services}
    assert {caption.partition(": ")[2] for caption in captions} == {"The whole period", names["libraries"], names["highways"]}
    assert captions[0].endswith("The whole period")
    rows = [(row[0].split()[0], row[1]) for row in rows_of(document, "4 findings")]
    assert rows == [("Whole", "Fails"), ("36", "Fails"), ("36", "Flags"), ("37", "Flags")]


def test_scores_lead_to_the_first_finding() -> None:
    """On the page a KPI's or a service's name leads to its first finding; those without a finding lead nowhere."""
    kpis = (a_kpi(), a_kpi("37"), a_kpi("91", "highways"))
    document = a_report(WHOLE, FINDING | {"severity": "warning"}, FINDING, kpis=kpis)
    page = lxml.html.document_fromstring(render_html(document, templates=TEMPLATES))
    links = {link.text: link.get("href") for link in page.xpath("//td//a|//th//a")}
    assert links == {"36 Things counted as 36": "#finding-2", "Libraries": "#finding-2"}
    assert [row.text_content() for row in page.xpath("//*[@id='finding-2']")] == ["36 Things counted as 36"]
    assert len(set(page.xpath("//@id"))) == len(page.xpath("//@id"))


def test_scores_by_dimension_and_service_add_up_by_counts() -> None:
    """Scores of many come from the sum of their checks; a service without a KPI due has no row, a dimension unchecked a dash."""
    kpis = (a_kpi(score=Score(checks=1, failed=1)), a_kpi("37", score=Score(checks=9)), a_kpi("91", "highways"))
    document = a_report(kpis=kpis)
    by_dimension = {row[0]: row[1:] for row in rows_of(document, "Scores by dimension")}
    assert by_dimension["Accuracy"] == ["14", "1", "0", "92.9%", "1"]
    assert by_dimension["Uniqueness"] == ["0", "0", "0", "–", "0"]
    by_service = {row[0]: row for row in rows_of(document, "Scores by service")}
    assert by_service["Libraries"] == ["Libraries", "2", "2", "0", "10", "1", "0", "90.0%"]
    assert len(by_service) == 2


def test_kpis_stand_lowest_score_first() -> None:
    """The KPI that did worst is read first, with the dimension it did worst in and how often something was found before."""
    kpis = (a_kpi(), a_kpi("37", score=Score(checks=4, failed=1), found_before=3), a_kpi("38", score=Score(checks=4, flagged=1)))
    rows = rows_of(a_report(kpis=kpis), "Scores by KPI")
    assert [row[0].split()[0] for row in rows] == ["37", "38", "36"]
    assert rows[0][2:] == ["4", "1", "0", "75.0%", "Accuracy", "Answered", "3 of 12"]
    assert rows[2][6] == ""


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (Score(), "–"),
        (Score(checks=3), "100.0%"),
        (Score(checks=10_000, flagged=1), "99.9%"),
        (Score(checks=3, failed=1), "66.7%"),
        (Score(checks=2, failed=2), "0.0%"),
    ],
)
def test_what_is_not_all_passed_is_never_printed_as_a_hundred(score: Score, words: str) -> None:
    """One flag among ten thousand checks is still seen in the printed score."""
    assert printed_score(score) == words


def test_every_rule_says_whom_it_was_asked_of_and_why_not() -> None:
    """Rules are listed in the order of the suites with KPIs asked, KPIs that break them, and why they were not asked."""
    rule = {"dimension": Dimension.ACCURACY, "verb": "Fails"}
    rules = (
        AskedRule(rule_id="observation.below_minimum", description="Not too small.", kpis=71, **rule),
        AskedRule(rule_id="action.came_in", description="Came in.", kpis=None, chosen="Only flags by the council's choice: new.", **rule),
        AskedRule(rule_id="commentary.spelling", description="Spelt.", kpis=60, not_checked="No dictionary is installed.", **rule),
    )
    document = a_report(FINDING, FINDING | {"cell": "G8"}, rules=rules)
    assert rows_of(document, "3 rules") == [
        ["Not too small.", "Accuracy", "Fails", "71", "1", "2", ""],
        ["Came in.", "Accuracy", "Fails", "–", "0", "0", "Only flags by the council's choice: new."],
        ["Spelt.", "Accuracy", "Fails", "Not checked", "0", "0", "No dictionary is installed."],
    ]
    notes = [block for block in section(document, "Outcome").blocks if isinstance(block, Note)]
    assert [(note.heading, words_of(note)) for note in notes] == [
        ("Not checked", "1 rule was not asked, which is no pass; see the rules asked.")
    ]


def test_history_is_drawn_and_told() -> None:
    """Score, share withheld and findings are drawn oldest first with every figure in words; the table begins with the newest."""
    document = a_report(history=(a_past(2, "fail"), a_past(1), a_past(0, "pass", due=0, score=Score())))
    lines = table_of(document, "The last 3 validations at a glance").rows
    assert [line[1].points for line in lines] == [(98.0, 99.0, None), (10.0, 5.0, 0.0), (3.0, 2.0, 1.0)]
    assert lines[0][1] == Cell("Score: 98.0%, 99.0%, –", points=(98.0, 99.0, None), note="98.0% to –")
    newest, *_, oldest = rows_of(document, "The last 3 validations, newest first")
    assert newest == ["Month 0", "Passed", "0 of 0", "0", "1", "–"]
    assert oldest[:3] == ["Month 2", "Failed", "2 of 20"]


def test_a_first_validation_has_no_history() -> None:
    """Where there is nothing to compare with, the report says so."""
    assert [words_of(block) for block in section(a_report(), "History").blocks] == ["This is the first validation of returns there is."]


def test_waivers_are_printed_with_post_reason_and_last_day() -> None:
    """A waiver in force says what it waives, who gave it, why, until when, and whether anything was found that it lets through."""
    unused = WAIVER.__class__(**(vars(WAIVER) | {"kpi_ref": "", "is_used": False}))
    rows = rows_of(a_report(waivers=(WAIVER, unused)), "2 waivers")
    assert rows == [
        ["36 Things counted as 36", WAIVER.check, "Head of Libraries", "the system was down", "31 October 2024", "Lets a finding through"],
        ["Not about one KPI", WAIVER.check, "Head of Libraries", "the system was down", "31 October 2024", "Nothing found"],
    ]


def test_the_footer_says_what_made_the_report() -> None:
    """Code version and register are told, and neither a run nor an address."""
    assert a_report().footer.endswith("as at 14 October 2024. Made by pmf 1.2.3 from the register abcdef012345.")


def test_hostile_text_stays_text() -> None:
    """What an officer typed into a cell is shown as it was typed, on the page as well."""
    waiver = WAIVER.__class__(**(vars(WAIVER) | {"reason": NASTY}))
    document = a_report(FINDING | {"found": NASTY, "message": NASTY}, kpis=(a_kpi(title=NASTY),), waivers=(waiver,))
    page = render_html(document, templates=TEMPLATES)
    assert b"<script" not in page
    assert [words for words in texts(document) if squeezed(words) not in html_text(page)] == []
