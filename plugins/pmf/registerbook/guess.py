"""A map to start from: which of their columns is likely which field, guessed by name and never used unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import yaml

from pmf.registerbook.columns import KPIS, TEMPLATES, Column, Kind
from pmf.registerbook.foreignsheet import ForeignSheet
from pmf.registerbook.naming import folded

# What other registers call our fields.
_ALSO_CALLED = {
    "kpi_ref": ("id", "ref", "reference", "code", "kpi id", "kpi number", "indicator number", "number"),
    "title": ("name", "kpi name", "indicator", "indicator name", "measure", "performance indicator", "kpi"),
    "description": ("definition", "details", "what it measures"),
    "unit": ("unit of measure", "measure type", "uom", "format"),
    "direction": ("polarity", "good is", "aim", "desired direction", "direction for improvement"),
    "frequency": ("reporting frequency", "reporting period", "collection frequency", "reported"),
    "service_id": ("department", "responsible dept", "responsible department", "service area", "team", "owner"),
    "level": ("tier", "type", "planning level"),
    "committee_id": ("panel", "scrutiny committee"),
    "ambition_ids": ("priority", "objective", "outcome", "theme"),
    "method": ("calculation method", "formula", "how it is calculated", "calculation"),
    "systems": ("data source", "source of data", "means of verification", "source"),
}
_BASELINE = ("baseline", "base", "last year", "starting point")
_GUESSED = {KPIS: tuple(_ALSO_CALLED)[:10], TEMPLATES: tuple(_ALSO_CALLED)[10:]}
_LIKELY = 0.8
_YEAR = re.compile(r"(20\d\d)")
_MOST_VALUES = 12
# What other registers say where ours says this.
_WORDS = {
    "higher": ("grow", "increase", "up", "maximise", "high"),
    "lower": ("reduce", "decrease", "down", "minimise", "low"),
    "maintain": ("stay", "hold", "keep"),
    "monthly": ("month",),
    "quarterly": ("quarter",),
    "annual": ("annually", "yearly", "year"),
    "%": ("percent", "percentage", "per cent"),
}
_HEAD = """\
# A map to start from, guessed from the names of the columns. Look at every line; then run
#   pmf register import {file} --columns MAP.yaml -o {organisation}
"""
_CONSTANTS = """\
  constants:  # what is the same in every row; needed where no column says it
    valid_from: 2025-04-01
"""


def guessed_map(sheet: ForeignSheet, *, file: str, organisation: str) -> str:
    """Write a map to start from as YAML, with every column that was not guessed as a comment."""
    fields = {table: _guesses(sheet.header, [table.by_field[name] for name in names]) for table, names in _GUESSED.items()}
    years = [name for name in sheet.header if _YEAR.search(name) or folded(name).startswith("target")]
    baseline = next((name for name in sheet.header if folded(name) in _BASELINE), None)
    used = {*(name for found in fields.values() for name in found.values()), *years, baseline}
    lines = [_HEAD.format(file=file, organisation=organisation), "kpis:\n  columns:\n"]
    lines += [f"    {field}: {_quoted(column)}\n" for field, column in fields[KPIS].items()] or ["    {}\n"]
    lines += _values(sheet, fields[KPIS])
    lines += [_CONSTANTS, *_lacking(fields[KPIS])]
    if fields[TEMPLATES]:
        lines += ["templates:\n  columns:\n", *(f"    {field}: {_quoted(column)}\n" for field, column in fields[TEMPLATES].items())]
    if years:
        lines += ["targets:  # say for each column which period it is for\n", *(_target(name) for name in years)]
    if baseline:
        lines.append(f"baseline: {_quoted(baseline)}\n")
    lines += [f"# not used: {name}\n" for name in sheet.header if name not in used]
    return "".join(lines)


def _guesses(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Give each field the column most like it, the likeliest first; a column is given once."""
    likeness = ((_likeness(name, column), column.field, name) for column in columns for name in header)
    found: dict[str, str] = {}
    for alike, field, name in sorted(likeness, key=lambda item: -item[0]):
        if alike >= _LIKELY and field not in found and name not in found.values():
            found[field] = name
    return {column.field: found[column.field] for column in columns if column.field in found}


def _likeness(name: str, column: Column) -> float:
    known = (column.field, column.heading, *_ALSO_CALLED.get(column.field, ()))
    return max(SequenceMatcher(None, folded(name), folded(other)).ratio() for other in known)


def _values(sheet: ForeignSheet, fields: dict[str, str]) -> Iterator[str]:
    """List the words of a column whose words are not ours, each with what it is likely to mean."""
    lines = []
    for field, name in fields.items():
        column = KPIS.by_field[field]
        given = dict.fromkeys(cells[name].shown for _, cells in sheet.rows if name in cells and cells[name].shown)
        is_worded = column.kind is Kind.CHOICE or field == "unit"
        foreign = [text for text in given if text.casefold() not in column.choices and _meaning(text, column) != text]
        if is_worded and foreign and len(given) <= _MOST_VALUES:
            lines.append(f"    {field}:\n")
            lines.extend(f"      {_quoted(text)}: {_quoted(_meaning(text, column))}\n" for text in foreign)
    if lines:
        yield "  values:  # what their words mean in ours\n"
        yield from lines


def _meaning(text: str, column: Column) -> str:
    """Say what a word of theirs is likely to mean; a word nobody knows is a question where only ours can stand."""
    meant = next((ours for ours, theirs in _WORDS.items() if folded(text) in theirs), None)
    if column.choices:
        return meant if meant in column.choices else "?"
    return meant or text


def _lacking(fields: dict[str, str]) -> Iterator[str]:
    for column in KPIS.columns:
        if column.is_needed and column.field not in fields and column.field != "valid_from":
            choice = column.choices[0] if column.choices else '""'
            yield f"    {column.field}: {choice}  # {column.meaning}\n"


def _target(name: str) -> str:
    match = _YEAR.search(name)
    first = int(match[1]) if match else 2025
    period = f"period_kind: year, valid_from: {first}-04-01, valid_to: {first + 1}-04-01"
    return f"  - {{column: {_quoted(name)}, {period}}}\n"


def _quoted(text: str) -> str:
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10_000)).strip()
