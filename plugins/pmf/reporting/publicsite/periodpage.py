"""The page of a published period, and the pages of a committee and of a directorate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmf.page.document import Block, BulletList, Document, Heading, Link, Section, paragraph
from pmf.period import Period
from pmf.register import Committee, Directorate
from pmf.reporting.publicsite.content import Content, download_item
from pmf.reporting.publicsite.listing import correction_list, criteria_blocks, kpi_name, kpi_table, site_page, status_facts
from pmf.reporting.publicsite.record import KpiRecord
from pmf.reporting.wording import counted, sentence_case

_ROOT = "../"


def period_page(period: Period, content: Content) -> Document:
    """Build a period's page: its result, its documents with every format, its KPIs by committee, and what was corrected."""
    records = [record for record in content.kpis if record.of(period)]
    sections = (
        Section("Summary", tuple(_summary(period, records, content))),
        Section("Documents", tuple(_documents(period, content))),
        Section("KPIs", tuple(_kpis(period, records, content))),
        Section("Corrections", tuple(_corrections(period, records, content))),
        Section("How to read the statuses", tuple(criteria_blocks(content.criteria[period])) if records else ()),
    )
    title = sentence_case(period.label)
    return site_page(title, f"{period.first_day:%-d %B %Y} to {period.last_day:%-d %B %Y}", sections, content)


def committee_page(committee: Committee, content: Content) -> Document:
    """Build a committee's page: its papers, newest first, and its KPIs with their newest published figures."""
    papers = tuple(
        download_item(item, sentence_case(item.period.label) + content.correction_of(item), _ROOT) for item in content.items_for(committee)
    )
    records = content.kpis_for(committee)
    table = (kpi_table(f"KPIs of the {committee.name} and their newest published figures", records, _ROOT),) if records else ()
    sections = (Section("Papers", (BulletList(papers),)), Section("KPIs", table))
    return site_page(committee.name, "Published papers and KPIs", sections, content)


def directorate_page(directorate: Directorate, content: Content) -> Document:
    """Build a directorate's page: its KPIs with their newest published figures, and how many have which status."""
    records = content.kpis_under(directorate)
    table = kpi_table(f"KPIs of {directorate.name} and their newest published figures", records, _ROOT)
    lead = paragraph(f"{counted(len(records), 'KPI')}, by status when last published:")
    summary = (lead, status_facts([record.periods[0].last for record in records]))
    return site_page(directorate.name, "Published KPIs", (Section("Summary", summary), Section("KPIs", (table,))), content)


def _summary(period: Period, records: Sequence[KpiRecord], content: Content) -> Iterable[Block]:
    items = content.items_of(period)
    day = content.day(max(item.published_at for item in items))
    yield paragraph(f"{counted(len(items), 'document')} published, the last on {day}.")
    if records:
        yield paragraph(f"{counted(len(records), 'KPI')} in them, by status as it stands now:")
        yield status_facts([record.last for record in (item.of(period) for item in records) if record])


def _documents(period: Period, content: Content) -> Iterable[Block]:
    yield BulletList(
        tuple(download_item(item, content.name_of(item) + content.correction_of(item), _ROOT) for item in content.items_of(period))
    )
    if period.key in content.waived:
        yield paragraph(Link("Waivers", "waivers.html"), ": what was let through although a check was not met, by whom and why.")


def _kpis(period: Period, records: Sequence[KpiRecord], content: Content) -> Iterable[Block]:
    label = period.label
    for committee in content.profile.committees:
        own = [record for record in records if record.kpi.committee_id == committee.id]
        if own:
            yield Heading(committee.name)
            yield kpi_table(f"{committee.name}, {label}", own, _ROOT, period)
    others = [record for record in records if record.kpi.committee_id is None]
    if others:
        yield Heading("No committee's")
        yield kpi_table(f"KPIs of no committee, {label}", others, _ROOT, period)


def _corrections(period: Period, records: Sequence[KpiRecord], content: Content) -> Iterable[Block]:
    replaced = [item for item in content.items_of(period) if item.is_corrected]
    found = [(kpi_name(record), item) for record in records for item in record.corrections if item.after.period == period]
    if not replaced and not found:
        yield paragraph("Nothing published of this period has been corrected.")
    for item in replaced:
        days = content.day(item.first_published_at), content.day(item.published_at)
        yield paragraph(f"{content.name_of(item)}: first published on {days[0]}, replaced by a corrected edition on {days[1]}.")
    if found:
        yield correction_list(found, content)
