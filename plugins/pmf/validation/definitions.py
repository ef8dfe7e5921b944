"""The answers of a KPI's definition and data-quality template that checks depend on, as columns of a dataset.

A check that names one of these columns in ``expectations/`` is thereby linked to that answer: ``checks`` compiles it
for the KPIs it concerns, and the observation dataset carries the column.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from pmf.period import Month
from pmf.register import DataQualityTemplate, Kpi, Register


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What the register says of one KPI. None: the template does not answer, or there is no template."""

    unit: str
    decimals: int
    is_cumulative: bool
    is_critical: bool
    minimum: Decimal | None
    maximum: Decimal | None
    max_decimals: int | None
    needs_numerator: bool
    large_movement_pct: Decimal | None


DEFINITION_COLUMNS = frozenset(field.name for field in fields(Definition))


def define(kpi: Kpi, template: DataQualityTemplate | None) -> Definition:
    """Lay out what a KPI and its template (None: it has none) say."""
    return Definition(
        unit=kpi.unit,
        decimals=kpi.decimals,
        is_cumulative=kpi.is_cumulative,
        is_critical=kpi.is_critical,
        minimum=template.minimum if template else None,
        maximum=template.maximum if template else None,
        max_decimals=template.max_decimals if template else None,
        needs_numerator=template.needs_numerator if template else False,
        large_movement_pct=template.large_movement_pct if template else None,
    )


def templates_in_force(register: Register, month: Month) -> dict[str, DataQualityTemplate]:
    """Map each KPI to its data-quality template in force on the last day of a month; a KPI without one is left out."""
    return {template.kpi_ref: template for template in register.template_versions if template.holds_on(month.last_day)}
