"""What is on the site: the published documents with their files, and the public KPIs with their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from pmf.page.document import Link, ListItem, Run, strong, text
from pmf.period import Period
from pmf.register import Committee, Directorate, Profile
from pmf.reporting.criteria import Fill
from pmf.reporting.publicsite.record import KpiRecord


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file of a document: its path in the release, its format as people call it, and its size."""

    path: str
    label: str
    size_bytes: int
    sha256: str

    @property
    def words(self) -> str:
        """Format and size, kept on one line: "PDF, 372 kB"."""
        return f"{self.label}, {printed_size(self.size_bytes)}".replace(" ", "\N{NO-BREAK SPACE}")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A document that is live. ``first_published_at`` differs from ``published_at`` where a corrected edition replaced the first."""

    period: Period
    document_id: str
    title: str
    committee_id: str | None
    made_at: datetime
    first_published_at: datetime
    published_at: datetime
    downloads: tuple[Download, ...]

    @property
    def is_corrected(self) -> bool:
        """Tell whether it has replaced an earlier published edition."""
        return self.published_at != self.first_published_at


@dataclass(frozen=True)
class Criteria:
    """How statuses of a period are given: the policy's title, its sentences, and what it gives a status to beyond its source."""

    title: str
    sentences: tuple[str, ...]
    fills: tuple[Fill, ...]


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything the pages are made from.

    ``moment`` is that of the last publication: pages say nothing later. ``contact`` is the performance team's address,
    ``waived`` names the periods that have a page of waivers.
    """

    profile: Profile
    moment: datetime
    contact: str
    code_version: str
    items: tuple[Item, ...]
    kpis: tuple[KpiRecord, ...]
    criteria: Mapping[Period, Criteria]
    waived: frozenset[str]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The published periods, newest first; of two that end together the longer first."""
        found = {item.period for item in self.items}
        return tuple(sorted(found, key=lambda period: (period.last_day, len(period.months)), reverse=True))

    @cached_property
    def committees(self) -> tuple[Committee, ...]:
        """The committees that have had a paper published."""
        return tuple(item for item in self.profile.committees if any(paper.committee_id == item.id for paper in self.items))

    @cached_property
    def directorates(self) -> tuple[Directorate, ...]:
        """The directorates whose KPIs have been published."""
        return tuple(item for item in self.profile.directorates if self.kpis_under(item))

    def items_of(self, period: Period) -> tuple[Item, ...]:
        """List a period's documents, committees in the council's order, then what is no committee's."""
        order = {committee.id: place for place, committee in enumerate(self.profile.committees)}
        own = (item for item in self.items if item.period == period)
        return tuple(sorted(own, key=lambda item: (order.get(item.committee_id or "", len(order)), item.document_id)))

    def items_for(self, committee: Committee) -> tuple[Item, ...]:
        """List a committee's papers, newest period first."""
        own = (item for item in self.items if item.committee_id == committee.id)
        return tuple(sorted(own, key=lambda item: item.period.last_day, reverse=True))

    def kpis_for(self, committee: Committee) -> tuple[KpiRecord, ...]:
        """List the KPIs a committee receives: its own, and those of the body it receives papers after."""
        return tuple(record for record in self.kpis if record.kpi.committee_id in (committee.id, committee.receives_after or committee.id))

    def kpis_under(self, directorate: Directorate) -> tuple[KpiRecord, ...]:
        """List the KPIs of a directorate."""
        return tuple(record for record in self.kpis if self.profile.directorate_of(record.kpi.service_id) == directorate)

    def day(self, moment: datetime) -> str:
        """Print the day of a moment in the council's own time."""
        return f"{moment.astimezone(ZoneInfo(self.profile.timezone)):%-d %B %Y}"

    def footer(self, title: str) -> str:
        """Say what a page is, and of when."""
        return f"{self.profile.name} – {title}, as published up to {self.day(self.moment)}"

    def correction_of(self, item: Item) -> str:
        """Say behind a document's name that it is a corrected edition, and since when; "" for a first one."""
        return f" (corrected on {self.day(item.published_at)})" if item.is_corrected else ""

    def name_of(self, item: Item) -> str:
        """Name a document among those of its period: its committee where it is one's paper."""
        return self.profile.committee(item.committee_id).name if item.committee_id else item.title


def download_item(item: Item, lead: str, root: str) -> ListItem:
    """Print a document's files as links with format and size, behind its name; ``root`` leads to the top of the site."""
    runs: list[str | Run] = [strong(lead), ": "]
    for place, download in enumerate(item.downloads):
        runs += [*(["; "] if place else []), Link(download.words, root + download.path)]
    return ListItem(text(*runs))


def period_path(period: Period) -> str:
    """Name the page of a period."""
    return f"{period.key}/index.html"


def committee_path(committee_id: str) -> str:
    """Name the page of a committee."""
    return f"committee/{committee_id}.html"


def directorate_path(directorate_id: str) -> str:
    """Name the page of a directorate."""
    return f"directorate/{directorate_id}.html"


def kpi_path(kpi_ref: str) -> str:
    """Name the page of a KPI."""
    return f"kpi/{kpi_ref}.html"


def printed_size(size_bytes: int) -> str:
    """Print a size as people read it: "372 kB", "1.4 MB"."""
    if size_bytes < 1_000:
        return f"{size_bytes} bytes"
    return f"{round(size_bytes / 1_000):,} kB" if size_bytes < 999_500 else f"{size_bytes / 1_000_000:.1f} MB"
