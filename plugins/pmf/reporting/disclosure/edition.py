"""The two editions of a document: the internal one, marked on every page, and the public one, which says what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pmf.page.document import Block, Document, Section, bullets, paragraph
from pmf.reporting.measure import CONFIDENTIAL_MARK, Measure
from pmf.reporting.panels import PanelLine
from pmf.reporting.wording import agree, counted

INTERNAL_BANNER = "Internal edition: not for publication. It holds what the public edition leaves out."
HEADING = "What this public edition leaves out"


@dataclass(frozen=True)
class Audience:
    """Whom a document is for. Inside the council everything is told; outside nothing is said of ``internal`` KPIs.

    Of ``guarded`` ones, of which figures are left out, nothing is told but those that are not: no restatement, no question. Nothing is
    said either of ``internal_lines`` of the risk, finance and change panels.
    """

    internal: frozenset[str] = frozenset()
    guarded: frozenset[str] = frozenset()
    internal_lines: frozenset[str] = frozenset()

    def hears_of(self, kpi_ref: str | None) -> bool:
        """Tell whether a KPI may be named at all (None: no single one is named)."""
        return kpi_ref not in self.internal

    def hears_more_of(self, kpi_ref: str | None) -> bool:
        """Tell whether more than its printed figures may be told of a KPI."""
        return kpi_ref not in self.internal and kpi_ref not in self.guarded

    def panels(self, lines: Iterable[PanelLine]) -> tuple[PanelLine, ...]:
        """Select the lines of panels that may be told."""
        return tuple(line for line in lines if line.line_ref not in self.internal_lines)


def internal_edition(document: Document) -> Document:
    """Mark a document as not for publication, in its title and on every page."""
    banner = f"{INTERNAL_BANNER} {document.banner or ''}".strip()
    return replace(document, title=f"{document.title} (internal edition)", banner=banner)


def public_edition(document: Document, measures: Iterable[Measure], *, kpis: int, lines: int) -> Document:
    """Say at the end of a document what is left out of it: figures of ``measures``, and so many internal KPIs and lines of panels."""
    guarded = [measure for measure in measures if measure.confidential]
    return replace(document, sections=(*document.sections, Section(HEADING, tuple(_left_out(guarded, kpis, lines)))))


def _left_out(guarded: Sequence[Measure], kpis: int, lines: int) -> Iterator[Block]:
    if guarded:
        number = len(guarded)
        yield paragraph(
            f"{counted(number, 'KPI')} {agree(number, 'prints', 'print')} {CONFIDENTIAL_MARK} where a figure is left out so that nobody "
            "can be recognised: because it tells of few people, or because with other published figures it would tell one that does. What "
            "is made of such figures, and comments that may speak of them, are left out with them:"
        )
        yield bullets(*(measure.name for measure in guarded))
    for number, noun in ((kpis, "KPI"), (lines, "line")):
        if number:
            of = " of the risk, finance and change panels" if noun == "line" else ""
            yield paragraph(f"{counted(number, noun)}{of} {agree(number, 'is', 'are')} not for publication and not in this edition.")
