"""What the three points of validation are given: rows shaped like the warehouse's tables, the register and the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pmf.period import Month, Period, Quarter
from pmf.register import Kpi, Register
from pmf.register.signing import TemplateState
from pmf.validation.language import Lexicon

Row = Mapping[str, Any]
# The channel of the form, and how those of the performance team's entries begin; any other is a declared source's.
FORM, ENTRIES = "form", "entry:"


@dataclass(frozen=True, kw_only=True)
class ReturnInputs:
    """A month's returns, before anything is rated.

    ``files`` are rows of ``received_file`` for the month, refused ones included; ``lines`` rows of ``returned_line`` with
    ``cells`` and ``raw`` as dictionaries, and ``problems`` rows of ``cell_problem``, of the files that count at least;
    ``history`` rows of ``observation`` for earlier months, the version that counts of each; a figure that was withheld is
    best left out of it, or the next one will be compared with what was never believed. ``waived`` holds (rule_id,
    kpi_ref). ``template_states`` says of each KPI how its data-quality template stands; nothing is said of one it does not
    name. ``rewritten`` are sentences about what earlier months would be judged by instead. ``rated`` holds the figures of the
    month that have been rated, rows of ``sql/observed_versions.sql``. ``service_id`` (None: all) looks at one service alone.
    """

    register: Register
    month: Month
    as_at: datetime
    deadline: datetime
    files: Sequence[Row]
    lines: Sequence[Row]
    problems: Sequence[Row] = ()
    history: Sequence[Row] = ()
    waived: AbstractSet[tuple[str, str]] = frozenset()
    template_states: Mapping[str, TemplateState] = field(default_factory=dict)
    rewritten: Sequence[str] = ()
    rated: Sequence[Row] = ()
    service_id: str | None = None

    @property
    def due(self) -> tuple[Kpi, ...]:
        """The KPIs a figure is due for."""
        return self.register.due(self.month, self.service_id)

    def own_due_at(self, kpi: Kpi) -> datetime | None:
        """Say when a KPI's figure is due that cannot be had by the deadline. None: it is due by the deadline."""
        if kpi.due_working_day is None:
            return None
        due_at = self.register.profile.due_at(self.month, kpi.due_working_day)
        return due_at if due_at > self.deadline else None

    def is_asked(self, kpi: Kpi) -> bool:
        """Tell whether the time has come to ask for a KPI's figure, once the deadline has passed."""
        due_at = self.own_due_at(kpi)
        return due_at is None or due_at < self.as_at

    @property
    def in_force(self) -> dict[tuple[str, str], Row]:
        """What counts of each service and channel: the last file accepted. Grain and order as ``sql/accepted_returns.sql``.

        A return that waits for its release does not count yet.
        """
        accepted = [row for row in self.files if row["outcome"] == "accepted" and row["period"] == self.month.key and row["is_released"]]
        by_hash = sorted(accepted, key=lambda row: row["file_hash"], reverse=True)
        in_order = sorted(by_hash, key=lambda row: (row["received_at"], row["sequence"]))
        return {(row["service_id"], row["channel"]): row for row in in_order}

    def returned_by(self, service_id: str) -> Row | None:
        """Give what a service has returned: its form, else the newest of its sources. None: neither; an entry is no return."""
        files = [row for (service, channel), row in self.in_force.items() if service == service_id and not channel.startswith(ENTRIES)]
        return next((row for row in files if row["channel"] == FORM), files[-1] if files else None)


@dataclass(frozen=True, kw_only=True)
class RatingInputs:
    """A period's ratings under one policy, one row of ``rating`` for each KPI, with the comments of the period before.

    ``previous_comments`` maps kpi_ref to what was commented last time. ``lexicon`` is what comments are read with (None:
    this machine has no dictionary, and spelling is not checked).
    """

    register: Register
    period: Month | Quarter
    ratings: Sequence[Row]
    previous_comments: Mapping[str, str] = field(default_factory=dict)
    waived: AbstractSet[tuple[str, str]] = frozenset()
    lexicon: Lexicon | None = None

    @property
    def due(self) -> tuple[Kpi, ...]:
        """The KPIs a figure is due for in some month of the period, each once, as they stand at its end."""
        refs = {kpi.kpi_ref for month in self.period.months for kpi in self.register.due(month)}
        return tuple(kpi for kpi in self.register.kpis(self.period) if kpi.kpi_ref in refs)


@dataclass(frozen=True, kw_only=True)
class PublicationInputs:
    """What still stands against publishing a period: rows of ``finding`` of its months' and its own last validations.

    ``linted`` is what the linter found in the finished files: kpi_ref (None: about none or several), message, fix, file_name,
    file_hash, cell (its place in the file), found and expected.
    """

    register: Register
    period: Period
    findings: Sequence[Row]
    linted: Sequence[Row] = ()
    waived: AbstractSet[tuple[str, str]] = frozenset()
