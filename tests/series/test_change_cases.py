"""Run the numbered cases of ``tests/cases/change`` that are about two figures, or about statuses in time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from numbered_cases import assert_numbered, bounds, name, read_cases
from pmf.register.assessment import Persistence
from pmf.series.change import change
from pmf.series.reds import count_reds
from pmf.status import Status
from pmf.value import Direction, parse_figure

FIGURES, REDS = read_cases("change", "0[1-4]_*.csv"), read_cases("change", "05_*.csv")


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases of any file share a number, and every one says why it exists."""
    assert_numbered(read_cases("change"), at_least=80)


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
