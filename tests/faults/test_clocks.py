"""Faults 12 and 13: time zones, the nights the clocks change, and bank holidays move no deadline and no byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from faults.clocks import BANK_HOLIDAYS, live_in_zone
from faults.fresh import Fresh
from faults.homes import Installation
from faults.invariants import differences
from pmf.period import Month
from pmf.period.workdays import WorkingCalendar
from pmf.register import load_profile
from pmf.settings import read_settings

ZONES = ("Europe/London", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC")
LONDON = ZoneInfo("Europe/London")
COUNCILS = sorted(path.name for path in read_settings({}).organisations.iterdir() if (path / "organisation.yaml").is_file())
_DATES = """
import json
from pmf.period import Month
from pmf.register import load_profile
from pmf.settings import read_settings
folder = read_settings({}).organisations
months = [Month(2018, 1).plus(number) for number in range(132)]
print(json.dumps([
    [profile.opens_at(month).isoformat(), profile.deadline(month).isoformat(), profile.cycle_at(month).isoformat()]
    for path in sorted(folder.iterdir()) if (path / "organisation.yaml").is_file()
    for profile in [load_profile(path)]
    for month in months
]))
"""


def test_every_date_is_the_same_wherever_the_worker_stands(record_property: Callable[[str, object], None]) -> None:
    """Eleven years of openings, deadlines and cycles are the same moments in five time zones of the machine."""
    answers = {
        zone: subprocess.run(
            [sys.executable, "-c", _DATES], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ZONES
    }
    assert len(set(answers.values())) == 1
    record_property("saw", f"{len(json.loads(answers['UTC']))} months alike in {len(ZONES)} time zones")


@pytest.mark.slow
def test_a_month_lived_through_elsewhere_is_the_same(
    fresh: Fresh, lived: Installation, tmp_path_factory: pytest.TempPathFactory, holds: Callable[[Installation], None]
) -> None:
    """A worker in New York leaves the same rows and the same bytes as one in London."""
    elsewhere = Installation.begun(tmp_path_factory.mktemp("elsewhere") / "home")
    fresh.do(live_in_zone, elsewhere, "America/New_York")
    assert differences(lived.fingerprint(), elsewhere.fingerprint()) == []
    holds(elsewhere)


@pytest.mark.parametrize("council", COUNCILS)
def test_the_hour_stays_the_hour_when_the_clocks_change(council: str) -> None:
    """Through leap days, year ends and the nights of 30 March and 26 October 2025, every cycle is at its hour in London, once."""
    profile = load_profile(read_settings({}).organisations / council)
    months = [Month(2023, 1).plus(number) for number in range(60)]
    moments = [profile.cycle_at(month) for month in months]
    assert {moment.astimezone(LONDON).time() for moment in moments} == {profile.calendar.at}
    assert moments == sorted(set(moments))
    assert {moment.utcoffset() for moment in (datetime.combine(m.astimezone(LONDON).date(), time(12), LONDON) for m in moments)} == {
        timedelta(0),
        timedelta(hours=1),
    }


@pytest.mark.parametrize("day", BANK_HOLIDAYS, ids=str)
def test_a_bank_holiday_is_no_working_day(day: date) -> None:
    """On each of forty awkward bank holidays nobody works, deadlines step over it, and the working day before it is not moved."""
    calendar = WorkingCalendar()
    assert not calendar.is_working_day(day)
    before, after = calendar.add_working_days(day, -1), calendar.add_working_days(day, 1)
    between = [before + timedelta(days=number) for number in range(1, (after - before).days)]
    assert day in between
    assert all(each.weekday() >= 5 or each in BANK_HOLIDAYS for each in between)
    assert calendar.add_working_days(before, 1) == after
