"""The log of a command: asked for, it says who and what on every line; otherwise there is none."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from cli.running import APRIL, Run
from cycle.council import Council


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


def test_every_line_has_run_stage_organisation_and_period(council: Council, pmf: Run) -> None:
    """One JSON object a line, with one run for the whole call, and council and month from where they are known."""
    result = pmf("--log", "json", "returns", "-o", "cambridgeshire", "-p", APRIL.key, home=council.settings.home)
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [line["event"].split(" after")[0] for line in lines] == ["stage begins", "stage ended"]
    assert {line["stage"] for line in lines} == {"returns"}
    assert len({line["run"] for line in lines}) == 1
    assert (lines[-1]["organisation"], lines[-1]["period"]) == ("cambridgeshire", "2024-04")
    assert all(line["timestamp"].endswith("Z") and line["level"] == "info" for line in lines)


def test_no_address_or_name_of_a_person_is_logged(council: Council, pmf: Run) -> None:
    """What a command prints is for who asked; its log, which goes elsewhere, has no addresses in it."""
    result = pmf("--log", "text", "returns", "-o", "cambridgeshire", "-p", APRIL.key, home=council.settings.home)
    assert "stage=returns" in result.stderr
    assert "@" not in result.stderr


def test_nothing_is_logged_unless_asked(council: Council, pmf: Run) -> None:
    """Without ``--log`` standard error stays as empty as it was."""
    assert pmf("returns", "-o", "cambridgeshire", "-p", APRIL.key, home=council.settings.home).stderr == ""


def test_the_environment_may_ask(council: Council, pmf: Run) -> None:
    """``PMF_LOG`` asks for every command of an installation at once."""
    result = pmf("returns", "-o", "cambridgeshire", "-p", APRIL.key, home=council.settings.home, PMF_LOG="json")
    assert json.loads(result.stderr.splitlines()[0])["stage"] == "returns"
