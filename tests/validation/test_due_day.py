"""A figure that cannot be had by the deadline is not asked for before its own working day, and is late only after it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pmf.finding import Finding
from pmf.validation.datasets.observations import observation_frame
from pmf.validation.datasets.returns import return_frame
from pmf.validation.inputs import ReturnInputs
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import SUITES, a_file, a_kpi, a_line, a_register, a_return, a_template

# The deadline is the 6th working day, 8 October; the 9th is 11 October, until five o'clock.
LATER = a_kpi("36", due_working_day=9)
BEFORE, AFTER = datetime(2024, 10, 11, 15, 59, tzinfo=UTC), datetime(2024, 10, 11, 16, 1, tzinfo=UTC)


def a_month(as_at: datetime, *, line: dict[str, Any] | None = None, **inputs: Any) -> ReturnInputs:
    kpis = [LATER, a_kpi("37")]
    lines = [a_line("37", 7, value=5)] + ([] if line is None else [a_line("36", **line)])
    return a_return(a_register(kpis, [a_template(kpi.kpi_ref, forecaster_post="") for kpi in kpis]), lines, as_at=as_at, **inputs)


def answer(inputs: ReturnInputs) -> str:
    frame = observation_frame(inputs)
    return str(frame.loc[frame["kpi_ref"] == "36", "answer"].item())


def found(inputs: ReturnInputs) -> list[Finding]:
    return list(run_suite(load_suite(SUITES / "observation.json"), observation_frame(inputs)).findings)


@pytest.mark.parametrize(
    ("line", "as_at", "expected"),
    [
        ({}, BEFORE, "not yet due"),
        ({}, AFTER, "overdue"),
        (None, BEFORE, "not yet due"),
        (None, AFTER, "no row"),
        ({"value": 5}, BEFORE, "figure"),
        ({"value": 5}, AFTER, "figure"),
        ({"not_available": True, "reason": "Not counted."}, BEFORE, "not available"),
    ],
)
def test_what_is_said_counts_at_any_time_and_silence_from_its_own_day_on(line: Any, as_at: datetime, expected: str) -> None:
    """An empty cell is no fault before the figure can be had; what is typed all the same is taken."""
    assert answer(a_month(as_at, line=line)) == expected


def test_a_figure_is_asked_for_once_its_day_has_passed() -> None:
    """Before that day nothing is found; after it one flag names the day, and nothing is withheld."""
    assert found(a_month(BEFORE, line={})) == []
    (finding,) = found(a_month(AFTER, line={}))
    assert (finding.rule_id, finding.severity.value, finding.cell) == ("observation.own_day_passed", "warning", "G6")
    assert (
        finding.message
        == "The figure of KPI 36 (Indicator 36) for September 2024 could be had from 11 October 2024 on and has not come in."
    )


def test_a_day_of_its_own_before_the_deadline_changes_nothing() -> None:
    """What can be had early is due with everything else."""
    early = a_register([a_kpi("36", due_working_day=3)], [a_template("36")])
    assert answer(a_return(early, [a_line("36")])) == "blank"


@pytest.mark.parametrize(("as_at", "state"), [(BEFORE, "not yet due"), (AFTER, "no return")])
def test_a_service_with_nothing_to_be_had_yet_is_not_asked(as_at: datetime, state: str) -> None:
    """A return is missed only once one of its figures can be had."""
    inputs = a_return(a_register([LATER], [a_template("36")]), [], as_at=as_at, files=[])
    assert return_frame(inputs)["state"].tolist() == [state]
    both = a_month(BEFORE, files=[a_file("highways")])
    assert return_frame(both)["state"].tolist() == ["no return"]
