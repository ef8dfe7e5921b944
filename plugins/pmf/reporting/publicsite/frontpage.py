"""The front page, by year, quarter, month, committee and directorate, and the list of all KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmf.page.document import Block, BulletList, Cell, Column, Document, Link, Section, Table, paragraph
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.reporting.publicsite.content import Content, committee_path, directorate_path, period_path
from pmf.reporting.publicsite.listing import kpi_table, link_item, site_page, status_counts, status_facts
from pmf.reporting.wording import agree, counted, sentence_case
from pmf.status import Status

TITLE = "Performance reports"
_COLOURS = (Status.RED, Status.AMBER, Status.GREEN, Status.BLUE)


def front_page(content: Content) -> Document:
    """Build the first page: the newest period's result, all periods, committees and directorates, and the data."""
    kinds = (("year", FinancialYear), ("quarter", Quarter), ("month", Month))
    by_kind = {kind: [period for period in content.periods if isinstance(period, own)] for kind, own in kinds}
    sections = (
        Section("Latest", tuple(_latest(content))),
        *(Section(f"By {kind}", tuple(_periods(periods, f"{kind.capitalize()}s published", content))) for kind, periods in by_kind.items()),
        Section("By committee", tuple(_committees(content))),
        Section("By directorate", tuple(_directorates(content))),
        Section("Data and news", (_data(content),)),
    )
    return site_page(TITLE, "What has been published, with every correction", sections, content)


def kpis_page(content: Content) -> Document:
    """Build the list of all public KPIs with their newest published figures."""
    count = f"{counted(len(content.kpis), 'KPI')} {agree(len(content.kpis), 'has', 'have')} been published."
    table = kpi_table("KPIs and their newest published figures", content.kpis, "")
    lead = paragraph(f"{count} Each leads to its own page with every period published.")
    return site_page("KPIs", "All published key performance indicators", [Section("All KPIs", (lead, table))], content)


def _latest(content: Content) -> Iterable[Block]:
    period = content.periods[0]
    figures = [found.last for record in content.kpis if (found := record.of(period))]
    documents, name = content.items_of(period), sentence_case(period.label)
    lead = f"{counted(len(figures), 'KPI')} in {counted(len(documents), 'document')}, by status:" if figures else ""
    yield paragraph(Link(name, period_path(period)), f". {lead}" if lead else ".")
    if figures:
        yield status_facts(figures)


def _periods(periods: Sequence[Period], caption: str, content: Content) -> Iterable[Block]:
    if not periods:
        return
    counts = {period: dict(status_counts([found.last for record in content.kpis if (found := record.of(period))])) for period in periods}
    shown = [status for status in _COLOURS if status is not Status.BLUE or any(status in count for count in counts.values())]
    columns = (
        Column("Period", width=1.6),
        Column("Documents", is_number=True),
        *(Column(status.label, is_number=True, width=0.8) for status in shown),
        Column("Last published", width=1.5),
    )
    rows = tuple(
        (
            Cell(sentence_case(period.label), link=period_path(period)),
            Cell(str(len(content.items_of(period)))),
            *(Cell(str(counts[period].get(status, 0) or "–")) for status in shown),
            Cell(content.day(max(item.published_at for item in content.items_of(period)))),
        )
        for period in periods
    )
    yield Table(caption, columns, rows)


def _committees(content: Content) -> Iterable[Block]:
    if not content.committees:
        return
    columns = (Column("Committee", width=3), Column("KPIs", is_number=True, width=0.6), Column("Latest paper", width=1.4))
    rows = tuple(
        (
            Cell(committee.name, link=committee_path(committee.id)),
            Cell(str(len(content.kpis_for(committee)))),
            Cell(sentence_case(content.items_for(committee)[0].period.label), link=period_path(content.items_for(committee)[0].period)),
        )
        for committee in content.committees
    )
    yield Table("Committees whose papers are published", columns, rows)


def _directorates(content: Content) -> Iterable[Block]:
    if not content.directorates:
        return
    columns = (Column("Directorate", width=3), Column("KPIs", is_number=True, width=0.6))
    rows = tuple(
        (Cell(directorate.name, link=directorate_path(directorate.id)), Cell(str(len(content.kpis_under(directorate)))))
        for directorate in content.directorates
    )
    yield Table("Directorates whose KPIs are published", columns, rows)


def _data(content: Content) -> BulletList:
    return BulletList(
        (
            link_item("All KPIs", "kpis.html", f"({len(content.kpis)}), each with its full published history"),
            link_item("data.json", "data.json", "holds all of it as open data"),
            link_item("Atom feed", "feed.xml", "tells feed readers of each new document and correction"),
            link_item(
                "manifest.json", "manifest.json", "names every file by its SHA-256, so that anyone can check that it is as published"
            ),
            link_item("Accessibility statement", "accessibility.html"),
        )
    )
