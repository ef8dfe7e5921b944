"""Where the desk's pages are, seen from one another, and the links that turn a page to another period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from pmf.page.document import Document, Link, Run, Section, paragraph, strong
from pmf.period import Period
from pmf.reporting.wording import sentence_case


class Place(StrEnum):
    """The pages of a council's desk, by their address in its folder."""

    MONTH = "./"
    RETURNS = "returns"
    FINDINGS = "findings"
    QUERIES = "queries"
    SIGN_OFFS = "sign-offs"
    REPORTS = "reports"
    CALENDAR = "calendar"

    @property
    def label(self) -> str:
        """The page's name in the navigation."""
        return self.name.replace("_", "-").capitalize()

    def of(self, period: Period) -> str:
        """Give the address of the page of a period."""
        return f"{self.value}?period={period.key}"


def file_address(period: str, document_id: str, format_name: str) -> str:
    """Give the address of a document's last edition in one format."""
    return f"files/{period}/{document_id}.{format_name}"


def with_periods(document: Document, periods: Iterable[Period], *, current: Sequence[Period], place: Place) -> Document:
    """End a page with links to the same page of other periods, in the order given; one that is shown is named without a link."""
    links = [
        strong(sentence_case(period.label)) if period in current else Link(sentence_case(period.label), place.of(period))
        for period in periods
    ]
    if len(links) < 2:
        return document
    runs: list[str | Run] = [links[0]]
    for link in links[1:]:
        runs += [" · ", link]
    return replace(document, sections=(*document.sections, Section("Other periods", (paragraph(*runs),))))
