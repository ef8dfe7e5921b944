"""A KPI's published record: each period's figure as documents printed it, and how a later one corrected it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from pmf.period import Month, Period, parse_period
from pmf.register import Kpi
from pmf.reporting.measure import Measure
from pmf.reporting.wording import sentence_case
from pmf.status import Status
from pmf.value import rounded


@dataclass(frozen=True)
class Printing:
    """The document that printed something (its path without ending), the moment it speaks of, and when it went out."""

    document: str
    made_at: datetime
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class PrintedFigure:
    """A KPI's figure of a period as a document printed it; ``value`` is no more exact than that (None: no figure).

    ``note`` says what stretch of time it is of, or that it is provisional. ``is_own`` False: printed as the figure before, in a
    later period's document. ``is_guarded``: the document left something of the KPI out, so that nobody can be recognised.
    """

    period: Period
    figure: str
    value: Decimal | None
    target: str
    status: Status
    note: str
    is_provisional: bool
    by: Printing
    is_own: bool = True
    is_guarded: bool = False


@dataclass(frozen=True)
class Restatement:
    """Why a figure of a month was stated anew, and when that was recorded."""

    month: Month
    recorded_at: datetime
    reason: str


@dataclass(frozen=True)
class Correction:
    """What was printed first, what was printed instead, and why as far as it is known ("": it is not)."""

    before: PrintedFigure
    after: PrintedFigure
    because: str

    def words(self, on: str) -> str:
        """Say it in a sentence; ``on`` is the day of the correction."""
        reason = f", because: {self.because.rstrip('.')}." if self.because else ". No reason is recorded."
        return f"{sentence_case(self.before.period.label)}: {self._what_changed(on)}{reason}"

    def _what_changed(self, on: str) -> str:
        before, after = self.before, self.after
        if before.value is None:
            return f"reported as {before.figure.lower()}; {after.figure} followed on {on}"
        if after.status is Status.CONFIDENTIAL:
            return f"reported {before.figure}, left out on {on} so that nobody can be recognised"
        if after.value is None:
            return f"reported {before.figure}, withdrawn on {on} ({after.figure.lower()})"
        if before.figure != after.figure:
            how = " (provisional), updated" if before.is_provisional else ", corrected"
            return f"reported {before.figure}{how} to {after.figure} on {on}"
        was, now = (f"{item.status.label} against {_against(item.target)}" for item in (before, after))
        return f"{before.figure} reported as {was}, corrected to {now} on {on}"


@dataclass(frozen=True)
class PeriodRecord:
    """What was printed of a KPI's period, in the order it was published."""

    period: Period
    printed: tuple[PrintedFigure, ...]
    corrections: tuple[Correction, ...]

    @property
    def last(self) -> PrintedFigure:
        """What stands."""
        return self.printed[-1]


@dataclass(frozen=True)
class KpiRecord:
    """A public KPI with its published periods, newest first."""

    kpi: Kpi
    periods: tuple[PeriodRecord, ...]

    @property
    def latest(self) -> PrintedFigure:
        """The figure of its newest published period."""
        return self.periods[0].last

    def of(self, period: Period) -> PeriodRecord | None:
        """Find what was printed of a period. None: nothing."""
        return next((record for record in self.periods if record.period == period), None)

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """Every correction, the newest period's first."""
        return tuple(correction for record in self.periods for correction in record.corrections)


def printed_figure(measure: Measure, period: Period, by: Printing) -> PrintedFigure:
    """Take a KPI's figure of the period from a document about it."""
    of = "" if any(month in period.months for month in measure.months_used) else measure.last_updated.strip("–")
    provisional = "provisional" if measure.rating["is_provisional"] else ""
    return PrintedFigure(
        period=period,
        figure=measure.in_unit(measure.current),
        value=_as_printed(measure, "value"),
        target=measure.target,
        status=measure.status,
        note=", ".join(words for words in (measure.stretch, of, provisional) if words),
        is_provisional=bool(provisional),
        by=by,
        is_guarded=bool(measure.confidential),
    )


def printed_before(measure: Measure, by: Printing) -> PrintedFigure | None:
    """Take the figure before from a document about a later period. None: it prints none."""
    row = measure.rating
    if row["previous_value"] is None or row["previous_status"] is None:
        return None
    return PrintedFigure(
        period=parse_period(row["previous_period"]),
        figure=measure.in_unit(measure.previous),
        value=_as_printed(measure, "previous_value"),
        target=measure.previous_target,
        status=Status(row["previous_status"]),
        note=measure.stretch,
        is_provisional=False,
        by=by,
        is_own=False,
    )


def record_of(kpi: Kpi, printed: Sequence[PrintedFigure], restated: Sequence[Restatement]) -> KpiRecord | None:
    """Put together what was printed of a KPI. None: nothing was.

    A period counts once a document of its own has printed it; a later document's figure before is kept where it differs.
    """
    periods = {item.period for item in printed if item.is_own}
    records = []
    for period in sorted(periods, key=lambda period: (period.last_day, len(period.months)), reverse=True):
        own = sorted((item for item in printed if item.period == period), key=lambda item: (item.by.published_at, item.by.made_at))
        shown = tuple(_changed(own))
        corrections = tuple(Correction(first, then, _reason(first, then, restated)) for first, then in pairwise(shown))
        records.append(PeriodRecord(period, shown, corrections))
    return KpiRecord(kpi, tuple(records)) if records else None


def _changed(printed: Iterable[PrintedFigure]) -> Iterator[PrintedFigure]:
    """Leave out what says the same as the figure printed before it, and a figure before that nobody had seen."""
    last: PrintedFigure | None = None
    for item in printed:
        if last is None:
            is_news = item.is_own
        elif item.is_own:
            is_news = (item.figure, item.target, item.status) != (last.figure, last.target, last.status)
        else:
            is_news = item.figure != last.figure
        if is_news:
            last = item
            yield item


def _reason(before: PrintedFigure, after: PrintedFigure, restated: Sequence[Restatement]) -> str:
    reasons = (
        item.reason
        for item in restated
        if item.month in before.period.months and before.by.made_at < item.recorded_at <= after.by.made_at and item.reason
    )
    return "; ".join(dict.fromkeys(reasons))


def _as_printed(measure: Measure, column: str) -> Decimal | None:
    figure: Decimal | None = measure.rating[column]
    return None if figure is None else rounded(figure, measure.kpi.decimals)


def _against(target: str) -> str:
    return f"a target of {target}" if any(character.isdigit() for character in target) else target.lower()
