"""Findings, service by service and KPI by KPI, so that whoever must act on one finds it beside its fellows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from pmf.finding import Severity
from pmf.page.document import Block, Cell, Column, Heading, Table, paragraph
from pmf.reporting.quality.setting import QualitySetting
from pmf.reporting.wording import counted, sentence_case

_WHOLE = "The whole period"
_COLUMNS = (
    Column("KPI", width=2.2),
    Column("Effect", width=0.8),
    Column("What is wrong", width=4.0),
    Column("Where", width=1.1),
    Column("Found", width=1.3),
    Column("Expected", width=1.3),
    Column("How to put it right", width=2.8),
    Column("Dimension", width=1.2),
)


def anchor(place: int) -> str:
    """Name the row of a finding by its place among all, for links to it."""
    return f"finding-{place + 1}"


def first_links(setting: QualitySetting, key: Callable[[Mapping[str, Any]], str]) -> dict[str, str]:
    """Give the address, on the page, of the first finding of each KPI, service or whatever ``key`` tells of a finding."""
    first: dict[str, str] = {}
    for place, row in enumerate(setting.ordered_findings):
        first.setdefault(key(row), f"#{anchor(place)}")
    return first


def finding_blocks(setting: QualitySetting) -> Iterable[Block]:
    """Print a table of findings for the whole period and for each service that has some."""
    if not setting.findings:
        yield paragraph("Nothing was found wrong.")
        return
    placed = list(enumerate(setting.ordered_findings))
    for service_id, group in groupby(placed, key=lambda item: setting.service_of(item[1])):
        rows = list(group)
        name = setting.service_names.get(service_id, _WHOLE)
        yield Heading(name)
        caption = f"{counted(len(rows), 'finding')} of {setting.period.label}: {name}"
        yield Table(caption, _COLUMNS, tuple(_row(place, row, setting) for place, row in rows), is_wide=True)


def _row(place: int, row: Mapping[str, Any], setting: QualitySetting) -> tuple[Cell, ...]:
    kpi_ref = row["kpi_ref"]
    where = f"{row['sheet']}!{row['cell']}" if row["sheet"] and row["cell"] else row["file_name"] or ""
    return (
        Cell(f"{kpi_ref} {setting.titles.get(kpi_ref, '')}".strip() if kpi_ref else _about(row), anchor=anchor(place)),
        Cell(Severity(row["severity"]).verb, note=_effect(row)),
        Cell(row["message"], note=row["rule_id"]),
        Cell(where),
        Cell(row["found"] or ""),
        Cell(row["expected"] or ""),
        Cell(row["fix"]),
        Cell(sentence_case(row["dimension"])),
    )


def _about(row: Mapping[str, Any]) -> str:
    return "Whole return" if row["service_id"] else "Whole period"


def _effect(row: Mapping[str, Any]) -> str:
    if row["is_waived"]:
        return "waived"
    if row["scope"] == "publication":
        return "stops publication"
    return "withheld" if row["severity"] == "critical" and row["scope"] == "row" and row["kpi_ref"] else ""
