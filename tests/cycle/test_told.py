"""What papers tell of besides their indicators, over three quarters of a small council: restatements, members' questions, plan actions."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from cycle.desk import rendered_as
from pmf.cycle import documents
from pmf.cycle.entering import Figure, enter_correction, enter_withdrawal
from pmf.cycle.history import import_history
from pmf.cycle.linting import lint_documents
from pmf.cycle.memberquestions import Question
from pmf.cycle.questioning import QuestioningError, answer_question, ask_question, list_questions, withdraw_question
from pmf.cycle.rate import rate_quarter
from pmf.cycle.report import export_papers
from pmf.period import Month, Quarter
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import open_warehouse
from pmf.warehouse.tables import action_update

SLUG, TEAM, PANEL = "fenshire", "performance-team", "scrutiny-panel"
Q1, Q2, Q3 = (Quarter(2025, number) for number in (1, 2, 3))
MADE = {Q1: datetime(2025, 7, 14, 6, tzinfo=UTC), Q2: datetime(2025, 10, 14, 6, tzinfo=UTC), Q3: datetime(2026, 1, 14, 6, tzinfo=UTC)}
_SHIPPED = Path(__file__).resolve().parents[2] / "include" / "organisations" / "huntingdonshire"
_SINCE = "2025-04-01"


def write_council(folder: Path) -> None:
    """Write a council of one service, two KPIs and two plan actions; its panel's papers go on to cabinet."""
    folder.mkdir(parents=True)
    service = {"id": "libraries", "name": "Libraries", "holder": "officer", "deputy": "officer", "head": "officer"}
    body = {"from_post": "officer", "contact_post": "officer"}
    profile = {
        "slug": SLUG,
        "name": "Fenshire District Council",
        "short_name": "Fenshire",
        "first_month": "2025-04",
        "vision": "A district to live in.",
        "calendar": {"open_working_day": 1, "deadline_working_day": 6, "cycle_working_day": 8, "export_working_day": 10},
        "posts": [
            {"id": id_, "title": id_.replace("-", " ").capitalize(), "email": f"{id_}@fenshire.example"} for id_ in (TEAM, "officer")
        ],
        "performance_team": TEAM,
        "data_engineers": TEAM,
        "leadership_team": TEAM,
        "directorates": [{"id": "place", "name": "Place", "director": "officer", "services": [service]}],
        "committees": [
            {"id": PANEL, "name": "Scrutiny Panel", "kind": "panel"} | body,
            {"id": "cabinet", "name": "Cabinet", "kind": "cabinet", "receives_after": PANEL} | body,
        ],
        "headline_policies": [{"policy_id": "ccc-framework-2024", "since": _SINCE}],
        "paper_policies": [{"policy_id": "ccc-framework-2024", "since": "2021-04-01"}],
        "quality": {"withheld_share_max_pct": 5},
    }
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile, sort_keys=False), encoding="utf-8")
    kpi = {"valid_from": _SINCE, "directorate_id": "place", "service_id": "libraries", "committee_id": PANEL, "level": "corporate"}
    kpi |= {"direction": "higher", "aggregation": "sum", "is_public": "yes"}
    titles = {"K1": "Visits to libraries", "K2": "Books lent"}
    write(folder / "kpis.csv", *({"kpi_ref": ref, "title": title} | kpi for ref, title in titles.items()))
    write(folder / "targets.csv", *({"kpi_ref": ref, "valid_from": _SINCE, "target": "10"} for ref in titles))
    write(folder / "data_quality_templates.csv", *({"kpi_ref": ref, "valid_from": _SINCE} for ref in titles))
    action = {"valid_from": _SINCE, "service_id": "libraries", "committee_id": PANEL}
    write(folder / "actions.csv", *({"action_ref": ref, "title": f"Do what {ref} says"} | action for ref in ("A1", "A2")))
    shutil.copy(_SHIPPED / "paper.yaml", folder / "paper.yaml")
    months = [month.key for month in Month(2025, 4).up_to(Month(2025, 12))]
    figure = {"value": "12", "numerator": "", "denominator": "", "provenance": "illustrative", "source": ""}
    write(folder / "history.csv", *({"kpi_ref": ref, "period": key} | figure for ref in titles for key in months))


def write(path: Path, *rows: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Clerk:
    """The council with its papers, and what a test does and reads there."""

    settings: Settings

    def export(self, quarter: Quarter) -> None:
        """Rate a quarter and issue its papers: the page as it is, every other format as data."""
        rate_quarter(SLUG, quarter, as_at=MADE[quarter], settings=self.settings)
        with rendered_as(documents.JSON, but=[documents.HTML]):
            export_papers(SLUG, quarter, as_at=MADE[quarter], settings=self.settings)

    def told(self, quarter: Quarter, committee: str = PANEL) -> list[str]:
        """Give every paragraph and list item of the main issues of a paper."""
        path = self.settings.outbox / SLUG / quarter.key / "papers" / f"paper-{committee}.json"
        sections = json.loads(path.read_text(encoding="utf-8"))["sections"]
        lines: list[str] = []
        for block in next(part["blocks"] for part in sections if part["heading"] == "Main Issues"):
            lines += [words(block)] if block["kind"] == "paragraph" else []
            for item in block.get("items", ()):
                lines += [words(item), *(words(below) for below in item["items"])]
        return lines

    def problems(self, quarter: Quarter) -> list[str]:
        """Have the linter read the pages of a quarter's papers again."""
        linted = lint_documents(SLUG, quarter, as_at=MADE[quarter], settings=self.settings)
        return [f"{item['document']}: {item['found']} / {item['expected']}" for item in linted.problems if item["format"] == documents.HTML]

    def correct(self, kpi_ref: str, month: Month, value: int, at: datetime, reason: str) -> None:
        figure = Figure(value=Decimal(value))
        enter_correction(SLUG, kpi_ref, month, figure, post=TEAM, reason=reason, as_at=at, settings=self.settings)

    def ask(self, at: datetime, text: str, *, quarter: Quarter = Q1, committee: str = PANEL, kpi_ref: str | None = None) -> Question:
        return ask_question(SLUG, committee, quarter, words=text, kpi_ref=kpi_ref, post=TEAM, as_at=at, settings=self.settings)

    def answer(self, question: Question, at: datetime, text: str) -> Question:
        return answer_question(SLUG, question.question_id, words=text, post="officer", as_at=at, settings=self.settings)

    def report_action(self, ref: str, quarter: Quarter, rag: str | None, at: datetime) -> None:
        row = {
            "organisation": SLUG,
            "action_ref": ref,
            "period": quarter.key,
            "file_hash": f"{ref}{quarter.key}",
            "service_id": "libraries",
        }
        row |= {"rag": rag, "update_text": f"Update of {ref}.", "impact": f"Impact of {ref}.", "sheet": "Actions", "cells": "{}"}
        with open_warehouse(self.settings).begin() as connection:
            append_new(connection, action_update, [row | {"sender": None, "recorded_at": at, "sequence": 0}])


def words(block: Mapping[str, Any]) -> str:
    return "".join(run["text"] for run in block["runs"])


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def warehouse(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a warehouse that the tests of this module share; empty for SQLite in the home folder."""
    if request.param == "sqlite":
        yield ""
        return
    cluster = request.getfixturevalue("postgres")
    name = cluster.create_database(template=request.getfixturevalue("postgres_template"))
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def clerk(tmp_path_factory: pytest.TempPathFactory, warehouse: str) -> Clerk:
    """Three quarters' papers, with corrections, questions and updates of actions between them."""
    home = tmp_path_factory.mktemp("told")
    folder = home / "organisations" / SLUG
    write_council(folder)
    organisations = str(home / "organisations")
    settings = read_settings({"PMF_HOME": str(home / "var"), "PMF_ORGANISATIONS": organisations, "PMF_WAREHOUSE_URL": warehouse})
    clerk = Clerk(settings)
    import_history(SLUG, folder / "history.csv", as_at=datetime(2025, 4, 2, tzinfo=UTC), settings=settings)
    clerk.export(Q1)
    september, november = datetime(2025, 9, 4, 13, tzinfo=UTC), datetime(2025, 11, 5, 13, tzinfo=UTC)
    clerk.correct("K1", Month(2025, 6), 5, september, "Seven visits were counted twice")
    told = clerk.ask(september, "Why are visits  down?", kpi_ref="K1")
    clerk.answer(told, september.replace(hour=15), "One library was closed.")
    clerk.ask(september, "What will books cost?")
    mistaken = clerk.ask(september, "Asked by mistake?")
    withdraw_question(SLUG, mistaken.question_id, reason="Not a question", post=TEAM, as_at=september.replace(hour=16), settings=settings)
    clerk.ask(september.replace(month=10), "Is the target right?", quarter=Q2)
    clerk.report_action("A1", Q1, "amber", september)
    clerk.report_action("A1", Q2, "complete", september)
    clerk.export(Q2)
    clerk.correct("K2", Month(2025, 4), 2, november, "The till was wrong")
    enter_withdrawal(SLUG, "K1", Month(2025, 9), post=TEAM, reason="The counter is broken", as_at=november, settings=settings)
    clerk.export(Q3)
    return clerk


def test_a_figure_corrected_since_the_paper_before_is_told_once(clerk: Clerk) -> None:
    """The first paper tells of no restatement, the next of the one made since, and the one after that not of it again."""
    assert not [line for line in clerk.told(Q1) if "restated" in line]
    lead, item = clerk.told(Q2)[clerk.told(Q2).index("1 figure reported before has been restated since the report before this one:") :][:2]
    assert lead.startswith("1 figure")
    assert item == (
        "Indicator K1: Visits to libraries. Quarter 1 2025/26: reported 36, corrected to 29, because: Seven visits were counted twice."
    )
    assert not [line for line in clerk.told(Q3) if "Seven visits" in line]


def test_a_quarter_that_two_papers_have_passed_is_restated_all_the_same(clerk: Clerk) -> None:
    """A correction of April that is known only in November is told in the paper of the third quarter, beside a figure that lost a month."""
    told = [line for line in clerk.told(Q3) if ": reported " in line]
    assert told == [
        "Indicator K1: Visits to libraries. Quarter 2 2025/26: reported 36, corrected to 24, because: The counter is broken.",
        "Indicator K2: Books lent. Quarter 1 2025/26: reported 36, corrected to 26, because: The till was wrong.",
    ]


def test_a_question_is_told_until_its_answer_has_been(clerk: Clerk) -> None:
    """Questions stand with their answers: an answered one is told once, one that waits again, a withdrawn one never."""
    second, third = (
        [line for line in clerk.told(quarter) if line.startswith(("Members", "Question", "Answer", "Not"))] for quarter in (Q2, Q3)
    )
    assert second[0] == "Members have asked 2 questions about this report or earlier ones, of which 1 awaits an answer:"
    assert [line.partition(", ")[2] for line in second[1:]] == [
        "Scrutiny Panel, 4 September 2025, on quarter 1 2025/26, Indicator K1: Visits to libraries: Why are visits down?",
        "4 September 2025: One library was closed.",
        "Scrutiny Panel, 4 September 2025, on quarter 1 2025/26: What will books cost?",
        "",
    ]
    assert second[2].startswith("Answer of the Officer, ")
    assert third[0] == "Members have asked 2 questions about this report or earlier ones, of which 2 await an answer:"
    assert [line.rpartition(": ")[2] for line in third[1:]] == [
        "What will books cost?",
        "Not answered yet.",
        "Is the target right?",
        "Not answered yet.",
    ]


def test_cabinet_hears_what_the_panel_asked_of_the_same_paper(clerk: Clerk) -> None:
    """A body that receives papers after another is told of that one's questions about this very paper, which the other is not."""
    (asked,) = [line for line in clerk.told(Q2, "cabinet") if "Is the target right?" in line]
    assert asked.startswith("Question M-")
    assert not [line for line in clerk.told(Q2) if "Is the target right?" in line]


def test_actions_of_the_plan_are_counted_with_their_updates(clerk: Clerk) -> None:
    """The body tells how many actions stand where, one that nobody reported on among them, and the appendix gives each."""
    assert (
        "2 actions of the corporate plan are followed: 1 Complete and 1 Not reported. Appendix 2 gives the update on each."
        in clerk.told(Q2)
    )


@pytest.mark.parametrize("quarter", [Q1, Q2, Q3], ids=str)
def test_the_linter_agrees_by_queries_of_its_own(clerk: Clerk, quarter: Quarter) -> None:
    """Read again, the papers hold what the linter's own queries say of restatements, questions and actions."""
    assert clerk.problems(quarter) == []


def test_asking_in_the_same_words_is_one_question(clerk: Clerk) -> None:
    """A question recorded twice keeps its name and its answer; what was withdrawn can be asked anew."""
    later = datetime(2026, 2, 3, tzinfo=UTC)
    again = clerk.ask(later, "Why are visits down?", kpi_ref="K1")
    assert (again.answer, again.answered_by) == ("One library was closed.", "officer")
    anew = clerk.ask(later, "Asked by mistake?")
    assert (anew.state, anew.asked_at) == ("unanswered", later)
    names = [question.question_id for question in list_questions(SLUG, as_at=later, settings=clerk.settings)]
    assert len(names) == len(set(names)) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"committee": "planning"}, "has no committee 'planning'; there are: scrutiny-panel, cabinet"),
        ({"kpi_ref": "K9"}, "has no KPI 'K9' in quarter 1 2025/26"),
        ({"text": "  "}, "say it in words"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(clerk: Clerk, changes: dict[str, Any], words: str) -> None:
    """An unknown body or KPI and an empty question are refused, saying what there is."""
    with pytest.raises(QuestioningError, match=words):
        clerk.ask(MADE[Q3], **({"text": "Why?"} | changes))


def test_only_a_question_there_is_can_be_answered(clerk: Clerk) -> None:
    """An unknown or withdrawn question, one of a later day, and an unknown post are refused."""
    early, late = MADE[Q1], MADE[Q3]
    questions = {question.words: question for question in list_questions(SLUG, as_at=late, settings=clerk.settings)}
    waiting = questions["What will books cost?"]
    for question_id, at, post, reason in (
        ("M-000000", late, TEAM, "has no question"),
        (waiting.question_id, early, TEAM, "has no question"),
        (questions["Asked by mistake?"].question_id, late, TEAM, "was withdrawn"),
        (waiting.question_id, late, "stranger", "has no post"),
    ):
        with pytest.raises(QuestioningError, match=reason):
            answer_question(SLUG, question_id, words="So.", post=post, as_at=at, settings=clerk.settings)
