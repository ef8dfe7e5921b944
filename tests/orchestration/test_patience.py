"""How long a quarterly export waits for its months, and what it then takes as now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from pmf.orchestration import patience, subject
from pmf.orchestration.patience import ready_at
from pmf.orchestration.timetables import WorkingDayTimetable
from pmf.settings import read_settings

TIMETABLE = WorkingDayTimetable(kind="quarter", working_day=12)
EXPORT_DATE = datetime(2024, 10, 16, 6, tzinfo=UTC)


@pytest.fixture
def run_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Makes the current task one of a run for 2024-25-Q2 with the given ``as_at``."""

    def make(as_at: str | None) -> None:
        context: dict[str, Any] = {"params": {"period": "2024-25-Q2", "as_at": as_at}, "dag_run": SimpleNamespace()}
        for module in (patience, subject):
            monkeypatch.setattr(module, "get_current_context", lambda: context)
        monkeypatch.setattr(patience, "settings_for_tasks", lambda: read_settings({}))

    return make


def ended_from(moment: datetime) -> Callable[..., bool]:
    return lambda _organisation, _quarter, *, as_at, **_rest: as_at >= moment


def test_months_done_in_time_keep_the_export_date(run_of: Callable[[str | None], None]) -> None:
    """An export that need not wait is dated by the council's calendar, whenever it happens to run."""
    run_of(None)
    assert ready_at(ended_from(datetime(2024, 10, 14, tzinfo=UTC)), "testshire", TIMETABLE) == EXPORT_DATE


def test_months_done_late_date_the_export_now(run_of: Callable[[str | None], None]) -> None:
    """Papers that waited for a correction must know it: their clock is the moment the last month was ready."""
    run_of(None)
    before = datetime.now(UTC)
    moment = ready_at(ended_from(datetime(2024, 11, 5, tzinfo=UTC)), "testshire", TIMETABLE)
    assert moment is not None
    assert moment >= before


def test_months_that_are_not_done_are_waited_for(run_of: Callable[[str | None], None]) -> None:
    """While a month's cycle has not ended there is no moment yet."""
    run_of(None)
    assert ready_at(ended_from(datetime(9999, 1, 1, tzinfo=UTC)), "testshire", TIMETABLE) is None


def test_a_run_about_the_past_does_not_wait(run_of: Callable[[str | None], None]) -> None:
    """Given its own clock, a run fails at once with the reason: waiting cannot change what was known then."""
    run_of("2024-10-15T09:00:00+01:00")
    with pytest.raises(AirflowFailException, match="not every month had a finished cycle as at 2024-10-15"):
        ready_at(ended_from(datetime(2024, 11, 5, tzinfo=UTC)), "testshire", TIMETABLE)
