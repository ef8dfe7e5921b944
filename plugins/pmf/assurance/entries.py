"""What a file prints of each KPI, held against its rating in the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pmf.assurance.block import squeezed
from pmf.assurance.known import Known
from pmf.assurance.printing import (
    behaviour_agrees,
    change_agrees,
    comment_of,
    figure_agrees,
    quality_agrees,
    status_agrees,
    target_agrees,
    tolerance_agrees,
    words_agree,
)
from pmf.assurance.problem import SILENT_RED_RULE, Kind, Mismatch, quoted
from pmf.assurance.said import Entry
from pmf.register import Kpi
from pmf.status import Status
from pmf.value import printed

_QUARTERS = range(1, 5)
_FIGURES = (
    *("value", "previous_value", "projection", "forecast", "year_end"),
    *(f"q{number}_{name}" for number in _QUARTERS for name in ("value", "told_value", "forecast", "year_end")),
)
# Each with the column of the rating it shows: beside both forecasts of a year stands the year's target.
_TARGETS = {"target": "target", "previous_target": "previous_target", "forecast_target": "year_target", "year_target": "year_target"}
_STATUSES = (
    *("status", "previous_status", "forecast_status", "year_end_status"),
    *(f"q{number}_{name}" for number in _QUARTERS for name in ("status", "told_status")),
)
_ELSEWHERE = re.compile(r"^See paragraph (?P<number>[\d.]+)\.$")
# What a document says of each of its KPIs, whatever else.
_NEVER_LEFT_OUT = ("status", "value", "target")


def entry_mismatches(entries: Sequence[Entry], known: Known) -> Iterator[Mismatch]:
    """Find KPIs that are left out, printed twice or not the document's, and whatever is printed of one that is not so."""
    own = {kpi.kpi_ref: kpi for kpi in known.kpis}
    told = [entry.kpi_ref for entry in entries if entry.is_main]
    for ref, kpi in own.items():
        if (times := told.count(ref)) != 1:
            found = f"KPI {ref} {times} times" if times else f"no KPI {ref}"
            yield Mismatch(Kind.MISSING, "the KPIs printed", found, f"KPI {ref} {quoted(kpi.title)} once", ref)
        if known.ratings[ref]["status"] == Status.RED:
            yield from _silence(ref, known)
    for entry in entries:
        if entry.kpi_ref in own:
            yield from _mismatches(_with_comment(entry, entries), own[entry.kpi_ref], known)
        else:
            yield Mismatch(Kind.STRANGER, entry.place, f"KPI {entry.kpi_ref}", "only the KPIs that are this document's")


def _with_comment(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """Read the comment where an entry says that it stands; where it does not stand there, the entry is left without."""
    if (elsewhere := _ELSEWHERE.match(entry.fields.get("comment", ""))) is None:
        return entry
    told = (other for other in entries if other.kpi_ref == entry.kpi_ref and other.place.startswith(f"{elsewhere['number']} "))
    fields = next((other.fields for other in told), {})
    comment = {name: fields[name] for name in ("comment", "path") if name in fields}
    return replace(entry, fields={name: words for name, words in entry.fields.items() if name != "comment"} | comment)


def _mismatches(entry: Entry, kpi: Kpi, known: Known) -> Iterator[Mismatch]:
    row, title = known.ratings[kpi.kpi_ref], entry.fields.get("title", "")
    if squeezed(title) not in {squeezed(kpi.title), squeezed(f"{kpi.title} ({kpi.unit})")}:
        yield Mismatch(Kind.NAME, entry.place, quoted(title), quoted(kpi.title), kpi.kpi_ref)
    for name in _NEVER_LEFT_OUT if known.are_statuses_told else ("value",):
        if entry.is_main and name not in entry.fields:
            yield Mismatch(Kind.MISSING, entry.place, f"no {name}", f"its {name}", kpi.kpi_ref)
    for name, said in entry.fields.items():
        if (wrong := _wrong(name, said, row, kpi)) is not None:
            kind, expected = wrong
            yield Mismatch(kind, f"{entry.place}, {_plain(name)}", quoted(said), expected, kpi.kpi_ref)
    yield from _comment_mismatches(entry, row, known)


def _wrong(name: str, said: str, row: Mapping[str, Any], kpi: Kpi) -> tuple[Kind, str] | None:
    """Say what is wrong with a figure, target, status or change, and what it should be. None: it agrees, or is none of these."""
    if name in _FIGURES and not figure_agrees(said, row[name], kpi):
        return Kind.FIGURE, _exactly(row[name], kpi)
    if name in _TARGETS and not target_agrees(said.removesuffix(f" {kpi.unit}"), target := row[_TARGETS[name]], kpi):
        return Kind.FIGURE, f"a target of {target}" if target else "no target"
    if name in _STATUSES and not status_agrees(said, row[name]):
        return Kind.STATUS, Status(row[name]).label if row[name] else "no status"
    if name == "change" and not change_agrees(said, row["change"]):
        return Kind.STATUS, row["change"] or "a change that cannot be told"
    return _wrong_behind(name, said, row, kpi)


def _wrong_behind(name: str, said: str, row: Mapping[str, Any], kpi: Kpi) -> tuple[Kind, str] | None:
    """Say what is wrong with what stands behind a colour: tolerance, data quality, variation, assurance."""
    if name == "tolerance" and not tolerance_agrees(said, row["target_version"], kpi):
        return Kind.FIGURE, f"the tolerance of target version {row['target_version'] or 'none'}"
    if name == "quality" and not quality_agrees(said, row["checks"], row["halves_passed"]):
        return Kind.PERCENTAGE, f"{row['halves_passed']} halves of {row['checks']} checks passed"
    if name in ("variation", "assurance") and not behaviour_agrees(said, row[name], name):
        return Kind.STATUS, row[name] or f"no {name}"
    return None


def _plain(name: str) -> str:
    return name.replace("value", "figure").replace("_", " ")


def _exactly(value: Decimal | None, kpi: Kpi) -> str:
    return printed(value, unit=kpi.unit, decimals=kpi.decimals, absent="no figure")


def _comment_mismatches(entry: Entry, row: Mapping[str, Any], known: Known) -> Iterator[Mismatch]:
    """Compare the comment: a scorecard prints it whole, and what is waived after it; a paper in two parts, of a red in two places.

    An annual report prints it in two parts where it tells of a red, and not in its tables.
    """
    commentary, path = comment_of(row)
    is_to_be_told = entry.is_story if known.is_annual else known.is_paper and (entry.is_main or row["status"] == Status.RED)
    for name, words in (("comment", commentary), ("path", path)):
        said = entry.fields.get(name)
        if (said is None and words and is_to_be_told) or (said is not None and not words_agree(said, words)):
            place = f"{entry.place}, {'Commentary' if name == 'comment' else 'Path to Green'}"
            yield Mismatch(Kind.COMMENTARY, place, quoted(said or ""), quoted(words) if words else "nothing supplied", entry.kpi_ref)
    remark, whole = entry.fields.get("remark"), row["comment"].strip()
    if remark is not None and whole and not words_agree(remark, whole, is_whole=False):
        yield Mismatch(Kind.COMMENTARY, f"{entry.place}, Commentary", quoted(remark), quoted(whole), entry.kpi_ref)


def _silence(ref: str, known: Known) -> Iterator[Mismatch]:
    """Find a red that nobody explains; a figure that was not due is not explained anew, nor is one that is made of others."""
    commentary, _ = comment_of(known.ratings[ref])
    if not commentary and known.ratings[ref]["updated"] and ref not in known.combined_refs:
        found, expected = "no explanation supplied", "the service's explanation"
        yield Mismatch(Kind.COMMENTARY, f"KPI {ref}, which is red", found, expected, ref, SILENT_RED_RULE)
