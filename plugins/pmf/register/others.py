"""Which of others' figures a council's figure may be compared with: of whom, about which period, counted how.

"The performance of statistical neighbours ... is only available ... where there is a standard national definition of the
indicator" (CCC report of 5 December 2024, paragraph 2.4): a KPI without one is compared with nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pmf.period import Period
from pmf.register.assessment import NeighbourSet
from pmf.register.benchmark import Benchmark, BenchmarkKind
from pmf.register.kpi import Kpi
from pmf.register.structure import folded
from pmf.register.versions import Register

# Four quarters need at least as many others to be made of.
FEWEST_FOR_QUARTILES = 4


@dataclass(frozen=True, kw_only=True)
class Others:
    """Others' figures of one period that count alike: what one comparison is made of.

    ``asked`` is how many there could be: the areas of the neighbour set, or 1 for a published figure of one area. ``is_alike``
    says that they count as the KPI's national definition does; ``left_out`` how many figures of the period count differently.
    """

    kind: BenchmarkKind
    name: str
    about: Period
    figures: tuple[Decimal, ...]
    asked: int
    sources: tuple[str, ...]
    definition: str
    is_alike: bool
    left_out: int = 0

    @property
    def is_single(self) -> bool:
        """Tell whether it is one published figure, of a region say, and not the figures of a set of neighbours."""
        return self.asked == 1


def find_others(register: Register, kpi: Kpi, period: Period, *, known_on: date) -> tuple[Others, ...]:
    """Find whom a KPI is compared with in a report on a period: neighbours first, then region, then country; none twice.

    The neighbours are those the council names for the KPI on the last day of the period reported on, whatever period the figures
    are about: one report compares with one set. What had not ended by then, or was published after ``known_on``, is not used.
    """
    if not kpi.has_national_definition:
        return ()
    known = [row for row in register.benchmarks if row.kpi_ref == kpi.kpi_ref and _is_known(row, period, known_on)]
    neighbours = register.profile.neighbours(kpi.kpi_ref, period.last_day)
    return tuple(_others(rows, name, asked, kpi, period) for rows, name, asked in _by_kind(known, neighbours))


def _is_known(row: Benchmark, period: Period, day: date) -> bool:
    return row.about.last_day <= period.last_day and (row.published_on is None or row.published_on <= day)


def _by_kind(known: Sequence[Benchmark], neighbours: NeighbourSet | None) -> Iterator[tuple[list[Benchmark], str, int]]:
    """Give the rows of each comparison with the name to print (empty: the area's own) and how many there could be."""
    areas = {folded(area) for area in neighbours.areas} if neighbours else set()
    single = [row for row in known if row.kind is BenchmarkKind.NEIGHBOUR and folded(row.area) in areas]
    if neighbours and single:
        yield single, neighbours.name, len(areas)
    for kind in (BenchmarkKind.NEIGHBOURS, BenchmarkKind.REGIONAL, BenchmarkKind.NATIONAL):
        rows = [row for row in known if row.kind is kind]
        # An average of neighbours that somebody has published stands in only where there are no figures of their own.
        if rows and not (single and kind is BenchmarkKind.NEIGHBOURS):
            yield rows, "", 1


def _others(rows: Sequence[Benchmark], name: str, asked: int, kpi: Kpi, period: Period) -> Others:
    of_period = _best_period(rows, kpi, period)
    alike = [row for row in of_period if _counts_alike(row, kpi)]
    used = alike or _largest_definition(of_period)
    kind = BenchmarkKind.NEIGHBOURS if used[0].kind is BenchmarkKind.NEIGHBOUR else used[0].kind
    return Others(
        kind=kind,
        name=name or used[0].area,
        about=used[0].about,
        figures=tuple(row.value for row in used),
        asked=asked,
        sources=tuple(sorted({row.source for row in used})),
        definition=kpi.national_definition if alike else used[0].definition,
        is_alike=bool(alike),
        left_out=len(of_period) - len(used),
    )


def _best_period(rows: Sequence[Benchmark], kpi: Kpi, period: Period) -> list[Benchmark]:
    """Take the rows of the latest period with enough figures that count alike; with too few everywhere, of that with most.

    Of two periods that end on one day the one reported on is taken, else the longer.
    """
    by_period: dict[Period, list[Benchmark]] = {}
    for row in rows:
        by_period.setdefault(row.about, []).append(row)

    def order(about: Period) -> tuple[int, date, bool, int]:
        alike = sum(_counts_alike(row, kpi) for row in by_period[about])
        return min(alike, FEWEST_FOR_QUARTILES), about.last_day, about == period, len(about.months)

    return by_period[max(by_period, key=order)]


def _counts_alike(row: Benchmark, kpi: Kpi) -> bool:
    return not row.definition or folded(row.definition) == folded(kpi.national_definition)


def _largest_definition(rows: Sequence[Benchmark]) -> list[Benchmark]:
    """Take the rows of the definition most of them share: figures counted differently have no median together."""
    groups: dict[str, list[Benchmark]] = {}
    for row in rows:
        groups.setdefault(folded(row.definition), []).append(row)
    return min(groups.values(), key=lambda group: (-len(group), group[0].definition))
