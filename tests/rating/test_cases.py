"""Run the numbered cases of ``tests/cases/rating``: through the engine, and through ``pmf rate``'s table."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pmf.rating.judge import judge
from pmf.rating.policy import Policy
from pmf.rating.table import rate_table
from pmf.register.kpi import StatusType
from pmf.value import Absence, Direction, parse_figure, rounded

FOLDER = Path(__file__).parents[1] / "cases" / "rating"


def read_cases() -> list[dict[str, str]]:
    cases: list[dict[str, str]] = []
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            cases.extend(csv.DictReader(lines, strict=True))
    return cases


CASES = read_cases()
TABLE_CASES = [case for case in CASES if not case["absence"] and not case["decimals"]]


def name(case: dict[str, str]) -> str:
    return case["case"]


def bounds(text: str) -> tuple[Decimal, Decimal] | None:
    low, _, high = text.partition("..")
    first, second = parse_figure(low), parse_figure(high or low)
    return None if first is None or second is None else (first, second)


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases share a number, and every one says why it exists."""
    assert [number for number, times in Counter(map(name, CASES)).items() if times > 1] == []
    assert [case["case"] for case in CASES if not case["why"]] == []
    assert len(CASES) > 80


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_engine_agrees(case: dict[str, str], policies: dict[str, Policy]) -> None:
    """The engine gives the status, distance and flags a person worked out by hand."""
    judgement = judge(
        actual=parse_figure(case["actual"]),
        target=bounds(case["target"]),
        direction=Direction(case["direction"]) if case["direction"] else None,
        policy=policies[case["policy"]],
        status_type=StatusType(case["status_type"] or "rated"),
        absence=Absence(case["absence"]) if case["absence"] else None,
        intervention_level=parse_figure(case["intervention_level"]),
        decimals=int(case["decimals"]) if case["decimals"] else None,
    )
    expected_pct = Decimal(case["expected_off_target_pct"]) if case["expected_off_target_pct"] else None
    pct = None if judgement.off_target_pct is None else rounded(judgement.off_target_pct, 6)
    assert (case["expected_status"], expected_pct) == (judgement.status, pct), case["why"]
    assert tuple(filter(None, case["expected_flags"].split(";"))) == judgement.flags
    assert judgement.reason.endswith(".")


@pytest.mark.parametrize("case", TABLE_CASES, ids=name)
def test_the_table_agrees(case: dict[str, str], policies: dict[str, Policy]) -> None:
    """``pmf rate`` gives the same status and distance for the same cells."""
    columns = ("actual", "target", "direction", "intervention_level", "status_type")
    frame = pd.DataFrame([{"kpi_ref": case["case"], "period": "2024-09", **{column: case[column] for column in columns}}])
    row = rate_table(frame, policies[case["policy"]]).iloc[0]
    assert (case["expected_status"], case["expected_off_target_pct"]) == (row["status"], row["off_target_pct"])
    assert row["reason"].endswith(".")
