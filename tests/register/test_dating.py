"""What holds when: versions, what is due, targets of months, quarters and years, and the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.period import FinancialYear, Month, Quarter
from pmf.register import Register, Target, load_register

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def register(council: Path) -> Register:
    return load_register(council)


def _target(register: Register, kpi_ref: str, period: Month | Quarter | FinancialYear) -> str | None:
    target = register.target(kpi_ref, period)
    return target.target if target else None


def test_a_change_never_rewrites_the_past(register: Register) -> None:
    """A period is read with the version in force on its last day, whatever came later."""
    titles = {month: register.kpi("2", Month(2024, month)) for month in (3, 6, 7)}
    assert {month: kpi.title if kpi else None for month, kpi in titles.items()} == {
        3: None,
        6: "Loans on time",
        7: "Loans returned on time",
    }


def test_a_period_has_one_version_of_each_kpi(register: Register) -> None:
    """No KPI stands twice in a period, however many versions it has."""
    for period in (Month(2024, 6), Month(2024, 7), Quarter(2024, 2), FinancialYear(2024)):
        refs = [kpi.kpi_ref for kpi in register.kpis(period)]
        assert sorted(set(refs)) == sorted(refs)


@given(start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(1, 1000), later=st.integers(-500, 1500))
def test_versions_that_follow_each_other_leave_no_gap(start: date, days: int, later: int) -> None:
    """Of two versions of which one ends where the other begins, exactly one holds on every day from the first's start."""
    change = date.fromordinal(start.toordinal() + days)
    first = Target(kpi_ref="1", valid_from=start, valid_to=change, target="1")
    second = Target(kpi_ref="1", valid_from=change, target="2")
    day = date.fromordinal(start.toordinal() + later)
    assert first.holds_on(day) + second.holds_on(day) == (1 if day >= start else 0)


def test_figures_are_due_by_frequency(register: Register) -> None:
    """Monthly figures are due each month, quarterly and yearly ones at the end; combined ones never."""
    due = {month: [kpi.kpi_ref for kpi in register.due(month)] for month in (Month(2024, 5), Month(2024, 6), Month(2025, 3))}
    assert due == {
        Month(2024, 5): ["1", "2", "5-A"],
        Month(2024, 6): ["1", "2", "3", "5-A"],
        Month(2025, 3): ["1", "2", "3", "4", "5-A"],
    }
    assert register.due(Month(2024, 5), "museums") == ()


def test_a_quarters_target_adds_up_for_sums(register: Register) -> None:
    """A quarter of a sum is judged by the sum of its months' targets, each as it held in its month."""
    assert _target(register, "1", Month(2024, 5)) == "100"
    assert _target(register, "1", Quarter(2024, 1)) == "320.5"
    assert _target(register, "1", Quarter(2024, 2)) == "361.5"
    assert _target(register, "1", FinancialYear(2024)) == "1405.0"


def test_a_quarters_own_target_comes_first(register: Register) -> None:
    """A quarter with a target of its own is not judged by its months' targets; a year without one by the last month's."""
    assert _target(register, "2", Month(2024, 6)) == "90"
    assert _target(register, "2", Quarter(2024, 1)) == "95"
    assert _target(register, "2", FinancialYear(2024)) == "90"


def test_a_quarterly_figures_target_counts_once(register: Register) -> None:
    """A quarterly figure already is the quarter's: its month's target is not multiplied by three."""
    assert _target(register, "3", Quarter(2024, 1)) == "40"
    assert _target(register, "3", FinancialYear(2024)) == "160"


def test_a_year_to_date_target_is_the_last_months(edit: Edit) -> None:
    """A cumulative figure already holds the months before it, and so does its target."""
    edit("kpis.csv", "ambition_ids,part_of", "ambition_ids,part_of,is_cumulative")
    register = load_register(edit("kpis.csv", "number,higher,sum,1,1,", "number,higher,sum,1,1,,yes"))
    assert _target(register, "1", Quarter(2024, 1)) == "120.5"


def test_a_kpi_without_targets_has_none(register: Register, edit: Edit) -> None:
    """There is no target where none is set, or where one of a quarter's months has none."""
    assert _target(register, "4", Quarter(2024, 4)) is None
    assert _target(register, "1", Quarter(2023, 4)) is None
    shorter = load_register(edit("targets.csv", "1,2024-06-01,,month", "1,2024-07-01,,month"))
    assert _target(shorter, "1", Quarter(2024, 1)) is None
    assert _target(shorter, "1", Month(2024, 6)) is None


def test_a_range_of_a_sum_adds_up_at_both_ends(edit: Edit) -> None:
    """The ends of a range target add up over a quarter like any target of a sum."""
    edit("kpis.csv", "monthly,number,higher", "monthly,number,range")
    edit("targets.csv", "month,100", "month,90..110")
    register = load_register(edit("targets.csv", "month,120.5", "month,110..130.5"))
    assert _target(register, "1", Quarter(2024, 1)) == "290..350.5"


def test_templates_are_found_by_day(register: Register) -> None:
    """A template is found from the day it holds; a KPI without one has none."""
    assert register.template("1", date(2024, 3, 31)) is None
    assert register.template("1", date(2024, 4, 1)) is not None
    assert register.template("3", date(2024, 4, 1)) is None


def test_the_months_moments_are_working_days_of_the_next(register: Register) -> None:
    """Opening, deadline, cycle and export are counted in working days of the following month, in local time."""
    london = ZoneInfo("Europe/London")
    profile, april = register.profile, Month(2024, 4)
    # 6 May 2024 was a bank holiday.
    assert profile.opens_at(april) == datetime(2024, 5, 1, 7, tzinfo=london)
    assert profile.deadline(april) == datetime(2024, 5, 9, 17, tzinfo=london)
    assert profile.cycle_at(april) == datetime(2024, 5, 13, 7, tzinfo=london)
    assert profile.export_at(Quarter(2024, 1)) == datetime(2024, 7, 12, 7, tzinfo=london)


def test_the_policy_in_force_on_the_last_day_rates_a_period(register: Register) -> None:
    """A policy that starts after a period's last day does not rate it; before the first one there is none."""
    policy = register.profile.policy_id
    assert [policy(Month(2024, 9)), policy(Month(2024, 10)), policy(Quarter(2024, 2))] == ["first-policy", "second-policy", "first-policy"]
    with pytest.raises(LookupError, match="no rating policy is in force for March 2024"):
        policy(Month(2024, 3))
