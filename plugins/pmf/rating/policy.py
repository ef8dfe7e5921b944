"""Rating policies: which status a distance from target means, read from ``include/rating_policies/*.yaml``.

A policy is data a performance officer can read and change. One that leaves a figure without a status, or gives it two,
is refused when it is loaded, never found out when a paper is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from pmf.rating.interval import Interval, parse_interval
from pmf.rating.prover import coverage_problems
from pmf.register.structure import Definition
from pmf.register.yamlfile import parse_yaml
from pmf.status import Status


class PolicyError(Exception):
    """A policy cannot be used. ``problems`` holds one sentence each, naming the file."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Basis(StrEnum):
    """What the intervals of a policy count. In all of them 0 is on target, positive is worse, negative better.

    ``relative``: per cent of the size of the target. ``points``: the KPI's own unit, percentage points for a percentage.
    ``intervention``: the way from the target (0) to the KPI's intervention level (1).
    """

    RELATIVE = "relative"
    POINTS = "points"
    INTERVENTION = "intervention"


def _interval(value: object) -> object:
    return parse_interval(value) if isinstance(value, str) else value


def _must_be_a_colour(status: Status) -> Status:
    if not status.is_rated:
        raise ValueError(f"{status} is not a rating: write red, amber, green or blue")
    return status


class Band(Definition):
    """One status and the distances from target that mean it.

    ``words`` is the line printed under "criteria"; ``in_short`` ends the reason of a rating. ``flag`` (None: none) marks
    every KPI in the band. A ``declared_fill`` is ours, not the source's: ``because`` says why it is there.
    """

    status: Status
    off_target: Annotated[Interval, BeforeValidator(_interval)]
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


class Fallback(Definition):
    """What happens where the distance cannot be measured (target 0; no intervention level): met, or fallen short."""

    on_target_or_better: Status
    short_of_target: Status
    in_short: str = Field(min_length=5)

    _are_colours = field_validator("on_target_or_better", "short_of_target")(_must_be_a_colour)


class Policy(Definition):
    """One rating policy. ``digest`` is the SHA-256 of its file, recorded with every rating made by it."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    source: str
    valid_from: date
    basis: Basis
    bands: tuple[Band, ...] = Field(min_length=1)
    zero_target: Fallback | None = None
    no_intervention_level: Fallback | None = None
    status_definitions: dict[Status, str] = Field(default_factory=dict)
    digest: str

    @model_validator(mode="after")
    def _gives_every_figure_one_status(self) -> Policy:
        problems = coverage_problems([(_band_name(band), band.off_target) for band in self.bands])
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @model_validator(mode="after")
    def _says_what_it_cannot_measure(self) -> Policy:
        needed = {"zero_target": self.basis is Basis.RELATIVE, "no_intervention_level": self.basis is Basis.INTERVENTION}
        for field, is_needed in needed.items():
            if is_needed != (getattr(self, field) is not None):
                raise ValueError(f"{field} is {'needed' if is_needed else 'of no use'} with basis {self.basis}")
        return self

    @property
    def fallback(self) -> Fallback:
        """The rule for figures whose distance cannot be measured. Raises LookupError with basis points: there every one can."""
        rule = self.zero_target or self.no_intervention_level
        if rule is None:
            raise LookupError(f"{self.id}: basis {self.basis} needs no fallback")
        return rule

    @property
    def criteria(self) -> tuple[str, ...]:
        """The lines a paper prints under "criteria": the source's own bands, then the statuses without a colour."""
        own = tuple(band.words for band in self.bands if not band.declared_fill)
        return own + tuple(self.status_definitions.values())

    @property
    def declared_fills(self) -> tuple[Band, ...]:
        """The bands that are not the source's, for a paper to own up to."""
        return tuple(band for band in self.bands if band.declared_fill)

    def band_for(self, off_target: Decimal | Fraction) -> Band:
        """Find the one band a distance from target lies in; the proof at loading says there is one."""
        return next(band for band in self.bands if off_target in band.off_target)


def _band_name(band: Band) -> str:
    return f"{band.status} {band.off_target}"


def load_policy(path: Path) -> Policy:
    """Read one policy.

    Raises:
        PolicyError: naming file, field and right form, or the interval that no status or two statuses cover.
    """
    try:
        content = path.read_bytes()
        fields = parse_yaml(content)
    except FileNotFoundError:
        raise PolicyError([f"{path} does not exist"]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError([f"{path} is not readable as YAML: {' '.join(str(error).split())}"]) from error
    if not isinstance(fields, dict):
        raise PolicyError([f"{path} is empty: copy one of the shipped policies and edit it"])
    try:
        policy = Policy.model_validate({**fields, "digest": hashlib.sha256(content).hexdigest()})
    except ValidationError as error:
        raise PolicyError(_problems(path, error)) from error
    if policy.id != path.stem:
        raise PolicyError([f"{path}, field id (found {policy.id!r}): must be the name of its file, {path.stem!r}"])
    return policy


def load_policies(folder: Path) -> dict[str, Policy]:
    """Read every policy of a folder, by id.

    Raises:
        PolicyError: listing the problems of all files, not only the first.
    """
    policies: dict[str, Policy] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            policies[path.stem] = load_policy(path)
        except PolicyError as error:
            problems.extend(error.problems)
    if problems:
        raise PolicyError(problems)
    return policies


def _problems(path: Path, error: ValidationError) -> list[str]:
    sentences = []
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"])
        place = f"{path}, field {field}" if field else f"{path}"
        given = f" (found {item['input']!r})" if isinstance(item["input"], str) else ""
        sentences.append(f"{place}{given}: {item['msg'].removeprefix('Value error, ')}")
    return sentences
