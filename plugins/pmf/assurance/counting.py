"""Counts, shares and lists of a file, held against those of the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pmf.assurance.known import Known
from pmf.assurance.problem import Kind, Mismatch
from pmf.assurance.said import Counted, Key, StatusLine
from pmf.status import STATUS_TABLE_ALWAYS, STATUS_TABLE_WHEN_ANY, Status

# Statuses whose number a document says in a sentence or a list, besides its table.
_ABSENT = (Status.UNDER_QUERY, Status.AWAITING_DATA, Status.NIL_RETURN, Status.CONFIDENTIAL)
_SAID_IN_A_PAPER = (Status.RED, Status.AMBER, Status.GREEN, Status.CONTEXTUAL, *_ABSENT)
_SAID_ON_A_SCORECARD = (Status.RED, *_ABSENT)


def status_mismatches(lines: Iterable[StatusLine], known: Known) -> Iterator[Mismatch]:
    """Compare the table of statuses: a scorecard's summary has none that is nought, any other the seven rows of the seed."""
    if not known.are_statuses_told:
        return
    by_label = {line.label: line for line in lines}
    place = next((line.place for line in by_label.values()), "the table of statuses")
    for status in (*STATUS_TABLE_ALWAYS, *STATUS_TABLE_WHEN_ANY):
        row, line = known.counts.get(status), by_label.pop(status.label, None)
        if line is not None:
            yield from _line_mismatches(line, row)
        elif row is not None or ((known.is_paper or known.is_annual) and status in STATUS_TABLE_ALWAYS):
            yield Mismatch(Kind.COUNT, place, f"no row for {status.label}", f"{_count(row)} {status.label}")
    for label in by_label:
        yield Mismatch(Kind.COUNT, place, f"a row for {label}", "the statuses there are")


def _line_mismatches(line: StatusLine, row: Mapping[str, Any] | None) -> Iterator[Mismatch]:
    if line.number != _count(row):
        yield Mismatch(Kind.COUNT, f"{line.place}, {line.label}", line.number, _count(row))
    for whole, said, column in (("all", line.of_all, "pct_of_all"), ("those rated", line.of_rated, "pct_of_rated")):
        expected = f"{row[column]}%" if row is not None and row[column] is not None else "-"
        if said is not None and said != expected:
            yield Mismatch(Kind.PERCENTAGE, f"{line.place}, {line.label}, percentage of {whole}", said, expected)


def _count(row: Mapping[str, Any] | None) -> str:
    return "-" if row is None else str(row["number"])


def list_mismatches(counts: Sequence[Counted], known: Known) -> Iterator[Mismatch]:
    """Compare every stated count with its own list, and both with the warehouse; and find the lists that are not there at all."""
    for count in counts:
        if count.refs is not None and count.number != len(count.refs):
            found = f"a count of {count.number} whose list has {len(count.refs)}"
            yield Mismatch(Kind.LIST, count.place, found, "a count that is the length of its list")
    for key in dict.fromkeys(count.key for count in counts):
        own = [count for count in counts if count.key == key]
        optional = known.told.optional.get(key, frozenset()) & {ref for count in own for ref in count.refs or ()}
        yield from _against_the_warehouse(own, known.lists.get(key, frozenset()) | optional)
    stated = {count.key for count in counts}
    for key, refs in known.lists.items():
        if key not in stated and _must_be_said(key, known):
            yield Mismatch(Kind.LIST, f"the {_named(key)} KPIs", "neither a count nor a list of them", _listed(refs))


def _against_the_warehouse(counts: Sequence[Counted], expected: frozenset[str]) -> Iterator[Mismatch]:
    """Compare what is said of one list; what moved alike without a colour may be said in two parts."""
    is_in_parts = counts[0].key[0] == "moved"
    numbers = [sum(count.number for count in counts)] if is_in_parts else list(dict.fromkeys(count.number for count in counts))
    for number in numbers:
        if number != len(expected):
            yield Mismatch(Kind.COUNT, counts[0].place, f"a count of {number}", f"a count of {len(expected)}")
    listed = [ref for count in counts for ref in count.refs or ()]
    if any(count.refs is not None for count in counts) and (set(listed) != expected or len(listed) != len(expected)):
        yield Mismatch(Kind.LIST, counts[0].place, _listed(listed), _listed(expected))


def _must_be_said(key: Key, known: Known) -> bool:
    match key:
        case ("status", status):
            return known.are_statuses_told and status in (_SAID_IN_A_PAPER if known.is_paper else _SAID_ON_A_SCORECARD)
        case ("rated",):
            return known.is_paper or known.is_annual
        case ("moved", _, "rated" | "unrated"):
            return False
        case _:
            return True


def _named(key: Key) -> str:
    return ", ".join(part.replace("_", " ") for part in key[1:] or key if part)


def _listed(refs: Iterable[str]) -> str:
    return f"KPIs {', '.join(sorted(refs))}" if refs else "none"
