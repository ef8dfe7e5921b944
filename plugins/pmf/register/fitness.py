"""Fitness: which KPIs' figures can stand on a process chart, and which decisions about its limits therefore make sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from pmf.register.council import Profile
from pmf.register.kpi import Frequency, Kpi, PeriodMode


class Unfit(StrEnum):
    """Why a KPI's figures have no process limits, as the second half of a sentence."""

    CUMULATIVE = "a figure that counts up from April has no limits of its own"
    ROLLING = "a figure over twelve months shares eleven of them with the one before, so the two do not vary apart"
    ANNUAL = "with one figure a year, limits would take twelve years"


def unfit(kpi: Kpi) -> Unfit | None:
    """Say why a KPI has no process chart, however many figures there are. None: it may have one."""
    if kpi.is_cumulative or kpi.period_mode is PeriodMode.YEAR_TO_DATE:
        return Unfit.CUMULATIVE
    if kpi.period_mode is PeriodMode.ROLLING_12:
        return Unfit.ROLLING
    return Unfit.ANNUAL if kpi.frequency is Frequency.ANNUAL else None


def wrong_rebases(path: Path, profile: Profile, kpis: Sequence[Kpi]) -> Iterator[str]:
    """Say which decisions to work limits out anew are about nothing, or contradict each other."""
    refs = {kpi.kpi_ref for kpi in kpis}
    for rebase in profile.rebases:
        place = f"{path}, rebases, KPI {rebase.kpi_ref} from {rebase.month}"
        if rebase.kpi_ref not in refs:
            yield f"{place}, field kpi_ref: {rebase.kpi_ref!r} is not a KPI of kpis.csv; write the kpi_ref of one that is"
        day = rebase.since.last_day
        reasons = {why for kpi in kpis if kpi.kpi_ref == rebase.kpi_ref and kpi.holds_on(day) and (why := unfit(kpi)) is not None}
        for why in reasons:
            yield f"{place}: {why}; take the entry out"
    for (ref, month), count in Counter((rebase.kpi_ref, rebase.month) for rebase in profile.rebases).items():
        if count > 1:
            yield f"{path}, rebases, KPI {ref} from {month}: there are {count} decisions for one month; keep the one that holds"
