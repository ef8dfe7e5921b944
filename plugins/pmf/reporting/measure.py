"""A measure: one KPI with its rating of a period, printed the same way wherever it appears."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pmf.finding import Dimension, Score
from pmf.page.document import Cell, Chart
from pmf.period import Month, Period, parse_month, parse_period
from pmf.register import Kpi
from pmf.register.kpi import PeriodMode, StatusType
from pmf.register.target import printed_target
from pmf.reporting.figurecell import figure_cell
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
# Shorthand of the Government Analysis Function, explained wherever it stands.
CONFIDENTIAL_MARK = "[c]"
_STRETCHES = {PeriodMode.YEAR_TO_DATE: "year to date", PeriodMode.ROLLING_12: "last twelve months"}


@dataclass(frozen=True)
class Measure:
    """A KPI, its rating row (columns of table ``rating``) and its recent figures, oldest first (None: a gap).

    ``waivers`` are those that let something of it through; ``unmet`` describes the checks its withheld figure did not meet and
    ``queries`` names what is still open about it. ``comparisons`` are its rows of table ``comparison``, empty where no figures of
    others are held. ``parts`` names the KPIs it is combined from, which are asked for comments in its place. ``chart`` shows how
    its process behaves; None: none is drawn. ``quality`` says how the checks of its data went, empty where nothing was checked.
    ``confidential`` names the columns of its rating that a public edition leaves out.
    """

    kpi: Kpi
    rating: Mapping[str, Any]
    recent: tuple[float | None, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()
    unmet: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    comparisons: tuple[Mapping[str, Any], ...] = ()
    parts: tuple[str, ...] = ()
    chart: Chart | None = None
    quality: Mapping[Dimension, Score] = field(default_factory=dict)
    confidential: frozenset[str] = frozenset()

    @property
    def ref(self) -> str:
        """The KPI's number."""
        return self.kpi.kpi_ref

    @property
    def name(self) -> str:
        """The KPI as papers name it: "Indicator 36: Number of active library users"."""
        return name_of(self.kpi)

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
        if self.rating["value"] is None and "value" not in self.confidential:
            return self.status.label if self.status in _ABSENT else "No figure"
        return self.figure("value")

    @property
    def previous(self) -> str:
        """The figure of the period before."""
        return self.figure("previous_value")

    @property
    def previous_label(self) -> str:
        """The period the previous figure is of: "August 2024", "quarter 1 2024/25"."""
        return parse_period(self.rating["previous_period"]).label

    @property
    def stretch(self) -> str:
        """What stretch of time its figures are about: "year to date"; empty where it is the period alone."""
        mode = PeriodMode.YEAR_TO_DATE if self.kpi.is_cumulative else self.kpi.period_mode
        return _STRETCHES.get(mode or PeriodMode.IN_PERIOD, "")

    @property
    def target(self) -> str:
        """The target of the period, in the KPI's unit."""
        return self._target("target", beside="value")

    @property
    def previous_target(self) -> str:
        """The target of the period before."""
        return self._target("previous_target", beside="previous_value")

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
    def explanation(self) -> str:
        """The commentary of what has to be explained; where it is combined from others' figures, whose comments to read."""
        if self.commentary:
            return self.commentary
        return f"See the KPIs it is combined from: {listed(self.parts)}." if self.parts else "No explanation supplied."

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

    def is_updated_in(self, period: Period) -> bool:
        """Tell whether the figure rests on a month of the period; one not due in it shows its last figure before."""
        return any(month in period.months for month in self.months_used)

    @property
    def title_with_unit(self) -> str:
        """Number and title, with the unit where the figures do not show it: "C1 Working days lost (days)"."""
        return f"{self.ref} {self.kpi.title}" + (f" ({self.unit_words})" if self.unit_words else "")

    @property
    def unit_words(self) -> str:
        """The unit where the figure itself does not show it."""
        return "" if self.kpi.unit in ("%", "£", "number") else self.kpi.unit

    def figure(self, column: str) -> str:
        """Print a figure of the row as the KPI's figures are printed; a dash for none, shorthand for one that is left out."""
        return CONFIDENTIAL_MARK if column in self.confidential else self.as_figure(self.rating[column])

    def as_figure(self, figure: Decimal | None) -> str:
        """Print any figure of the KPI's unit."""
        return printed(figure, unit=self.kpi.unit, decimals=self.kpi.decimals)

    def cell(self, words: str, *, note: str = "") -> Cell:
        """Print a figure of the KPI's unit in a cell, with the number it prints."""
        return figure_cell(words, unit=self.kpi.unit, note=note)

    def in_unit(self, printed_figure: str) -> str:
        """Put the unit behind a printed figure that does not show it: "12 days"."""
        has_figure = any(character.isdigit() for character in printed_figure)
        return f"{printed_figure} {self.unit_words}" if self.unit_words and has_figure else printed_figure

    def _target(self, column: str, *, beside: str) -> str:
        text: str | None = self.rating[column]
        if not text:
            return "Contextual" if self.kpi.status_type is StatusType.CONTEXTUAL else "No target"
        return printed_target(text, self.kpi, beside=self.rating[beside])

    def _split_comment(self) -> tuple[str, str]:
        comment: str = self.rating["comment"]
        found = _PATH_TO_GREEN.search(comment)
        if found is None:
            return comment.strip(), ""
        return comment[: found.start()].strip(), comment[found.end() :].strip()


def name_of(kpi: Kpi) -> str:
    """Name a KPI as papers do: "Indicator 36: Number of active library users"."""
    return f"Indicator {kpi.kpi_ref}: {kpi.title}"


_ABSENT = (Status.AWAITING_DATA, Status.UNDER_QUERY, Status.NIL_RETURN, Status.SUSPENDED, Status.IN_DEVELOPMENT)
