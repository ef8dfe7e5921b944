"""How a council collects: the calendar of a month, who is reminded when, who releases a return, who approves a change."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from pmf.register.structure import IDENTIFIER, Definition

# No month has more working days than this; a larger number is a slip of the keyboard.
MOST_WORKING_DAYS = 23


class Level(StrEnum):
    """Where in the framework a KPI is looked at."""

    STRATEGIC = "strategic"
    CORPORATE = "corporate"
    OPERATIONAL = "operational"


class CollectionCalendar(Definition):
    """Working days counted from the first of the month after the one reported on; times are local."""

    open_working_day: int = Field(ge=1, le=MOST_WORKING_DAYS)
    deadline_working_day: int = Field(ge=1, le=MOST_WORKING_DAYS)
    cycle_working_day: int = Field(ge=1, le=MOST_WORKING_DAYS)
    export_working_day: int = Field(ge=1, le=MOST_WORKING_DAYS)
    at: time = time(7, 0)
    deadline_at: time = time(17, 0)
    closure_days: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _runs_forwards(self) -> CollectionCalendar:
        if not self.open_working_day < self.deadline_working_day < self.cycle_working_day <= self.export_working_day:
            raise ValueError("working days must run open < deadline < cycle <= export")
        return self


class Role(StrEnum):
    """Who is reminded of a return that is missing, from the officer upwards."""

    HOLDER = "holder"
    DEPUTY = "deputy"
    HEAD = "head"
    DIRECTOR = "director"
    BOARD = "board"


class ChaseStep(Definition):
    """Who is reminded, so many working days after the deadline (before it: a negative number)."""

    working_days: int = Field(ge=-MOST_WORKING_DAYS, le=MOST_WORKING_DAYS)
    to: tuple[Role, ...] = Field(min_length=1)


class Mix(StrEnum):
    """Kinds of which a directorate's strategic KPIs are to have both: leading and lagging, about money and not."""

    LEAD_LAG = "lead_lag"
    FINANCIAL = "is_financial"


class RuleChoice(Definition):
    """A rule of the suites of which the council asks something else than its suite says, and why."""

    rule: str = Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")
    reason: str = Field(min_length=10)


class QualityTolerance(Definition):
    """What the council tolerates: the share of due KPIs that may be withheld before the run fails, in per cent.

    ``query_working_days``: a query still open so many working days after it was asked is put on the board's list.
    ``strategic_least`` and ``strategic_most`` bound the strategic KPIs of a directorate and ``strategic_mix`` says of what
    kinds they are to be, where the council's framework does (CCC: around ten, leading and lagging); None, empty: not checked.
    A finding of a rule in ``stop_on`` fails the run, whatever the share; one of a rule in ``advisory`` only flags.
    """

    withheld_share_max_pct: Decimal = Field(ge=0, le=100)
    query_working_days: int = Field(default=10, ge=1, le=MOST_WORKING_DAYS)
    strategic_least: int | None = Field(default=None, ge=1)
    strategic_most: int | None = Field(default=None, ge=1)
    strategic_mix: tuple[Mix, ...] = ()
    stop_on: tuple[RuleChoice, ...] = ()
    advisory: tuple[RuleChoice, ...] = ()

    @model_validator(mode="after")
    def _leaves_room(self) -> QualityTolerance:
        if self.strategic_least is not None and self.strategic_most is not None and self.strategic_least > self.strategic_most:
            raise ValueError(f"strategic_least {self.strategic_least} is more than strategic_most {self.strategic_most}")
        return self

    @model_validator(mode="after")
    def _chooses_once(self) -> QualityTolerance:
        rules = [choice.rule for choice in (*self.stop_on, *self.advisory)]
        if twice := sorted({rule for rule in rules if rules.count(rule) > 1}):
            raise ValueError(f"stop_on and advisory name {', '.join(twice)} more than once")
        return self


class Criterion(Definition):
    """A reason for which a measure may become a KPI (HDC framework, Appendix C.1)."""

    id: str = Field(pattern=IDENTIFIER)
    text: str


class ApprovalStep(Definition):
    """Who decides on a change of a KPI, or is told of it: a post, a board, a committee, or ``committee``, the KPI's own."""

    by: str
    decision: Literal["approve", "note"] = "approve"


class ApprovalChain(Definition):
    """The steps a change of a KPI of one level takes, in order."""

    level: Level
    steps: tuple[ApprovalStep, ...] = Field(min_length=1)
