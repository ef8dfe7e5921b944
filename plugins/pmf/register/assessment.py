"""How a council assesses: policies by date, when a red is looked into and what is then done, whose figures it compares with."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from pmf.period import Month, parse_month
from pmf.register.structure import IDENTIFIER, Definition


class PolicyInForce(Definition):
    """A rating policy and the day from which it rates the council's headline figures, or its papers."""

    policy_id: str
    since: date


class Persistence(Definition):
    """When a KPI is looked into (CCC framework, "Responding to underperformance"): ``reds`` reds among its last ``of`` rated periods.

    ``writes_pack``: a deep-dive pack is written when that begins. ``pmf deep-dive`` writes one for any council.
    """

    reds: int = Field(default=3, ge=1)
    of: int = Field(default=3, ge=1)
    writes_pack: bool = True

    @model_validator(mode="after")
    def _can_be_met(self) -> Persistence:
        if self.reds > self.of:
            raise ValueError(f"{self.reds} reds cannot be among {self.of} periods: reds is at most of")
        return self


class Approver(StrEnum):
    """Whose approval an intervention form asks for (HDC framework, Appendix F)."""

    HEAD = "head"
    DIRECTOR = "director"
    PORTFOLIO_HOLDER = "portfolio_holder"

    @property
    def label(self) -> str:
        """The approver as the form names it."""
        return {"head": "Head of Service", "director": "Director", "portfolio_holder": "Portfolio Holder"}[self.value]


class Outcome(StrEnum):
    """How an intervention ended: the KPI is back, another intervention is to follow, or it is not pursued."""

    RECOVERED = "recovered"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"


class InterventionRule(Definition):
    """What a KPI Intervention Form asks for (HDC framework, Appendix F): whose ``approvals``, and progress of how many ``months``."""

    approvals: tuple[Approver, ...] = Field(default=(Approver.HEAD, Approver.DIRECTOR), min_length=1)
    months: int = Field(default=3, ge=1, le=12)

    @field_validator("approvals")
    @classmethod
    def _asks_nobody_twice(cls, approvals: tuple[Approver, ...]) -> tuple[Approver, ...]:
        if len(set(approvals)) < len(approvals):
            raise ValueError("approvals names somebody twice: each approves once")
        return approvals


class NeighbourSet(Definition):
    """Areas a council compares itself with from a day on, written as in ``benchmarks.csv``; ``source`` says who chose them.

    ``kpi_refs`` are the KPIs it is for, where a service has neighbours of its own; empty: every KPI that no other set names.
    """

    id: str = Field(pattern=IDENTIFIER)
    name: str = Field(min_length=3)
    source: str = Field(min_length=3)
    since: date
    areas: tuple[str, ...] = Field(min_length=3)
    kpi_refs: tuple[str, ...] = ()


class Rebase(Definition):
    """A decision to work out a KPI's process limits anew from a month on: what changed in the process, which post decided, when.

    A rating made before ``decided_on`` knows nothing of it.
    """

    kpi_ref: str
    month: str
    reason: str = Field(min_length=10)
    post: str
    decided_on: date

    @field_validator("month")
    @classmethod
    def _is_a_month(cls, text: str) -> str:
        return parse_month(text).key

    @property
    def since(self) -> Month:
        """The first month the new limits are worked out from."""
        return parse_month(self.month)
