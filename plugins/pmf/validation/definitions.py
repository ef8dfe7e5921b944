"""The answers of a KPI's definition and data-quality template that checks depend on, as columns of a dataset.

A check that names one of these columns in ``expectations/`` is thereby linked to that answer: ``checks`` compiles it
for the KPIs it concerns, and the datasets about single KPIs carry the column.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from pmf.period import Month
from pmf.register import DataQualityTemplate, Kpi, Register
from pmf.register.template import Sensitivity
from pmf.series.unusual import FLAG_BEYOND, WITHHOLD_BEYOND


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What the register says of one KPI. None: the template does not answer, or there is no template.

    The first columns are of the KPI itself, under the names of its fields; from ``minimum`` on they are answers of its
    template, under the names of theirs but for ``has_forecaster``, whether a post is named, and ``flag_beyond`` and
    ``withhold_beyond``, the robust standard deviations (``series.unusual``) its sensitivity comes to. Where there is no
    template, yes-or-no answers are no and the sensitivity is usual.
    """

    unit: str
    status_type: str
    level: str
    due_working_day: int | None
    is_cumulative: bool
    is_critical: bool
    has_national_definition: bool
    minimum: Decimal | None
    maximum: Decimal | None
    max_decimals: int | None
    needs_numerator: bool
    large_movement_pct: Decimal | None
    is_seasonal: bool
    flag_beyond: Decimal
    withhold_beyond: Decimal
    zero_is_plausible: bool
    repeat_is_plausible: bool
    restatement_tolerance_pct: Decimal | None
    benchmark_max_age_months: int | None
    access_confirmed: bool
    has_forecaster: bool


DEFINITION_COLUMNS = frozenset(field.name for field in fields(Definition))
# Columns that are not named as the answer they hold.
_RENAMED = {"has_forecaster": "forecaster_post", "flag_beyond": "sensitivity", "withhold_beyond": "sensitivity"}
# Column: the answer of the template it holds. A rule that names the column is driven by that answer.
ANSWER_OF = {
    column: answer for column in DEFINITION_COLUMNS if (answer := _RENAMED.get(column, column)) in DataQualityTemplate.model_fields
}
# What the usual limits are multiplied with.
_WIDTHS = {Sensitivity.LOW: Decimal("1.5"), Sensitivity.USUAL: Decimal(1), Sensitivity.HIGH: Decimal("0.7")}


def define(kpi: Kpi, template: DataQualityTemplate | None) -> Definition:
    """Lay out what a KPI and its template (None: it has none) say."""
    width = _WIDTHS[(template and template.sensitivity) or Sensitivity.USUAL]
    return Definition(
        unit=kpi.unit,
        status_type=kpi.status_type.value,
        level=kpi.level.value,
        due_working_day=kpi.due_working_day,
        is_cumulative=kpi.is_cumulative,
        is_critical=kpi.is_critical,
        has_national_definition=kpi.has_national_definition,
        minimum=template.minimum if template else None,
        maximum=template.maximum if template else None,
        max_decimals=template.max_decimals if template else None,
        needs_numerator=template.needs_numerator if template else False,
        large_movement_pct=template.large_movement_pct if template else None,
        is_seasonal=template.is_seasonal if template else False,
        flag_beyond=FLAG_BEYOND * width,
        withhold_beyond=WITHHOLD_BEYOND * width,
        zero_is_plausible=template.zero_is_plausible if template else False,
        repeat_is_plausible=template.repeat_is_plausible if template else False,
        restatement_tolerance_pct=template.restatement_tolerance_pct if template else None,
        benchmark_max_age_months=template.benchmark_max_age_months if template else None,
        access_confirmed=template.access_confirmed if template else False,
        has_forecaster=template is not None and template.forecaster_post is not None,
    )


def templates_in_force(register: Register, month: Month) -> dict[str, DataQualityTemplate]:
    """Map each KPI to its data-quality template in force on the last day of a month; a KPI without one is left out."""
    return {template.kpi_ref: template for template in register.template_versions if template.holds_on(month.last_day)}
