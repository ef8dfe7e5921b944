"""The data-quality report of a run: what was checked, what was found, what became of it. For engineers and auditors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmf.finding import Severity
from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Section, Table, paragraph
from pmf.period import Month, Quarter
from pmf.register import Profile
from pmf.reporting.wording import as_at_words, counted, sentence_case

_OUTCOMES = {"pass": "Passed", "flag": "Flagged", "fail": "Failed"}


@dataclass(frozen=True, kw_only=True)
class QualitySetting:
    """A validation run: its outcome and reason, counts, findings and checks (rows of the warehouse tables of those names)."""

    profile: Profile
    period: Month | Quarter
    as_at: datetime
    outcome: str
    reason: str
    counts: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]
    checks: Sequence[Mapping[str, Any]]
    titles: Mapping[str, str]


def quality_report(setting: QualitySetting) -> Document:
    """Build the report of one validation run: outcome, findings by gravity, and every check that was made."""
    profile = setting.profile
    title = "Data-quality report"
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=setting.period.label,
        header=(),
        sections=(
            Section("Outcome", tuple(_outcome(setting))),
            Section("Findings", tuple(_findings(setting))),
            Section("Checks made", (_checks(setting),)),
        ),
        footer=f"{profile.name} – {title}, {setting.period.label}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def _outcome(setting: QualitySetting) -> Iterable[Block]:
    yield paragraph(f"{_OUTCOMES[setting.outcome]}. {setting.reason}")
    yield Facts(tuple(Fact(sentence_case(label), str(number)) for label, number in setting.counts.items()))


def _findings(setting: QualitySetting) -> Iterable[Block]:
    if not setting.findings:
        yield paragraph("Nothing was found wrong.")
        return
    columns = (
        Column("Severity", width=0.8),
        Column("KPI", width=2.0),
        Column("What is wrong", width=3.0),
        Column("Where", width=1.0),
        Column("Found", width=1.2),
        Column("Expected", width=1.2),
        Column("How to put it right", width=2.6),
        Column("Rule", width=1.4),
        Column("Dimension", width=1.0),
    )
    rows = tuple(_finding_row(row, setting.titles) for row in setting.findings)
    yield Table(f"{counted(len(rows), 'finding')} of {setting.period.label}", columns, rows, is_wide=True)


def _finding_row(row: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[Cell, ...]:
    kpi_ref = row["kpi_ref"]
    place = f"{row['sheet']}!{row['cell']}" if row["sheet"] and row["cell"] else row["file_name"] or ""
    return (
        Cell(Severity(row["severity"]).verb),
        Cell(f"{kpi_ref} {titles.get(kpi_ref, '')}" if kpi_ref else "Whole return"),
        Cell(row["message"]),
        Cell(place),
        Cell(row["found"] or ""),
        Cell(row["expected"] or ""),
        Cell(row["fix"]),
        Cell(row["rule_id"], note="waived" if row["is_waived"] else ""),
        Cell(row["dimension"]),
    )


def _checks(setting: QualitySetting) -> Table:
    """List each rule once with the number of KPIs it was checked for; the compiled table in the warehouse has them all."""
    rules: dict[tuple[str, str], int] = {}
    for row in setting.checks:
        key = (row["rule_id"], Severity(row["severity"]).verb)
        rules[key] = rules.get(key, 0) + 1
    rows = tuple((Cell(rule_id), Cell(verb), Cell(str(number))) for (rule_id, verb), number in sorted(rules.items()))
    columns = (Column("Rule", width=3.0), Column("Severity"), Column("KPIs checked", is_number=True))
    return Table("Rules and the number of KPIs each was checked for", columns, rows)
