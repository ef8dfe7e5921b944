"""What several pages print alike: statuses counted, KPIs in a table, corrections in a list, links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pmf.page.document import (
    Block,
    BulletList,
    Cell,
    Column,
    Document,
    Fact,
    Facts,
    Link,
    ListItem,
    Section,
    Table,
    bullets,
    paragraph,
    text,
)
from pmf.period import Period
from pmf.reporting.criteria import fill_blocks
from pmf.reporting.publicsite.content import Content, Criteria, kpi_path
from pmf.reporting.publicsite.record import Correction, KpiRecord, PrintedFigure
from pmf.reporting.wording import sentence_case, share
from pmf.status import STATUS_TABLE_ALWAYS, STATUS_TABLE_WHEN_ANY, Status

_KPI_COLUMNS = (
    Column("KPI", width=3.2),
    Column("Period", width=1.3),
    Column("Figure", is_number=True, width=1.5),
    Column("Target", is_number=True, width=1.3),
    Column("Status", width=1.3),
)


def site_page(title: str, subtitle: str, sections: Iterable[Section], content: Content) -> Document:
    """Put a page of the site together."""
    return Document(
        title=title,
        organisation=content.profile.name,
        subtitle=subtitle,
        header=(),
        sections=tuple(section for section in sections if section.blocks),
        footer=content.footer(title),
        banner=content.profile.notice,
    )


def status_counts(figures: Sequence[PrintedFigure]) -> list[tuple[Status, int]]:
    """Count figures by status, those there are, in the order of a paper's table."""
    counts = Counter(figure.status for figure in figures)
    return [(status, counts[status]) for status in (*STATUS_TABLE_ALWAYS, *STATUS_TABLE_WHEN_ANY) if counts[status]]


def status_facts(figures: Sequence[PrintedFigure]) -> Facts:
    """Print the counts of the statuses there are, with their share of all."""
    return Facts(tuple(Fact(status.label, str(number), share(number, len(figures)), status) for status, number in status_counts(figures)))


def status_cell(figure: PrintedFigure, note: str = "") -> Cell:
    """Print a status as shape and word."""
    return Cell(figure.status.label, status=figure.status, note=note)


def kpi_name(record: KpiRecord) -> str:
    """Name a KPI: "36 Number of active library users"."""
    return f"{record.kpi.kpi_ref} {record.kpi.title}"


def kpi_table(caption: str, records: Sequence[KpiRecord], root: str, period: Period | None = None) -> Table:
    """Print KPIs with what was published of a period (None: of the newest of each), each leading to its own page."""
    rows = []
    for record in records:
        found = record.periods[0] if period is None else record.of(period)
        if found is not None:
            last, corrected = found.last, "corrected" if found.corrections else ""
            rows.append(
                (
                    Cell(kpi_name(record), link=root + kpi_path(record.kpi.kpi_ref)),
                    Cell(sentence_case(last.period.label)),
                    Cell(last.figure, note=", ".join(words for words in (last.note, corrected) if words)),
                    Cell(last.target),
                    status_cell(last),
                )
            )
    table = Table(caption, _KPI_COLUMNS, tuple(rows))
    return table if period is None else _without(table, 1)


def correction_list(corrections: Iterable[tuple[str, Correction]], content: Content) -> BulletList:
    """Print corrections, each led by what it is about ("": nothing)."""
    said = ((lead, correction.words(content.day(correction.after.by.published_at))) for lead, correction in corrections)
    return bullets(*(f"{lead}. {words}" if lead else words for lead, words in said))


def criteria_blocks(criteria: Criteria) -> Iterable[Block]:
    """Say how statuses are given."""
    yield paragraph(f"Statuses are given under the policy “{criteria.title}”:")
    yield bullets(*criteria.sentences)
    yield from fill_blocks(criteria.fills)


def link_item(words: str, address: str, more: str = "") -> ListItem:
    """Print a link, and what stands behind it."""
    return ListItem(text(Link(words, address), *([f" {more}"] if more else [])))


def _without(table: Table, place: int) -> Table:
    """Leave a column out."""
    rows = tuple(row[:place] + row[place + 1 :] for row in table.rows)
    return replace(table, columns=table.columns[:place] + table.columns[place + 1 :], rows=rows)
