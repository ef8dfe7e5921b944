"""Trial: how far a method and "no change" missed when both were tried on a KPI's own past, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pmf.series.projection import FEWEST_POINTS
from pmf.value import printed


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Mean sizes of the past misses, in the KPI's unit. ``adds_up``: of a figure made by adding periods up."""

    miss: float
    miss_of_no_change: float
    adds_up: bool
    decimals: int

    @property
    def is_won(self) -> bool:
        """Tell whether the method missed by less."""
        return self.miss < self.miss_of_no_change

    def times(self, factor: float) -> Trial:
        """Give the same trial for a figure that a miss counts so much in, such as a month's in a mean of twelve."""
        return replace(self, miss=self.miss * factor, miss_of_no_change=self.miss_of_no_change * factor)


def told(trial: Trial | None, *, unit: str = "") -> str:
    """Say how a trial went, and where it was not won, that no forecast is shown. None: there was nothing to try it on."""
    if trial is None:
        return not_shown("too few figures to test one on")
    rival = "going on as in the last period" if trial.adds_up else "the last value"
    miss, miss_of_no_change = (_amount(each, trial.decimals, unit) for each in (trial.miss, trial.miss_of_no_change))
    words = f"past forecasts missed by {miss} on average, {rival} by {miss_of_no_change}"
    return words if trial.is_won else not_shown(f"{rival} did as well ({words})")


def too_few(figures: int) -> str:
    """Say that there are too few figures for a forecast."""
    return not_shown(f"{figures} figure{'' if figures == 1 else 's'}, and {FEWEST_POINTS} are needed")


def not_shown(why: str) -> str:
    """Say that no forecast is shown, and why."""
    return f"no forecast shown: {why}"


def _amount(miss: float, decimals: int, unit: str) -> str:
    """Print a miss; two percentages differ by points, not by per cent."""
    if unit == "%":
        return f"{printed(Decimal(miss), decimals=decimals)} points"
    # Nobody writes pounds with one decimal.
    return printed(Decimal(miss), unit=unit, decimals=0 if unit == "£" and decimals < 2 else decimals)
