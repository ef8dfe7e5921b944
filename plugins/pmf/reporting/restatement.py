"""A restatement: a figure that was reported and is known otherwise now, with why."""

from __future__ import annotations

from dataclasses import dataclass

from pmf.period import Quarter
from pmf.reporting.wording import sentence_case


@dataclass(frozen=True, kw_only=True)
class Restated:
    """An indicator's figure of a quarter as it was known when the paper before was made, and as it is known now.

    ``before`` and ``after`` are printed figures in the indicator's unit, or say why there was none (``had_figure``, ``has_figure``).
    ``was_provisional``: the first lacked a month, or could still be changed by its source. ``because`` is empty where nobody recorded why.
    """

    name: str
    quarter: Quarter
    before: str
    after: str
    had_figure: bool
    has_figure: bool
    was_provisional: bool
    because: str

    @property
    def words(self) -> str:
        """Say it as members are told: "Quarter 1 2024/25: reported 38, corrected to 31, because: ..."."""
        reason = f", because: {self.because.rstrip('.')}." if self.because else ". No reason is recorded."
        return f"{self.name}. {sentence_case(self.quarter.label)}: {self._change}{reason}"

    @property
    def _change(self) -> str:
        if not self.had_figure:
            return f"reported as {self.before}, since known as {self.after}"
        if not self.has_figure:
            return f"reported {self.before}, since withdrawn ({self.after})"
        how = " (provisional), updated" if self.was_provisional else ", corrected"
        return f"reported {self.before}{how} to {self.after}"
