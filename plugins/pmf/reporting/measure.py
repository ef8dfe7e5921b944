"""A measure: one KPI with its rating of a period, printed the same way wherever it appears."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pmf.page.document import Cell
from pmf.period import Month, Quarter, parse_month, parse_period
from pmf.register import Kpi
from pmf.register.kpi import StatusType
from pmf.register.target import printed_target
from pmf.reporting.waiver import PrintedWaiver
from pmf.reporting.wording import agree, listed
from pmf.status import Status
from pmf.value import Direction, printed

_PATH_TO_GREEN = re.compile(r"path\s+to\s+green\s*:", re.IGNORECASE)
_DIRECTIONS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.RANGE: "Within the range is better",
    Direction.MAINTAIN: "Steady is better",
    None: "No direction",
}
# The arrow of "Change in performance" shows better or worse, not up or down (CCC quarter 2 report, paragraph 2.4).
_CHANGE_ARROWS = {"improved": "▲", "declined": "▼", "unchanged": "►"}
_CHANGE_WORDS = {"improved": "Improving", "declined": "Deteriorating", "unchanged": "No change"}


@dataclass(frozen=True)
class Measure:
    """A KPI, its rating row (columns of table ``rating``) and its recent figures, oldest first (None: a gap).

    ``waivers`` are those that let something of it through; ``unmet`` describes the checks its withheld figure did not meet and
    ``queries`` names what is still open about it.
    """

    kpi: Kpi
    rating: Mapping[str, Any]
    recent: tuple[float | None, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()
    unmet: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """The KPI's number."""
        return self.kpi.kpi_ref

    @property
    def name(self) -> str:
        """The KPI as papers name it: "Indicator 36: Number of active library users"."""
        return f"Indicator {self.kpi.kpi_ref}: {self.kpi.title}"

    @property
    def status(self) -> Status:
        """The KPI's status of the period."""
        return Status(self.rating["status"])

    @property
    def change(self) -> str | None:
        """improved, declined or unchanged; None where it cannot be told."""
        change: str | None = self.rating["change"]
        return change

    @property
    def current(self) -> str:
        """The figure of the period; in words where there is none."""
        if self.rating["value"] is None:
            return self.status.label if self.status in _ABSENT else "No figure"
        return self._figure("value")

    @property
    def previous(self) -> str:
        """The figure of the period before."""
        return self._figure("previous_value")

    @property
    def previous_label(self) -> str:
        """The period the previous figure is of: "August 2024", "quarter 1 2024/25"."""
        return parse_period(self.rating["previous_period"]).label

    @property
    def target(self) -> str:
        """The target of the period, in the KPI's unit."""
        return self._target("target")

    @property
    def previous_target(self) -> str:
        """The target of the period before."""
        return self._target("previous_target")

    @property
    def direction(self) -> str:
        """Which way is better, in words."""
        return _DIRECTIONS[self.kpi.direction]

    @property
    def commentary(self) -> str:
        """The comment without its path to green."""
        return self._split_comment()[0]

    @property
    def path_to_green(self) -> str:
        """What the service will do about it; empty where nothing is said."""
        return self._split_comment()[1]

    @property
    def withheld_because(self) -> str:
        """Why a figure under query is withheld, without saying what it is, and the query about it; empty for any other."""
        if self.status is not Status.UNDER_QUERY:
            return ""
        why = "".join(f" The check that was not met: {check}" for check in self.unmet)
        asked = f" {agree(len(self.queries), 'Query', 'Queries')} {listed(self.queries)}." if self.queries else ""
        return f"{self.rating['reason']}{why}{asked}"

    @property
    def waived(self) -> str:
        """What of it stands under a waiver: by which post, until when, why; empty where nothing does."""
        return " ".join(waiver.words for waiver in self.waivers)

    @property
    def months_missing(self) -> tuple[Month, ...]:
        """The months of the period that have no figure."""
        return tuple(parse_month(key) for key in self.rating["months_missing"].split(",") if key)

    @property
    def months_used(self) -> tuple[Month, ...]:
        """The months the figure is made of."""
        return tuple(parse_month(key) for key in self.rating["months_used"].split(",") if key)

    @property
    def last_updated(self) -> str:
        """The latest month the figure rests on."""
        return self.months_used[-1].label if self.months_used else "–"

    def is_updated_in(self, period: Month | Quarter) -> bool:
        """Tell whether the figure rests on a month of the period; one not due in it shows its last figure before."""
        return any(month in period.months for month in self.months_used)

    @property
    def unit_words(self) -> str:
        """The unit where the figure itself does not show it."""
        return "" if self.kpi.unit in ("%", "£", "number") else self.kpi.unit

    def change_cell(self) -> Cell:
        """Print the change as an arrow of better or worse with its word; of a figure that runs up, what it added is compared."""
        if self.change is None:
            return Cell("Cannot be told" if self.kpi.direction else "No direction")
        note = "by what was added" if self.kpi.is_cumulative else ""
        return Cell(_CHANGE_WORDS[self.change], arrow=_CHANGE_ARROWS[self.change], note=note)

    def trend_cell(self) -> Cell:
        """Print the trend in words below a line of the recent figures, with the line itself told in words."""
        words: str = self.rating["trend"]
        known = [figure for figure in self.recent if figure is not None]
        if not known:
            return Cell(words)
        low, high, last = (self._printed(Decimal(repr(figure))) for figure in (min(known), max(known), known[-1]))
        told = f"Last {len(self.recent)} months: lowest {low}, highest {high}, latest {last}."
        return Cell(told, points=self.recent, note=words)

    def status_cell(self) -> Cell:
        """Print the status as shape and word; provisional figures say so."""
        note = "provisional" if self.rating["is_provisional"] else ""
        return Cell(self.status.label, status=self.status, note=note)

    def projection_text(self) -> str:
        """Print where the plain linear line leads next period."""
        return self._figure("projection")

    def forecast_cell(self) -> Cell:
        """Print the service's year-end forecast with the status it would have."""
        forecast_status = self.rating["forecast_status"]
        return Cell(self._figure("forecast"), status=Status(forecast_status) if forecast_status else None)

    def _figure(self, column: str) -> str:
        return self._printed(self.rating[column])

    def _printed(self, figure: Decimal | None) -> str:
        return printed(figure, unit=self.kpi.unit, decimals=self.kpi.decimals)

    def _target(self, column: str) -> str:
        text: str | None = self.rating[column]
        if not text:
            return "Contextual" if self.kpi.status_type is StatusType.CONTEXTUAL else "No target"
        return printed_target(text, self.kpi)

    def _split_comment(self) -> tuple[str, str]:
        comment: str = self.rating["comment"]
        found = _PATH_TO_GREEN.search(comment)
        if found is None:
            return comment.strip(), ""
        return comment[: found.start()].strip(), comment[found.end() :].strip()


_ABSENT = (Status.AWAITING_DATA, Status.UNDER_QUERY, Status.NIL_RETURN, Status.SUSPENDED, Status.IN_DEVELOPMENT)


def with_status(measures: Iterable[Measure], status: Status) -> list[Measure]:
    """Select the measures of one status, in their order."""
    return [measure for measure in measures if measure.status is status]


def rated(measures: Sequence[Measure]) -> list[Measure]:
    """Select the measures that have a colour."""
    return [measure for measure in measures if measure.status.is_rated]


def waiver_lines(measures: Iterable[Measure], general: Iterable[PrintedWaiver]) -> list[str]:
    """Say of each measure what of it stands under a waiver, then of the waivers that are about no KPI."""
    return [f"{measure.name}. {measure.waived}" for measure in measures if measure.waivers] + [waiver.words for waiver in general]
