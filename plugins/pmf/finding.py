"""Findings: what is wrong, where, how bad, and how to put it right.

A finding is a value. The alert e-mail, the data-quality report, ``pmf check`` and the gate all read the same
list; none of them words a problem anew. ``Score`` counts how checks went. What does not belong here: deciding what is
wrong (``validation``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pmf.value import quotient


class Severity(StrEnum):
    """Two severities, in Great Expectations' own words: ``critical`` fails, ``warning`` flags."""

    CRITICAL = "critical"
    WARNING = "warning"

    @property
    def verb(self) -> str:
        """What it does to the run or the figure, for print: "Fails" or "Flags"."""
        return "Fails" if self is Severity.CRITICAL else "Flags"


class Scope(StrEnum):
    """What a critical finding stops: one KPI's figure (``row``), the whole run (``batch``) or a document (``publication``)."""

    ROW = "row"
    BATCH = "batch"
    PUBLICATION = "publication"


class Dimension(StrEnum):
    """Data-quality dimensions of the Government Data Quality Framework (HDC framework, Appendix B.1)."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    UNIQUENESS = "uniqueness"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    VALIDITY = "validity"


class Outcome(StrEnum):
    """How a validation ended: nothing to say, something to look at, or stop."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FLAG = "flag"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing wrong, in words its reader can act on.

    ``kpi_ref``, ``action_ref`` (of the corporate plan), ``service_id``, ``file_name``, ``sheet`` and ``cell`` are None where
    the finding is not about one of them. ``found`` and ``expected`` are already printable. ``fix`` says what to do,
    addressed to the KPI holder.
    """

    rule_id: str
    severity: Severity
    scope: Scope
    dimension: Dimension
    message: str
    fix: str
    dqt_field: str | None = None
    kpi_ref: str | None = None
    action_ref: str | None = None
    service_id: str | None = None
    file_hash: str | None = None
    file_name: str | None = None
    sheet: str | None = None
    cell: str | None = None
    found: str | None = None
    expected: str | None = None

    @property
    def finding_id(self) -> str:
        """Name the problem itself, so that the same problem seen again is the same finding.

        Built from rule, KPI or action, service, place and what was found; wording may improve without making it a new one.
        """
        parts = [self.rule_id, self.kpi_ref, self.service_id, self.file_hash, self.sheet, self.cell, self.found]
        parts += [self.action_ref] if self.action_ref else []
        return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()[:16]

    @property
    def where(self) -> str:
        """Say the place as an officer would look for it: ``sheet!cell``, or the file, or nothing."""
        if self.cell and self.sheet:
            return f"{self.sheet}!{self.cell}"
        return self.cell or self.file_name or ""


@dataclass(frozen=True, kw_only=True)
class Score:
    """How checks went: how many were made, how many of them failed (critical) and how many of the others flagged (warning).

    Scores add up by their counts, so that a score of many is never an average of percentages.
    """

    checks: int = 0
    failed: int = 0
    flagged: int = 0

    @property
    def pct(self) -> Decimal | None:
        """The share of checks passed in per cent, a flag counting half. None: nothing was checked.

        Half, because a flagged figure is used but doubted: it is neither the figure that was withheld nor one that nobody
        questions. Whoever audits a score can repeat it from the three counts beside it.
        """
        halves_passed = 2 * (self.checks - self.failed) - self.flagged
        return quotient(Decimal(halves_passed), Decimal(2 * self.checks), multiplier=100)

    def __add__(self, other: Score) -> Score:
        return Score(checks=self.checks + other.checks, failed=self.failed + other.failed, flagged=self.flagged + other.flagged)


def total(scores: Iterable[Score]) -> Score:
    """Add scores up by their counts."""
    return sum(scores, Score())
