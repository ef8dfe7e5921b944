"""``pmf calendar``: the way of each paper to its meeting, as a person reads it and as a program does."""

from __future__ import annotations

import json

from cli.running import Run
from cycle.council import SLUG, Council


def test_meetings_are_listed_with_what_to_look_at(council: Council, pmf: Run) -> None:
    """Each meeting with the last day of every step and how it stands, and below it what somebody should look at."""
    result = pmf("calendar", "-o", SLUG, "-p", "2024-25-Q2", "--on", "2024-11-21", home=council.settings.home)
    assert result.exit_code == 0
    assert "5 Dec 2024  Communities, Social Mobility and Inclusion Committee, 2024-25-Q2" in result.stdout
    assert "Data 6 Nov missed; comments 8 Nov missed; draft 13 Nov missed; clearance 20 Nov missed;" in result.stdout
    assert "  Publication by 27 November 2024: at risk (waits for clearance)" in result.stdout


def test_it_can_be_read_by_a_program(council: Council, pmf: Run) -> None:
    """As JSON, days are ISO dates and every step of every meeting is there."""
    found = json.loads(pmf("calendar", "-o", SLUG, "--on", "2024-08-01", "--json", home=council.settings.home).stdout)
    assert {step["due"] for plan in found for step in plan["steps"] if step["step"] == "publication"} >= {"2024-09-18"}
    assert {len(plan["steps"]) for plan in found} == {6}


def test_what_is_no_quarter_or_holds_none_is_said(council: Council, pmf: Run) -> None:
    """A month is refused, and a quarter no meeting is about says so."""
    home = council.settings.home
    assert pmf("calendar", "-o", SLUG, "-p", "2024-09", home=home).exit_code == 2
    assert "has no meeting that receives a paper of 2031-32-Q1" in pmf("calendar", "-o", SLUG, "-p", "2031-32-Q1", home=home).stdout
