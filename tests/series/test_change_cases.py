"""Run the numbered cases of ``tests/cases/change`` that are about two figures, or about statuses in time."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from pmf.register.assessment import Persistence
from pmf.series.change import change
from pmf.series.reds import count_reds
from pmf.status import Status
from pmf.value import Direction, parse_figure

FOLDER = Path(__file__).parents[1] / "cases" / "change"


def read_cases(pattern: str) -> list[dict[str, str]]:
    cases: list[dict[str, str]] = []
    for path in sorted(FOLDER.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as lines:
            cases.extend(csv.DictReader(lines, strict=True))
    return cases


FIGURES, REDS = read_cases("0[1-4]_*.csv"), read_cases("05_*.csv")


def name(case: dict[str, str]) -> str:
    return case["case"]


def bounds(text: str) -> tuple[Decimal, Decimal] | None:
    low, _, high = text.partition("..")
    first, second = parse_figure(low), parse_figure(high or low)
    return None if first is None or second is None else (first, second)


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases of any file share a number, and every one says why it exists."""
    cases = read_cases("*.csv")
    assert [number for number, times in Counter(map(name, cases)).items() if times > 1] == []
    assert [case["case"] for case in cases if not case["why"] or None in case] == []
    assert len(cases) > 80


@pytest.mark.parametrize("case", FIGURES, ids=name)
def test_two_figures_are_compared_as_by_hand(case: dict[str, str]) -> None:
    """The change and the move are those a person worked out."""
    found = change(
        parse_figure(case["current"]),
        parse_figure(case["previous"]),
        direction=Direction(case["direction"]) if case["direction"] else None,
        target=bounds(case["target"]),
        no_change_pct=Decimal(case["no_change_pct"] or 0),
        decimals=int(case["decimals"]) if case["decimals"] else None,
    )
    assert (case["expected_change"], case["expected_moved"]) == (found.verdict or "", found.moved or ""), case["why"]


@pytest.mark.parametrize("case", REDS, ids=name)
def test_reds_are_counted_as_by_hand(case: dict[str, str]) -> None:
    """How many reds in a row, and whether the KPI is looked into, are as a person counted."""
    current, *earlier = [Status(word) for word in reversed(case["statuses"].split())]
    found = count_reds(current, earlier, limit=Persistence(reds=int(case["reds"]), of=int(case["of"])))
    said = ("", "") if found is None else (str(found.in_a_row), "yes" if found.is_deep_dive else "no")
    assert (case["expected_reds_in_a_row"], case["expected_is_deep_dive"]) == said, case["why"]
