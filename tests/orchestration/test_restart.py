"""Starting cycles again: one run for each month and return, however often it is asked for."""

from __future__ import annotations

from pmf.orchestration.restart import cycles_to_start

AS_AT = "2024-08-20T14:05:00+01:00"


def test_a_cycle_is_started_for_its_month_and_clock() -> None:
    """The run is told the month and the moment its return came in, and stands at that moment among the other runs."""
    (cycle,) = cycles_to_start([{"period": "2024-07", "as_at": AS_AT}])
    assert cycle["conf"] == {"period": "2024-07", "as_at": AS_AT}
    assert cycle["logical_date"] == cycle["run_after"] == "2024-08-20T13:05:00.024295+00:00"
    assert cycle["trigger_run_id"] == "manual__2024-08-20T13:05:00.024295+00:00"


def test_asked_twice_it_is_the_same_run() -> None:
    """Two scans that find the same cycle due name one run, so the second is skipped."""
    due = [{"period": "2024-07", "as_at": AS_AT}]
    assert cycles_to_start(due) == cycles_to_start(due)


def test_months_of_one_moment_are_different_runs() -> None:
    """Airflow keeps one run for a logical date: two months corrected in one message must not be one."""
    cycles = cycles_to_start([{"period": "2024-06", "as_at": AS_AT}, {"period": "2024-07", "as_at": AS_AT}])
    assert len({cycle["logical_date"] for cycle in cycles}) == len({cycle["trigger_run_id"] for cycle in cycles}) == 2


def test_nothing_due_starts_nothing() -> None:
    """An empty inbox gives an empty list, which Airflow shows as a skipped task."""
    assert cycles_to_start([]) == []
