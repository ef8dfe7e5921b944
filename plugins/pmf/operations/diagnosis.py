"""What a doctor says of one thing: how it is, what was seen, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a thing is: as it should be, worth a look, or in the way of the work."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Diagnosis:
    """How one thing is: ``found`` says what was seen, ``way_out`` what to do (empty: nothing)."""

    subject: str
    health: Health
    found: str
    way_out: str = ""


def well(subject: str, found: str) -> Diagnosis:
    """Say that a thing is as it should be."""
    return Diagnosis(subject, Health.OK, found)


def doubtful(subject: str, found: str, way_out: str) -> Diagnosis:
    """Say that a thing is worth a look."""
    return Diagnosis(subject, Health.WARNING, found, way_out)


def wrong(subject: str, found: str, way_out: str) -> Diagnosis:
    """Say that a thing is in the way of the work."""
    return Diagnosis(subject, Health.WRONG, found, way_out)
