"""The data-quality report of a validation."""

from __future__ import annotations

from typing import Any

import pytest

from pmf.reporting.quality import QualitySetting, quality_report
from reporting.samples import AS_AT, PROFILE, SEPTEMBER, section, tables, words_of

FINDING = {
    "rule_id": "observation.below_minimum",
    "severity": "critical",
    "kpi_ref": "36",
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


def a_report(*findings: dict[str, Any], outcome: str = "flag", checks: tuple[dict[str, Any], ...] = ()):
    setting = QualitySetting(
        profile=PROFILE,
        period=SEPTEMBER,
        as_at=AS_AT,
        outcome=outcome,
        reason="Flagged: 1 finding to look at.",
        counts={"KPIs due": 78, "withheld": 1},
        findings=findings,
        checks=checks,
        titles={"36": "Active library users"},
    )
    return quality_report(setting)


@pytest.mark.parametrize(("outcome", "word"), [("pass", "Passed"), ("flag", "Flagged"), ("fail", "Failed")])
def test_the_outcome_stands_first_with_its_reason(outcome: str, word: str) -> None:
    """The report opens with how the validation ended, why, and its counts."""
    blocks = section(a_report(outcome=outcome), "Outcome").blocks
    assert words_of(blocks[0]) == f"{word}. Flagged: 1 finding to look at."
    assert [(fact.label, fact.figure) for fact in blocks[1].facts] == [("KPIs due", "78"), ("Withheld", "1")]


def test_nothing_found_is_said() -> None:
    """Without findings the report says that nothing was found wrong."""
    assert [words_of(block) for block in section(a_report(), "Findings").blocks] == ["Nothing was found wrong."]


def test_a_finding_says_what_where_and_what_to_do() -> None:
    """Each finding has its row: gravity, KPI with title, what is wrong, the cell, what was found and expected, the way out."""
    (row,) = tables(a_report(FINDING))[0].rows
    assert [cell.text for cell in row] == [
        "Fails",
        "36 Active library users",
        "KPI 36 is 3, below 40,000.",
        "Return!G7",
        "3",
        "40,000 or more",
        "Check the figure.",
        "observation.below_minimum",
        "accuracy",
    ]


def test_a_finding_about_a_whole_file_names_the_file() -> None:
    """A finding of no KPI is about the whole return and is placed by its file; a waived one says so."""
    whole = FINDING | {"kpi_ref": None, "sheet": None, "cell": None, "found": None, "expected": None, "is_waived": True}
    (row,) = tables(a_report(whole))[0].rows
    assert (row[1].text, row[3].text, row[4].text, row[7].note) == ("Whole return", "libraries.xlsx", "", "waived")


def test_every_rule_is_listed_once_with_the_kpis_it_was_checked_for() -> None:
    """The checks made are counted by rule and severity, so that a rule that checks nothing can be missed."""
    checks = tuple({"rule_id": rule, "severity": severity} for rule, severity in [("b", "warning"), ("a", "critical"), ("b", "warning")])
    rows = tables(a_report(checks=checks))[-1].rows
    assert [[cell.text for cell in row] for row in rows] == [["a", "Fails", "1"], ["b", "Flags", "2"]]


def test_hostile_text_stays_text() -> None:
    """What an officer typed into a cell is shown as it was typed."""
    nasty = "<script>alert(1)</script>{{7*7}}"
    (row,) = tables(a_report(FINDING | {"found": nasty, "message": nasty}))[0].rows
    assert (row[2].text, row[4].text) == (nasty, nasty)
