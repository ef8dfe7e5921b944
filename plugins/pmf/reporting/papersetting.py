"""What a committee paper needs besides its measures, and the numbers of its paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from pmf.page.document import Paragraph, Text, paragraph
from pmf.period import Quarter
from pmf.register import Committee, Profile
from pmf.register.changes import Change
from pmf.register.papertext import PaperText
from pmf.reporting.criteria import Fill
from pmf.reporting.movements import MovementGroup
from pmf.reporting.waiver import PrintedWaiver


@dataclass(frozen=True, kw_only=True)
class PaperSetting:
    """What a paper needs besides its measures.

    ``criteria`` are the printed sentences of the policy the paper names, in order, and ``fills`` what it gives a status to
    beyond its source; ``movements`` the groups of measures by how their status moved since the quarter before; ``meeting_date``
    None: not in the calendar yet. ``changes`` are those of the committee's indicators and targets that took effect or were
    adopted in the quarter; ``waivers`` those in use that are about no KPI.
    """

    profile: Profile
    committee: Committee
    quarter: Quarter
    as_at: datetime
    words: PaperText
    criteria: tuple[str, ...]
    movements: tuple[MovementGroup, ...]
    meeting_date: date | None
    fills: tuple[Fill, ...] = ()
    changes: tuple[Change, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()

    @property
    def body(self) -> str:
        """The body as it is called: Committee, Panel or Cabinet."""
        return self.committee.kind.value.capitalize()


@dataclass
class Numbering:
    """Hands out paragraph numbers of one section: 3.1, 3.2, ..."""

    section: int
    _next: Iterator[int] = field(default_factory=lambda: count(1))

    def paragraph(self, *parts: str | Text) -> Paragraph:
        """Build the section's next paragraph."""
        return paragraph(*parts, number=f"{self.section}.{next(self._next)}")
