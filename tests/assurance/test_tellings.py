"""What a paper tells of besides its indicators, read back from finished files: honest ones pass, and each falsification is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pmf.assurance.counting import list_mismatches
from pmf.assurance.linter import READERS
from pmf.assurance.problem import Mismatch
from pmf.assurance.reading import facts_of
from pmf.assurance.tellings import ACTIONS, CHANGED, QUESTIONS, RESTATED, TARGETS, WAITING, unlike
from pmf.assurance.told import Told, quote_mismatches
from pmf.page.document import Document
from pmf.page.pdf import render_pdf
from pmf.page.web import render_html
from pmf.page.word import render_docx
from pmf.period import Quarter
from pmf.register.changes import Change, What
from pmf.reporting.memberquestion import MemberQuestion
from pmf.reporting.paper import committee_paper
from pmf.reporting.planactions import ActionLine
from pmf.reporting.restatement import Restated
from reporting.samples import a_paper_setting

TEMPLATES = Path(__file__).resolve().parents[2] / "include" / "templates"
RENDERERS = {
    "html": lambda document: render_html(document, templates=TEMPLATES),
    "pdf": lambda document: render_pdf(document, templates=TEMPLATES),
    "docx": lambda document: render_docx(document, template=TEMPLATES / "paper.docx"),
}
OF, ON = {"committee_ids": (), "reason": "The grant grew"}, date(2024, 7, 1)
TOLD = Told(
    lists={
        CHANGED: frozenset({"220"}),
        TARGETS: frozenset({"137", "137 (2)"}),
        RESTATED: frozenset({"36, Quarter 1 2024/25"}),
        QUESTIONS: frozenset({"M-1AAAAA", "M-2AAAAA"}),
        WAITING: frozenset({"M-2AAAAA"}),
        ACTIONS: frozenset({"A1", "A2"}),
        (*ACTIONS, "Red"): frozenset({"A1"}),
        (*ACTIONS, "Not started"): frozenset({"A2"}),
    },
    optional={RESTATED: frozenset({"37, Quarter 3 2023/24"})},
    quotes={
        "36, Quarter 1 2024/25": ("1,438", "1,431"),
        "M-1AAAAA": ("Why are there fewer?", "Two libraries were shut."),
        "action A1": ("Amber", "The order is late.", "None yet."),
    },
)


def a_restated(ref: str, quarter: Quarter) -> Restated:
    facts = {
        "before": "1,438",
        "after": "1,431",
        "had_figure": True,
        "has_figure": True,
        "was_provisional": False,
        "because": "Seven, twice",
    }
    return Restated(name=f"Indicator {ref}: Users", quarter=quarter, **facts)


@pytest.fixture(scope="module")
def paper() -> Document:
    """A paper without indicators that tells everything else."""
    question = {"body": "Audit Committee", "quarter": Quarter(2024, 1), "about": "", "asked_on": ON}
    answer = {"answer": "Two libraries were shut.", "answered_by": "Head", "answered_on": ON}
    action = {"service": "Leisure", "due_on": None, "said_before": "Amber", "update": "The order is late.", "impact": "None yet."}
    target = {"what": What.TARGET, "kpi_ref": "137", "title": "Enrolments", "old": "1", "is_in_year": True, "effective_from": ON}
    setting = a_paper_setting(
        changes=(
            Change(what=What.REDEFINED, kpi_ref="220", title="Deaths", effective_from=ON, **OF),
            Change(new="2", **target, **OF),
            Change(new="3", **target, **OF),
        ),
        restated=(a_restated("36", Quarter(2024, 1)), a_restated("37", Quarter(2023, 3))),
        questions=(
            MemberQuestion(question_id="M-1AAAAA", words="Why are there fewer?", **question, **answer),
            MemberQuestion(question_id="M-2AAAAA", words="Is the target right?", **question),
        ),
        actions=(
            ActionLine(action_ref="A1", title="Open outdoor gyms", said="Red", **action),
            ActionLine(action_ref="A2", title="Mend paths", said="Not started", **action),
        ),
    )
    return committee_paper([], setting)


def mismatches(content: bytes, name: str = "html", told: Told = TOLD) -> Iterator[Mismatch]:
    """Hold what a file tells against what is known."""
    said = facts_of(READERS[name](content), kpi_refs=frozenset())
    known: Any = SimpleNamespace(lists=told.lists, told=told, is_paper=True, is_annual=False)
    told_keys = {key[0] for key in told.lists}
    yield from list_mismatches([count for count in said.counts if count.key[0] in told_keys], known)
    yield from quote_mismatches(said.quotes, told)


def falsified(paper: Document, old: str, new: str) -> bytes:
    """The page of a paper in whose model one text has been edited wherever it stands."""
    tree = json.dumps(paper.as_json(), ensure_ascii=False)
    assert old in tree
    return RENDERERS["html"](TypeAdapter(Document).validate_json(tree.replace(old, new)))


@pytest.mark.parametrize("name", RENDERERS)
def test_honest_files_are_read_as_they_were_meant(paper: Document, name: str) -> None:
    """In every format that is read, what is told is found, counted and quoted as it was recorded."""
    assert list(mismatches(RENDERERS[name](paper), name)) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("1 change to ind", "2 changes to ind", "a count of 2 whose list has 1"),
        ("2 targets were changed", "1 target was changed", "a count of 1 whose list has 2"),
        ("2 figures reported before have", "3 figures reported before have", "a count of 3 whose list has 2"),
        ("Members have asked 2 questions", "Members have asked 1 question", "a count of 1 whose list has 2"),
        (", of which 1 awaits an answer:", ":", "a count of 0"),
        ("Question M-2AAAAA, Audit", "Question M-3AAAAA, Audit", "KPIs M-1AAAAA, M-3AAAAA"),
        ("2 actions of the", "3 actions of the", "a count of 3"),
        ("1 Red and 1 Not started", "2 Red and 1 Not started", "a count of 2"),
        ("Indicator 220: Deaths", "Indicator 221: Deaths", "KPIs 221"),
        ("Quarter 1 2024/25: reported", "Quarter 2 2024/25: reported", "KPIs 36, Quarter 2 2024/25, 37, Quarter 3 2023/24"),
    ],
)
def test_a_count_or_a_name_that_is_not_so_is_found(paper: Document, old: str, new: str, found: str) -> None:
    """A changed count, or another name on a list, contradicts the list beside it or what is recorded."""
    assert found in [mismatch.found for mismatch in mismatches(falsified(paper, old, new))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1,438", "1,433", "“1,438”"),
        ("corrected to 1,431", "corrected to 1,438", "“1,431”"),
        ("Why are there fewer?", "Why are there more?", "“Why are there fewer?”"),
        ("Two libraries were shut.", "No library was shut.", "“Two libraries were shut.”"),
        ("The order is late.", "The order is in time.", "“The order is late.”"),
        ("Amber", "Green", "“Amber”"),
    ],
)
def test_words_and_figures_that_were_not_recorded_are_found(paper: Document, old: str, new: str, expected: str) -> None:
    """A figure of a restatement, a question, its answer and the update of an action are held against what was recorded."""
    assert expected in [mismatch.expected for mismatch in mismatches(falsified(paper, old, new))]


def test_what_is_not_told_at_all_is_missed(paper: Document) -> None:
    """A paper without its sentence about restatements is told which it leaves out."""
    page = RENDERERS["html"](paper).decode()
    start = page.index("2 figures reported before")
    end = page.index("Members have asked")
    missed = [
        mismatch for mismatch in mismatches((page[:start] + page[end:]).encode()) if mismatch.found == "neither a count nor a list of them"
    ]
    assert [mismatch.expected for mismatch in missed] == ["KPIs 36, Quarter 1 2024/25"]


def test_a_name_that_comes_twice_is_numbered() -> None:
    """One KPI changed twice counts twice."""
    assert unlike(["137", "220", "137", "137"]) == ("137", "220", "137 (2)", "137 (3)")
