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

    @property
    def is_story(self) -> bool:
        """Whether it tells of the KPI under a heading of its own, and not in a row of a table."""
        return set(self.fields) <= {"title", "comment", "path"}


@dataclass(frozen=True)
class Counted:
    """A stated count. ``refs`` are the KPIs listed with it; None: the document lists none beside it."""

    place: str
    key: Key
    number: int
    refs: tuple[str, ...] | None


@dataclass(frozen=True)
class PanelRow:
    """What is printed of one line of the risk, finance and change panels: ``cells`` by the heading of their column."""

    place: str
    ref: str
    cells: Mapping[str, str]


@dataclass
class Said:
    """All that a file states; ``addressee`` is whom a paper says it goes to ("": it does not say).

    ``quotes`` maps what is told of besides indicators (a question, a plan action, a restatement) to all that is printed of it.
    """

    statuses: list[StatusLine] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    quotes: dict[str, str] = field(default_factory=dict)
    panels: list[PanelRow] = field(default_factory=list)
    addressee: str = ""
