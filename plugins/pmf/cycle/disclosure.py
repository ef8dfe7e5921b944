"""Disclosure: what public editions of a period leave out, from the figures there are and from what earlier releases have told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pmf.cycle.figures import Figures, load_figures
from pmf.cycle.printed import printed_kpis
from pmf.cycle.rated.window import earlier_window, window_of, year_before
from pmf.cycle.releases import publications_so_far
from pmf.cycle.withheld import withheld_parts
from pmf.cycle.workspace import Workspace
from pmf.period import FinancialYear, Month, Period, parse_period
from pmf.register import Kpi
from pmf.reporting.disclosure.bounds import exposed
from pmf.reporting.disclosure.counts import Counts, counts_of, secrets_of
from pmf.reporting.disclosure.fact import Fact, Figure, Secret, Statement
from pmf.reporting.disclosure.guard import Kind, Suppression, guard
from pmf.warehouse.engine import reading
from pmf.website.manifest import Publication

# Figures of a year can be made of months so far before a period that prints last year's beside it.
_MONTHS_BACK = 24
_ABOUT_WITHHELD = "It is made of figures that are left out, or speaks of them."
_FIGURES = ("value", "previous_value", "last_year_value")


@dataclass(frozen=True)
class _Printable:
    """What editions made at one moment could print of the KPIs about people, and what is nobody's to know."""

    counts: Counts
    kpis: tuple[Kpi, ...]
    period: Period

    def statements(self, kpis: Iterable[Kpi], *, told: Sequence[Figure] = ()) -> list[Statement]:
        """List what is printed of KPIs, as far as there are figures."""
        found = (self.counts.statement(kpi, part, months, told=told) for kpi in kpis for part, months in self._months(kpi).items())
        return [statement for statement in found if statement is not None]

    def secrets(self) -> list[Secret]:
        """List the small counts of the months lately, whether or not they are printed by themselves."""
        since = _since(self.period)
        return [secret for kpi in self.kpis for secret in self.counts.secrets(kpi, since)]

    def speaks_of_small(self, kpi: Kpi) -> bool:
        """Tell whether a comment of the period may speak of a month with a small count."""
        return any(self.counts.secrets(kpi, window_of(kpi, self.period).months[0]))

    def _months(self, kpi: Kpi) -> dict[str, list[tuple[Month, ...]]]:
        window = window_of(kpi, self.period)
        history: list[tuple[Month, ...]] = [(month,) for month in self.counts.months(kpi.kpi_ref) if month <= self.period.months[-1]]
        quarters = [window_of(kpi, quarter).months for quarter in dict.fromkeys(month.quarter for month in self.period.months)]
        return {
            **({"quarters": quarters} if isinstance(self.period, FinancialYear) else {}),
            "value": [window.months],
            "previous_value": [earlier_window(kpi, window).months],
            "last_year_value": [year_before(window).months],
            "history": history,
        }


def suppressions_for(workspace: Workspace, period: Period, *, as_at: datetime) -> tuple[Suppression, ...]:
    """Decide what public editions of a period leave out of the public KPIs about people, in register order."""
    with reading(workspace.engine) as connection:
        printable = _printable(workspace, connection, period, as_at)
        public = [kpi for kpi in printable.kpis if kpi.is_public]
        if not public:
            return ()
        told = _told(workspace, connection, publications_so_far(workspace, on=as_at), since=_since(period))
    by_ref = {kpi.kpi_ref: kpi for kpi in public}
    statements = printable.statements(public, told=told)
    secrets = [*printable.secrets(), *(secret for item in statements for secret in secrets_of(by_ref[item.kpi_ref], item))]
    decided = guard(statements, secrets=list(dict.fromkeys(secrets)), told=_facts(told))
    own = {kpi.kpi_ref: [item for item in decided if item.kpi_ref == kpi.kpi_ref] for kpi in public}
    return tuple(item for kpi in public for item in _with_dependent(kpi, own[kpi.kpi_ref], printable))


def told_too_much(
    workspace: Workspace, connection: Connection, period: Period, editions: Mapping[str, datetime], *, as_at: datetime
) -> dict[str, tuple[str, ...]]:
    """Name the KPIs of which editions, with what has been published by now, would give away a small count.

    ``editions`` maps each document_id to the moment its edition was made; they are looked at one after the other, each with those before
    it. What is given away without it is not held against an edition.
    """
    made = {moment: _printable(workspace, connection, period, moment) for moment in sorted(set(editions.values()))}
    secrets = list(dict.fromkeys(secret for printable in made.values() for secret in printable.secrets()))
    if not secrets:
        return {}
    told = _facts(_told(workspace, connection, publications_so_far(workspace, on=as_at), since=_since(period)))
    found = {}
    for document_id, moment in editions.items():
        open_before = [secret for secret in secrets if secret not in exposed(secrets, told)]
        own = _statements_of(workspace, connection, made[moment], document_id, moment)
        with_it = told.union(fact for item in own for fact in item.facts)
        if given_away := exposed(open_before, with_it):
            found[document_id] = tuple(sorted({piece.kpi_ref for secret in given_away for piece in secret.fact}))
        else:
            told = with_it
    return found


def _with_dependent(kpi: Kpi, decided: Sequence[Suppression], printable: _Printable) -> Iterator[Suppression]:
    """Add what is made of figures that are left out, or may speak of them: the history with what is drawn from it, and the comment."""
    yield from decided
    parts = {item.part for item in decided}
    if not parts.isdisjoint(_FIGURES) and "history" not in parts:
        yield Suppression(kpi.kpi_ref, "history", Kind.DEPENDENT, _ABOUT_WITHHELD)
    if not parts.isdisjoint(_FIGURES) or printable.speaks_of_small(kpi):
        yield Suppression(kpi.kpi_ref, "comment", Kind.DEPENDENT, _ABOUT_WITHHELD)


def _printable(workspace: Workspace, connection: Connection, period: Period, as_at: datetime) -> _Printable:
    kpis = tuple(kpi for kpi in workspace.register.kpis(period) if kpi.is_about_people)
    figures = load_figures(workspace, connection, period.months[-1], as_at=as_at) if kpis else Figures({}, {}, {})
    return _Printable(counts_of(kpis, figures.points), kpis, period)


def _told(workspace: Workspace, connection: Connection, publications: Iterable[Publication], *, since: Month) -> list[Figure]:
    """List the figures that published editions of late have told."""
    told: list[Figure] = []
    made: dict[tuple[str, datetime], _Printable] = {}
    for item in publications:
        period = parse_period(item.period)
        if period.last_day >= since.first_day:
            key = (item.period, item.made_at)
            made[key] = made.get(key) or _printable(workspace, connection, period, item.made_at)
            statements = _statements_of(workspace, connection, made[key], item.document_id, item.made_at)
            told += [figure for statement in statements for figure in statement.figures]
    return list(dict.fromkeys(told))


def _statements_of(
    workspace: Workspace, connection: Connection, printable: _Printable, document_id: str, made_at: datetime
) -> list[Statement]:
    """List what a public edition prints of KPIs about people, without what was left out of it."""
    withheld = withheld_parts(workspace, connection, printable.period, made_at=made_at)
    printed = {kpi.kpi_ref for kpi in printed_kpis(workspace.register, printable.period, document_id)}
    own = [kpi for kpi in printable.kpis if kpi.is_public and kpi.kpi_ref in printed]
    return [item for item in printable.statements(own) if item.part not in withheld.get(item.kpi_ref, ())]


def _since(period: Period) -> Month:
    return period.months[0].plus(-_MONTHS_BACK)


def _facts(figures: Iterable[Figure]) -> set[Fact]:
    return {fact for figure in figures for fact in figure.facts}
