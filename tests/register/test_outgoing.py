"""The dates of a paper, counted back from its meeting, and who signs it off."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pmf.period import FinancialYear, Month, Quarter
from pmf.period.workdays import WorkingCalendar
from pmf.register import Profile, load_profile
from pmf.register.outgoing import BackPlan, SignOff, Step
from pmf.settings import read_settings


def test_the_papers_of_5_december_2024() -> None:
    """The seed's meeting: published by 27 November, a week before, and the other steps before that."""
    days = BackPlan().days(date(2024, 12, 5), WorkingCalendar())
    assert {step.value: day.isoformat() for step, day in days.items()} == {
        "data": "2024-11-06",
        "comments": "2024-11-08",
        "draft": "2024-11-13",
        "clearance": "2024-11-20",
        "sign-off": "2024-11-25",
        "publication": "2024-11-27",
    }


def test_bank_holidays_and_closures_push_every_date_forward() -> None:
    """Before a meeting in the first week of January the holidays and the council's own closure take days from every step."""
    meeting, closed = date(2025, 1, 7), WorkingCalendar.with_closures([date(2024, 12, 27), date(2024, 12, 30), date(2024, 12, 31)])
    open_days, closed_days = BackPlan().days(meeting, WorkingCalendar()), BackPlan().days(meeting, closed)
    assert open_days[Step.PUBLICATION] == date(2024, 12, 27)
    assert closed_days[Step.PUBLICATION] == date(2024, 12, 20)
    assert all(closed_days[step] < open_days[step] for step in Step)


@given(st.dates(date(2020, 1, 1), date(2028, 12, 31)), st.sets(st.dates(date(2020, 1, 1), date(2028, 12, 31)), max_size=20))
def test_steps_run_forwards_and_leave_time(meeting: date, closures: set[date]) -> None:
    """For any meeting and closures the steps' days never go back, and publication is a week and five clear working days before."""
    calendar = WorkingCalendar.with_closures(closures)
    days = BackPlan().days(meeting, calendar)
    assert list(days) == list(Step)
    assert all(earlier <= later for earlier, later in pairwise(days.values()))
    last = days[Step.PUBLICATION]
    between = [last + timedelta(days=number) for number in range(1, (meeting - last).days)]
    assert last <= meeting - timedelta(days=7)
    assert sum(calendar.is_working_day(day) for day in between) >= 5


def test_a_plan_that_runs_backwards_is_refused() -> None:
    """Clearance before the draft is a slip of the keyboard."""
    with pytest.raises(ValidationError, match="must run data >= comments >= draft >= clearance >= sign_off"):
        BackPlan(draft=3, clearance=5)


def test_what_needs_a_sign_off() -> None:
    """Papers of quarters and years do unless the council says otherwise; scorecards of months are issued as they are."""
    periods = (Month(2024, 9), Quarter(2024, 2), FinancialYear(2024))
    assert [SignOff().is_needed(period) for period in periods] == [False, True, True]
    assert [SignOff(needed_for=("month",)).is_needed(period) for period in periods] == [True, False, False]


def test_who_signs_must_be_a_post() -> None:
    """The performance team signs where the profile names nobody; a post that is none is refused by name."""
    cambridgeshire = load_profile(read_settings({}).organisations / "cambridgeshire")
    assert cambridgeshire.signatories == (cambridgeshire.performance_team,)
    with pytest.raises(ValidationError, match=r"sign_off\.posts nobody names the post 'nobody'"):
        Profile.model_validate(cambridgeshire.model_dump() | {"sign_off": {"posts": ["nobody"]}})
