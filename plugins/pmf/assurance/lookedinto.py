"""Packs and intervention forms read again: what they say of a KPI, month by month, held against its ratings and what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.block import Block, Grid, Heading, Item, Words
from pmf.assurance.bodyname import name_mismatches
from pmf.assurance.printing import comment_of, figure_agrees, status_agrees, target_agrees, tolerance_agrees, words_agree
from pmf.assurance.problem import Kind, Mismatch, quoted
from pmf.period import Month, parse_month
from pmf.register import Kpi, Profile, Register
from pmf.status import Status
from pmf.warehouse.access import read

PACK, FORM = "deep-dive-", "intervention-"
# How far back a pack tells of comments, queries and corrections, and how far a form looks ahead.
_MONTHS_BACK, _MONTHS_AHEAD = 12, 12
_LATEST = {"Performance": "value", "Target": "target", "Status": "status"}
_COUNTS = {
    "comments": re.compile(r"^(\d+) comments? in the last 12 months"),
    "queries": re.compile(r"^(\d+) quer(?:y|ies) in the last 12 months"),
    "corrected": re.compile(r"^(\d+) figures? stated anew in the last 12 months"),
}
_OF_HISTORY = re.compile(r"^Of the last (\d+) (?:month|quarter|year)s?, (\d+) (?:is|are) red")
_COMMENTARY, _PATH = "Commentary:", "Path to Green:"


@dataclass(frozen=True)
class LookedInto:
    """What is known of the KPI that a pack or form is about.

    ``ratings`` are its rows of ``lint_looked_into`` by month, ``counts`` the row of ``lint_pack_counts``, ``steps`` the rows of
    ``lint_intervention`` (of a form; empty for a pack).
    """

    document_id: str
    profile: Profile
    kpi: Kpi
    month: Month
    ratings: Mapping[Month, Mapping[str, Any]]
    counts: Mapping[str, int]
    steps: Sequence[Mapping[str, Any]]

    @property
    def is_form(self) -> bool:
        """Whether it is an intervention's form, and not a pack."""
        return self.document_id.startswith(FORM)


def load_looked_into(
    connection: Connection, register: Register, period: Month, *, document_id: str, as_at: datetime, sql_root: Path
) -> LookedInto | None:
    """Load what was known of a pack's or form's KPI at ``as_at``, the clock it was made by. None: the document is neither."""
    about = _about(document_id, period)
    kpi = register.kpi(*about) if about else None
    if about is None or kpi is None:
        return None
    month, organisation = about[1], register.profile.slug
    refs = [kpi.kpi_ref, *(part.kpi_ref for part in register.kpis(month) if part.part_of == kpi.kpi_ref)]
    back = list(month.plus(1 - _MONTHS_BACK).up_to(month))
    told = list(month.plus(-2 * _MONTHS_BACK).up_to(month.plus(_MONTHS_AHEAD)))
    shared: dict[str, Any] = {"sql_root": sql_root, "organisation": organisation, "as_at": as_at}
    rows = read(connection, "lint_looked_into", kpi_ref=kpi.kpi_ref, periods=[each.key for each in told], **shared)
    quarters = dict.fromkeys(each.quarter.key for each in back if each == each.quarter.months[-1])
    counts = read(connection, "lint_pack_counts", kpi_refs=refs, periods=[*(each.key for each in back), *quarters], **shared)
    name = document_id.removeprefix(FORM)
    steps = read(connection, "lint_intervention", intervention_id=name, **shared) if document_id.startswith(FORM) else []
    policies = {each: register.profile.policy_id(each) for each in told}
    ratings = {each: row for row in rows if row["policy_id"] == policies[each := parse_month(row["period"])]}
    return LookedInto(document_id, register.profile, kpi, month, ratings, counts[0], steps)


def _about(document_id: str, period: Month) -> tuple[str, Month] | None:
    """Name the KPI and the month a document is about. None: it is neither pack nor form."""
    if document_id.startswith(PACK):
        return document_id.removeprefix(PACK), period
    if document_id.startswith(FORM):
        name = document_id.removeprefix(FORM)
        return name[: -len("-2025-06")], parse_month(name[-len("2025-06") :])
    return None


def looked_into_mismatches(blocks: Sequence[Block], known: LookedInto) -> Iterator[Mismatch]:
    """List what a pack or form says otherwise than the warehouse."""
    place = ""
    for number, block in enumerate(blocks):
        match block:
            case Heading(text):
                place = text
            case Grid():
                yield from _grid_mismatches(block, known)
            case Words(text):
                yield from _word_mismatches(text, blocks[number + 1 :], place, known)
    if known.is_form:
        yield from _plan_mismatches(blocks, known)
    yield from name_mismatches(blocks, known.profile)


def _grid_mismatches(grid: Grid, known: LookedInto) -> Iterator[Mismatch]:
    header = grid.header
    if header[:2] == ("Target", "Tolerance"):
        fields = dict(zip(("target", "tolerance", "value", "status"), grid.rows[0] if grid.rows else (), strict=False))
        yield from _row_mismatches(fields, known.month, grid.caption, known)
    elif header[:1] == ("Measure",) and grid.caption.startswith("Figures of indicator "):
        fields = {_LATEST[row[0]]: row[1] for row in grid.rows if row[0] in _LATEST}
        yield from _row_mismatches(fields, known.month, grid.caption, known)
    elif header == ("Period", "Performance", "Target", "Status"):
        for row in grid.rows:
            yield from _month_mismatches(row[0], dict(zip(("value", "target", "status"), row[1:], strict=False)), grid.caption, known)
    elif header[:4] == ("Month", "Target", "Actual", "Status"):
        for row in grid.rows:
            fields = dict(zip(("target", "value", "status"), row[1:4], strict=False))
            yield from _month_mismatches(row[0].partition(": ")[2], fields, grid.caption, known)
    elif header[:1] == ("Approval",):
        yield from _approval_mismatches(grid, known)


def _month_mismatches(label: str, fields: Mapping[str, str], place: str, known: LookedInto) -> Iterator[Mismatch]:
    month = next((month for month in known.ratings if month.label == label), None)
    if month is not None:
        yield from _row_mismatches(fields, month, f"{place}, {label}", known)
    elif known.is_form and fields.get("status") != "Not yet rated":
        yield Mismatch(Kind.STATUS, f"{place}, {label}", quoted(fields.get("status", "")), "“Not yet rated”", known.kpi.kpi_ref)


def _row_mismatches(fields: Mapping[str, str], month: Month, place: str, known: LookedInto) -> Iterator[Mismatch]:
    kpi, row = known.kpi, known.ratings.get(month)
    if row is None:
        yield Mismatch(Kind.STRANGER, place, f"figures of {month.label}", "only months that were rated", kpi.kpi_ref)
        return
    for name, said in fields.items():
        is_nothing_due = known.is_form and name == "value" and not kpi.is_due(month) and said == "No figure due"
        if not (is_nothing_due or _agrees(name, said, row, kpi)):
            kind = Kind.STATUS if name == "status" else Kind.FIGURE
            yield Mismatch(kind, f"{place}, {name}", quoted(said), f"as it was rated: {row['reason']}", kpi.kpi_ref)


def _agrees(name: str, said: str, row: Mapping[str, Any], kpi: Kpi) -> bool:
    match name:
        case "value":
            return figure_agrees(said, row["value"], kpi)
        case "target":
            return target_agrees(said, row["target"], kpi)
        case "tolerance":
            return tolerance_agrees(said, row["target_version"], kpi)
        case _:
            return status_agrees(said, row["status"])


def _word_mismatches(text: str, following: Sequence[Block], place: str, known: LookedInto) -> Iterator[Mismatch]:
    """Compare the counts with their lists and the warehouse, and the comment with the rating's."""
    if found := _OF_HISTORY.match(text):
        rows = next((block.rows for block in following if isinstance(block, Grid)), ())
        listed = (len(rows), sum(status_agrees(row[-1], Status.RED) for row in rows))
        if (stated := (int(found[1]), int(found[2]))) != listed:
            yield Mismatch(Kind.COUNT, place, f"{stated[1]} of {stated[0]}", f"{listed[1]} of {listed[0]}, as listed", known.kpi.kpi_ref)
    for name, pattern in _COUNTS.items():
        if found := pattern.match(text):
            yield from _count_mismatches(name, int(found[1]), following, place, known)
    for prefix, words in zip((_COMMENTARY, _PATH), comment_of(known.ratings.get(known.month, {"comment": ""})), strict=True):
        if not known.is_form and text.startswith(prefix) and not words_agree(text.removeprefix(prefix).strip(), words):
            yield Mismatch(Kind.COMMENTARY, f"{place}, {prefix}", quoted(text), quoted(words), known.kpi.kpi_ref)


def _count_mismatches(name: str, stated: int, following: Sequence[Block], place: str, known: LookedInto) -> Iterator[Mismatch]:
    listed = _listed(following)
    if stated != listed:
        yield Mismatch(Kind.LIST, place, f"a count of {stated} whose list has {listed}", "a count that is the length of its list")
    if name in known.counts and stated != known.counts[name]:
        yield Mismatch(Kind.COUNT, place, f"a count of {stated}", f"a count of {known.counts[name]}", known.kpi.kpi_ref)


def _listed(following: Sequence[Block]) -> int:
    """Count the rows or items that stand directly below."""
    if following and isinstance(following[0], Grid):
        return len(following[0].rows)
    number = 0
    while number < len(following) and isinstance(following[number], Item):
        number += 1
    return number


def _approval_mismatches(grid: Grid, known: LookedInto) -> Iterator[Mismatch]:
    """Compare which approvals a form prints as given: those recorded since the plan was last put in."""
    planned = max((number for number, step in enumerate(known.steps) if step["kind"] == "planned"), default=len(known.steps))
    given = {step["part"].replace("_", " ").casefold() for step in known.steps[planned:] if step["kind"] == "approved"}
    for row in grid.rows:
        whose = row[0].removesuffix(" of Service").casefold()
        if (row[2] != "Not yet approved") is not (whose in given):
            expected = "a day" if whose in given else "“Not yet approved”"
            yield Mismatch(Kind.STATUS, f"{grid.caption}, {row[0]}", quoted(row[2]), expected, known.kpi.kpi_ref)


def _plan_mismatches(blocks: Sequence[Block], known: LookedInto) -> Iterator[Mismatch]:
    """Find a plan that is not printed as it was put in last."""
    said = [block.text for block in blocks if isinstance(block, Words)]
    for part in ("cause", "steps"):
        words = next((step["words"] for step in reversed(known.steps) if (step["kind"], step["part"]) == ("planned", part)), "")
        if words and not any(words_agree(text, words, is_whole=False) for text in said):
            yield Mismatch(Kind.COMMENTARY, f"the {part}", "something else", quoted(words), known.kpi.kpi_ref)
