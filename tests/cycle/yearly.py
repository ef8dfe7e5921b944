"""The year before the sample, of one committee's indicators: enough for a year's report, and quick to rate."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cycle.council import SLUG, Council, council_at
from cycle.desk import edited
from pmf.cycle.history import import_history
from pmf.cycle.rate import rate_quarters, rate_year
from pmf.period import FinancialYear
from pmf.settings import read_settings

YEAR = FinancialYear(2023)
COMMITTEE = "communities-social-mobility-inclusion"
# Of no committee: it has no place in the report.
_BESIDE = "FR-O1"


def of_one_committee(folder: Path) -> Path:
    """Copy the sample council's folder with no other KPIs than a committee's and one of none; return the folder of councils."""
    source = read_settings({}).organisations / SLUG / "kpis.csv"
    with source.open(encoding="utf-8", newline="") as file:
        refs = {row["kpi_ref"] for row in csv.DictReader(file) if row["committee_id"] == COMMITTEE} | {_BESIDE}
    names = ("kpis", "targets", "history", "data_quality_templates")
    return edited(folder, **dict.fromkeys(names, _keeping(refs)))


def _keeping(refs: set[str]) -> Callable[[str], str]:
    def edit(text: str) -> str:
        reader, kept = csv.DictReader(io.StringIO(text)), io.StringIO(newline="")
        writer = csv.DictWriter(kept, reader.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in reader if row["kpi_ref"] in refs)
        return kept.getvalue()

    return edit


def year_at(home: Path, organisations: Path) -> Council:
    """Make the council with its earlier history in a home."""
    council = council_at(home, organisations=organisations)
    import_history(SLUG, organisations / SLUG / "history.csv", as_at=moment_of(council), settings=council.settings)
    return council


def moment_of(council: Council) -> datetime:
    """The moment from which the earlier history is known."""
    return council.teller.profile.opens_at(council.teller.sample.months[0])


def rate_the_year(council: Council, moment: datetime) -> None:
    """Rate the quarters and the year as known at a moment."""
    rate_quarters(SLUG, YEAR, as_at=moment, settings=council.settings)
    rate_year(SLUG, YEAR, as_at=moment, settings=council.settings)
