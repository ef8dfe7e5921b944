"""Scottish councils' published quarters through the rule on figure, numerator and denominator: every mismatch, and no other.

``docs/validation-evidence.md`` tells the same in words.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from pmf.settings import read_settings
from pmf.validation.checks import compile_checks
from pmf.validation.datasets.observations import observation_frame
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import SUITES, a_kpi, a_line, a_register, a_return, a_template

Rows = Mapping[str, Mapping[str, str]]
HALF_A_PER_CENT = Fraction(1, 200)


@pytest.fixture(scope="module")
def rows() -> Rows:
    """The published rows, by a reference for each."""
    path = read_settings(os.environ).reference_data / "lgbf" / "indicator_data_real_quarterly.csv"
    if not path.exists():
        pytest.skip(f"no reference data at {path}; set PMF_REFERENCE_DATA")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {f"L{place}": row for place, row in enumerate(csv.DictReader(lines))}


@pytest.fixture(scope="module")
def found(rows: Rows) -> dict[str, set[str]]:
    """The rows that break a rule, by rule: all of them as one month's returns. The published shares of one become percentages."""
    kpis = [a_kpi(ref, unit="%", decimals=0, aggregation="ratio", ratio_multiplier=100) for ref in rows]
    templates = [a_template(ref, minimum=0, maximum=100, needs_numerator=True, forecaster_post=None) for ref in rows]
    lines = [
        a_line(ref, value=Decimal(row["Value"]) * 100, numerator=row["Numerator"], denominator=row["Denominator"])
        for ref, row in rows.items()
    ]
    register = a_register(kpis, templates, targets=())
    suite = load_suite(SUITES / "observation.json")
    inputs = a_return(register, lines)
    broken: dict[str, set[str]] = {}
    for finding in run_suite(suite, observation_frame(inputs), compile_checks(register, inputs.month, [suite])).findings:
        broken.setdefault(finding.rule_id.removeprefix("observation."), set()).add(finding.kpi_ref or "")
    return broken


def parts(row: Mapping[str, str]) -> tuple[Fraction, Fraction, Fraction]:
    return Fraction(row["Value"]), Fraction(row["Numerator"]), Fraction(row["Denominator"])


def gap(row: Mapping[str, str]) -> Fraction:
    """How far the published share lies from its own numerator and denominator."""
    value, numerator, denominator = parts(row)
    return abs(value - numerator / denominator) if denominator else Fraction(0)


def test_every_mismatch_beyond_half_a_printed_unit_is_found_and_no_other(rows: Rows, found: dict[str, set[str]]) -> None:
    """402 of 1,339 published percentages are not those of their numerator and denominator, to half a per cent."""
    mismatches = {ref for ref, row in rows.items() if gap(row) > HALF_A_PER_CENT}
    assert (len(rows), len(mismatches)) == (1339, 402)
    assert found["quotient_disagrees"] == mismatches


def test_the_count_of_the_source_allows_a_trace_more(rows: Rows) -> None:
    """The 395 that those who collected the data counted are those beyond 0.51 per cent; seven lie in between."""
    assert sum(gap(row) > Fraction("0.0051") for row in rows.values()) == 395


def test_the_parts_are_rounded_to_five_which_explains_every_mismatch(rows: Rows) -> None:
    """Numerators and denominators were published to the nearest five: unrounded ones can make each published share."""
    for row in rows.values():
        value, numerator, denominator = parts(row)
        assert numerator % 5 == denominator % 5 == 0
        if gap(row) > HALF_A_PER_CENT:
            lowest, highest = (
                (numerator - Fraction(5, 2)) / (denominator + Fraction(5, 2)),
                (numerator + Fraction(5, 2)) / (denominator - Fraction(5, 2)),
            )
            assert lowest - HALF_A_PER_CENT <= value <= highest + HALF_A_PER_CENT


def test_nothing_else_is_found_but_a_denominator_of_nought_and_parts_larger_than_their_whole(
    rows: Rows, found: dict[str, set[str]]
) -> None:
    """One quarter had no cases; in three the rounding made more decided in time than were decided at all."""
    no_cases = {ref for ref, row in rows.items() if parts(row)[2] == 0}
    too_many = {ref for ref, row in rows.items() if parts(row)[1] > parts(row)[2]}
    assert (len(no_cases), len(too_many)) == (1, 3)
    expected = {"denominator_zero": no_cases, "numerator_above_denominator": too_many, "above_maximum": too_many}
    assert {rule: refs for rule, refs in found.items() if rule != "quotient_disagrees"} == expected
