"""Scores by dimension, by service and by KPI, each row leading to its findings."""

from __future__ import annotations

from decimal import Decimal

from pmf.finding import Dimension, Score, total
from pmf.page.document import Cell, Column, Table
from pmf.reporting.quality.findings import first_links
from pmf.reporting.quality.setting import CheckedKpi, QualitySetting
from pmf.reporting.wording import sentence_case
from pmf.value import printed

_COUNTS = (
    Column("Checks", is_number=True, width=0.8),
    Column("Failed", is_number=True, width=0.8),
    Column("Flagged", is_number=True, width=0.8),
    Column("Score", is_number=True, width=0.8),
)
_ALMOST = Decimal("99.95")


def printed_score(score: Score) -> str:
    """Print a score to one decimal, a dash where nothing was checked; what is not all passed is never printed as 100%."""
    pct = score.pct
    if pct is None:
        return "–"
    return "99.9%" if _ALMOST <= pct < 100 else printed(pct, unit="%", decimals=1)


def dimension_table(setting: QualitySetting) -> Table:
    """Give each dimension's checks and score, and how many KPIs have a fault of it."""
    rows = []
    for dimension in Dimension:
        scores = [kpi.scores.get(dimension, Score()) for kpi in setting.kpis]
        faulty = sum(bool(score.failed or score.flagged) for score in scores)
        rows.append((Cell(sentence_case(dimension.value)), *_cells(total(scores)), Cell(str(faulty))))
    columns = (Column("Dimension", width=1.6), *_COUNTS, Column("KPIs with a fault", is_number=True))
    return Table("Scores by dimension", columns, tuple(rows))


def service_table(setting: QualitySetting) -> Table:
    """Give each service's KPIs, checks and score; its name leads to its findings."""
    columns = (
        Column("Service", width=2.4),
        Column("KPIs due", is_number=True, width=0.7),
        Column("Answered", is_number=True, width=0.9),
        Column("Withheld", is_number=True, width=0.8),
        *_COUNTS,
    )
    first = first_links(setting, setting.service_of)
    rows = []
    for service_id, name in setting.service_names.items():
        own = [kpi for kpi in setting.kpis if kpi.service_id == service_id]
        if own:
            counts = (len(own), sum(kpi.is_answered for kpi in own), sum(kpi.is_withheld for kpi in own))
            numbers = (Cell(str(count)) for count in counts)
            rows.append((Cell(name, link=first.get(service_id, "")), *numbers, *_cells(total(kpi.score for kpi in own))))
    return Table("Scores by service", columns, tuple(rows))


def kpi_table(setting: QualitySetting) -> Table:
    """Give each KPI's score, lowest first; its name leads to its findings."""
    columns = (
        Column("KPI", width=3.6),
        Column("Service", width=2.0),
        *_COUNTS,
        Column("Lowest in", width=1.3),
        Column("Figure", width=1.3),
        Column("Found before", width=1.4),
    )
    first = first_links(setting, lambda row: row["kpi_ref"] or "")
    ordered = sorted(setting.kpis, key=lambda kpi: 101 if kpi.score.pct is None else kpi.score.pct)
    rows = tuple(_kpi_row(kpi, setting, first.get(kpi.kpi_ref, "")) for kpi in ordered)
    return Table("Scores by KPI, lowest first", columns, rows, is_wide=True)


def _kpi_row(kpi: CheckedKpi, setting: QualitySetting, link: str) -> tuple[Cell, ...]:
    figure = "Under query" if kpi.is_withheld else "Answered" if kpi.is_answered else "No answer"
    before = f"{kpi.found_before} of {setting.earlier_periods}" if setting.earlier_periods else "–"
    return (
        Cell(f"{kpi.kpi_ref} {kpi.title}", link=link),
        Cell(setting.service_names.get(kpi.service_id, "")),
        *_cells(kpi.score),
        Cell(_lowest(kpi)),
        Cell(figure, note=kpi.query),
        Cell(before),
    )


def _lowest(kpi: CheckedKpi) -> str:
    """Name the dimensions in which a KPI does worst; none where it passed everything."""
    shares = {dimension: score.pct for dimension, score in kpi.scores.items() if score.pct is not None and score.pct < 100}
    worst = [dimension.value for dimension, pct in shares.items() if pct == min(shares.values())]
    return sentence_case(", ".join(worst))


def _cells(score: Score) -> tuple[Cell, ...]:
    return (Cell(f"{score.checks:,}"), Cell(str(score.failed)), Cell(str(score.flagged)), Cell(printed_score(score)))
