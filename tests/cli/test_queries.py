"""``pmf query``: what a performance team types, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from cli.running import Run
from cycle.asking import LARGE_MOVEMENT, a_finding, queries, validate
from cycle.chasing import chasing_council
from cycle.council import SLUG, Council
from cycle.desk import table

Command = Callable[..., Result]
ASKED_AT = datetime(2024, 5, 14, 6, tzinfo=UTC)
TEAM = "governance-and-performance-team"


@pytest.fixture
def asked(tmp_path: Path) -> Council:
    """A council with a failing and a flagged figure of April asked about, long ago, and one found in order since."""
    council = chasing_council(tmp_path)
    validate(council, ASKED_AT, a_finding("36"), a_finding("37", LARGE_MOVEMENT), a_finding("SP-01", LARGE_MOVEMENT))
    validate(council, ASKED_AT + timedelta(days=1), a_finding("36"), a_finding("37", LARGE_MOVEMENT))
    return council


@pytest.fixture
def names(asked: Council) -> dict[str, str]:
    """The queries' names by KPI."""
    return {state.subject: state.query_id for state in queries(asked, ASKED_AT + timedelta(days=2))}


@pytest.fixture
def command(pmf: Run, asked: Council) -> Command:
    """Run a command about that council."""

    def run(*arguments: object, columns: int = 200) -> Result:
        organisations = str(asked.settings.organisations)
        return pmf("query", *arguments, "-o", SLUG, home=asked.settings.home, PMF_ORGANISATIONS=organisations, COLUMNS=str(columns))

    return run


def test_what_is_unresolved_is_listed(command: Command, names: dict[str, str]) -> None:
    """Unless asked for others, the unresolved: what each is about, with whom it lies, since when, and if it withholds a figure."""
    result = command("list")
    assert result.exit_code == 0, result.output
    line = next(line for line in result.stdout.splitlines() if names["36"] in line)
    for words in ("2024-04", "36 – Number of active library users", "Libraries", "14 May 2024", "open, withheld (board)"):
        assert words in line
    assert names["SP-01"] not in result.stdout
    assert result.stdout.splitlines()[-1] == "2 open."
    assert names["SP-01"] in command("list", "--state", "closed").stdout
    assert "No such query." in command("list", "--service", "highways").stdout
    assert "2 open, 1 closed." in command("list", "--state", "all", "--period", "2024-04").stdout
    assert "2 open." in command("list", "--board").stdout


def test_queries_are_json_for_programs(command: Command, names: dict[str, str]) -> None:
    """A program gets every field, and the thread step by step."""
    listed = json.loads(command("list", "--json").stdout)
    assert [item["query_id"] for item in listed] == [names["36"], names["37"]]
    shown = json.loads(command("show", names["36"], "--json").stdout)
    assert shown == listed[0]
    assert (shown["state"], shown["is_failing"], shown["steps"][0]["found"]) == ("open", True, "3")


def test_a_conversation_from_the_command_line(command: Command, names: dict[str, str]) -> None:
    """Asked again, answered by telephone, accepted: each command prints the thread as it then stands."""
    name = names["37"]
    again = command("ask", name, "--post", TEAM, "--words", "Is this the whole month?")
    assert "It is open; it lies with: Libraries." in again.stdout
    answered = command("answer", name, "--said-by", "head-of-libraries", "--words", "It is.", "--post", TEAM)
    assert "It is answered; it lies with: Performance team." in answered.stdout
    accepted = command("accept", name, "--post", TEAM, "--reason", "Plausible.")
    assert "It is closed." in accepted.stdout
    thread = command("show", name).stdout
    places = [thread.index(words) for words in ("the checks", "Is this the whole month?", "Head of Libraries", "Plausible.")]
    assert places == sorted(places)


def test_a_withheld_figure_is_let_through_until_a_day(command: Command, names: dict[str, str], asked: Council) -> None:
    """Accepting it alone is refused with the way out; with a day it is accepted and waived."""
    refused = command("accept", names["36"], "--post", TEAM, "--reason", "The system was down.")
    assert refused.exit_code == 2
    assert "its figure would stay withheld. Give the last day on which it is let through" in refused.stderr
    accepted = command("accept", names["36"], "--post", TEAM, "--reason", "The system was down.", "--let-through-until", "2099-12-31")
    assert accepted.stdout.splitlines()[-1] == "Let through until 31 December 2099. It counts from the next run of April 2024 on."
    assert [row["kpi_ref"] for row in table(asked, "waiver")] == ["36"]


def test_an_unknown_query_is_refused_in_words(command: Command) -> None:
    """The refusal says how to find the right one."""
    result = command("show", "Q-ABCDEF")
    assert result.exit_code == 2
    assert "has no query 'Q-ABCDEF'; pmf query list names them" in " ".join(result.stderr.split())


def test_the_help_says_what_each_command_does(pmf: Run) -> None:
    """Who has never used it learns the commands and the options that matter from the help."""
    overview = pmf("query", "--help").stdout
    for words in ("list", "show", "ask", "answer", "accept", "what a failed or flagged check asked"):
        assert words in overview
    assert "--let-through-until" in pmf("query", "accept", "--help").stdout
