"""A KPI: what is measured, by whom, how its months add up, and where it is looked at.

Sources: CCC framework Appendix C (13-column scorecard), CCC quarter 2 report 2024/25 paragraph 2.4 (dashboard),
HDC framework Appendices B and C.1.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from pmf.period import FinancialYear, Month, Period
from pmf.register.collection import MOST_WORKING_DAYS, Level
from pmf.register.dated import Dated, OptionalCount, OptionalDate, OptionalText, Texts, YesNo, blank_is_none
from pmf.value import Direction

# Counts of one to four are left out by default (Cambridgeshire Insight, small numbers).
USUAL_SUPPRESS_BELOW = 5


class Aggregation(StrEnum):
    """How months become a quarter or a year. Percentages and colours are never averaged.

    ``ratio``: numerators over denominators. ``weighted``: figures, each as often as its denominator counts.
    """

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    RATIO = "ratio"
    WEIGHTED = "weighted"


class Incomplete(StrEnum):
    """What becomes of a quarter or year with a month missing: rated on the months there are, or awaiting data (rulings 17)."""

    RATED = "rated"
    AWAITING_DATA = "awaiting_data"


class StatusType(StrEnum):
    """What kind of KPI it is: only ``rated`` ones have colours (CCC quarter 2 report, paragraph 2.5)."""

    RATED = "rated"
    BASELINE = "baseline"
    CONTEXTUAL = "contextual"
    IN_DEVELOPMENT = "in_development"
    SUSPENDED = "suspended"


class PeriodMode(StrEnum):
    """What stretch of time a month's figure is about."""

    IN_PERIOD = "in_period"
    YEAR_TO_DATE = "year_to_date"
    ROLLING_12 = "rolling_12"


class SourceKind(StrEnum):
    """How a figure comes about (HDC framework, Appendix B.1)."""

    AUTOMATED = "automated"
    SEMI_AUTOMATED = "semi_automated"
    EXTERNAL = "external"
    MANUAL = "manual"
    PROJECTION = "projection"


class AboutPeople(StrEnum):
    """Whether a figure counts people, so that a small one could tell who they are; of a sensitive matter nought tells something too."""

    NO = "no"
    YES = "yes"
    SENSITIVE = "sensitive"


class Influence(StrEnum):
    """How far the council itself can move the figure (HDC framework, Our Plans and How We Deliver)."""

    DO = "do"
    ENABLE = "enable"
    INFLUENCE = "influence"


class Frequency(StrEnum):
    """How often a figure is due."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        """The months from one figure to the next."""
        return {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}[self]


def _blank_is_no(value: Any) -> Any:
    return AboutPeople.NO if blank_is_none(value) is None else value


def _blank_is_usual(value: Any) -> Any:
    return USUAL_SUPPRESS_BELOW if blank_is_none(value) is None else value


class Kpi(Dated):
    """One KPI of the register. Grain of ``kpis.csv``: one row per kpi_ref and valid_from.

    ``direction`` is None where neither way is better (contextual KPIs only). ``ratio_multiplier`` turns
    numerator/denominator into the unit printed: 100 for a percentage. ``part_of`` names the corporate KPI that this
    directorate's figure is combined into; a KPI that others are ``part_of`` is worked out and never collected.

    ``incomplete`` says what becomes of a quarter or year with a month missing.

    ``holder_post`` and ``deputy_post`` answer for this KPI instead of its service's (None: the service's do).
    ``due_working_day``: the working day of the following month from which a figure can be had (None: by the deadline).
    ``source_id`` names the declared source its figure comes from (None: the service's form). ``criteria`` are those of
    the council's selection criteria it meets.

    Of a KPI ``about_people`` public editions leave out what would tell of fewer than ``suppress_below`` of them.
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
    direction: Annotated[Direction | None, BeforeValidator(blank_is_none)] = None
    status_type: StatusType = StatusType.RATED
    aggregation: Aggregation
    ratio_multiplier: int = Field(default=1, ge=1)
    is_cumulative: YesNo = False
    incomplete: Incomplete = Incomplete.RATED
    ambition_ids: Texts = ()
    lead_lag: Literal["leading", "lagging"] = "lagging"
    is_financial: YesNo = False
    has_national_definition: YesNo = False
    is_critical: YesNo = False
    is_public: YesNo = False
    about_people: Annotated[AboutPeople, BeforeValidator(_blank_is_no)] = AboutPeople.NO
    suppress_below: Annotated[int, BeforeValidator(_blank_is_usual)] = Field(default=USUAL_SUPPRESS_BELOW, ge=2)
    part_of: OptionalText = None
    holder_post: OptionalText = None
    deputy_post: OptionalText = None
    portfolio_holder_post: OptionalText = None
    due_working_day: OptionalCount = Field(default=None, ge=1, le=MOST_WORKING_DAYS)
    period_mode: Annotated[PeriodMode | None, BeforeValidator(blank_is_none)] = None
    numerator_definition: str = ""
    denominator_definition: str = ""
    national_definition: str = ""
    benchmark_source: str = ""
    source_kind: Annotated[SourceKind | None, BeforeValidator(blank_is_none)] = None
    source_id: OptionalText = None
    influence: Annotated[Influence | None, BeforeValidator(blank_is_none)] = None
    criteria: Texts = ()
    no_target_reason: str = ""
    suspended_reason: str = ""
    review_on: OptionalDate = None

    @field_validator("unit")
    @classmethod
    def _has_a_unit(cls, unit: str) -> str:
        if not unit:
            raise ValueError('write a unit: "%", "£", "number", "days", ...')
        return unit

    @field_validator("aggregation")
    @classmethod
    def _averages_no_percentages(cls, aggregation: Aggregation, others: ValidationInfo) -> Aggregation:
        if aggregation is Aggregation.MEAN and "%" in others.data.get("unit", ""):
            raise ValueError(
                "percentages are never averaged. Write ratio where numerator and denominator are returned, weighted where only the "
                "denominator is, or last"
            )
        return aggregation

    @model_validator(mode="after")
    def _can_be_judged(self) -> Kpi:
        if self.status_type is StatusType.RATED and self.direction is None:
            raise ValueError("a rated KPI needs a direction for improvement: higher, lower, range or maintain")
        if self.status_type is StatusType.SUSPENDED and not (self.suspended_reason and self.review_on):
            raise ValueError("a suspended KPI needs a suspended_reason and the day of its review (review_on)")
        return self

    @model_validator(mode="after")
    def _is_about_one_stretch_of_time(self) -> Kpi:
        if self.period_mode is not None and self.is_cumulative != (self.period_mode is PeriodMode.YEAR_TO_DATE):
            raise ValueError(
                f"period_mode {self.period_mode} and is_cumulative {'yes' if self.is_cumulative else 'no'} contradict each other"
            )
        if self.period_mode is PeriodMode.ROLLING_12 and self.aggregation is Aggregation.SUM:
            raise ValueError("aggregation sum: figures of twelve months rolling share most of their months. Write last, or ratio")
        return self

    @model_validator(mode="after")
    def _can_be_guarded(self) -> Kpi:
        is_share = "%" in self.unit or self.unit.startswith("per ")
        is_count = not is_share and self.aggregation in (Aggregation.SUM, Aggregation.LAST)
        if self.is_about_people and not (is_count or self.aggregation is Aggregation.RATIO):
            raise ValueError(
                "of a KPI about people (about_people) the number of people must be known: write aggregation ratio for a percentage or "
                "rate, and sum or last for a count"
            )
        return self

    @property
    def is_about_people(self) -> bool:
        """Whether its figure counts people."""
        return self.about_people is not AboutPeople.NO

    def is_small(self, count: Decimal) -> bool:
        """Tell whether so few people could be known from their number."""
        return (count > 0 or self.about_people is AboutPeople.SENSITIVE) and count < self.suppress_below

    def is_due(self, month: Month) -> bool:
        """Tell whether a figure is due for a month: always, at the quarter's end, or at the financial year's end."""
        if self.frequency is Frequency.MONTHLY:
            return True
        if self.frequency is Frequency.QUARTERLY:
            return month == month.quarter.months[-1]
        return month == month.financial_year.months[-1]

    def covers(self, period: Period) -> tuple[Month, ...]:
        """List the months that a figure for a period is about: the one figure of a quarter or year is about all of it."""
        if self.frequency is Frequency.QUARTERLY and isinstance(period, Month):
            return period.quarter.months
        if self.frequency is Frequency.ANNUAL and not isinstance(period, FinancialYear):
            return period.financial_year.months
        return period.months
