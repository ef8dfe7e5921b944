"""What a public edition may not say: the linter's own view of what was left out of it, and of what should have been.

Read from the ratings and from table ``suppression`` by queries of its own; nothing here knows the guard that decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.block import squeezed
from pmf.assurance.problem import CONFIDENTIAL_RULE, Kind, Mismatch, quoted
from pmf.period import Period
from pmf.register import Kpi, Register
from pmf.register.kpi import Aggregation
from pmf.register.panel import Panel, PanelItem
from pmf.warehouse.access import read

# What the id of an internal edition ends with.
INTERNAL = "-internal"
_COMMENT = "The commentary is left out of public editions so that nobody can be recognised."
_MADE_OF = "figures it is made of are left out of public editions so that nobody can be recognised"
# What each part that is left out takes with it, and what stands there instead.
_TAKES: Mapping[str, Mapping[str, Any]] = {
    "value": {"status": "confidential", "value": None, "change": None, "back_on_target": 0, "improving_red": 0, "declining_green": 0},
    "previous_value": {"previous_value": None, "previous_status": None, "change": None, "back_on_target": 0, "improving_red": 0}
    | {"declining_green": 0},
    "comment": {"comment": _COMMENT},
    "history": dict.fromkeys(("forecast", "forecast_status", "year_end", "year_end_status", "projection", "variation", "assurance"))
    | dict.fromkeys(("newly_red", "deep_dive", "worsening_green", "unusual", "unusual_better", "best_quarter"), 0)
    | {"year_end_reason": _MADE_OF, "variation_reason": _MADE_OF},
}


@dataclass(frozen=True)
class Withheld:
    """What an edition leaves out: parts by kpi_ref. Nothing in an internal edition."""

    parts: Mapping[str, AbstractSet[str]] = field(default_factory=dict)

    def masked(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Give a rating (a row of ``lint_ratings``) as the edition may print it."""
        takes = (_TAKES.get(part, {}) for part in self.parts.get(row["kpi_ref"], ()))
        return {**row} | {name: value for taken in takes for name, value in taken.items() if name in row}


def load_withheld(connection: Connection, organisation: str, period: Period, *, as_at: datetime, sql_root: Path) -> Withheld:
    """Load what the public editions made at a moment leave out."""
    parts: dict[str, set[str]] = {}
    rows = read(connection, "lint_withheld", sql_root=sql_root, organisation=organisation, period=period.key, as_at=as_at)
    for row in rows:
        parts.setdefault(row["kpi_ref"], set()).add(row["part"])
    return Withheld(parts)


def missing_suppressions(rows: Sequence[Mapping[str, Any]], register: Register, period: Period, withheld: Withheld) -> Iterator[Mismatch]:
    """Find figures of ratings (rows of ``lint_ratings``) that should have been left out: small ones, and those that give one away."""
    by_ref = {kpi.kpi_ref: kpi for kpi in register.kpis(period) if kpi.is_about_people and kpi.is_public}
    for row, kpi in ((row, by_ref[row["kpi_ref"]]) for row in rows if row["kpi_ref"] in by_ref):
        for part, counts in _counts(row, kpi):
            if part not in withheld.parts.get(kpi.kpi_ref, ()) and any(_is_small(count, kpi) for count in counts):
                yield _mismatch(kpi.kpi_ref, part, f"a figure that tells of fewer than {kpi.suppress_below} people")
    yield from _lone_gaps(register, period, withheld)


def _counts(row: Mapping[str, Any], kpi: Kpi) -> Iterator[tuple[str, Sequence[Decimal | None]]]:
    """List the numbers of people that each printed figure tells of."""
    if kpi.aggregation is Aggregation.RATIO:
        inside, of = row["numerator"], row["denominator"]
        outside = of - inside if kpi.unit == "%" and None not in (inside, of) else of
        yield "value", (inside, outside) if row["value"] is not None else ()
    else:
        yield from ((part, (row[part],)) for part in ("value", "previous_value", "last_year_value"))


def _is_small(count: Decimal | None, kpi: Kpi) -> bool:
    if count is None or count >= kpi.suppress_below:
        return False
    return count > 0 or kpi.about_people == "sensitive"


def _lone_gaps(register: Register, period: Period, withheld: Withheld) -> Iterator[Mismatch]:
    """Find sums of directorates' figures of which one alone is left out: the others tell it. What is not public is left out as well."""
    kpis = {kpi.kpi_ref: kpi for kpi in register.kpis(period) if kpi.is_about_people}
    for whole in sorted({kpi.part_of for kpi in kpis.values() if kpi.part_of} & kpis.keys()):
        sum_of = [whole, *(kpi.kpi_ref for kpi in kpis.values() if kpi.part_of == whole)]
        gaps = [ref for ref in sum_of if not kpis[ref].is_public or "value" in withheld.parts.get(ref, ())]
        if len(gaps) == 1 and kpis[gaps[0]].is_public:
            yield _mismatch(gaps[0], "value", "the only figure left out of a sum, which the others therefore tell")


def _mismatch(kpi_ref: str, part: str, found: str) -> Mismatch:
    place = f"KPI {kpi_ref}, {part.replace('_', ' ')}"
    return Mismatch(Kind.CONFIDENTIAL, place, found, "[c]", kpi_ref, CONFIDENTIAL_RULE)


def mentions(words: str, register: Register, period: Period) -> tuple[str, ...]:
    """Name the internal KPIs that a file speaks of: by a title that no public KPI has, or as "Indicator" and number.

    ``words`` are all of the file's, without white space.
    """
    kpis = register.kpis(period)
    public = [squeezed(kpi.title) for kpi in kpis if kpi.is_public]
    return tuple(
        kpi.kpi_ref
        for kpi in kpis
        if not kpi.is_public and (_is_told(squeezed(kpi.title), public, words) or f"Indicator{kpi.kpi_ref}:" in words)
    )


def lines_mentioned(words: str, register: Register, period: Period) -> tuple[str, ...]:
    """Name the internal lines of the panels that a file speaks of: by a title that nothing public has; a budget with its reference.

    Budgets are called what the council calls its services ("Highways maintenance"), which anybody may speak of.
    """
    items = register.panel_items(period)
    public = [squeezed(kpi.title) for kpi in register.kpis(period) if kpi.is_public]
    public += [squeezed(item.title) for item in items if item.is_public]
    return tuple(item.line_ref for item in items if not item.is_public and _is_told(_line_name(item), public, words))


def _line_name(item: PanelItem) -> str:
    return squeezed(f"{item.line_ref}{item.title}" if item.panel is Panel.FINANCE else item.title)


def _is_told(name: str, public: Iterable[str], words: str) -> bool:
    """Tell whether words hold a name other than as a part of a public title, which may begin with it."""
    if name not in words:
        return False
    for title in sorted({title for title in public if name in title}, key=len, reverse=True):
        words = words.replace(title, "\N{REPLACEMENT CHARACTER}")
    return name in words


def mention_mismatches(words: str, register: Register, period: Period) -> Iterator[Mismatch]:
    """Find the internal KPIs and lines of panels that a public file speaks of."""
    for ref in mentions(words, register, period):
        found = f"KPI {ref}, which the register does not call public (is_public)"
        yield Mismatch(Kind.CONFIDENTIAL, "the whole file", found, "nothing of it", ref, CONFIDENTIAL_RULE)
    for ref in lines_mentioned(words, register, period):
        found = f"line {ref} of the panels, which the register says is not public (is_public)"
        yield Mismatch(Kind.CONFIDENTIAL, "the whole file", found, "nothing of it", rule_id=CONFIDENTIAL_RULE)


def unsearchable(why: str) -> Mismatch:
    """Find that nobody can tell what a public file holds."""
    return Mismatch(Kind.CONFIDENTIAL, "the file", quoted(why), "a file that can be searched", rule_id=CONFIDENTIAL_RULE)
