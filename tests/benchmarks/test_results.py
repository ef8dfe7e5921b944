"""The page of benchmark results says what was measured, and what was missed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("results", FOLDER / "results.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "results", module)
    spec.loader.exec_module(module)
    return module


def test_a_comparison_is_kept_as_it_was_recorded(
    results: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed is in the file too, to be read back for the page; without a file it is printed alone."""
    results.record(4, "reading", ours=1.0, peer="openpyxl", theirs=4.0)
    monkeypatch.setenv(results.VARIABLE, str(tmp_path / "found.jsonl"))
    row = results.record(4, "reading 1,000 forms", ours=1.0, peer="openpyxl", theirs=4.0, at_least=3)
    assert results.kept(tmp_path / "found.jsonl") == [row]
    assert "= reading 1,000 forms: 1.00 s, openpyxl 4.00 s: 4.00 × as fast (target ≥ 3 × as fast: met)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said", "is_met"),
    [
        ({"ours": 2.0, "theirs": 4.0, "at_least": 3}, "2.00 × as fast", False),
        ({"ours": 8.0, "theirs": 4.0, "at_least": 3}, "0.50 × as fast", False),
        ({"ours": 8.0, "theirs": 4.0, "at_most": 4}, "2.00 × its time", True),
        ({"ours": 80.0, "theirs": 4.0, "at_most": 4}, "20 × its time", False),
        ({"ours": 8.0, "theirs": 4.0}, "2.00 × its time", None),
        ({"ours": 1.0, "theirs": 40.0}, "40 × as fast", None),
        ({"ours": 1500, "theirs": 2000, "unit": "MB", "at_most": 1}, "0.75 × it", True),
    ],
)
def test_a_ratio_is_told_the_way_its_target_is(results: ModuleType, given: dict[str, float], said: str, is_met: bool | None) -> None:
    """At least so many times as fast, at most so many times the time, and without a target whichever is above one."""
    row = results.Row(1, "what", peer="peer", **given)
    assert (row.said, row.is_met) == (said, is_met)


def test_the_page_tells_what_is_slower_and_what_was_missed(results: ModuleType) -> None:
    """Every row is in its section's table; slower rows are listed whatever their target says; sections without rows say so."""
    rows = [
        results.Row(4, "writing forms", 1.0, "openpyxl", 2.5, at_least=2),
        results.Row(6, "figures into SQLite", 3.0, "pandas.to_sql", 2.0, at_least=8),
        results.Row(2, "checks", 3.0, "plain pandas", 1.0, at_most=4, peak_mb=512),
    ]
    page = results.page(rows, sizes="small", load="0.1 on 2 cores")
    assert "| writing forms | 1.00 s | openpyxl | 2.50 s | 2.50 × as fast | ≥ 2 × as fast | met |" in page
    assert "| checks (peak 512 MB) | 3.00 s | plain pandas | 1.00 s | 3.00 × its time | ≤ 4 × its time | met |" in page
    slower = page.split("## What is slower")[1]
    assert "- figures into SQLite: 1.5 times what pandas.to_sql takes, which misses the target." in slower
    assert "- checks: 3.0 times what plain pandas takes, within its target." in slower
    assert "writing forms" not in slower
    assert "2 of 3 targets were met." in page
    assert page.count("Not measured in this run.") == 3
    assert "## 6. Loading the warehouse" in page


def test_every_benchmark_is_run_by_the_one_command(results: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is forgotten in the list of what ``make bench`` runs."""
    assert results
    spec = importlib.util.spec_from_file_location("bench_run", FOLDER / "run.py")
    assert spec
    assert spec.loader
    run = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bench_run", run)
    spec.loader.exec_module(run)
    assert {f"bench_{part.name}.py" for part in run.PARTS} == {path.name for path in FOLDER.glob("bench_*.py")}
