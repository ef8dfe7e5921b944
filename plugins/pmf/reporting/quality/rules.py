"""Every rule of the suites: whom it was asked of, who breaks it, and why it was not asked where it was not."""

from __future__ import annotations

from collections.abc import Iterable

from pmf.page.document import Block, Cell, Column, Table, paragraph
from pmf.reporting.quality.setting import AskedRule, QualitySetting
from pmf.reporting.wording import counted, sentence_case

_COLUMNS = (
    Column("Rule", width=5.0),
    Column("Dimension", width=1.1),
    Column("Effect", width=0.7),
    Column("KPIs asked", is_number=True, width=0.8),
    Column("KPIs that break it", is_number=True, width=0.9),
    Column("Findings", is_number=True, width=0.8),
    Column("Remarks", width=2.4),
)


def rule_blocks(setting: QualitySetting) -> Iterable[Block]:
    """List every rule once, in the order of the suites; the compiled table in the warehouse has each KPI's own limits."""
    if not setting.rules:
        yield paragraph("No rule was asked: nothing was due.")
        return
    found: dict[str, list[str | None]] = {}
    for row in setting.findings:
        found.setdefault(row["rule_id"], []).append(row["kpi_ref"])
    rows = tuple(_row(rule, found.get(rule.rule_id, [])) for rule in setting.rules)
    yield Table(f"{counted(len(rows), 'rule')} and the number of KPIs each was asked of", _COLUMNS, rows, is_wide=True)


def _row(rule: AskedRule, found: list[str | None]) -> tuple[Cell, ...]:
    asked = "" if rule.not_checked else "–" if rule.kpis is None else str(rule.kpis)
    return (
        Cell(rule.description, note=rule.rule_id),
        Cell(sentence_case(rule.dimension.value)),
        Cell(rule.verb),
        Cell("Not checked" if rule.not_checked else asked),
        Cell(str(len({kpi_ref for kpi_ref in found if kpi_ref}))),
        Cell(str(len(found))),
        Cell(" ".join(part for part in (rule.not_checked, rule.chosen) if part)),
    )
