"""The printed numbers of a paper's paragraphs: counted as they are written, so that none is skipped or given twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from pmf.page.document import Paragraph, Text, paragraph


@dataclass
class Numbering:
    """Hands out paragraph numbers of one section: 3.1, 3.2, ..."""

    section: int
    _next: Iterator[int] = field(default_factory=lambda: count(1))

    def paragraph(self, *parts: str | Text) -> Paragraph:
        """Build the section's next paragraph."""
        return paragraph(*parts, number=f"{self.section}.{next(self._next)}")
