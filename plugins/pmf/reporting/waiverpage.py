"""Waivers as a table, and as the page that stands beside a period's published documents (rulings 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pmf.page.document import Cell, Column, Document, Section, Table, paragraph
from pmf.period import Period
from pmf.register import Profile
from pmf.reporting.waiver import PrintedWaiver
from pmf.reporting.wording import agree, as_at_words, counted

_COLUMNS = (
    Column("KPI", width=2.2),
    Column("Check waived", width=3.2),
    Column("Given by", width=1.8),
    Column("Reason", width=3.0),
    Column("Until", width=1.2),
    Column("Used", width=1.4),
)


def waivers_page(
    waivers: Sequence[PrintedWaiver], *, profile: Profile, period: Period, titles: Mapping[str, str], as_at: datetime
) -> Document:
    """Build the page of the waivers that published documents rest on."""
    title = "Waivers"
    count = f"{counted(len(waivers), 'waiver')} {agree(len(waivers), 'lets', 'let')}"
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=period.label,
        header=(),
        sections=(
            Section(
                "What was let through, and by whom",
                (
                    paragraph(f"{count} something into the documents of {period.label} although a check was not met."),
                    waiver_table(waivers, titles, caption=f"Waivers for {period.label}"),
                ),
            ),
        ),
        footer=f"{profile.name} – {title}, {period.label}, {as_at_words(as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def waiver_table(waivers: Sequence[PrintedWaiver], titles: Mapping[str, str], *, caption: str) -> Table:
    """Print each waiver with the check it waives, the post that gave it, its reason and its last day."""
    rows = tuple(
        (
            Cell(f"{waiver.kpi_ref} {titles.get(waiver.kpi_ref, '')}".strip() or "Not about one KPI"),
            Cell(waiver.check, note=waiver.rule_id),
            Cell(waiver.post),
            Cell(waiver.reason),
            Cell(f"{waiver.until:%-d %B %Y}"),
            Cell("Lets a finding through" if waiver.is_used else "Nothing found"),
        )
        for waiver in waivers
    )
    return Table(caption, _COLUMNS, rows, is_wide=True)
