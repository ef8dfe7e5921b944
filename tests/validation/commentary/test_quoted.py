"""Figures quoted in comments: the numbered cases of ``tests/cases/commentary_numbers.csv``, for officers to read and add to."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from pmf.validation.commentary.clause import About
from pmf.validation.commentary.quoted import figure_against

FILE = Path(__file__).parents[2] / "cases" / "commentary_numbers.csv"


def read_cases() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


CASES = read_cases()


def test_every_case_has_its_own_number_and_a_reason() -> None:
    """No two cases share a number, and every one says why it exists."""
    assert [number for number, times in Counter(case["case"] for case in CASES).items() if times > 1] == []
    assert [case["case"] for case in CASES if not case["why"]] == []
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_number_that_is_not_the_figure_is_found_and_no_other(case: dict[str, str]) -> None:
    """A comment is asked about exactly the number a reader of September's return would ask about."""
    about = About(
        title=case["kpi_title"], unit=case["unit"], direction=None, month="September", month_before="August", other_step="quarter"
    )
    others = [Decimal(figure) for figure in case["others"].split(";") if figure]
    assert (figure_against(case["comment"], about, Decimal(case["value"]), others=others) or "") == case["expected"]
