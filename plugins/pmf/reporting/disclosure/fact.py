"""Facts: numbers of people that a printed figure gives away, as sums of the smallest counts there are.

A printed count tells itself. A printed share tells, to whoever knows how many there were, how many are in it and how many are not: both
are taken for told. A quarter's figure is the sum of its months', a council's of its directorates': figures that share pieces can
give each other away.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pmf.period import Month
from pmf.value import exact_sum


@dataclass(frozen=True)
class Piece:
    """A count that adds up from no others: one KPI's of one month.

    ``side`` tells those in a share from those not in it ("in", "not in"; of a count always "in"). A count that is restated is another
    piece, since its number is.
    """

    kpi_ref: str
    month: Month
    side: str
    number: Decimal


# A sum of pieces that is, or could become, known.
Fact = frozenset[Piece]


def number_of(fact: Fact) -> Decimal:
    """Add a fact's pieces up."""
    return exact_sum(piece.number for piece in fact)


@dataclass(frozen=True)
class Secret:
    """A sum nobody is to narrow down: what is told must leave open that it is as low as ``low`` and as high as ``high``."""

    fact: Fact
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Figure:
    """A KPI's figure of months, by what it tells: one fact for each side."""

    kpi_ref: str
    months: tuple[Month, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Statement:
    """A part of what is printed of a KPI (``value``, ``previous_value``, ``last_year_value``, ``history``), and the figures it tells.

    ``why_small`` says why it cannot be printed, whatever else is; empty: by itself it can.
    """

    kpi_ref: str
    part: str
    figures: tuple[Figure, ...]
    why_small: str = ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Everything it tells."""
        return tuple(fact for figure in self.figures for fact in figure.facts)
