"""What a paper must tell of besides its indicators' status, by the linter's own queries and the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.confidential import Withheld
from pmf.assurance.printing import holds_words
from pmf.assurance.problem import Kind, Mismatch, quoted
from pmf.assurance.said import Key
from pmf.assurance.tellings import ACTIONS, CHANGED, QUESTIONS, RESTATED, TARGETS, WAITING, unlike
from pmf.period import Quarter, parse_month
from pmf.register import Committee, Kpi, Register
from pmf.register.changes import adopted_changes
from pmf.status import Status
from pmf.value import printed
from pmf.warehouse.access import read

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """What a paper tells: who belongs on which list, who may stand there besides, and what is printed of each (``quotes``)."""

    lists: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    optional: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A paper that is asked about: of which body and quarter, made when, and when the paper before it was made (None: there was none).

    ``withheld`` is what a public edition leaves out (None: it is an internal one).
    """

    register: Register
    committee: Committee
    quarter: Quarter
    kpis: Sequence[Kpi]
    as_at: datetime
    since: datetime | None
    sql_root: Path
    withheld: Withheld | None = None

    def may_tell(self, kpi_ref: str | None, *, more: bool = False) -> bool:
        """Tell whether the paper may speak of a KPI; ``more``: of what is not its own print, which it may not of one that is guarded."""
        if self.withheld is None or kpi_ref is None:
            return True
        return not self.register.is_internal(kpi_ref, self.quarter) and not (more and kpi_ref in self.withheld.parts)

    @property
    def bodies(self) -> set[str]:
        """The body, and the one it receives papers after: what concerns either concerns the paper."""
        return {self.committee.id, self.committee.receives_after or self.committee.id}

    def read(self, connection: Connection, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run one of the linter's queries as known when the paper was made."""
        organisation = self.register.profile.slug
        return read(connection, query, sql_root=self.sql_root, organisation=organisation, as_at=self.as_at, **parameters)


def why_neither(row: Mapping[str, Any], kpi: Kpi) -> str:
    """Say why an indicator (a row of ``lint_ratings``) neither improved nor declined."""
    if row["status"] == Status.CONFIDENTIAL:
        return "confidential"
    if row["value"] is None:
        return "absent"
    if not row["updated"]:
        return "not due"
    if row["change"] == "unchanged":
        return "unchanged"
    return "incomparable" if kpi.direction else "undirected"


def load_told(connection: Connection, asked: Asked) -> Told:
    """Load what a paper must tell of."""
    parts = (_changes(connection, asked), _restatements(connection, asked), _questions(connection, asked), _actions(connection, asked))
    return Told(
        lists={key: refs for part in parts for key, refs in part.lists.items() if refs},
        optional={key: refs for part in parts for key, refs in part.optional.items()},
        quotes={name: words for part in parts for name, words in part.quotes.items()},
    )


def quote_mismatches(quotes: Mapping[str, str], told: Told) -> Iterator[Mismatch]:
    """Find what is printed of something told that is not what was recorded of it."""
    for name, printed_words in quotes.items():
        for words in told.quotes.get(name, ()):
            if not holds_words(printed_words, words):
                yield Mismatch(Kind.COMMENTARY, f"what is told of {name}", quoted(printed_words), quoted(words))


def _changes(connection: Connection, asked: Asked) -> Told:
    events = asked.read(connection, "change_events_at")
    own = [item for item in adopted_changes(asked.register, events, asked.quarter) if asked.bodies & set(item.committee_ids)]
    own = [item for item in own if asked.may_tell(item.kpi_ref)]
    named = {key: unlike(item.kpi_ref for item in own if item.is_in_year is within) for key, within in ((CHANGED, False), (TARGETS, True))}
    return Told({key: frozenset(names) for key, names in named.items()})


def _restatements(connection: Connection, asked: Asked) -> Told:
    """Ask which figures of the quarter before print otherwise; of quarters before that, what was stated anew may be told of."""
    if asked.since is None:
        return Told()
    earlier, profile = asked.quarter.previous, asked.register.profile
    rows = asked.read(
        connection,
        "lint_restatements",
        period=asked.quarter.key,
        policy_id=profile.policy_id(asked.quarter),
        earlier=earlier.key,
        earlier_policy_id=profile.policy_id(earlier),
        since=asked.since,
        kpi_refs=[kpi.kpi_ref for kpi in asked.kpis if asked.may_tell(kpi.kpi_ref, more=True)],
    )
    by_ref = {kpi.kpi_ref: kpi for kpi in asked.kpis}
    changed: dict[str, tuple[str, ...]] = {}
    for row in rows:
        before, after = (_printed(row[column], by_ref[row["kpi_ref"]]) for column in ("value", "previous_value"))
        # A measure that is another now has no figure before: whether the old one was corrected is told of the old one.
        if after and before != after:
            changed[_named(row["kpi_ref"], earlier)] = tuple(figure for figure in (before, after) if figure)
    return Told({RESTATED: frozenset(changed)}, {RESTATED: frozenset(_stated_anew(connection, asked))}, changed)


def _stated_anew(connection: Connection, asked: Asked) -> Iterator[str]:
    """Name each KPI and quarter with a month of which something was stated since the paper before; of a whole, by its parts."""
    wholes = {kpi.kpi_ref: kpi.part_of for kpi in asked.register.kpi_versions if kpi.part_of}
    for row in asked.read(connection, "lint_months_stated_anew", since=asked.since):
        quarter = parse_month(row["period"]).quarter
        yield from (_named(ref, quarter) for ref in (row["kpi_ref"], wholes.get(row["kpi_ref"])) if ref and quarter < asked.quarter)


def _named(kpi_ref: str, quarter: Quarter) -> str:
    return f"{kpi_ref}, Quarter {quarter.number} {quarter.financial_year.label}"


def _printed(value: Any, kpi: Kpi) -> str:
    return "" if value is None else printed(value, unit=kpi.unit, decimals=kpi.decimals)


def _questions(connection: Connection, asked: Asked) -> Told:
    rows = asked.read(
        connection,
        "lint_questions",
        committee_id=asked.committee.id,
        body_before=asked.committee.receives_after or "",
        period=asked.quarter.key,
        since=asked.since or _LONG_AGO,
    )
    rows = [row for row in rows if asked.may_tell(row["kpi_ref"], more=True)]
    waiting = [row["question_id"] for row in rows if row["answer"] is None]
    quotes = {row["question_id"]: tuple(words for words in (row["words"], row["answer"]) if words) for row in rows}
    return Told({QUESTIONS: frozenset(quotes), WAITING: frozenset(waiting)}, quotes=quotes)


def _actions(connection: Connection, asked: Asked) -> Told:
    refs = [item.action_ref for item in asked.register.actions(asked.quarter) if item.committee_id in asked.bodies]
    if not refs:
        return Told()
    now, before = (
        {row["action_ref"]: row for row in asked.read(connection, "lint_actions", period=period.key, action_refs=refs)}
        for period in (asked.quarter, asked.quarter.previous)
    )
    by_status = {ref: _status(now.get(ref)) for ref in refs}
    lists = {(*ACTIONS, status): frozenset(_with(by_status, status)) for status in by_status.values()}
    quotes = {
        f"action {ref}": (_status(before.get(ref)), *(now[ref][name] for name in ("update_text", "impact") if ref in now)) for ref in refs
    }
    return Told({ACTIONS: frozenset(refs)} | lists, quotes=quotes)


def _with(by_status: Mapping[str, str], status: str) -> Iterable[str]:
    return (ref for ref, own in by_status.items() if own == status)


def _status(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "Not reported"
    return str(row["rag"]).capitalize() if row["rag"] else "No status given"
