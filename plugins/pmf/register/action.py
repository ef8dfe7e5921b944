"""An action of the corporate plan, reported on each quarter (HDC framework, Corporate Plan Actions)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from pmf.register.dated import InForce, OptionalDate, OptionalText, blank_is_none
from pmf.register.kpi import Influence


class PlanAction(InForce):
    """One action. Grain of ``actions.csv``: one row per action_ref and valid_from. ``due_on`` None: it is ongoing."""

    action_ref: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    title: str = Field(min_length=5)
    description: str = ""
    ambition_id: OptionalText = None
    service_id: str
    influence: Annotated[Influence | None, BeforeValidator(blank_is_none)] = None
    committee_id: OptionalText = None
    due_on: OptionalDate = None
