"""``make bench`` runs every benchmark there is, and its guide lists them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program that runs them."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delitem(sys.modules, "run", raising=False)
    return importlib.import_module("run")


def test_without_names_all_are_run(run: Any) -> None:
    """With full sizes that is every file there is; with small ones those that take minutes."""
    files = {path.stem.removeprefix("bench_") for path in BENCHMARKS.glob("bench_*.py")}
    assert {part.name for part in run.chosen_by(["--full"])[1]} == files
    assert {part.name for part in run.chosen_by([])[1]} < files


def test_those_named_are_run_and_no_others(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is none is refused, with those there are."""
    assert [part.name for part in run.chosen_by(["--full", "loading", "dags"])[1]] == ["dags", "loading"]
    with pytest.raises(SystemExit):
        run.chosen_by(["lodaing"])
    assert "no benchmark lodaing; there are dags, " in capsys.readouterr().err


def test_the_guide_lists_every_benchmark() -> None:
    """Each has a row in ``benchmarks/README.md``, and each peer with an environment of its own has a lock file."""
    guide = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in BENCHMARKS.glob("bench_*.py") if f"| `{path.name}` |" not in guide] == []
    scripts = [path for path in (BENCHMARKS / "peers").glob("*.py") if path.read_text(encoding="utf-8").startswith("# /// script")]
    assert scripts
    assert [path.name for path in scripts if not path.with_name(f"{path.name}.lock").exists()] == []
