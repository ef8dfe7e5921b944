"""Reds that persist: how many in a row, and when a KPI is looked into.

Source: CCC framework, "Responding to underperformance": a KPI "consistently reporting a red RAG rating" gets a deep-dive
review. The framework does not say how many reds that is; a council's profile does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice, takewhile

from pmf.register.assessment import Persistence
from pmf.status import Status


@dataclass(frozen=True, kw_only=True)
class Reds:
    """How many rated periods up to the latest are red without a break, and whether the KPI is to be looked into."""

    in_a_row: int
    is_deep_dive: bool


def count_reds(current: Status, earlier: Iterable[Status], *, limit: Persistence) -> Reds | None:
    """Count the reds up to a period. None: the period itself has no colour.

    ``earlier`` runs from the period before backwards and is read no further than the answer needs. A period without a
    colour neither counts nor ends a run: what is not returned must not make a red look new. ``limit`` says how many reds
    among how many rated periods, this one included, call for a deep dive; a KPI that is not red now needs none.
    """
    if not current.is_rated:
        return None
    if current is not Status.RED:
        return Reds(in_a_row=0, is_deep_dive=False)
    rated = chain((current,), (status for status in earlier if status.is_rated))
    lately = list(islice(rated, limit.of))
    run = takewhile(lambda status: status is Status.RED, chain(lately, rated))
    return Reds(in_a_row=sum(1 for _ in run), is_deep_dive=lately.count(Status.RED) >= limit.reds)
