"""``pmf question``: what is typed after a meeting, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from cli.running import Run
from cycle.council import SLUG

Command = Callable[..., Result]
MANAGER, COMMITTEE = "governance-and-performance-manager", "communities-social-mobility-inclusion"
ASKED = ("ask", "--committee", COMMITTEE, "-p", "2024-25-Q1", "--kpi", "220", "--words", "Why so late?", "--post", MANAGER)


@pytest.fixture
def command(pmf: Run, tmp_path: Path) -> Command:
    """Run a command about the sample council, in a home of its own."""

    def run(*arguments: object) -> Result:
        return pmf("question", *arguments, "-o", SLUG, home=tmp_path, COLUMNS="200")

    return run


def test_a_question_is_asked_answered_and_listed(command: Command) -> None:
    """A question gets a name to be answered by; the list says how many nobody has answered."""
    asked = command(*ASKED)
    assert asked.exit_code == 0
    name, _, rest = asked.output.partition(":")
    assert rest.splitlines() == [f" {COMMITTEE}, quarter 1 2024/25, KPI 220: Why so late?", "It is unanswered."]
    assert "1 listed, 1 unanswered." in command("list").output
    answered = command("answer", name, "--words", "Papers come late.", "--post", "head-of-regulatory-services")
    assert "Answer of head-of-regulatory-services: Papers come late." in answered.output
    assert "0 listed, 0 unanswered." in command("list", "--unanswered").output
    (listed,) = json.loads(command("list", "--json").output)
    assert {key: listed[key] for key in ("question_id", "quarter", "kpi_ref", "state", "answer")} == {
        "question_id": name,
        "quarter": "2024-25-Q1",
        "kpi_ref": "220",
        "state": "answered",
        "answer": "Papers come late.",
    }


def test_a_question_recorded_by_mistake_is_withdrawn(command: Command) -> None:
    """A withdrawn question stays on the list as such, and can be answered no more."""
    name = command(*ASKED).output.partition(":")[0]
    assert "It is withdrawn." in command("withdraw", name, "--reason", "Asked of another report", "--post", MANAGER).output
    refused = command("answer", name, "--words", "So.", "--post", MANAGER)
    assert (refused.exit_code, "was withdrawn: ask it again" in refused.output) == (2, True)
    assert "withdrawn" in command("list").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "--committee", "planning", "-p", "2024-25-Q1", "--words", "Why?", "--post", MANAGER), "has no committee 'planning'"),
        (("ask", "--committee", COMMITTEE, "-p", "spring", "--words", "Why?", "--post", MANAGER), "spring"),
        (("ask", "--committee", COMMITTEE, "-p", "2024-25-Q1", "--words", "Why?", "--post", "nobody"), "has no post 'nobody'"),
        (("answer", "M-000000", "--words", "So.", "--post", MANAGER), "has no question 'M-000000'"),
    ],
)
def test_what_cannot_be_used_is_refused_with_two(command: Command, arguments: tuple[str, ...], words: str) -> None:
    """An unknown committee, quarter, post or question is named in a sentence, with 2."""
    result = command(*arguments)
    assert (result.exit_code, words in result.output) == (2, True)
