"""The page of a KPI: what it is, and every figure of it that was published, as it was published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pmf.page.document import Block, Cell, Column, Document, Section, Table, paragraph
from pmf.reporting.measure import CONFIDENTIAL_MARK, Measure
from pmf.reporting.publicsite.content import Content, Item
from pmf.reporting.publicsite.listing import correction_list, criteria_blocks, kpi_name, site_page, status_cell
from pmf.reporting.publicsite.record import KpiRecord, PeriodRecord
from pmf.reporting.wording import sentence_case
from pmf.status import Status

_ROOT = "../"
_COLUMNS = (
    Column("Period", width=1.4),
    Column("Figure", is_number=True, width=1.3),
    Column("Target", is_number=True, width=1.2),
    Column("Status", width=1.3),
    Column("Published", width=1.5),
)


def kpi_page(record: KpiRecord, content: Content) -> Document:
    """Build a KPI's page: definition, published history, corrections, and how its statuses are given."""
    newest = record.periods[0].period
    sections = (
        Section("Published history", (_history(record, content), *_left_out(record))),
        Section("Corrections", tuple(_corrections(record, content))),
        Section("How to read the statuses", tuple(criteria_blocks(content.criteria[newest]))),
    )
    page = site_page(kpi_name(record), record.kpi.description, sections, content)
    return replace(page, header=tuple(_definition(record, content)))


def _definition(record: KpiRecord, content: Content) -> Iterable[tuple[str, str]]:
    kpi, profile = record.kpi, content.profile
    if kpi.committee_id:
        yield "Committee", profile.committee(kpi.committee_id).name
    yield "Directorate", profile.directorate_of(kpi.service_id).name
    yield "Service", profile.service(kpi.service_id).name
    yield "Unit", {"%": "per cent", "£": "pounds"}.get(kpi.unit, kpi.unit)
    yield "Direction for improvement", Measure(kpi, {}).direction
    yield "Reported", kpi.frequency.value


def _history(record: KpiRecord, content: Content) -> Table:
    documents = {f"{item.period.key}/{item.document_id}": item for item in content.items}
    rows = tuple(_row(period, documents, content) for period in record.periods)
    return Table(f"KPI {record.kpi.kpi_ref} as published, newest first", _COLUMNS, rows)


def _left_out(record: KpiRecord) -> Iterable[Block]:
    if any(figure.status is Status.CONFIDENTIAL for period in record.periods for figure in period.printed):
        yield paragraph(f"{CONFIDENTIAL_MARK} and Confidential: the figure is left out so that nobody can be recognised.")


def _row(record: PeriodRecord, documents: Mapping[str, Item], content: Content) -> tuple[Cell, ...]:
    last = record.last
    replaced = f"first published as {record.printed[0].figure}" if record.corrections else ""
    item = documents.get(last.by.document)
    page = next((file.path for file in item.downloads if file.path.endswith(".html")), "") if item else ""
    return (
        Cell(sentence_case(record.period.label)),
        Cell(last.figure, note=", ".join(words for words in (last.note, replaced) if words)),
        Cell(last.target),
        status_cell(last),
        Cell(content.day(last.by.published_at), link=_ROOT + page if page else "", note=content.name_of(item) if item else ""),
    )


def _corrections(record: KpiRecord, content: Content) -> Iterable[Block]:
    if record.corrections:
        yield correction_list((("", correction) for correction in record.corrections), content)
    else:
        yield paragraph("No published figure of this KPI has been corrected.")
