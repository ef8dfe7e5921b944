"""The same month over and over, each time with a later clock: nothing may pile up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

import psutil

from cycle.council import SLUG
from faults.fresh import well_done
from faults.homes import Installation
from faults.stages import APRIL
from pmf.cycle.collect import collect_month, scan_inbox
from pmf.cycle.rate import rate_month
from pmf.cycle.report import report_month
from pmf.cycle.send import send_mail
from pmf.cycle.validate import validate_ratings, validate_returns

_VERBS = (collect_month, validate_returns, rate_month, validate_ratings, report_month)


@dataclass(frozen=True)
class Reading:
    """What the process holds after a cycle."""

    megabytes: float
    files: int
    threads: int
    children: int
    half_written: int


def soak(installation: Installation, *, cycles: int) -> list[Reading]:
    """Run the month's cycle again and again in one process, and read its gauges after each."""
    return well_done(lambda: [_cycle(installation, number) for number in range(1, cycles + 1)])


def _cycle(installation: Installation, number: int) -> Reading:
    settings = installation.council.settings
    at = installation.council.teller.profile.cycle_at(APRIL) + timedelta(hours=number)
    scan_inbox(SLUG, as_at=at, settings=settings)
    for verb in _VERBS:
        verb(SLUG, APRIL, as_at=at, settings=settings)
    send_mail(SLUG, as_at=at, settings=settings)
    process = psutil.Process(os.getpid())
    return Reading(
        megabytes=process.memory_info().rss / 1e6,
        files=process.num_fds(),
        threads=process.num_threads(),
        children=len(process.children()),
        half_written=sum(1 for _ in settings.home.rglob(".tmp-*")),
    )
