"""The questions that go out with a letter: which queries, in what order, in what words, about which cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cycle.asking import LARGE_MOVEMENT, a_finding
from cycle.council import council_at
from cycle.desk import APRIL
from pmf.cycle.queries import Seen, asking_rules, follow_up, problems_of
from pmf.cycle.querythread import Kind, Thread, name_query
from pmf.cycle.questions import questions_for
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.finding import Finding
from pmf.form.model import Question
from pmf.period import Month
from pmf.settings import Settings

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)
JUNE = APRIL.plus(2)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The sample council."""
    council = council_at(tmp_path / "home")
    return open_workspace("cambridgeshire", council.settings)


def asked(
    workspace: Workspace, *findings: Finding, month: Month = JUNE, answer: str = "", again: str = ""
) -> dict[str, tuple[Question, ...]]:
    """What is asked after a validation of a month; ``answer`` and ``again`` are then said of the first query."""
    problems = problems_of(findings, asking_rules(workspace.settings.expectations), month, "returns")
    seen = Seen(at=NOON, problems=problems, waived={}, asked=frozenset(), senders={})
    threads: list[Thread] = follow_up([], seen, lambda key: name_query("cambridgeshire", key, {}))
    if answer:
        threads[0] = threads[0].then(Kind.ANSWERED, author="head-of-libraries", text=answer, at=NOON + timedelta(days=1))
    if again:
        threads[0] = threads[0].then(Kind.ASKED_AGAIN, author="performance", text=again, at=NOON + timedelta(days=2))
    return questions_for(workspace, month, threads, problems)


def test_each_service_is_asked_its_own_in_register_order(workspace: Workspace) -> None:
    """Questions come by service, in the order the KPIs stand in the register."""
    found = asked(workspace, a_finding("37"), a_finding("36"), a_finding("CEF-08", service_id="education"))
    assert {service: [item.kpi_ref for item in items] for service, items in found.items()} == {
        "libraries": ["36", "37"],
        "education": ["CEF-08"],
    }
    assert found["libraries"][0].title == "Number of active library users"


def test_plan_actions_are_asked_about_by_their_own_titles(settings: Settings) -> None:
    """A question about an action of the corporate plan names it, and leads to the field its rule is about."""
    workspace = open_workspace("huntingdonshire", settings)
    month = Month(2025, 12)
    action = workspace.register.actions(month.quarter)[0]
    late = a_finding(rule_id="action.overdue", kpi_ref=None, action_ref=action.action_ref, service_id=action.service_id, cell="H7")
    ((question,),) = asked(workspace, late, month=month).values()
    assert (question.kpi_ref, question.title, question.cell_field) == (action.action_ref, action.title, "rag")


def test_a_question_says_what_was_found_and_how_to_put_it_right(workspace: Workspace) -> None:
    """The finding's own words; whether it withholds the figure; and, once a person has asked, what they asked."""
    ((question,),) = asked(workspace, a_finding()).values()
    assert (question.text, question.fix) == (a_finding().message, a_finding().fix)
    assert question.is_failing
    ((again,),) = asked(workspace, a_finding("37", LARGE_MOVEMENT), answer="Yes.", again="Who counted?").values()
    assert again.text == f"{a_finding('37').message} Who counted?"
    assert not again.is_failing


def test_what_was_answered_is_not_asked(workspace: Workspace) -> None:
    """It lies with the performance team now."""
    assert asked(workspace, a_finding(), answer="It is right.") == {}


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (a_finding(rule_id="observation.too_many_decimals"), "value"),
        (a_finding(rule_id="observation.below_minimum", cell="G7"), "value"),
        (a_finding(rule_id="observation.part_missing", cell="I7"), "denominator"),
        (a_finding(rule_id="cell.other_readable", cell="L7"), "comment"),
        (a_finding(rule_id="commentary.too_short", cell=None, sheet=None), "comment"),
        (a_finding(rule_id="observation.row_present", cell=None), None),
        (a_finding(rule_id="observation.below_minimum", cell="G7", sheet="figures.csv"), None),
    ],
    ids=lambda value: value.rule_id if isinstance(value, Finding) else str(value),
)
def test_a_question_leads_to_its_cell(workspace: Workspace, found: Finding, field: str | None) -> None:
    """By the rule's own word, else by the cell of the form; a file that is no form of ours leads to the row as a whole."""
    ((question,),) = asked(workspace, found).values()
    assert question.cell_field == field
