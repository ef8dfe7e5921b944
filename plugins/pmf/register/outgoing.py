"""How a council's reports go out: the steps before a meeting, counted back from the last day to publish, who signs, how they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from pmf.period import FinancialYear, Period, Quarter
from pmf.period.workdays import WorkingCalendar
from pmf.register.structure import Definition

_MOST_WORKING_DAYS = 60


class Step(StrEnum):
    """What must be done before a paper lies on the table, in order."""

    DATA = "data"
    COMMENTS = "comments"
    DRAFT = "draft"
    CLEARANCE = "clearance"
    SIGN_OFF = "sign-off"
    PUBLICATION = "publication"


class BackPlan(Definition):
    """By when each step is due: so many working days before the last day to publish (rulings 21).

    ``warn``: a step that is not done so many working days before its day is pointed out.
    """

    data: int = Field(default=15, ge=0, le=_MOST_WORKING_DAYS)
    comments: int = Field(default=13, ge=0, le=_MOST_WORKING_DAYS)
    draft: int = Field(default=10, ge=0, le=_MOST_WORKING_DAYS)
    clearance: int = Field(default=5, ge=0, le=_MOST_WORKING_DAYS)
    sign_off: int = Field(default=2, ge=0, le=_MOST_WORKING_DAYS)
    warn: int = Field(default=2, ge=0, le=_MOST_WORKING_DAYS)

    @model_validator(mode="after")
    def _runs_forwards(self) -> BackPlan:
        if any(later > earlier for earlier, later in pairwise(self._lead.values())):
            raise ValueError("working days before publication must run data >= comments >= draft >= clearance >= sign_off")
        return self

    @property
    def _lead(self) -> dict[Step, int]:
        return {
            Step.DATA: self.data,
            Step.COMMENTS: self.comments,
            Step.DRAFT: self.draft,
            Step.CLEARANCE: self.clearance,
            Step.SIGN_OFF: self.sign_off,
            Step.PUBLICATION: 0,
        }

    def days(self, meeting: date, calendar: WorkingCalendar) -> Mapping[Step, date]:
        """Give the last day of each step for a meeting, in order; publication's is that of the law and the framework."""
        last = calendar.publication_deadline(meeting)
        return {step: calendar.add_working_days(last, -lead) for step, lead in self._lead.items()}


class SignOff(Definition):
    """What is a draft until somebody signs it off, and who may: ``posts``; empty: the performance team.

    ``needed_for`` names the documents by the length of their period. Others are issued as they are, and may be signed all the same.
    """

    needed_for: tuple[Literal["month", "quarter", "year"], ...] = ("quarter", "year")
    posts: tuple[str, ...] = ()

    def is_needed(self, period: Period) -> bool:
        """Tell whether a period's documents are drafts until they are signed off."""
        length = "year" if isinstance(period, FinancialYear) else "quarter" if isinstance(period, Quarter) else "month"
        return length in self.needed_for


class Delivery(Definition):
    """How finished files reach the performance team.

    ``attach`` names formats, the most wanted first: each is attached whole as long as the letter stays within ``most_megabytes`` as it
    is sent, of a million bytes each. Whatever is not attached is named by where it lies: below ``outbox_address``, the web address
    under which people reach the council's outbox (None: by its path on the server).
    """

    attach: tuple[Literal["docx", "pdf", "xlsx", "ods"], ...] = ("docx", "pdf")
    most_megabytes: Decimal = Field(default=Decimal(10), ge=0, le=100)
    outbox_address: str | None = Field(default=None, pattern=r"^https?://[^\s<>\"]+$")
