"""The status table: how many KPIs stand at each status, and what share that is (CCC quarter 2 report, paragraph 3.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from pmf.page.document import Cell, Column, Fact, Facts, Table
from pmf.reporting.figurecell import count_cell, share_cell
from pmf.reporting.measure import Measure
from pmf.reporting.selection import rated
from pmf.reporting.wording import share
from pmf.status import STATUS_TABLE_ALWAYS, STATUS_TABLE_WHEN_ANY, Status


def status_counts(measures: Sequence[Measure]) -> list[tuple[Status, int]]:
    """Count measures by status, in the order of the seed's table; those not always shown only when there are any."""
    counts = Counter(measure.status for measure in measures)
    shown = [*STATUS_TABLE_ALWAYS, *(status for status in STATUS_TABLE_WHEN_ANY if counts[status])]
    return [(status, counts[status]) for status in shown]


def status_table(measures: Sequence[Measure], *, caption: str) -> Table:
    """Print the counts with their share of all KPIs and of those rated; a dash stands for none."""
    rated_number = len(rated(measures))
    rows = tuple(
        (
            Cell(status.label, status=status),
            count_cell(number),
            share_cell(number, len(measures)),
            share_cell(number, rated_number) if status.is_rated else Cell("-", mark="z"),
        )
        for status, number in status_counts(measures)
    )
    columns = (
        Column("Status", width=1.4),
        Column("Number of KPIs", is_number=True),
        Column("Percentage of KPIs", is_number=True),
        Column("Percentage of rated KPIs", is_number=True),
    )
    return Table(caption, columns, rows)


def status_facts(measures: Sequence[Measure]) -> Facts:
    """Print the counts of the statuses there are, for the top of a page."""
    return Facts(
        tuple(
            Fact(status.label, str(number), share(number, len(measures)), status, Decimal(number))
            for status, number in status_counts(measures)
            if number
        )
    )
