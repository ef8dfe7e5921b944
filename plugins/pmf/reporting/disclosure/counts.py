"""What a KPI's figures tell about numbers of people, from its monthly points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from pmf.period import Month
from pmf.register import Kpi
from pmf.register.kpi import Aggregation
from pmf.reporting.disclosure.fact import Fact, Figure, Piece, Secret, Statement, number_of
from pmf.series.point import Point

_IN, _NOT_IN = "in", "not in"
_SMALL = "It tells of fewer than {} people."
_RESTATED = "It differs from the figure published before by fewer than {} people."


@dataclass(frozen=True)
class Counts:
    """The counts behind KPIs about people: pieces by KPI and month. ``parts`` names the KPIs each combined one is made of."""

    pieces: Mapping[str, Mapping[Month, tuple[Piece, ...]]]
    parts: Mapping[str, tuple[str, ...]]

    def months(self, kpi_ref: str) -> tuple[Month, ...]:
        """List the months for which a KPI has a figure, as time runs; a combined one, where all its parts have."""
        first, *others = self._leaves(kpi_ref)
        return tuple(month for month in first if all(month in other for other in others))

    def figure(self, kpi: Kpi, months: Sequence[Month]) -> Figure | None:
        """Say what a figure of months tells. None: none of them has one."""
        there = [month for month in self.months(kpi.kpi_ref) if month in months]
        if not there:
            return None
        if kpi.is_cumulative:
            year = there[-1].financial_year
            there = [month for month in self.months(kpi.kpi_ref) if month.financial_year == year and month <= there[-1]]
        elif kpi.aggregation is Aggregation.LAST:
            there = there[-1:]
        return Figure(kpi.kpi_ref, tuple(months), self._sides(kpi.kpi_ref, there))

    def statement(self, kpi: Kpi, part: str, months: Iterable[Sequence[Month]], *, told: Iterable[Figure] = ()) -> Statement | None:
        """Say what printing a KPI's figures of some stretches of months tells, and whether it is too little to be told.

        ``told`` are figures as earlier releases told them: one that has changed by a few tells of those few. None: there is no figure.
        """
        figures = tuple(figure for own in months if (figure := self.figure(kpi, own)) is not None)
        if not figures:
            return None
        words = ""
        if any(kpi.is_small(number_of(fact)) for figure in figures for fact in figure.facts):
            words = _SMALL
        elif any(restated(kpi, figure, told) for figure in figures):
            words = _RESTATED
        return Statement(kpi.kpi_ref, part, figures, words.format(kpi.suppress_below))

    def secrets(self, kpi: Kpi, since: Month) -> Iterator[Secret]:
        """List the small counts of a KPI's months; where figures run up, of what each month added."""
        facts = (fact for month in self.months(kpi.kpi_ref) if month >= since for fact in self._sides(kpi.kpi_ref, [month]))
        yield from (small_secret(kpi, fact) for fact in facts if kpi.is_small(number_of(fact)))

    def _leaves(self, kpi_ref: str) -> list[Mapping[Month, tuple[Piece, ...]]]:
        return [self.pieces.get(ref, {}) for ref in self.parts.get(kpi_ref, (kpi_ref,))]

    def _sides(self, kpi_ref: str, months: Sequence[Month]) -> tuple[Fact, ...]:
        found = [piece for pieces in self._leaves(kpi_ref) for month in months for piece in pieces[month]]
        sides = (frozenset(piece for piece in found if piece.side == side) for side in (_IN, _NOT_IN))
        return tuple(side for side in sides if side)


def small_secret(kpi: Kpi, fact: Fact) -> Secret:
    """Ask of a small count that it could be none, and that it could be no small one."""
    return Secret(fact, Decimal(0), Decimal(kpi.suppress_below))


def secrets_of(kpi: Kpi, statement: Statement) -> Iterator[Secret]:
    """List what a statement would tell too much of: its small counts; of one restated by a few, that it could be as many more or fewer."""
    reach = Decimal(kpi.suppress_below)
    for fact in statement.facts if statement.why_small else ():
        number = number_of(fact)
        if kpi.is_small(number):
            yield small_secret(kpi, fact)
        elif statement.why_small == _RESTATED.format(kpi.suppress_below):
            yield Secret(fact, max(number - reach, Decimal(0)), number + reach)


def restated(kpi: Kpi, figure: Figure, told: Iterable[Figure]) -> bool:
    """Tell whether a figure differs by a few people from one that was told of the same months."""
    earlier = [old for old in told if (old.kpi_ref, old.months) == (figure.kpi_ref, figure.months) and len(old.facts) == len(figure.facts)]
    steps = (abs(number_of(new) - number_of(old)) for other in earlier for new, old in zip(figure.facts, other.facts, strict=True))
    return any(0 < step < kpi.suppress_below for step in steps)


def counts_of(kpis: Iterable[Kpi], points: Mapping[str, Sequence[Point]]) -> Counts:
    """Break the points of KPIs about people (all versions in force) into pieces."""
    about = [kpi for kpi in kpis if kpi.is_about_people]
    parts = {whole: tuple(kpi.kpi_ref for kpi in own) for whole, own in _by_whole(about)}
    leaves = [kpi for kpi in about if kpi.kpi_ref not in parts]
    return Counts({kpi.kpi_ref: dict(_monthly(kpi, points.get(kpi.kpi_ref, ()))) for kpi in leaves}, parts)


def _by_whole(kpis: Iterable[Kpi]) -> Iterator[tuple[str, list[Kpi]]]:
    of_wholes = sorted((kpi for kpi in kpis if kpi.part_of), key=lambda kpi: (kpi.part_of, kpi.kpi_ref))
    yield from ((str(whole), list(own)) for whole, own in groupby(of_wholes, key=lambda kpi: kpi.part_of))


def _monthly(kpi: Kpi, points: Sequence[Point]) -> Iterator[tuple[Month, tuple[Piece, ...]]]:
    """Give each month's pieces; a running total's are what each month added to the one before it in its year."""
    before: Point | None = None
    for point in points:
        if not isinstance(point.period, Month):
            continue
        runs_on = kpi.is_cumulative and before is not None and before.period.financial_year == point.period.financial_year
        numbers, earlier = _numbers(kpi, point), _numbers(kpi, before) if before is not None and runs_on else {}
        if numbers:
            added = ((side, number - earlier.get(side, Decimal(0))) for side, number in numbers.items())
            yield point.period, tuple(Piece(kpi.kpi_ref, point.period, side, number) for side, number in added)
            before = point


def _numbers(kpi: Kpi, point: Point) -> dict[str, Decimal]:
    """Say how many people a point tells of: those counted; of a percentage those in it and those not, of a rate those it is out of."""
    if kpi.aggregation is not Aggregation.RATIO:
        return {} if point.value is None else {_IN: point.value}
    if point.numerator is None or point.denominator is None:
        return {}
    return {_IN: point.numerator, _NOT_IN: point.denominator - point.numerator if kpi.unit == "%" else point.denominator}
