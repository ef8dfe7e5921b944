"""The parts of a rating policy: a band is a status and what means it; a fallback is for what cannot be measured."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, field_serializer, field_validator, model_validator

from pmf.rating.interval import Interval, parse_interval
from pmf.register.structure import Definition
from pmf.status import Status


class SinceLastYear(StrEnum):
    """What a figure has done since the same period last year. ``not_known``: there is no figure, or neither way is better."""

    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DECLINED = "declined"
    NOT_KNOWN = "not_known"


def _interval(value: object) -> object:
    return parse_interval(value) if isinstance(value, str) else value


def _must_be_a_colour(status: Status) -> Status:
    if not status.is_rated:
        raise ValueError(f"{status} is not a rating: write red, amber, green or blue")
    return status


class Band(Definition):
    """One status and the distances from target that mean it.

    ``since_last_year`` keeps the band to figures that did one of these (left out: whatever they did). ``words`` is the line
    printed under "criteria"; ``in_short`` ends the reason of a rating. ``flag`` (None: none) marks every KPI in the band.
    A ``declared_fill`` is ours, not the source's: ``because`` says why it is there.
    """

    status: Status
    off_target: Annotated[Interval, BeforeValidator(_interval)]
    since_last_year: tuple[SinceLastYear, ...] = Field(default=tuple(SinceLastYear), min_length=1)
    words: str = Field(min_length=10)
    in_short: str = Field(min_length=5)
    flag: str | None = Field(default=None, pattern=r"^[a-z]+(_[a-z]+)*$")
    declared_fill: bool = False
    because: str | None = None

    _is_a_colour = field_validator("status")(_must_be_a_colour)

    @model_validator(mode="after")
    def _says_why_it_fills(self) -> Band:
        if self.declared_fill and not self.because:
            raise ValueError("a declared fill needs because: the reason it is there")
        return self

    @field_serializer("off_target")
    def _as_read(self, interval: Interval) -> str:
        return str(interval)

    @property
    def asks_last_year(self) -> bool:
        """Tell whether the band is only for some of what a figure may have done since last year."""
        return set(self.since_last_year) != set(SinceLastYear)

    def __str__(self) -> str:
        """Name the band as a person finds it in the file: ``amber (0, 10]``."""
        return f"{self.status} {self.off_target}"


class Fallback(Definition):
    """What happens where the distance cannot be measured (target 0; no tolerance; no intervention level): met, or fallen short."""

    on_target_or_better: Status
    short_of_target: Status
    in_short: str = Field(min_length=5)

    _are_colours = field_validator("on_target_or_better", "short_of_target")(_must_be_a_colour)
