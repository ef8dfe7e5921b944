"""Targets as people write them in their own registers: "≤3%", "± 4.5%", "8 days", "752,886.79 Mlls"; read, or why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pmf.value import Direction, is_no_figure_word, parse_figure, plain

_WRITTEN = re.compile(
    r"^(?P<sign>[<>]=?|[≤≥±]|\+\s*/\s*[-−–])?\s*(?P<number>[£+\-−–]?\s?[\d.,]+(?:e[-+]?\d+)?)\s*(?P<percent>%?)\s*(?P<words>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AT_MOST, _AT_LEAST, _STRICT = ("<", "<=", "≤"), (">", ">=", "≥"), ("<", ">")


@dataclass(frozen=True)
class Written:
    """What a written target says. ``figure`` None: none, or none that can be read, and ``problem`` says why (empty: none is meant).

    ``better`` is the direction its sign speaks of (None: it has none); ``is_strict``: the figure itself would not reach it.
    """

    figure: Decimal | None = None
    better: Direction | None = None
    is_strict: bool = False
    problem: str = ""


def read_written(text: str, *, unit: str) -> Written:
    """Read a target, which is in the KPI's unit whether the unit stands behind it or not."""
    if is_no_figure_word(text):
        return Written()
    match = _WRITTEN.match(text.strip())
    figure = parse_figure(match["number"]) if match else None
    if match is None or figure is None:
        return Written(problem="is not one number: write a figure, like 95")
    sign = match["sign"] or ""
    if "±" in sign or "/" in sign:
        size = plain(abs(figure))
        return Written(problem=f"is a range about nought: write -{size}..{size}, and range under direction")
    if match["percent"] and unit != "%":
        return Written(problem=f"is a percentage, but the unit is {unit}: write % under unit, or the figure without the sign")
    words = match["words"].strip(" .")
    if words and not _is_unit(words, unit):
        return Written(
            problem=f'says "{words}" after the figure, but the unit is {unit}: write the figure in full, and what it counts under unit'
        )
    better = Direction.LOWER if sign in _AT_MOST else Direction.HIGHER if sign in _AT_LEAST else None
    return Written(figure, better, is_strict=sign in _STRICT)


def _is_unit(words: str, unit: str) -> bool:
    """Tell whether words are the unit's own: "1 day" for days, "10 Billion TZS" for TZS billion."""
    return {word.rstrip("s") for word in words.casefold().split()} == {word.rstrip("s") for word in unit.casefold().split()}


def against_sign(written: Written, direction: str) -> str:
    """Say where the sign of a target contradicts the direction; empty: it does not."""
    if written.figure is None or written.better is None or written.better == direction:
        return ""
    return (
        f"is read as {plain(written.figure)}, and {written.better} is better; that contradicts direction {direction or '(empty)'}: "
        f"write {written.better} under direction, or the target without its sign"
    )


def against_path(baseline: Decimal | None, targets: Sequence[Decimal], *, direction: str, unit: str) -> str:
    """Say where the way from the baseline through the targets contradicts the direction; empty: it does not."""
    path = [figure for figure in (baseline, *targets) if figure is not None]
    shown = " -> ".join(plain(figure) for figure in path)
    rises = any(later > earlier for earlier, later in pairwise(path))
    falls = any(later < earlier for earlier, later in pairwise(path))
    if direction == Direction.HIGHER and falls:
        return f"higher is better, but the way from baseline to targets falls: {shown}"
    if direction == Direction.LOWER and rises:
        return f"lower is better, but the way from baseline to targets rises: {shown}"
    if direction == Direction.MAINTAIN and (rises or falls):
        return f"is to be maintained, but does not stay: {shown}"
    if direction in (Direction.HIGHER, Direction.LOWER) and baseline is not None and targets and not (rises or falls):
        return f"{direction} is better, but baseline and targets stay where they are: {shown}"
    best = {Direction.HIGHER.value: Decimal(0), Direction.LOWER.value: Decimal(100)}.get(direction)
    if unit == "%" and targets and set(targets) == {best}:
        return f"{direction} is better, but the target is {plain(targets[0])}% in every year"
    return ""
