"""The rules of the house about sources: sizes, docstrings of tests, the clock."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "dags").glob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
# "About 250 lines" with room for the docstring of an honest module.
MOST_LINES = 300
# Where the wall clock may be read (rulings 1).
CLOCK_READERS = {"orchestration", "cli", "demo"}


def test_modules_stay_small() -> None:
    """A module is one noun: none grows past what fits in a head."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_only_the_edge_of_the_house_reads_the_clock() -> None:
    """Every verb takes the business clock as an argument; only orchestration, the command line and transports look at a watch."""
    readers = [
        f"{path.name}:{node.lineno}"
        for path in SOURCES
        if path.parent.name != "dags" and not CLOCK_READERS & set(path.relative_to(ROOT / "plugins").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"} and isinstance(node.value, ast.Name)
    ]
    assert readers == []


def test_every_test_says_what_it_proves() -> None:
    """A test's docstring states the behaviour it proves."""
    silent = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in TESTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []
