"""What the warehouse knows of the KPIs a document is about, asked by queries of the linter's own (``sql/lint_*.sql``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.cardknown import BOARD_REPORT, OUTCOMES, SCORECARD, card_keys, card_members, with_quality
from pmf.assurance.confidential import INTERNAL, Withheld, load_withheld, missing_suppressions
from pmf.assurance.leads import moved_key
from pmf.assurance.panels import PanelsKnown, items_of, load_panels
from pmf.assurance.problem import Mismatch
from pmf.assurance.said import Key
from pmf.assurance.told import Asked, Told, load_told, why_neither
from pmf.assurance.yearknown import load_quarters
from pmf.period import FinancialYear, Period, Quarter
from pmf.register import Kpi, Level, Profile, Register
from pmf.warehouse.access import read

_PAPER, _ORGANISATION, _ANNUAL = "paper-", "scorecard-organisation", "annual-report"


@dataclass(frozen=True)
class Known:
    """A document's KPIs that were rated, in register order, with their ratings and how many stand at each status.

    ``ratings`` are rows of ``lint_ratings`` by kpi_ref, ``counts`` rows of ``lint_status_counts`` by status; ``combined_refs`` are
    the KPIs made of others, which nobody comments on; ``kpi_refs`` all the council has. ``of_quarters`` holds the lists that an annual
    report makes of its quarters, ``told`` what a paper tells of besides the status of its indicators, ``panels`` what is reported of risk,
    finance and change. ``untold`` is what a public edition should have left out and did not.
    """

    document_id: str
    profile: Profile
    kpis: tuple[Kpi, ...]
    ratings: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, Mapping[str, Any]]
    combined_refs: frozenset[str]
    kpi_refs: frozenset[str]
    is_internal: bool = False
    untold: tuple[Mismatch, ...] = ()
    of_quarters: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    panels: PanelsKnown = field(default_factory=PanelsKnown)

    @property
    def edition_id(self) -> str:
        """Name the edition: what its files are called."""
        return f"{self.document_id}{INTERNAL}" if self.is_internal else self.document_id

    @property
    def is_paper(self) -> bool:
        """Whether it is a committee's paper, and not a scorecard."""
        return self.document_id.startswith(_PAPER)

    @property
    def is_annual(self) -> bool:
        """Whether it is a council's annual report."""
        return self.document_id == _ANNUAL

    @property
    def addressee(self) -> str:
        """Name whom a committee's paper or a board's report goes to; empty for any other document."""
        if self.document_id.startswith(BOARD_REPORT):
            return self.profile.board(self.document_id.removeprefix(BOARD_REPORT)).name
        return self.profile.committee(self.document_id.removeprefix(_PAPER)).name if self.is_paper else ""

    @property
    def are_statuses_told(self) -> bool:
        """Whether the document says at which status its KPIs stand; that of outcome measures has none to say."""
        return self.document_id != OUTCOMES

    @cached_property
    def lists(self) -> Mapping[Key, frozenset[str]]:
        """Say which KPIs belong on each list that a document of this kind prints; one without any is not there."""
        keyed = [(key, kpi.kpi_ref) for kpi in self.kpis for key in self._keys(self.ratings[kpi.kpi_ref], kpi)]
        lists = {key: frozenset(ref for own, ref in keyed if own == key) for key in dict.fromkeys(key for key, _ in keyed)}
        return {**lists, **self.of_quarters, **self.told.lists, **self.panels.lists}

    def _keys(self, row: Mapping[str, Any], kpi: Kpi) -> list[Key]:
        keys: list[Key] = [("all",), ("status", row["status"])]
        if row["status"] in ("red", "amber", "green", "blue"):
            keys.append(("rated",))
        has_moved = row["updated"] and row["change"] in ("improved", "declined")
        if has_moved and (self.is_paper or self.is_annual):
            keys += [("moved", row["change"]), moved_key(row["change"], row["previous_status"], row["status"])]
        if has_moved and self.is_paper:
            keys.append(("moved", row["change"], "rated" if ("rated",) in keys else "unrated"))
        elif self.is_paper:
            keys += [("moved", "neither"), ("moved", "neither", why_neither(row, kpi))]
        return keys + card_keys(self.document_id, row, kpi)


def load_known(
    connection: Connection,
    register: Register,
    period: Period,
    *,
    document_id: str,
    as_at: datetime,
    sql_root: Path,
    since: datetime | None = None,
) -> Known | None:
    """Load what was known of a document's KPIs at ``as_at``, the clock it was made by. None: no scorecard or paper has that id.

    ``since`` is when the paper before was made, of whose figures some may have been restated (None: there was none).
    """
    is_internal, document_id = document_id.endswith(INTERNAL), document_id.removesuffix(INTERNAL)
    members = members_of(register, period, document_id)
    if members is None:
        return None
    withheld = Withheld()
    if not is_internal:
        members = [kpi for kpi in members if kpi.is_public]
        withheld = load_withheld(connection, register.profile.slug, period, as_at=as_at, sql_root=sql_root)
    parameters = {
        "organisation": register.profile.slug,
        "period": period.key,
        "policy_id": register.profile.policy_id(period),
        "as_at": as_at,
        "kpi_refs": [kpi.kpi_ref for kpi in members],
    }
    ratings = read(connection, "lint_ratings", sql_root=sql_root, first_period=period.months[0].key, **parameters)
    untold = () if is_internal else tuple(missing_suppressions(ratings, register, period, withheld))
    ratings = with_quality(connection, [withheld.masked(row) for row in ratings], register, period, as_at=as_at, sql_root=sql_root)
    counts = read(connection, "lint_status_counts", sql_root=sql_root, is_public=int(not is_internal), **parameters)
    by_ref = {row["kpi_ref"]: row for row in ratings}
    of_quarters: Mapping[Key, frozenset[str]] = {}
    if isinstance(period, FinancialYear):
        quarters = load_quarters(connection, register, period, by_ref, guarded=withheld.parts, as_at=as_at, sql_root=sql_root)
        by_ref = {ref: row | quarters.columns[ref] for ref, row in by_ref.items()}
        of_quarters = quarters.lists
    committee = next((item for item in register.profile.committees if document_id == f"{_PAPER}{item.id}"), None)
    asked = None
    if committee is not None and isinstance(period, Quarter):
        asked = Asked(register, committee, period, members, as_at, since, sql_root, withheld=None if is_internal else withheld)
    kpis = tuple(kpi for kpi in members if kpi.kpi_ref in by_ref)
    items = [item for item in items_of(register, period, document_id, kpis) if is_internal or item.is_public]
    return Known(
        document_id=document_id,
        is_internal=is_internal,
        untold=untold,
        profile=register.profile,
        kpis=kpis,
        ratings=by_ref,
        counts={row["status"]: row for row in counts},
        combined_refs=register.combined_refs,
        kpi_refs=frozenset(kpi.kpi_ref for kpi in register.kpi_versions),
        of_quarters=of_quarters,
        told=Told() if asked is None else load_told(connection, asked),
        panels=load_panels(connection, register, period, items, as_at=as_at, sql_root=sql_root),
    )


def members_of(register: Register, period: Period, document_id: str) -> Sequence[Kpi] | None:
    """List the KPIs a document is to print, by the register. None: no scorecard or paper has that id."""
    profile, kpis = register.profile, register.kpis(period)
    committees = {f"{_PAPER}{committee.id}": committee for committee in profile.committees}
    directorates = {f"{SCORECARD}{directorate.id}": directorate.id for directorate in profile.directorates}
    if document_id == _ANNUAL:
        return [kpi for kpi in kpis if kpi.committee_id is not None]
    if document_id == _ORGANISATION:
        return [kpi for kpi in kpis if kpi.level is Level.STRATEGIC or (kpi.level is Level.CORPORATE and not kpi.part_of)]
    if committee := committees.get(document_id):
        return [kpi for kpi in kpis if kpi.committee_id in {committee.id, committee.receives_after} - {None}]
    if document_id in directorates:
        own = [kpi for kpi in kpis if kpi.directorate_id == directorates[document_id]]
        return [kpi for kpi in own if kpi.kpi_ref not in register.combined_refs]
    return card_members(register, period, document_id)
