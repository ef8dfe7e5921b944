"""The risk, finance and change panels: found in a file's sentences and tables, and held against the linter's own query."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.block import Grid
from pmf.assurance.cardknown import SCORECARD
from pmf.assurance.printing import words_agree
from pmf.assurance.problem import Kind, Mismatch, quoted
from pmf.assurance.said import Counted, Key, PanelRow, Said
from pmf.period import Period
from pmf.register import Kpi, Register
from pmf.register.panel import Panel, PanelItem
from pmf.value import printed
from pmf.warehouse.access import read

_NOUNS = {"risk": Panel.RISK, "budget": Panel.FINANCE, "project": Panel.CHANGE}
_NAMES = {"Risk": Panel.RISK, "Budget line": Panel.FINANCE, "Project": Panel.CHANGE}
_LEAD = re.compile(r"^(?P<number>\d+) (?P<noun>risk|budget|project)s? for [^:]+: (?P<rest>.+)\.$")
_STANDING = re.compile(r"(\d+) ([A-Z][a-z ]*?)(?=,| and |$)")
_HEADER = frozenset({"Status", "Status before", "Comment"})
_NAMED_STATUS = ("Status", "Status before")
_PAPER, _ORGANISATION = "paper-", "scorecard-organisation"


@dataclass(frozen=True)
class PanelsKnown:
    """What a document's panels must say: which lines stand where, and what its table prints of each line, by heading."""

    lists: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def panel_counts(text: str, place: str) -> Iterator[Counted]:
    """Read the sentence above a panel: how many lines it has, and how many of them stand where."""
    if found := _LEAD.match(text):
        key = _key(_NOUNS[found["noun"]])
        yield Counted(place, key, int(found["number"]), None)
        yield from (Counted(place, (*key, status), int(number), None) for number, status in _STANDING.findall(found["rest"]))


def take_panel(said: Said, grid: Grid, place: str) -> bool:
    """Take the table of a panel: which lines it has, which stand where, and what is printed of each. False: it is none."""
    panel = _NAMES.get(grid.header[0]) if grid.header else None
    if panel is None or not set(grid.header) >= _HEADER:
        return False
    key, where = _key(panel), f"{place}, {grid.caption}"
    rows = [PanelRow(where, row[0].split(" ")[0], dict(zip(grid.header, row, strict=False))) for row in grid.rows]
    said.panels += rows
    said.counts.append(Counted(where, key, len(rows), tuple(row.ref for row in rows)))
    by_status: dict[str, list[str]] = {}
    for row in rows:
        by_status.setdefault(row.cells["Status"], []).append(row.ref)
    said.counts += [Counted(where, (*key, status), len(refs), tuple(refs)) for status, refs in by_status.items()]
    return True


def panel_mismatches(rows: Sequence[PanelRow], known: PanelsKnown) -> Iterator[Mismatch]:
    """Compare what is printed of each line with what was reported of it; which lines there are is compared as a list."""
    for row in rows:
        expected = known.rows.get(row.ref, {})
        for heading, words in expected.items():
            said = row.cells.get(heading)
            if said is not None and not words_agree(said, words):
                kind = Kind.STATUS if heading in _NAMED_STATUS else Kind.COMMENTARY if heading == "Comment" else Kind.FIGURE
                yield Mismatch(kind, f"{row.place}, {row.ref}, {heading}", quoted(said), quoted(words))


def items_of(register: Register, period: Period, document_id: str, kpis: Sequence[Kpi]) -> list[PanelItem]:
    """List the lines that a document is to print, by the register; ``kpis`` are its KPIs. A paper prints no budgets."""
    items = register.panel_items(period)
    if document_id == _ORGANISATION:
        return list(items)
    if document_id.startswith(_PAPER):
        directorates = {kpi.directorate_id for kpi in kpis}
        return [item for item in items if item.directorate_id in directorates and item.panel is not Panel.FINANCE]
    return [item for item in items if document_id == f"{SCORECARD}{item.directorate_id}"]


def load_panels(
    connection: Connection, register: Register, period: Period, items: Sequence[PanelItem], *, as_at: datetime, sql_root: Path
) -> PanelsKnown:
    """Load what a document of a period must say of these lines of the panels."""
    if not items:
        return PanelsKnown()
    parameters = {"organisation": register.profile.slug, "as_at": as_at, "line_refs": [item.line_ref for item in items]}
    now, before = (
        {row["line_ref"]: row for row in read(connection, "lint_panels", sql_root=sql_root, period=month.key, **parameters)}
        for month in (period.months[-1], period.previous.months[-1])
    )
    rows = {item.line_ref: _printed(register, item, now.get(item.line_ref), before.get(item.line_ref)) for item in items}
    lists: dict[Key, set[str]] = {}
    for item in items:
        key, ref = _key(item.panel), item.line_ref
        lists.setdefault(key, set()).add(ref)
        lists.setdefault((*key, rows[ref]["Status"]), set()).add(ref)
    return PanelsKnown({key: frozenset(refs) for key, refs in lists.items()}, rows)


def _key(panel: Panel) -> Key:
    return ("panel", panel.value)


def _printed(register: Register, item: PanelItem, now: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> dict[str, str]:
    """Lay out what a table prints of a line, by heading; a heading of another panel's table does no harm."""
    profile = register.profile
    figure, earlier = (row["figure"] if row else None for row in (now, before))
    above = figure - item.budget if figure is not None and item.budget is not None else None
    name = next(name for name, panel in _NAMES.items() if panel is item.panel)
    return {
        name: f"{item.line_ref} {item.title} {profile.post(item.holder_post).title}",
        "Directorate": next(one.name for one in profile.directorates if one.id == item.directorate_id),
        "Status": _status(now),
        "Status before": _status(before),
        "Score": printed(figure),
        "Score before": printed(earlier),
        "Target score": printed(item.target_score),
        "Budget": printed(item.budget, unit="£"),
        "Forecast": printed(figure, unit="£"),
        "Forecast before": printed(earlier, unit="£"),
        "Above budget": printed(above, unit="£"),
        "Due": f"{item.due_on:%-d %B %Y}" if item.due_on else "Ongoing",
        "Comment": now["comment"] if now else "",
    }


def _status(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "Not reported"
    return str(row["rag"]).capitalize() if row["rag"] else "No status given"
