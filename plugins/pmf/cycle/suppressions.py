"""Suppressions: what a period's public editions leave out because it tells of few people, listed for officers without the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.editions import editions_at
from pmf.cycle.printed import internal_id, is_internal, printed_kpis
from pmf.cycle.releases import publications_so_far
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Period
from pmf.settings import Settings
from pmf.warehouse.engine import reading

# The parts of a KPI that can be left out, in the order they are printed, and in an officer's words.
PART_LABELS = {
    "value": "Figure",
    "previous_value": "Figure before",
    "last_year_value": "Figure a year before",
    "quarters": "Quarters of the year",
    "history": "History and all drawn from it",
    "comment": "Comment",
}
# A part of a KPI, as kpi_ref and part.
_Part = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A part of a KPI that public editions of a period leave out; never the figure itself.

    ``kind`` is primary, secondary or dependent, with its ``reason``; ``since`` is when the first of the runs was that have all, one
    after the other, left it out.
    ``documents`` are those whose last public edition is without it, ``published`` those that readers see without it.
    """

    kpi_ref: str
    title: str
    part: str
    kind: str
    reason: str
    since: datetime
    documents: tuple[str, ...]
    published: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """What is left out of a period's documents; ``made_at`` is when they were last made (None: never)."""

    left_out: tuple[LeftOut, ...]
    made_at: datetime | None


def list_suppressions(organisation: str, period: Period, *, as_at: datetime, settings: Settings) -> Listed:
    """List what was decided when a period's documents were last made, and what the editions that readers see are without.

    In register order, a KPI's parts in the order they are printed.
    """
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        runs = _runs(workspace, connection, period, as_at)
    if not runs:
        return Listed((), None)
    made = {(name, files[0]["as_at"]) for name, files in editions_at(workspace, period, as_at).items()}
    live = {item.document_id: item.made_at for item in publications_so_far(workspace, on=as_at) if item.period == period.key}
    last = max(runs)
    documents, published = (_by_part(workspace, period, runs, editions) for editions in (made, live.items()))
    titles = {kpi.kpi_ref: kpi.title for kpi in workspace.register.kpis(period)}
    return Listed(
        tuple(
            _left_out(part, titles.get(part[0], ""), runs, documents=documents.get(part, ()), published=published.get(part, ()))
            for part in _in_order({*runs[last], *documents, *published}, list(titles))
        ),
        last,
    )


def _runs(workspace: Workspace, connection: Connection, period: Period, as_at: datetime) -> dict[datetime, dict[_Part, Mapping[str, Any]]]:
    """Load what each run left out (nothing, for some), the earliest run first."""
    runs: dict[datetime, dict[_Part, Mapping[str, Any]]] = {}
    for row in workspace.read(connection, "suppressions_so_far", period=period.key, as_at=as_at):
        own = runs.setdefault(row["as_at"], {})
        if row["kpi_ref"] is not None:
            own[row["kpi_ref"], row["part"]] = row
    return runs


def _by_part(
    workspace: Workspace,
    period: Period,
    runs: Mapping[datetime, Mapping[_Part, Any]],
    editions: Iterable[tuple[str, datetime]],
) -> dict[_Part, tuple[str, ...]]:
    """Name the documents of these editions that are without each part."""
    found: dict[_Part, tuple[str, ...]] = {}
    for document_id, made_at in sorted(editions):
        for part in _gone_from(workspace, period, runs.get(made_at, {}), document_id, made_at):
            found[part] = (*found.get(part, ()), document_id)
    return found


def _gone_from(workspace: Workspace, period: Period, decided: Iterable[_Part], document_id: str, made_at: datetime) -> Iterator[_Part]:
    """List the parts that an edition is without: what was decided of its KPIs, where it is a public one beside an internal one."""
    inside = editions_at(workspace, period, made_at).get(internal_id(document_id), ())
    if is_internal(document_id) or not any(row["as_at"] == made_at for row in inside):
        return
    printed = {kpi.kpi_ref for kpi in printed_kpis(workspace.register, period, document_id)}
    yield from (part for part in decided if part[0] in printed)


def _left_out(
    part: _Part,
    title: str,
    runs: Mapping[datetime, Mapping[_Part, Mapping[str, Any]]],
    *,
    documents: tuple[str, ...],
    published: tuple[str, ...],
) -> LeftOut:
    stretch = _stretch(part, runs)
    return LeftOut(
        kpi_ref=part[0],
        title=title,
        part=part[1],
        kind=stretch[0]["kind"],
        reason=stretch[0]["reason"],
        since=stretch[-1]["as_at"],
        documents=documents,
        published=published,
    )


def _stretch(part: _Part, runs: Mapping[datetime, Mapping[_Part, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Select what the last runs that left a part out, with none between them that did not, decided of it, the last of them first."""
    until_then = dropwhile(lambda moment: part not in runs[moment], sorted(runs, reverse=True))
    return [runs[moment][part] for moment in takewhile(lambda moment: part in runs[moment], until_then)]


def _in_order(parts: Iterable[_Part], refs: Sequence[str]) -> list[_Part]:
    """Sort by the register, then by where a part is printed; a KPI that the register no longer has comes last."""
    kpis, own = {ref: place for place, ref in enumerate(refs)}, {part: place for place, part in enumerate(PART_LABELS)}
    return sorted(parts, key=lambda part: (kpis.get(part[0], len(kpis)), part[0], own[part[1]]))
