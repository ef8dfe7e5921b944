"""A line of a panel: a risk, a budget or a project that a directorate reports on each month (CCC framework, Appendix C).

The scorecard's risk, finance and change panels stand beside its KPIs and are no KPIs: what is known of a line comes from a
small return of its directorate, and its colour is the directorate's own word.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from pmf.register.dated import InForce, OptionalDate, OptionalFigure, YesUnlessNo, decimals_of

# Likelihood times impact, each from 1 to 5.
LOWEST_SCORE, HIGHEST_SCORE = 1, 25


class Panel(StrEnum):
    """The panels, in the order they are printed."""

    RISK = "risk"
    FINANCE = "finance"
    CHANGE = "change"

    @property
    def asks_for_figure(self) -> bool:
        """Whether a figure is reported of its lines: the score of a risk, the year's forecast of a budget."""
        return self is not Panel.CHANGE


# What a line of each panel is held against; the fields of the other panels stay empty.
_AIMS = {Panel.RISK: "target_score", Panel.FINANCE: "budget", Panel.CHANGE: "due_on"}


class PanelItem(InForce):
    """One line. Grain of ``panels.csv``: one row per line_ref and valid_from.

    ``target_score`` is where a risk is to be brought, from 1 to 25; ``budget`` what may be spent in the year, in pounds;
    ``due_on`` when a project is to be done (None: it is ongoing). ``holder_post`` answers for the line. One that is not ``is_public``
    stays inside the council.
    """

    line_ref: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    panel: Panel
    title: str = Field(min_length=5)
    directorate_id: str
    holder_post: str
    target_score: OptionalFigure = None
    budget: OptionalFigure = None
    due_on: OptionalDate = None
    is_public: YesUnlessNo = True

    @field_validator("target_score")
    @classmethod
    def _is_a_score(cls, score: Decimal | None) -> Decimal | None:
        if score is not None and not (decimals_of(score) == 0 and LOWEST_SCORE <= score <= HIGHEST_SCORE):
            raise ValueError(f"{score} is no score of a risk: write a whole number from {LOWEST_SCORE} to {HIGHEST_SCORE}")
        return score

    @model_validator(mode="after")
    def _is_held_against_its_own_aim(self) -> Self:
        given = {field for field in _AIMS.values() if getattr(self, field) is not None}
        if foreign := given - {_AIMS[self.panel]}:
            raise ValueError(f"{', '.join(sorted(foreign))} says nothing of a line of the {self.panel} panel: leave it empty")
        if self.panel.asks_for_figure and not given:
            raise ValueError(f"a line of the {self.panel} panel needs a {_AIMS[self.panel]}")
        return self
