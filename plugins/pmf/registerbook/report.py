"""What an import would do, in lines a person reads and as values a program reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pmf.registerbook.columns import TABLES
from pmf.registerbook.comparison import Change, What
from pmf.registerbook.examination import Examination

_SHOWN_AT_MOST, _SHOWN_BEFORE = 80, 20


def report_lines(found: Examination, *, with_refusals: bool = True) -> list[str]:
    """Give the report line by line: each row that is new, changed, removed or refused, then what concerns all, then counts.

    ``with_refusals`` False: refusals and remarks are told elsewhere, by the rows of the file they came from.
    """
    lines = list(found.notes)
    for table in TABLES:
        lines.extend(_line(change) for change in found.changes if change.sheet == table.sheet)
        lines.extend(f"refused   {refusal}" for refusal in found.refusals if with_refusals and refusal.sheet == table.sheet)
    lines.extend(f"look at   {remark}" for remark in found.remarks if with_refusals)
    lines.extend(f"wrong     {sentence}" for sentence in found.contradictions)
    lines.extend(f"past      {sentence}" for sentence in found.rewritten)
    return [*lines, *_counts(found)]


def report_values(found: Examination) -> dict[str, Any]:
    """Give the report as plain values for JSON."""
    return {
        "counts": _count(found),
        "changes": [
            {
                "what": item.what.value,
                "sheet": item.sheet,
                "row": item.row,
                "key": item.key,
                "fields": [field._asdict() for field in item.fields],
            }
            for item in found.changes
        ],
        "refusals": [asdict(refusal) | {"sentence": str(refusal)} for refusal in found.refusals],
        "remarks": list(found.remarks),
        "notes": list(found.notes),
        "contradictions": list(found.contradictions),
        "rewritten": list(found.rewritten),
    }


def _line(change: Change) -> str:
    place = f"{change.sheet} row {change.row}" if change.row else change.sheet
    said = {
        What.NEW: _said(change),
        What.CHANGED: "; ".join(f"{field}: {_difference(old, new)}" for field, old, new in change.fields),
        What.REMOVED: "is in the files and not in the workbook",
        What.KEPT: "has been changed in the files since the workbook was written, and stays as they have it",
    }
    return f"{change.what:<9} {place} ({change.key}): {said[change.what]}"


def _said(change: Change) -> str:
    by_field = {field: new for field, _, new in change.fields}
    name = next((by_field[field] for field in ("title", "target", "method") if by_field.get(field)), "")
    return _shown(name) if name else f"{len(by_field)} fields"


def _difference(old: str, new: str) -> str:
    """Show old and new; of long texts the stretch where they begin to differ."""
    shared = next((place for place, (was, now) in enumerate(zip(old, new, strict=False)) if was != now), min(len(old), len(new)))
    begin = max(0, shared - _SHOWN_BEFORE) if max(len(old), len(new)) > _SHOWN_AT_MOST else 0
    return f"{_shown(old, begin)} -> {_shown(new, begin)}"


def _shown(text: str, begin: int = 0) -> str:
    stretch = " ".join(text[begin : begin + _SHOWN_AT_MOST].split())
    return f'"{"..." if begin else ""}{stretch}{"..." if len(text) > begin + _SHOWN_AT_MOST else ""}"'


def _count(found: Examination) -> dict[str, dict[str, int]]:
    """Count the rows of each sheet by what happens to them."""
    counts: dict[str, dict[str, int]] = {}
    for table in TABLES:
        by_what = Counter(change.what.value for change in found.changes if change.sheet == table.sheet)
        refused = len({refusal.row for refusal in found.refusals if refusal.sheet == table.sheet})
        counts[table.sheet] = {what.value: by_what[what.value] for what in What}
        counts[table.sheet] |= {"refused": refused, "unchanged": found.unchanged[table.sheet]}
    return counts


def _counts(found: Examination) -> Iterator[str]:
    for sheet, counts in _count(found).items():
        said = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
        yield f"{sheet}: {said or 'no rows'}."
    if not found.is_change and found.is_right:
        yield "Nothing changed."
