"""The guard: chooses which figures a public edition leaves out.

First what is small itself; then, for each small count that what is told would narrow down, what hides it at the least loss: a history
before an earlier figure, that before a figure of the period, and a smaller before a larger one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from math import log1p

from pmf.reporting.disclosure.bounds import exposed, hiding
from pmf.reporting.disclosure.fact import Fact, Secret, Statement, number_of

# How much a reader misses a part, beside the size of its figure.
_WORTH = {"history": 1, "quarters": 2, "last_year_value": 4, "previous_value": 8, "value": 16}
_WOULD_TELL = "With what else is published it would tell a figure that is left out."


class Kind(StrEnum):
    """Why something is left out: it is small itself, it would tell what is, or it speaks of what is left out."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DEPENDENT = "dependent"


@dataclass(frozen=True)
class Suppression:
    """A part of a KPI that public editions leave out, and why in a sentence that does not say what it is."""

    kpi_ref: str
    part: str
    kind: Kind
    reason: str


def guard(statements: Sequence[Statement], *, secrets: Sequence[Secret], told: Collection[Fact]) -> tuple[Suppression, ...]:
    """Choose the statements to leave out, in their order.

    ``told`` are the facts that earlier releases tell, which nothing can take back. What they give away by themselves stays given away.
    """
    small = {item for item in statements if item.why_small}
    withheld = set(small)
    for secret in secrets:
        if exposed([secret], _facts(statements, withheld).union(told)):
            printable = [item for item in statements if item not in withheld]
            loss = {fact: _loss(item, fact) for item in printable for fact in item.facts if fact not in told}
            hidden = hiding(secret, told, loss)
            withheld |= {item for item in printable if hidden.intersection(item.facts)}
    kept = small | _needed(statements, small, withheld - small, secrets=secrets, told=told)
    return tuple(_suppression(item) for item in statements if item in kept)


def _needed(
    statements: Sequence[Statement],
    small: AbstractSet[Statement],
    others: set[Statement],
    *,
    secrets: Sequence[Secret],
    told: Collection[Fact],
) -> set[Statement]:
    """Print again, the most missed first, what need not be left out now that all the others are."""
    needed = set(others)
    least = len(exposed(secrets, _facts(statements, small | needed).union(told))) if len(others) > 1 else 0
    for item in sorted(others, key=_order, reverse=True) if len(others) > 1 else ():
        without = needed - {item}
        if len(exposed(secrets, _facts(statements, small | without).union(told))) <= least:
            needed = without
    return needed


def _facts(statements: Iterable[Statement], withheld: AbstractSet[Statement]) -> set[Fact]:
    return {fact for item in statements if item not in withheld for fact in item.facts}


def _loss(item: Statement, fact: Fact) -> float:
    return _WORTH[item.part] * (1 + log1p(float(abs(number_of(fact)))))


def _order(item: Statement) -> tuple[float, str, str]:
    return max(_loss(item, fact) for fact in item.facts), item.kpi_ref, item.part


def _suppression(item: Statement) -> Suppression:
    if item.why_small:
        return Suppression(item.kpi_ref, item.part, Kind.PRIMARY, item.why_small)
    return Suppression(item.kpi_ref, item.part, Kind.SECONDARY, _WOULD_TELL)
