"""The numbered cases of ``tests/cases``: tables that officers read and add to, one folder a subject."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from pmf.value import parse_figure

FOLDER = Path(__file__).parent / "cases"
Case = dict[str, str]


def read_cases(subject: str, files: str = "*.csv") -> list[Case]:
    """Read the cases of a subject, file by file."""
    cases: list[Case] = []
    for path in sorted((FOLDER / subject).glob(files)):
        with path.open(encoding="utf-8", newline="") as lines:
            cases.extend(csv.DictReader(lines, strict=True))
    return cases


def name(case: Case) -> str:
    """Name a test after its case."""
    return case["case"]


def assert_numbered(cases: Sequence[Case], *, at_least: int) -> None:
    """No two cases share a number, every one says why it exists and fits its header, and there are as many as one would miss."""
    assert [number for number, times in Counter(map(name, cases)).items() if times > 1] == []
    assert [case["case"] for case in cases if not case["why"] or None in case] == []
    assert len(cases) >= at_least


def bounds(text: str) -> tuple[Decimal, Decimal] | None:
    """Read a target as cases write it: ``95``, or ``85..95``; blank for none."""
    low, _, high = text.partition("..")
    first, second = parse_figure(low), parse_figure(high or low)
    return None if first is None or second is None else (first, second)
