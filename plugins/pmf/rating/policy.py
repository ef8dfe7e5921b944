"""Rating policies: which status a distance from target means, read from ``include/rating_policies/*.yaml``.

A policy is data a performance officer can read and change. One that leaves a figure without a status, or gives it two,
is refused when it is loaded, never found out when a paper is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from pmf.rating.band import Band, Fallback, SinceLastYear
from pmf.rating.distance import Basis
from pmf.rating.prover import coverage_problems
from pmf.register.structure import Definition
from pmf.register.yamlfile import parse_yaml
from pmf.status import Status


class PolicyError(Exception):
    """A policy cannot be used. ``problems`` holds one sentence each, naming the file."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Policy(Definition):
    """One rating policy. ``digest`` is the SHA-256 of its file, recorded with every rating made by it."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    source: str
    valid_from: date
    basis: Basis
    bands: tuple[Band, ...] = Field(min_length=1)
    zero_target: Fallback | None = None
    no_tolerance: Fallback | None = None
    no_intervention_level: Fallback | None = None
    status_definitions: dict[Status, str] = Field(default_factory=dict)
    digest: str

    @model_validator(mode="after")
    def _gives_every_figure_one_status(self) -> Policy:
        bands = {
            str(since): [(str(band), band.off_target) for band in self.bands if since in band.since_last_year] for since in SinceLastYear
        }
        problems = coverage_problems(bands, field="since_last_year")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @model_validator(mode="after")
    def _says_what_it_cannot_measure(self) -> Policy:
        needed = {
            "zero_target": self.basis in (Basis.RELATIVE, Basis.TOLERANCE),
            "no_tolerance": self.basis is Basis.TOLERANCE,
            "no_intervention_level": self.basis is Basis.INTERVENTION,
        }
        for field, is_needed in needed.items():
            if is_needed != (getattr(self, field) is not None):
                raise ValueError(f"{field} is {'needed' if is_needed else 'of no use'} with basis {self.basis}")
        return self

    @property
    def asks_last_year(self) -> bool:
        """Tell whether a status may depend on what a figure has done since the same period last year."""
        return any(band.asks_last_year for band in self.bands)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The lines a paper prints under "criteria": the source's own bands, then the statuses without a colour."""
        own = tuple(band.words for band in self.bands if not band.declared_fill)
        return own + tuple(self.status_definitions.values())

    @property
    def declared_fills(self) -> tuple[Band, ...]:
        """The bands that are not the source's: a paper that prints the criteria owns up to them."""
        return tuple(band for band in self.bands if band.declared_fill)

    def band_for(self, off_target: Decimal | Fraction, since: SinceLastYear) -> Band:
        """Find the one band for a distance from target and what happened since last year; the proof at loading says there is one."""
        return next(band for band in self.bands if off_target in band.off_target and since in band.since_last_year)

    def fallback(self, *, is_zero_target: bool) -> Fallback:
        """Give the rule for a figure whose distance cannot be measured. Raises LookupError with basis points: there every one can."""
        rule = (self.zero_target if is_zero_target else None) or self.no_tolerance or self.no_intervention_level
        if rule is None:
            raise LookupError(f"{self.id}: basis {self.basis} needs no fallback")
        return rule


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
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem):
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
