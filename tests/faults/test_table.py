"""The table of faults is about tests that exist, and the page about it says what the table says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from faults.table import FAULTS, OF_THE_CHECKER

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_twenty() -> None:
    """Each number from 1 to 20 is there once."""
    assert [fault.number for fault in FAULTS] == list(range(1, 21))


@pytest.mark.parametrize("test", sorted({test for fault in FAULTS for test in fault.tests} | {OF_THE_CHECKER}))
def test_every_test_named_is_there(test: str) -> None:
    """A test that was renamed must not fall out of the table without a word."""
    path, _, name = test.partition("::")
    assert (ROOT / path).exists()
    if name:
        names = {node.name for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}
        assert name in names


def test_the_page_has_every_row() -> None:
    """docs/faults.md names every fault and what is injected, in the table's words."""
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert [fault.number for fault in FAULTS if f"| {fault.number} | {fault.name} | {fault.injected} |" not in page] == []
