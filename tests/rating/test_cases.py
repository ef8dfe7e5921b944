"""Run the numbered cases of ``tests/cases/rating``: through the engine, and through ``pmf rate``'s table."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from numbered_cases import FOLDER, assert_numbered, bounds, name, read_cases
from pmf.rating.judge import judge
from pmf.rating.policy import Policy, load_policies
from pmf.rating.table import rate_table
from pmf.register.kpi import StatusType
from pmf.series.change import change
from pmf.status import Status
from pmf.value import Absence, Direction, parse_figure, rounded


@pytest.fixture(scope="module")
def policies(policies: dict[str, Policy]) -> dict[str, Policy]:
    """The shipped policies, and those that are for cases only."""
    return policies | load_policies(FOLDER / "rating" / "policies")


CASES = read_cases("rating")
NOT_IN_A_TABLE = {"case", "policy", "absence", "decimals", "why", *(name for name in CASES[0] if name.startswith("expected_"))}
TABLE_CASES = [case for case in CASES if not case["absence"] and not case["decimals"]]


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases share a number, and every one says why it exists."""
    assert_numbered(CASES, at_least=200)


def test_every_status_and_every_shipped_policy_has_cases(policies: dict[str, Policy]) -> None:
    """Nothing a KPI can be rated as or by is without a case that an officer can read; public editions alone say "confidential"."""
    assert {case["expected_status"] for case in CASES} == set(Status) - {Status.CONFIDENTIAL}
    assert {case["policy"] for case in CASES} == set(policies)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_engine_agrees(case: dict[str, str], policies: dict[str, Policy]) -> None:
    """The engine gives the status, distance and flags a person worked out by hand."""
    actual, target = parse_figure(case["actual"]), bounds(case["target"])
    direction = Direction(case["direction"]) if case["direction"] else None
    judgement = judge(
        actual=actual,
        target=target,
        direction=direction,
        policy=policies[case["policy"]],
        status_type=StatusType(case["status_type"] or "rated"),
        absence=Absence(case["absence"]) if case["absence"] else None,
        intervention_level=parse_figure(case["intervention_level"]),
        tolerance_pct=parse_figure(case.get("tolerance_pct", "")),
        since_last_year=change(actual, parse_figure(case.get("last_year", "")), direction=direction, target=target).verdict,
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
    columns = [name for name in case if name not in NOT_IN_A_TABLE]
    frame = pd.DataFrame([{"kpi_ref": case["case"], "period": "2024-09", **{column: case[column] for column in columns}}])
    row = rate_table(frame, policies[case["policy"]]).iloc[0]
    assert (case["expected_status"], case["expected_off_target_pct"]) == (row["status"], row["off_target_pct"])
    assert row["reason"].endswith(".")
