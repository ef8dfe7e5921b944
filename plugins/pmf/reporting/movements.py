"""How indicators moved since the quarter before, in groups that are counted and listed from the same selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmf.reporting.measure import Measure
from pmf.reporting.wording import agree, counted
from pmf.status import Status


@dataclass(frozen=True)
class MovementGroup:
    """Measures that moved alike: their status then and now, and whether performance improved or declined.

    ``previous`` None: the KPI had no status in the quarter before.
    """

    previous: Status | None
    current: Status
    change: str
    measures: tuple[Measure, ...]

    def words(self) -> str:
        """Say what the group did: "5 indicators have remained Green but have seen an improvement in performance"."""
        number = len(self.measures)
        subject = f"{counted(number, 'indicator')} {agree(number, 'has', 'have')}"
        seen = f"{agree(number, 'has', 'have')} seen {_CHANGES[self.change]}"
        if not self.current.is_rated and self.previous in (None, self.current):
            return f"{counted(number, f'{self.current.label.lower()} indicator')}, which {_unrated(number, self.current)}, {seen}:"
        if self.previous is None:
            return f"{subject} been rated {self.current.label} for the first time and {seen}:"
        if self.previous is self.current:
            joined = "and" if self.change == "declined" and self.current is Status.RED else "but"
            return f"{subject} remained {self.current.label} {joined} {seen}:"
        return f"{subject} moved from {self.previous.label} to {self.current.label}, with {_CHANGES[self.change]}:"


def _unrated(number: int, status: Status) -> str:
    """Say why a figure that moved has no colour."""
    if status is Status.CONTEXTUAL:
        return f"{agree(number, 'has', 'have')} no target"
    if status is Status.BASELINE:
        return f"{agree(number, 'has', 'have')} no target yet"
    return f"{agree(number, 'is', 'are')} not rated"


_CHANGES = {"improved": "an improvement in performance", "declined": "a decline in performance"}


def groups_that(change: str, groups: Sequence[MovementGroup]) -> tuple[MovementGroup, ...]:
    """Select the groups that moved one way: improved, or declined."""
    return tuple(group for group in groups if group.change == change and group.measures)


def total(groups: Sequence[MovementGroup]) -> int:
    """Count the measures of several groups."""
    return sum(len(group.measures) for group in groups)
