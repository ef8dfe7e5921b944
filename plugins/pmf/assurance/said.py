"""The small facts that a finished file states: statuses counted, KPIs with their figures, and counts with the lists they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# A list by what it is of: ("status", "red"), ("watch", "newly_red"), ("moved", "improved"), ("moved", "improved", "amber", "green").
Key = tuple[str, ...]


@dataclass(frozen=True)
class StatusLine:
    """A status with its count and shares as printed; ``of_rated`` None: the document does not print that share."""

    place: str
    label: str
    number: str
    of_all: str
    of_rated: str | None


@dataclass(frozen=True)
class Entry:
    """What is printed of one KPI at one place; ``fields`` maps what it is (``value``, ``status``, ``comment``) to the text.

    ``is_main``: the place where the document prints the KPI itself, and not one that takes a second look at it.
    """

    place: str
    kpi_ref: str
    fields: Mapping[str, str]
    is_main: bool = False


@dataclass(frozen=True)
class Counted:
    """A stated count. ``refs`` are the KPIs listed with it; None: the document lists none beside it."""

    place: str
    key: Key
    number: int
    refs: tuple[str, ...] | None


@dataclass
class Said:
    """All that a file states; ``addressee`` is whom a paper says it goes to ("": it does not say)."""

    statuses: list[StatusLine] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    addressee: str = ""
