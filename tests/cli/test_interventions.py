"""Commands about interventions and packs: what they print, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cycle.intervened import HOLDER, INTERVENTION, JUNE, MAY, SLUG, Council
from pmf.cli import app


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an open intervention."""
    home = tmp_path_factory.mktemp("home") / "home"
    council = Council.at(home)
    council.rate(MAY, "134", "red", reds_in_a_row=1, is_deep_dive=False)
    council.rate(JUNE, "138", "red", reason="138 is beyond 130.")
    council.look_into(JUNE)
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run a command in that home; give its exit code and what it printed."""
    monkeypatch.setenv("PMF_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(words))
        return result.exit_code, result.output

    return command


def test_open_interventions_are_listed(run: object) -> None:
    """The list names each with how it stands and with whom it lies; as JSON it holds the whole state."""
    code, printed = run("intervention", "list", "-o", SLUG)  # type: ignore[operator]
    assert (code, printed.splitlines()[-1]) == (0, "1 open.")
    assert "to be planned" in printed
    (state,) = json.loads(run("intervention", "list", "-o", SLUG, "--json")[1])  # type: ignore[operator]
    assert (state["intervention_id"], state["actual"], state["tolerance"]) == (INTERVENTION, "138", "130")


def test_what_cannot_be_done_is_refused(run: object) -> None:
    """A decision that is not due, an unknown intervention and a KPI without a rating end with 2 and a sentence."""
    code, printed = run("intervention", "approve", INTERVENTION, "-o", SLUG, "--post", "head-of-housing")  # type: ignore[operator]
    assert (code, "has no plan yet" in printed) == (2, True)
    assert run("intervention", "show", "PI-99", "-o", SLUG)[0] == 2  # type: ignore[operator]
    code, printed = run("deep-dive", "-o", SLUG, "--kpi", "PI-01", "-p", "2025-06")  # type: ignore[operator]
    assert (code, "has no rating of KPI PI-01" in printed) == (2, True)


def test_a_plan_is_put_in_and_shown(run: object) -> None:
    """Putting in a plan prints the form as it stands then."""
    code, printed = run("intervention", "plan", INTERVENTION, "-o", SLUG, "--post", HOLDER, "--steps", "Lease ten homes.")  # type: ignore[operator]
    assert code == 0
    assert "awaiting approval" in printed
    assert "Steps: Lease ten homes." in printed
