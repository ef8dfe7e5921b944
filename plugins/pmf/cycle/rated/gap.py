"""Gaps: why a KPI has no figure for a period, or none that can be judged, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pmf.cycle.rated.standing import Rated, Rater
from pmf.period import Month
from pmf.register import Kpi
from pmf.register.kpi import Aggregation
from pmf.reporting.wording import listed
from pmf.status import Status

_SAID = {(Status.NIL_RETURN, "nil_return"): "Nil return", (Status.AWAITING_DATA, "withdrawn"): "Figure taken back"}
_WITHOUT_FIGURE = (Status.AWAITING_DATA, Status.NIL_RETURN, Status.UNDER_QUERY)


def gap_reason(rater: Rater, kpi: Kpi, now: Rated) -> str | None:
    """Say what is missing of a KPI that awaits data, has a nil return or is under query. None: its status says all there is to say.

    What the service or the performance team has said comes first; then which directorates a corporate figure lacks, which
    months' figures came without their parts, and which months are lacking of a figure that is not given, or cannot be
    judged, without them.
    """
    status = now.judgement.status
    if status not in _WITHOUT_FIGURE:
        return None
    lacking, months = _directorates(rater, kpi, now), now.figure.months_missing
    if (said := _said(rater, kpi, now)) is not None:
        return said
    if lacking:
        return f"{status.label}: no figure from {'; '.join(lacking)}{f' for {in_words(months)}' if len(now.window.months) > 1 else ''}."
    if (bare := _bare(rater, kpi, now)) is not None:
        return bare
    if not now.figure.months_used:
        return None
    if now.figure.value is not None:
        return f"{status.label}: there is no figure for {in_words(months)}, and the target is for all of {now.window.period.label}."
    return f"{status.label}: {f'there is no figure for {in_words(months)}' if months else 'what the figures are divided by adds up to 0'}."


def in_words(months: Sequence[Month]) -> str:
    """List months as in a sentence, each year once: "August and September 2024", "December 2024 and January 2025"."""
    by_year = [(year, list(group)) for year, group in groupby(months, key=lambda month: month.year)]
    if len(by_year) == 1:
        return f"{listed([f'{month.first_day:%B}' for month in months])} {months[0].year}"
    return " and ".join(in_words(group) for _, group in by_year)


def _said(rater: Rater, kpi: Kpi, now: Rated) -> str | None:
    """Pass on why the service says there is no figure, or why the performance team took it back."""
    for month in reversed(now.window.months):
        row = rater.figures.rows.get((kpi.kpi_ref, month))
        said = _SAID.get((now.judgement.status, row["absence"])) if row is not None and row["reason"] else None
        if row is not None and said:
            return f"{said}: {row['reason']}"
    return None


def _bare(rater: Rater, kpi: Kpi, now: Rated) -> str | None:
    """Say that figures came without what they are worked out from or count by. None: every month missing has no figure at all."""
    figures = rater.figures
    places = [(kpi.kpi_ref, month) for month in now.figure.months_missing if (kpi.kpi_ref, month) not in figures.absences]
    bare = [month for ref, month in places if (row := figures.rows.get((ref, month))) is not None and row["value"] is not None]
    if not bare:
        return None
    is_weighted = kpi.aggregation is Aggregation.WEIGHTED
    lacking = "its denominator, by which it counts" if is_weighted else "the numerator and denominator it is worked out from"
    return f"{now.judgement.status.label}: the figure for {in_words(bare)} came without {lacking}."


def _directorates(rater: Rater, kpi: Kpi, now: Rated) -> tuple[str, ...]:
    """Name the directorates that a corporate figure lacks. None named: it lacks none, or all of them, or is no corporate figure."""
    profile = rater.register.profile
    names = {directorate.id: directorate.name for directorate in profile.directorates}
    lacking: dict[str, None] = {}
    for month in now.figure.months_missing:
        parts = {part.kpi_ref: part for part in rater.register.kpis(month) if part.part_of == kpi.kpi_ref}
        missing = rater.figures.lacking.get((kpi.kpi_ref, month), ())
        if len(missing) == len(parts):
            return ()
        lacking |= dict.fromkeys(names[parts[ref].directorate_id] for ref in missing)
    return tuple(lacking)
