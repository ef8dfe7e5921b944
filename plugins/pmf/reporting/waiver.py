"""A waiver as every document prints it: what it lets through, by which post, why and until when (rulings 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pmf.reporting.wording import sentence_case


@dataclass(frozen=True, kw_only=True)
class PrintedWaiver:
    """A waiver in force. ``kpi_ref`` is empty where it is about no KPI; ``check`` describes the rule it waives.

    ``period`` names the month or quarter it was given for, ``until`` is the last day on which it holds, ``post`` the title of
    the post that gave it. ``is_used``: something was found that it lets through.
    """

    rule_id: str
    kpi_ref: str
    period: str
    check: str
    post: str
    reason: str
    until: date
    is_used: bool

    @property
    def words(self) -> str:
        """The whole of it in two sentences, for print beside what it lets through."""
        return (
            f"Waived for {self.period} by the {self.post} until {self.until:%-d %B %Y}: {_ended(sentence_case(self.reason))} "
            f"The check that was not met: {_ended(self.check)}"
        )


def _ended(words: str) -> str:
    """End a sentence that may or may not have its full stop."""
    stripped = words.strip()
    return stripped if stripped.endswith((".", "!", "?")) else f"{stripped}."
