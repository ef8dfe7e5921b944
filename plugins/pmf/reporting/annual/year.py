"""A KPI's year beside its four quarters, and what an annual report needs besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pmf.period import FinancialYear, Quarter, parse_quarter
from pmf.register import Profile
from pmf.register.changes import Change
from pmf.reporting.criteria import Fill
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup
from pmf.reporting.waiver import PrintedWaiver
from pmf.status import Status

# Of a year.
QUARTERS = 4


@dataclass(frozen=True)
class QuarterFigure:
    """A KPI's figure of a quarter, as it is known now and as it was told at first.

    ``told`` is what the quarter's signed papers had (``is_reported``), else the first rating there is. ``why`` says why figures of the
    quarter were stated anew since; empty: nobody said.
    """

    latest: Measure
    told: Measure
    is_reported: bool = False
    why: str = ""

    @property
    def quarter(self) -> Quarter:
        """The quarter."""
        return parse_quarter(self.latest.rating["period"])

    @property
    def is_due(self) -> bool:
        """Whether a figure was due in the quarter; a yearly one stands in the others with the figure of the year before."""
        return not self.latest.months_used or self.latest.is_updated_in(self.quarter)

    @property
    def is_corrected(self) -> bool:
        """Whether figure or status print otherwise now than in the signed papers."""
        then, now = self.told, self.latest
        return self.is_reported and self.is_due and (then.current, then.status) != (now.current, now.status)


@dataclass(frozen=True)
class YearMeasure:
    """A KPI's year (``year``) with its four quarters in order; None: the KPI was not rated in that quarter."""

    year: Measure
    quarters: tuple[QuarterFigure | None, ...]

    @property
    def course(self) -> tuple[Status | None, ...]:
        """The status of each quarter in which a figure was due, as known now. None: none was due."""
        return tuple(quarter.latest.status if quarter and quarter.is_due else None for quarter in self.quarters)

    @property
    def outcome(self) -> Decimal | None:
        """The figure the year ended with. None: there is none, or one that lacks a month: no forecast is held against that."""
        value: Decimal | None = self.year.rating["value"]
        return None if self.year.rating["months_missing"] else value


@dataclass(frozen=True, kw_only=True)
class AnnualSetting:
    """What an annual report needs besides its measures.

    ``criteria`` are the printed sentences of the policy the year is rated by, and ``fills`` what it gives a status to beyond its source;
    ``movements`` groups the KPIs by how their status moved since the year before; ``changes`` are those of indicators and targets that
    took effect or were adopted in the year; ``waivers`` those in use that are about no KPI.
    """

    profile: Profile
    year: FinancialYear
    as_at: datetime
    policy_title: str
    criteria: tuple[str, ...]
    movements: tuple[MovementGroup, ...]
    fills: tuple[Fill, ...] = ()
    changes: tuple[Change, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """The year's quarters."""
        return tuple(dict.fromkeys(month.quarter for month in self.year.months))
