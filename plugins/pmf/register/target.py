"""A KPI's targets: what it is to reach in a month, a quarter or a year, by which method it was set, and how a year is spread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from pmf.period import Month, Period, Quarter
from pmf.register.dated import Dated, OptionalDate, OptionalFigure, Texts, blank_is_none, decimals_of
from pmf.register.kpi import Kpi
from pmf.value import exact_sum, parse_figure, plain, printed, quotient, shortened

# Shares without an end, such as thirds, are kept to 28 digits; put together again they are right to 25.
_WHOLE_AGAIN = Context(prec=25)
_RANGE = re.compile(r"^\s*(?P<low>[^.\s][^\s]*?)\s*\.\.\s*(?P<high>\S+)\s*$")


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


def method_target(method: TargetMethod, *, base: Decimal, change_pct: Decimal) -> Decimal:
    """Work out a target: last year's figure and some per cent more or less of its size, or that figure itself."""
    if method is TargetMethod.MAINTAIN:
        return base
    change = abs(base) * change_pct.scaleb(-2)
    return base + change if method is TargetMethod.GROWTH else base - change


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


def printed_target(text: str, kpi: Kpi, *, beside: Decimal | None = None) -> str:
    """Print a target in the KPI's unit, with more decimals where rounding would show another target.

    A share of a year's target may have no end: as many decimals are printed of it as it takes to stand on its side of
    ``beside``, the figure it is compared with (None: two more than the KPI's).
    """
    bounds = dict.fromkeys(shortened(bound, decimals=kpi.decimals, beside=beside) for bound in target_bounds(text))
    return " to ".join(printed(bound, unit=kpi.unit, decimals=max(kpi.decimals, decimals_of(bound))) for bound in bounds)


def tolerance_of(version: str) -> tuple[Decimal | None, Decimal | None]:
    """Read intervention level and tolerance in per cent from the name of a target's version (``Target.version``); None: it has none."""
    _, *limits = version.split("/")
    level = next((parse_figure(limit) for limit in limits if not limit.endswith("%")), None)
    share = next((parse_figure(limit.removesuffix("%")) for limit in limits if limit.endswith("%")), None)
    return level, share


class TargetMethod(StrEnum):
    """How a target was set (HDC framework, Appendix C.1.2)."""

    GROWTH = "growth"
    MAINTAIN = "maintain"
    REDUCTION = "reduction"


EVEN = "even"
_MONTHS_OF_YEAR, _QUARTERS_OF_YEAR = 12, 4


class Target(Dated):
    """A target for one kind of period. ``target`` is a figure, or ``low..high`` for a KPI that must stay in a range.

    ``base`` is the figure the method starts from, ``change_pct`` what it adds (growth) or takes away (reduction), in per
    cent; given both, the target must be what they come to, as printed. ``intervention_level`` and ``tolerance_pct`` say how
    far short is still amber. ``profile`` spreads a year's target: ``even``, or what is to be reached by the end of each of
    the 12 months or 4 quarters, in per cent of the year, ending in 100. ``reason`` says why it was changed within a year.
    """

    period_kind: PeriodKind = PeriodKind.MONTH
    target: str
    intervention_level: OptionalFigure = None
    method: Annotated[TargetMethod | None, BeforeValidator(blank_is_none)] = None
    set_by: str = ""
    base: OptionalFigure = None
    change_pct: OptionalFigure = None
    tolerance_pct: OptionalFigure = Field(default=None, ge=0)
    profile: Texts = ()
    reason: str = ""
    approved_on: OptionalDate = None

    @field_validator("profile")
    @classmethod
    def _spreads_a_year(cls, profile: tuple[str, ...]) -> tuple[str, ...]:
        if profile in ((), (EVEN,)):
            return profile
        shares = [parse_figure(share) for share in profile]
        known = [share for share in shares if share is not None]
        is_whole = len(known) == len(shares) and len(shares) in (_MONTHS_OF_YEAR, _QUARTERS_OF_YEAR)
        if not is_whole or known != sorted(known) or known[-1] != 100:
            raise ValueError(f"write {EVEN}, or 12 or 4 percentages of the year that never fall and end in 100, like 20;45;70;100")
        return profile

    @model_validator(mode="after")
    def _follows_its_method(self) -> Target:
        if self.profile and self.period_kind is not PeriodKind.YEAR:
            raise ValueError("a profile spreads a year's target: write year under period_kind, or leave profile empty")
        if self.change_pct is not None and self.change_pct < 0:
            raise ValueError("write change_pct without a sign: the method says which way")
        if self.method is None or self.base is None or self.bounds[0] != self.bounds[1]:
            return self
        low = self.bounds[0]
        change_pct = self.change_pct or Decimal(0)
        expected = method_target(self.method, base=self.base, change_pct=change_pct)
        if abs(expected - low) * 2 > Decimal(1).scaleb(-decimals_of(low)):
            raise ValueError(f"{self.method} from {plain(self.base)} by {plain(change_pct)}% is {plain(expected)}, not {self.target}")
        return self

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
        tolerance = "" if self.tolerance_pct is None else f"/{plain(self.tolerance_pct)}%"
        return f"{self.period_kind}:{self.valid_from.isoformat()}:{self.target}{level}{tolerance}"

    def reached_by(self, month: Month) -> Fraction | None:
        """Say what share of the year's target is to be reached by the end of a month, from 0 to 1. None: the profile does not say."""
        number = _month_of_year(month)
        if not self.profile:
            return None
        if self.profile == (EVEN,):
            return Fraction(number, _MONTHS_OF_YEAR)
        shares = [share for text in self.profile if (share := parse_figure(text)) is not None]
        if len(shares) == _MONTHS_OF_YEAR:
            return Fraction(shares[number - 1]) / 100
        months_of_quarter = _MONTHS_OF_YEAR // _QUARTERS_OF_YEAR
        return Fraction(shares[number // months_of_quarter - 1]) / 100 if number % months_of_quarter == 0 else None

    def part(self, share: Fraction, *, kind: PeriodKind) -> Target:
        """Take a share of a year's target for one of its periods; what is still amber is the same share of what it is in the year."""
        low, high = (_share(bound, share) for bound in self.bounds)
        level = None if self.intervention_level is None else _share(self.intervention_level, share)
        return self.restated(kind, low, high, level)

    def restated(self, kind: PeriodKind, low: Decimal, high: Decimal, level: Decimal | None) -> Target:
        """Give the target for another kind of period that was worked out from it."""
        text = plain(low) if low == high else f"{plain(low)}..{plain(high)}"
        worked_out = {"period_kind": kind, "target": text, "intervention_level": level, "base": None, "change_pct": None, "profile": ()}
        return self.model_copy(update=worked_out)


def sum_of(targets: Sequence[Target], *, kind: PeriodKind) -> Target:
    """Add up the targets of the months a figure is made of. Where one has no intervention level the sum has none."""
    low, high = (_sum(target.bounds[end] for target in targets) for end in (0, 1))
    levels = [target.intervention_level for target in targets if target.intervention_level is not None]
    level = _sum(levels) if len(levels) == len(targets) else None
    return targets[-1].restated(kind, low, high, level)


def _sum(figures: Iterable[Decimal]) -> Decimal:
    return _WHOLE_AGAIN.plus(exact_sum(figures))


def _share(figure: Decimal, share: Fraction) -> Decimal:
    part = quotient(figure * share.numerator, Decimal(share.denominator))
    assert part is not None  # noqa: S101 - a fraction's denominator is never nought
    return part


def _month_of_year(month: Month) -> int:
    """Number a month within its financial year: April is 1."""
    return month.financial_year.months.index(month) + 1
