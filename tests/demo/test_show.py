"""What a person sees at the end of the demonstration: the table of runs, read back from the warehouse, and where the files are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from cycle import desk
from cycle.council import SLUG, Council, council_at
from pmf.cycle.rate import rate_month
from pmf.demo import show as showing
from pmf.demo.story import Step
from pmf.demo.table import runs_table
from pmf.orchestration.inprocess import RunResult, TaskResult
from pmf.period import Month, Quarter

APRIL = Month(2024, 4)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """April validated and rated: two figures withheld of seventy-one."""
    council = council_at(tmp_path / "home")
    at = council.teller.profile.cycle_at(APRIL)
    counts = {"due": 71, "returned": 70, "withheld": 2, "failed": 3, "flagged": 4}
    texts = {"outcome": "flag", "reason": "", "withheld_refs": '["36"]', "results": "{}", "register_digest": "x"}
    desk.insert(council, "validation_run", {"period": APRIL.key, "point": "returns", "as_at": at} | counts | texts)
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)
    return council


def a_step(council: Council, state: str = "success", **states: str) -> Step:
    tasks = tuple(TaskResult(task_id, -1, None, ended) for task_id, ended in states.items())
    run = RunResult(f"{SLUG}_monthly_cycle", "run", state, tasks, 3.25)
    return Step("Monthly cycle", APRIL, council.teller.profile.cycle_at(APRIL), run)


def printed(council: Council, *steps: Step) -> list[str]:
    """Print the table and give the cells of its rows."""
    output = io.StringIO()
    Console(file=output, width=170).print(runs_table(SLUG, steps, council.settings))
    row = output.getvalue().splitlines()[-2]
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_a_run_is_told_in_one_line(council: Council) -> None:
    """A run's line gives period, business clock, state, outcome, what came in, what was found, colours, letters and seconds."""
    cells = printed(council, a_step(council, flagged="success", gate="success"))
    assert cells == [
        "Monthly cycle",
        "2024-04",
        "2024-05-13 07:00",
        "success",
        "flagged (1)",
        "70/71",
        "2",
        "3",
        "4",
        "0/0/0",
        "83",
        "0",
        "3.2",
    ]


def test_a_run_with_nothing_flagged_passed(council: Council) -> None:
    """Where the flagged leaf was skipped the outcome is "passed"."""
    assert printed(council, a_step(council, flagged="skipped"))[4] == "passed"


def test_a_failed_run_names_the_task_and_shows_no_ratings(council: Council) -> None:
    """A failed run says at which task, and what an earlier run rated is not shown as its own."""
    cells = printed(council, a_step(council, "failed", collect="success", gate="failed", rate="upstream_failed"))
    assert cells[3:5] == ["failed", "failed at gate"]
    assert cells[9:11] == ["", ""]


def test_a_publication_has_no_findings_of_its_own(council: Council) -> None:
    """The line of a publication leaves the columns of checks and colours empty."""
    quarter = Quarter(2024, 1)
    run = RunResult(f"{SLUG}_publication", "run", "success", (), 0.5)
    step = Step("Publication", quarter, council.teller.profile.export_at(quarter), run)
    assert printed(council, step)[5:11] == [""] * 6


def test_the_story_is_told_as_it_happens_and_ends_with_the_places(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step is announced, the table follows, and every kind of file is counted with its folder."""
    step = a_step(council, flagged="skipped")

    class Told:
        def __init__(self, say) -> None:
            self.say = say

        def tell(self):
            self.say("April 2024: opening [collection]")
            yield step

    monkeypatch.setattr(showing, "teller", lambda *_, say: Told(say))
    (council.settings.inbox / SLUG / "2024-04").mkdir(parents=True)
    (council.settings.inbox / SLUG / "2024-04" / "libraries.xlsx").write_bytes(b"x")
    output = io.StringIO()
    steps = showing.show(SLUG, council.settings, console=Console(file=output, width=100))
    text = output.getvalue()
    assert steps == (step,)
    assert "April 2024: opening [collection]" in text
    assert "Cambridgeshire County Council: runs" in text
    assert f"Returns as they came in                       1 files  {council.settings.inbox / SLUG}" in text
    assert text.index("runs") < text.index("Done in ")
