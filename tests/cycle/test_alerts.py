"""Letters about findings: what they say, what comes with them, and that they are written once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL
from pmf.cycle.alerts import Alert, alert_letters
from pmf.cycle.blankforms import Before
from pmf.cycle.feedback import Sent
from pmf.cycle.querythread import Key, Kind, Thread
from pmf.cycle.workspace import open_workspace
from pmf.finding import Dimension, Finding, Outcome, Scope, Severity
from pmf.form.model import Question, ReturnedLine
from pmf.mail import Letter, as_sent

AT = datetime(2024, 5, 13, 6, tzinfo=UTC)
LINK = "https://airflow.example.org/dags/cambridgeshire_monthly_cycle/runs/manual__2024-05-13"
HOSTILE = "=cmd|' /C calc'!A1 <script>alert(1)</script> {{ 7*7 }} \u202e\r\nBcc: all@example.org"
QUESTION = Question(
    query_id="Q-7F3K2A", kpi_ref="36", title="Number of active library users", text="36 is too small.", fix="Check it.",
    cell_field="value", is_failing=True,
)  # fmt: skip


def found(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule_id": "observation.below_minimum",
        "severity": Severity.CRITICAL,
        "scope": Scope.ROW,
        "dimension": Dimension.VALIDITY,
        "message": "KPI 36 is 3, below 40,000.",
        "fix": "Check the figure and send the form in again.",
        "kpi_ref": "36",
        "service_id": "libraries",
        "sheet": "Return",
        "cell": "G6",
        "found": "3",
        "expected": "40,000 or more",
    }
    return Finding(**values | changes)


def a_line(kpi_ref: str = "36", **changes: Any) -> ReturnedLine:
    values: dict[str, Any] = dict.fromkeys(("value", "numerator", "denominator", "forecast"))
    texts = {"reason": "", "comment": "Counted again.", "cells": {}, "raw": {}, "not_available": False, "row": 6}
    return ReturnedLine(**values | texts | {"kpi_ref": kpi_ref} | changes)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """The sample council with April's forms sent out."""
    council = council_at(tmp_path_factory.mktemp("alerts") / "home")
    council.open(APRIL)
    return council


def an_alert(council: Council, *findings: Finding, **changes: Any) -> Alert:
    sent = Sent(month=APRIL, before=Before(figures={}, actions={}), lines={"libraries": {"36": a_line()}}, actions={})
    values: dict[str, Any] = {
        "workspace": open_workspace(SLUG, council.settings),
        "period": APRIL,
        "point": "returns",
        "as_at": AT,
        "outcome": Outcome.FAIL,
        "reason": "Failed: 1 figure withheld.",
        "findings": findings,
        "earlier": (),
        "withheld_refs": frozenset({"36"}),
        "counts": (("KPIs due", 71),),
        "report_path": "outbox/report.html",
        "sent": sent,
        "questions": {"libraries": (QUESTION,)},
        "descriptions": {"observation.below_minimum": "The figure is not below the least that is plausible."},
    }
    return Alert(**values | changes)


def to(letters: list[Letter], post: str) -> Letter:
    (letter,) = [item for item in letters if item.recipient.startswith(f"{post}@")]
    return letter


def workbook_of(letter: Letter) -> Workbook:
    (attachment,) = letter.attachments
    return load_workbook(BytesIO(attachment.content))


def words(letter: Letter) -> str:
    return " ".join(letter.text.split())


def test_the_workbook_with_the_questions_comes_along(council: Council) -> None:
    """Holder and deputy get the form filled in with what was sent, the cell marked, the question on its first sheet, a safe name."""
    letters = alert_letters(an_alert(council, found()))
    letter = to(letters, "head-of-libraries")
    assert letter.subject == "Correct your April 2024 figures by 5pm Thursday 16 May 2024 – Libraries"
    assert [item.name for item in letter.attachments] == ["cambridgeshire-2024-04-libraries-questions.xlsx"]
    assert letter.attachments[0].name.isascii()
    assert letter.attachments == to(letters, "libraries-performance-officer").attachments
    workbook = workbook_of(letter)
    assert workbook.sheetnames[0] == "Questions"
    assert workbook["Questions"]["A8"].value == "Q-7F3K2A"
    assert (workbook["Return"]["L6"].value, workbook["Return"]["G6"].border.left.style) == ("Counted again.", "thick")
    assert "5pm on Thursday 16 May 2024" in workbook["Questions"]["A2"].value
    assert "correct the cell, or answer beside the question" in words(letter)


def test_each_finding_says_what_where_and_its_question(council: Council) -> None:
    """Per finding: KPI and title, cell, what was found and expected, what to do, and the name of its query."""
    thread = Thread(
        query_id="Q-7F3K2A", key=Key(APRIL.key, "returns", "observation.below_minimum", "36"), kpi_ref="36", service_id="libraries"
    )
    asked = thread.then(Kind.ASKED, author="pmf", text="Too small.", at=AT, severity=Severity.CRITICAL)
    letter = to(alert_letters(an_alert(council, found(), threads=(asked,))), "head-of-libraries")
    assert (
        "Fails: 36 – Number of active library users KPI 36 is 3, below 40,000. Where: Return!G6 Found: 3 Expected: 40,000 or more "
        "What to do: Check the figure and send the form in again. Question: Q-7F3K2A"
    ) in words(letter)
    answered = asked.then(Kind.ANSWERED, author="head-of-libraries", text="It is right.", at=AT)
    waiting = to(alert_letters(an_alert(council, found(), threads=(answered,), questions={})), "head-of-libraries")
    assert waiting.subject == "No action needed now: what we found in your April 2024 figures – Libraries"
    assert "Q-7F3K2A. It has been answered, and the performance team is looking at the answer." in words(waiting)
    assert waiting.attachments == ()


@pytest.mark.parametrize(
    ("changes", "subject", "heading"),
    [
        (
            {"rule_id": "return.came_in", "kpi_ref": None, "severity": Severity.WARNING},
            "Return your April 2024 figures by",
            "Flags: The return",
        ),
        (
            {"rule_id": "return.released", "kpi_ref": None, "severity": Severity.WARNING},
            "Release your April 2024 figures by",
            "Flags: The return",
        ),
        (
            {"rule_id": "file.accepted", "kpi_ref": None, "file_name": "scan.pdf", "severity": Severity.WARNING},
            "Check your April 2024 figures by",
            "Flags: The file scan.pdf",
        ),
        ({"severity": Severity.WARNING}, "Check your April 2024 figures by", "Flags: 36 – Number of active library users"),
        (
            {"rule_id": "file.in_time", "kpi_ref": None, "file_name": "a.xlsx", "severity": Severity.WARNING},
            "No action needed now",
            "Flags: The file a.xlsx",
        ),
        ({"fix": "Performance team: add the target."}, "No action needed now", "Fails: 36 – Number of active library users"),
    ],
)
def test_the_subject_says_what_to_do(council: Council, changes: dict[str, Any], subject: str, heading: str) -> None:
    """Missing, waiting, refused, doubtful, late, and nothing for the service to do: each has its own words, none is "General"."""
    alert = an_alert(council, found(**{"sheet": None, "cell": None, "found": None} | changes), questions={})
    letter = to(alert_letters(alert), "head-of-libraries")
    assert letter.subject.startswith(subject)
    assert heading in words(letter)
    assert "General" not in letter.text
    assert bool(letter.attachments) == (not subject.startswith(("No action", "Release")))


def test_a_service_whose_file_was_refused_gets_its_form_afresh(council: Council) -> None:
    """Nothing that counts has come in: the blank form comes along, under its own name and without questions."""
    refused = found(rule_id="file.accepted", kpi_ref=None, file_name="scan.pdf", sheet=None, cell=None, found=None)
    alert = an_alert(council, refused, questions={})
    letter = to(alert_letters(replace(alert, sent=replace(alert.sent, lines={}))), "head-of-libraries")
    workbook = workbook_of(letter)
    assert letter.attachments[0].name == "cambridgeshire-2024-04-libraries.xlsx"
    assert workbook.sheetnames == ["How to fill this in", "Return", "_meta"]
    assert workbook["Return"]["L6"].value is None
    assert "with the attached form cambridgeshire-2024-04-libraries.xlsx, filled in." in words(letter)


def test_figures_that_are_not_for_publication_stay_out_of_letters(council: Council) -> None:
    """Of an internal KPI the letters name the check and no figure, resolved findings too; the attached form has them."""
    internal = next(kpi for kpi in open_workspace(SLUG, council.settings).register.kpis(APRIL) if not kpi.is_public)
    item = found(kpi_ref=internal.kpi_ref, service_id=internal.service_id, message=f"KPI {internal.kpi_ref} is 987,654.", found="987,654")
    gone = vars(replace(item, cell="G9")) | {"finding_id": "x"}
    letters = alert_letters(an_alert(council, item, earlier=(gone,), questions={}))
    assert letters
    for letter in letters:
        assert "987,654" not in letter.text + letter.html
        assert 'Not met: "The figure is not below the least that is plausible."' in words(letter)
        assert internal.kpi_ref in letter.text


def test_the_digest_has_the_outcome_first_and_the_runs_address(council: Council) -> None:
    """Outcome, counts of new, open and resolved, whose findings are the engineers' alone, the report, a link by name."""
    ours = found(rule_id="validation.check_could_not_run", kpi_ref=None, service_id=None, fix="Data engineers: mend the suite.")
    gone = vars(found(cell="G7")) | {"finding_id": "x"}
    letters = alert_letters(an_alert(council, found(), ours, earlier=(gone,), run_link=LINK))
    digest = to(letters, "data-engineers")
    assert to(letters, "performance").text == digest.text
    assert words(digest).index("Checks of April 2024: failed") < words(digest).index("IN FIGURES")
    assert "- New findings: 2 - Still open: 0 - Resolved: 1" in words(digest)
    assert "For the data engineers: 1 of the findings can be solved by them alone." in words(digest)
    assert "Fails: The checks themselves For: Data engineers" in words(digest)
    assert f'<a href="{LINK}"' in digest.html
    assert ">Open the run in Airflow</a>" in digest.html


def test_the_same_findings_are_the_same_letters(council: Council) -> None:
    """Written again at the same moment every byte is the same, and another run's address makes no letter a new one."""
    first, again = (alert_letters(an_alert(council, found(), run_link=LINK)) for _ in range(2))
    elsewhere = alert_letters(an_alert(council, found(), run_link=f"{LINK}-again"))
    assert [as_sent(letter) for letter in first] == [as_sent(letter) for letter in again]
    assert [letter.message_id for letter in first] == [letter.message_id for letter in elsewhere]
    later = alert_letters(an_alert(council, found(), earlier=(vars(found()) | {"finding_id": found().finding_id},)))
    assert later == []


def test_figures_and_actions_have_letters_of_their_own(council: Council) -> None:
    """A finding about a plan action is told apart from those about figures, under its own subject and headings."""
    action = found(rule_id="action.answered", kpi_ref=None, action_ref="L3", message="Action L3 has no update.", severity=Severity.WARNING)
    letters = [item for item in alert_letters(an_alert(council, found(), action)) if item.recipient.startswith("head-of-libraries@")]
    assert sorted(letter.subject.partition(" by ")[0] for letter in letters) == [
        "Check your Corporate Plan Actions, Quarter 1 2024/25,",
        "Correct your April 2024 figures",
    ]
    about_actions = next(letter for letter in letters if letter.subject.startswith("Check"))
    assert "Flags: L3" in about_actions.text
    assert "GUIDELINES FOR UPDATES ON PLAN ACTIONS" in about_actions.text
    assert "KPI 36" not in about_actions.text


def test_hostile_words_stay_words(council: Council) -> None:
    """Markup, formulas, tags and line breaks in what was found, in a file's name and in a question are printed, never obeyed."""
    item = found(message=HOSTILE, found=HOSTILE, file_name=HOSTILE, rule_id="file.accepted", kpi_ref=None)
    question = replace(QUESTION, text=HOSTILE, title=HOSTILE, fix=HOSTILE)
    for letter in alert_letters(an_alert(council, item, questions={"libraries": (question,)})):
        assert "<script>" not in letter.html
        assert "{{ 7*7 }}" in unescape(letter.html)
        message = message_from_bytes(as_sent(letter), policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert message["Bcc"] is None
        for attachment in letter.attachments:
            cells = [cell for sheet in load_workbook(BytesIO(attachment.content)) for row in sheet for cell in row if cell.data_type == "f"]
            assert [cell.coordinate for cell in cells] == ["A3"]


def test_a_mail_stays_within_what_mail_programs_show(council: Council) -> None:
    """However much was found, the HTML of no letter comes near the 100 kB at which mail programs cut messages off."""
    many = [found(cell=f"G{number}", message="A sentence of an ordinary length about what was found. " * 3) for number in range(200)]
    letters = alert_letters(an_alert(council, *many))
    assert max(len(letter.html.encode()) for letter in letters) < 100_000
    assert "150 more are in the data-quality report" in words(to(letters, "performance"))
