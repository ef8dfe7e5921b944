"""A problem: where a finished file says something else than the warehouse, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The rule a waiver names to let a document through in spite of what the linter found.
LINTER_RULE = "publication.linter"
# A red that nobody explains is found by validation too, and waived as that.
SILENT_RED_RULE = "commentary.red_without_comment"
# What may not be published is not published: nothing is let through under this rule.
CONFIDENTIAL_RULE = "publication.confidential"


class Kind(StrEnum):
    """What is wrong."""

    UNREADABLE = "unreadable"
    COUNT = "count"
    PERCENTAGE = "percentage"
    STATUS = "status"
    FIGURE = "figure"
    LIST = "list"
    COMMENTARY = "commentary"
    NAME = "name"
    MISSING = "missing"
    STRANGER = "stranger"
    FORMATS = "formats"
    CONFIDENTIAL = "confidential"


_BUILD_ANEW = "Build the document anew from the warehouse and have that edition signed off: nobody edits a finished file."
_FIXES = {
    Kind.NAME: "Write the name as expected where the words come from (paper.yaml, register, return), then build the document anew.",
    Kind.CONFIDENTIAL: "Build the document anew, so that its public edition leaves it out; if it does so again, tell the data engineers.",
    Kind.UNREADABLE: "Build the document anew; if it cannot be read again, tell the data engineers.",
}
_EXPLAIN = "Ask the service to explain the red figure, then build the document anew; or have a post waive it."


@dataclass(frozen=True)
class Mismatch:
    """Something in a file that is not so: ``place`` names its nearest heading, ``found`` and ``expected`` are in words.

    ``kpi_ref`` is empty where it is about no KPI, or several. A waiver of ``rule_id`` lets it through.
    """

    kind: Kind
    place: str
    found: str
    expected: str
    kpi_ref: str = ""
    rule_id: str = LINTER_RULE


@dataclass(frozen=True)
class Problem:
    """A mismatch in one format of a document."""

    document_id: str
    format: str
    mismatch: Mismatch

    @property
    def file_name(self) -> str:
        """Name the file it is in."""
        return f"{self.document_id}.{self.format}"

    @property
    def message(self) -> str:
        """Say in a sentence what stands where, and what should."""
        return f"{self.file_name}, {self.mismatch.place}: found {self.mismatch.found}, expected {self.mismatch.expected}."

    @property
    def fix(self) -> str:
        """Say what to do."""
        return _EXPLAIN if self.mismatch.rule_id == SILENT_RED_RULE else _FIXES.get(self.mismatch.kind, _BUILD_ANEW)

    def as_dict(self) -> dict[str, str]:
        """Give the problem as JSON values."""
        mismatch = self.mismatch
        return {
            "document": self.document_id,
            "format": self.format,
            "kind": mismatch.kind.value,
            "place": mismatch.place,
            "found": mismatch.found,
            "expected": mismatch.expected,
            "kpi_ref": mismatch.kpi_ref,
            "rule_id": mismatch.rule_id,
            "fix": self.fix,
        }


def quoted(text: str, *, most: int = 160) -> str:
    """Put a text between quotation marks, shortened to what a line of a letter can take."""
    return f"“{text if len(text) <= most else text[:most].rstrip() + '…'}”"
