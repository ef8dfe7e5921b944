"""Restatements: what is known otherwise now of the figures an earlier paper was made from, and why.

The two moments decide, not the papers' texts: what one paper has told of, the next does not tell again, and what becomes known of
a quarter that several papers have passed is told all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.figures import load_figures
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import Window, window_of
from pmf.cycle.workspace import Workspace
from pmf.period import Month, Quarter, parse_month
from pmf.rating.policy import Policy
from pmf.register import Kpi
from pmf.reporting.measure import Measure
from pmf.reporting.restatement import Restated
from pmf.series.aggregation import Aggregated
from pmf.value import Absence

# As many quarters back as figures are looked at again: those of a year.
_QUARTERS = 4
_ABSENCES = {Absence.NO_RETURN: "awaiting data", Absence.NIL_RETURN: "nil return", Absence.UNDER_QUERY: "under query"}


@dataclass(frozen=True)
class Knowledge:
    """A council's figures as they were known at a moment."""

    rater: Rater
    at: datetime


def load_knowledge(workspace: Workspace, connection: Connection, last: Month, policy: Policy, *, at: datetime) -> Knowledge:
    """Load the figures up to a month as they were known at a moment."""
    return Knowledge(Rater(workspace.register, load_figures(workspace, connection, last, as_at=at), policy, at), at)


def restatements(
    measures: Iterable[Measure], quarter: Quarter, *, then: Knowledge, now: Knowledge, reasons: Sequence[Mapping[str, Any]]
) -> tuple[Restated, ...]:
    """List the measures' figures of the year before a quarter that would be printed otherwise now than then, KPI by KPI.

    ``reasons`` are rows of ``restatements_at``. A KPI that was not due in a quarter, or not in the register, has no figure there.
    """
    earlier = [quarter.previous]
    while len(earlier) < _QUARTERS:
        earlier.append(earlier[-1].previous)
    found = (_restated(measure, past, then, now, reasons) for measure in measures for past in earlier)
    return tuple(restated for restated in found if restated is not None)


def _restated(measure: Measure, quarter: Quarter, then: Knowledge, now: Knowledge, reasons: Sequence[Mapping[str, Any]]) -> Restated | None:
    kpi = now.rater.register.kpi(measure.ref, quarter)
    window = window_of(kpi, quarter) if kpi is not None else None
    if kpi is None or window is None or window.period != quarter:
        return None
    before, after = (moment.rater.aggregate(kpi, window.months) for moment in (then, now))
    words = [_words(measure, kpi, window, *known) for known in ((then, before), (now, after))]
    if words[0] == words[1]:
        return None
    return Restated(
        name=measure.name,
        quarter=quarter,
        before=words[0],
        after=words[1],
        had_figure=before.value is not None,
        has_figure=after.value is not None,
        was_provisional=_is_provisional(then, kpi, before),
        because="; ".join(dict.fromkeys(_reasons(kpi, window, then, now, reasons))),
    )


def _words(measure: Measure, kpi: Kpi, window: Window, moment: Knowledge, figure: Aggregated) -> str:
    """Print a figure as the paper of its quarter did; in words where there is none."""
    if figure.value is None:
        return _ABSENCES[moment.rater.figures.absence(kpi.kpi_ref, window.months)]
    return Measure(kpi, measure.rating).in_unit(Measure(kpi, measure.rating).as_figure(figure.value))


def _is_provisional(moment: Knowledge, kpi: Kpi, figure: Aggregated) -> bool:
    rows = moment.rater.figures.rows
    known = (rows.get((kpi.kpi_ref, month)) for month in figure.months_used)
    return bool(figure.months_missing) or any(row is not None and row["status"] == "provisional" for row in known)


def _reasons(kpi: Kpi, window: Window, then: Knowledge, now: Knowledge, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give the reasons recorded between the two moments for the window's months: the entry's own, or the comment of the later return."""
    register = now.rater.register
    refs = {kpi.kpi_ref, *(part.kpi_ref for part in register.kpis(window.period) if part.part_of == kpi.kpi_ref)}
    for row in rows:
        is_since = then.at < row["recorded_at"] <= now.at
        if row["kpi_ref"] in refs and is_since and parse_month(row["period"]) in window.months:
            reason = row["reason"] or ("" if row["source"] == "entry" else row["comment"])
            if reason:
                yield reason.strip()
