"""A KPI, its targets and its data-quality template (DQT), each with the dates between which it holds.

Sources: CCC framework Appendix C (13-column scorecard), CCC quarter 2 report 2024/25 paragraph 2.4 (dashboard),
HDC framework Appendix B.2 (DQT). A row that changes is a new row with a later ``valid_from``: the past stays as it was.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from pmf.period import Month, Period, Quarter
from pmf.register.council import Definition
from pmf.value import Direction, parse_figure, plain, printed

_RANGE = re.compile(r"^\s*(?P<low>[^.\s][^\s]*?)\s*\.\.\s*(?P<high>\S+)\s*$")


class Level(StrEnum):
    """Where in the framework a KPI is looked at."""

    STRATEGIC = "strategic"
    CORPORATE = "corporate"
    OPERATIONAL = "operational"


class Aggregation(StrEnum):
    """How months become a quarter or a year. Percentages and colours are never averaged."""

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    RATIO = "ratio"


class StatusType(StrEnum):
    """What kind of KPI it is: only ``rated`` ones have colours (CCC quarter 2 report, paragraph 2.5)."""

    RATED = "rated"
    BASELINE = "baseline"
    CONTEXTUAL = "contextual"
    IN_DEVELOPMENT = "in_development"
    SUSPENDED = "suspended"


class Frequency(StrEnum):
    """How often a figure is due."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _figure(value: Any) -> Any:
    if isinstance(value, str):
        figure = parse_figure(value)
        if figure is None:
            raise ValueError(f"{value!r} is not a figure: write it like 95 or 221512.41")
        return figure
    return value


def _decimals(figure: Decimal) -> int:
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value


def _yes_no(value: Any) -> Any:
    if isinstance(value, str):
        answer = {"yes": True, "no": False, "": False}.get(value.strip().casefold())
        if answer is None:
            raise ValueError(f"{value!r} is neither yes nor no")
        return answer
    return value


OptionalText = Annotated[str | None, BeforeValidator(_blank_is_none)]
OptionalDate = Annotated[date | None, BeforeValidator(_blank_is_none)]
OptionalFigure = Annotated[Decimal | None, BeforeValidator(_figure), BeforeValidator(_blank_is_none)]
OptionalCount = Annotated[int | None, BeforeValidator(_blank_is_none)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]


class Dated(Definition):
    """A definition that holds from ``valid_from`` until the day before ``valid_to`` (None: until further notice)."""

    kpi_ref: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    valid_from: date
    valid_to: OptionalDate = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} does not come after valid_from {self.valid_from}: the version would never hold")
        return self

    def holds_on(self, day: date) -> bool:
        """Tell whether the definition is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Kpi(Dated):
    """One KPI of the register. Grain of ``kpis.csv``: one row per kpi_ref and valid_from.

    ``direction`` is None where neither way is better (contextual KPIs only). ``ratio_multiplier`` turns
    numerator/denominator into the unit printed: 100 for a percentage. ``part_of`` names the corporate KPI that this
    directorate's figure is combined into; a KPI that others are ``part_of`` is worked out and never collected.
    """

    title: str = Field(min_length=5)
    description: str = ""
    directorate_id: str
    service_id: str
    committee_id: OptionalText = None
    level: Level
    perspective: str = "residents"
    metric_category: str = "Local authority"
    frequency: Frequency = Frequency.MONTHLY
    unit: str = "number"
    decimals: int = Field(default=0, ge=0, le=6)
    direction: Annotated[Direction | None, BeforeValidator(_blank_is_none)] = None
    status_type: StatusType = StatusType.RATED
    aggregation: Aggregation
    ratio_multiplier: int = Field(default=1, ge=1)
    is_cumulative: YesNo = False
    ambition_ids: Texts = ()
    lead_lag: str = "lagging"
    is_financial: YesNo = False
    has_national_definition: YesNo = False
    is_critical: YesNo = False
    is_public: YesNo = False
    part_of: OptionalText = None

    @field_validator("unit")
    @classmethod
    def _has_a_unit(cls, unit: str) -> str:
        if not unit:
            raise ValueError('write a unit: "%", "£", "number", "days", ...')
        return unit

    @model_validator(mode="after")
    def _can_be_judged(self) -> Kpi:
        if self.status_type is StatusType.RATED and self.direction is None:
            raise ValueError("a rated KPI needs a direction for improvement: higher, lower, range or maintain")
        return self

    def is_due(self, month: Month) -> bool:
        """Tell whether a figure is due for a month: always, at the quarter's end, or at the financial year's end."""
        if self.frequency is Frequency.MONTHLY:
            return True
        if self.frequency is Frequency.QUARTERLY:
            return month == month.quarter.months[-1]
        return month == month.financial_year.months[-1]


class PeriodKind(StrEnum):
    """The kind of period a target is for."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @classmethod
    def of(cls, period: Period) -> PeriodKind:
        if isinstance(period, Month):
            return cls.MONTH
        return cls.QUARTER if isinstance(period, Quarter) else cls.YEAR


def target_bounds(text: str) -> tuple[Decimal, Decimal]:
    """Read a target as a range; a single figure is a range of no width.

    Raises:
        ValueError: when it is neither a figure nor ``low..high``.
    """
    match = _RANGE.match(text)
    low, high = (parse_figure(match["low"]), parse_figure(match["high"])) if match else (parse_figure(text),) * 2
    if low is None or high is None:
        raise ValueError(f"{text!r} is not a target: write a figure like 95, or a range like 85..95")
    return low, high


def printed_target(text: str, kpi: Kpi) -> str:
    """Print a target in the KPI's unit, with more decimals where rounding would show another target."""
    bounds = dict.fromkeys(target_bounds(text))
    return " to ".join(printed(bound, unit=kpi.unit, decimals=max(kpi.decimals, _decimals(bound))) for bound in bounds)


class Target(Dated):
    """A target for one kind of period. ``target`` is a figure, or ``low..high`` for a KPI that must stay in a range."""

    period_kind: PeriodKind = PeriodKind.MONTH
    target: str
    intervention_level: OptionalFigure = None
    method: OptionalText = None
    set_by: str = ""

    @model_validator(mode="after")
    def _reads_as_a_target(self) -> Target:
        low, high = self.bounds
        if low > high:
            raise ValueError(f"target {self.target!r}: the lower end stands above the upper end")
        return self

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Give the target as a range; a single figure is a range of no width."""
        return target_bounds(self.target)

    def printed(self, kpi: Kpi) -> str:
        """Print the target in the KPI's unit, with more decimals where rounding would show another target."""
        return printed_target(self.target, kpi)

    @property
    def version(self) -> str:
        """Name this version of the target, for the key of a rating."""
        level = "" if self.intervention_level is None else f"/{plain(self.intervention_level)}"
        return f"{self.period_kind}:{self.valid_from.isoformat()}:{self.target}{level}"


class DataQualityTemplate(Dated):
    """The answers of a KPI's data-quality template that checks are compiled from, with those people read.

    ``minimum``/``maximum`` bound what is plausible, in the KPI's unit. ``large_movement_pct``: a change on the previous
    figure larger than this, in per cent, must be explained by a comment. None: the question was not answered.
    """

    collector_post: OptionalText = None
    forecaster_post: OptionalText = None
    commentator_post: OptionalText = None
    cover_post: OptionalText = None
    systems: str = ""
    method: str = ""
    minimum: OptionalFigure = None
    maximum: OptionalFigure = None
    max_decimals: OptionalCount = None
    needs_numerator: YesNo = False
    large_movement_pct: OptionalFigure = None
    importance: str = ""
    seasonality: str = ""
    amber_factors: str = ""
    red_factors: str = ""
    actions: str = ""
    benchmarking: str = ""
