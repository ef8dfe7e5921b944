"""Corrections: figures of the year's quarters that stand otherwise now than in the papers they were reported in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmf.page.document import Block, Cell, Column, Table, bullets
from pmf.reporting.annual.year import AnnualSetting, QuarterFigure, YearMeasure
from pmf.reporting.numbering import Numbering
from pmf.reporting.registerchanges import change_words
from pmf.reporting.wording import agree, counted

_COLUMNS = (
    Column("KPI", width=2.2),
    Column("Quarter", width=0.9),
    Column("Reported", is_number=True, width=1.0),
    Column("Status reported", width=1.1),
    Column("Corrected to", is_number=True, width=1.0),
    Column("Status now", width=1.1),
    Column("Because", width=2.6),
)


def correction_blocks(measures: Sequence[YearMeasure], setting: AnnualSetting, numbers: Numbering) -> Iterator[Block]:
    """List what was corrected since it was reported, then what changed of indicators and targets."""
    found = [(item, quarter) for item in measures for quarter in item.quarters if quarter and quarter.is_corrected]
    if found:
        lead = f"{counted(len(found), 'figure')} of the year's quarters {agree(len(found), 'has', 'have')} been corrected since"
        yield numbers.paragraph(f"{lead} {agree(len(found), 'it was', 'they were')} reported:")
        yield Table(f"Corrections of {setting.year.label}", _COLUMNS, tuple(_row(*pair) for pair in found))
    elif any(quarter and quarter.is_reported for item in measures for quarter in item.quarters):
        yield numbers.paragraph("No figure of the year's quarters has been corrected since it was reported.")
    else:
        yield numbers.paragraph("No paper of the year's quarters was signed off here: nothing was reported that could be corrected.")
    if setting.changes:
        yield numbers.paragraph("The following changes to indicators and targets took effect or were adopted in the year:")
        yield bullets(*(change_words(change) for change in setting.changes))


def _row(item: YearMeasure, quarter: QuarterFigure) -> tuple[Cell, ...]:
    then, now = quarter.told, quarter.latest
    return (
        Cell(item.year.title_with_unit),
        Cell(f"Quarter {quarter.quarter.number}"),
        then.cell(then.current),
        Cell(then.status.label, status=then.status),
        now.cell(now.current),
        Cell(now.status.label, status=now.status),
        Cell(quarter.why or "No reason supplied."),
    )
