"""Awkward days, as GOV.UK lists them for England and Wales, and a worker that stands in another time zone."""

from __future__ import annotations

import os
import time
from datetime import date

from faults.fresh import well_done
from faults.homes import Installation
from faults.stages import live_through

# Month ends on Good Friday, substitute days, Christmas on every day of the week, one-off holidays.
_YEARS = {
    2018: ("03-30", "04-02", "12-25", "12-26"),
    2020: ("05-08", "08-31", "12-25", "12-28"),
    2021: ("01-01", "04-02", "04-05", "05-31", "12-27", "12-28"),
    2022: ("01-03", "06-02", "06-03", "09-19", "12-26", "12-27"),
    2023: ("01-02", "04-07", "04-10", "05-08", "12-25", "12-26"),
    2024: ("01-01", "03-29", "04-01", "12-25", "12-26"),
    2026: ("04-03", "04-06", "08-31", "12-25", "12-28"),
    2027: ("03-26", "03-29", "12-27", "12-28"),
}
BANK_HOLIDAYS = [date.fromisoformat(f"{year}-{day}") for year, days in _YEARS.items() for day in days]


def live_in_zone(installation: Installation, zone: str) -> None:
    """Live through all stages in a process whose clock shows the time of another zone."""
    well_done(lambda: _lived(installation, zone))


def _lived(installation: Installation, zone: str) -> None:
    os.environ["TZ"] = zone
    time.tzset()
    live_through(installation.council)
