"""What the warehouse knows of the KPIs a document is about, asked by queries of the linter's own (``sql/lint_*.sql``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.leads import moved_key
from pmf.assurance.said import Key
from pmf.period import Month, Quarter
from pmf.register import Kpi, Level, Profile, Register
from pmf.warehouse.access import read

_PAPER, _SCORECARD, _ORGANISATION = "paper-", "scorecard-", "scorecard-organisation"
_WATCH_LISTS = ("newly_red", "improving_red", "deep_dive", "declining_green", "worsening_green", "unusual", "back_on_target")


@dataclass(frozen=True)
class Known:
    """A document's KPIs that were rated, in register order, with their ratings and how many stand at each status.

    ``ratings`` are rows of ``lint_ratings`` by kpi_ref, ``counts`` rows of ``lint_status_counts`` by status; ``combined_refs`` are
    the KPIs made of others, which nobody comments on; ``kpi_refs`` all the council has.
    """

    document_id: str
    profile: Profile
    kpis: tuple[Kpi, ...]
    ratings: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, Mapping[str, Any]]
    combined_refs: frozenset[str]
    kpi_refs: frozenset[str]

    @property
    def is_paper(self) -> bool:
        """Whether it is a committee's paper, and not a scorecard."""
        return self.document_id.startswith(_PAPER)

    @property
    def addressee(self) -> str:
        """Name whom a paper goes to; empty for a scorecard."""
        return self.profile.committee(self.document_id.removeprefix(_PAPER)).name if self.is_paper else ""

    @cached_property
    def lists(self) -> Mapping[Key, frozenset[str]]:
        """Say which KPIs belong on each list that a document of this kind prints; one without any is not there."""
        keyed = [(key, ref) for ref, row in self.ratings.items() for key in self._keys(row)]
        return {key: frozenset(ref for own, ref in keyed if own == key) for key in dict.fromkeys(key for key, _ in keyed)}

    def _keys(self, row: Mapping[str, Any]) -> list[Key]:
        keys: list[Key] = [("all",), ("status", row["status"])]
        if row["status"] in ("red", "amber", "green", "blue"):
            keys.append(("rated",))
        if self.is_paper and row["updated"] and row["change"] in ("improved", "declined"):
            keys += [("moved", row["change"]), moved_key(row["change"], row["previous_status"], row["status"])]
        if not self.is_paper:
            keys += [("watch", name) for name in _WATCH_LISTS if row[name]]
        return keys


def load_known(
    connection: Connection, register: Register, period: Month | Quarter, *, document_id: str, as_at: datetime, sql_root: Path
) -> Known | None:
    """Load what was known of a document's KPIs at ``as_at``, the clock it was made by. None: no scorecard or paper has that id."""
    members = members_of(register, period, document_id)
    if members is None:
        return None
    parameters = {
        "organisation": register.profile.slug,
        "period": period.key,
        "policy_id": register.profile.policy_id(period),
        "as_at": as_at,
        "kpi_refs": [kpi.kpi_ref for kpi in members],
    }
    ratings = read(connection, "lint_ratings", sql_root=sql_root, first_period=period.months[0].key, **parameters)
    counts = read(connection, "lint_status_counts", sql_root=sql_root, **parameters)
    by_ref = {row["kpi_ref"]: row for row in ratings}
    return Known(
        document_id=document_id,
        profile=register.profile,
        kpis=tuple(kpi for kpi in members if kpi.kpi_ref in by_ref),
        ratings=by_ref,
        counts={row["status"]: row for row in counts},
        combined_refs=register.combined_refs,
        kpi_refs=frozenset(kpi.kpi_ref for kpi in register.kpi_versions),
    )


def members_of(register: Register, period: Month | Quarter, document_id: str) -> Sequence[Kpi] | None:
    """List the KPIs a document is to print, by the register. None: no scorecard or paper has that id."""
    profile, kpis = register.profile, register.kpis(period)
    committees = {f"{_PAPER}{committee.id}": committee for committee in profile.committees}
    directorates = {f"{_SCORECARD}{directorate.id}": directorate.id for directorate in profile.directorates}
    if document_id == _ORGANISATION:
        return [kpi for kpi in kpis if kpi.level is Level.STRATEGIC or (kpi.level is Level.CORPORATE and not kpi.part_of)]
    if committee := committees.get(document_id):
        return [kpi for kpi in kpis if kpi.committee_id in {committee.id, committee.receives_after} - {None}]
    if document_id in directorates:
        own = [kpi for kpi in kpis if kpi.directorate_id == directorates[document_id]]
        return [kpi for kpi in own if kpi.kpi_ref not in register.combined_refs]
    return None
