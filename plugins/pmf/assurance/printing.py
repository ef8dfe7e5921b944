"""Holding a printed figure, target, status or comment against what the warehouse has: each says whether the two agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pmf.assurance.block import squeezed
from pmf.register import Kpi
from pmf.register.target import target_bounds
from pmf.status import Status
from pmf.value import parse_figure

# The mark of a forecast stands before its figure.
_FIGURE = r"(?:\[f\] )?(?P<sign>−?)(?P<pound>£?)(?P<number>\d[\d,]*(?:\.\d+)?)(?P<percent>%?)"
_LEADING_FIGURE = re.compile(rf"^{_FIGURE}(?=\s|$)")
_EACH_FIGURE = re.compile(rf"{_FIGURE}(?=\s|$)")
_PATH = re.compile(r"path\s+to\s+green\s*:", re.IGNORECASE)
_CHANGES = {"improved": "Improving", "declined": "Deteriorating", "unchanged": "No change"}
_BEHAVIOURS: Mapping[str, Mapping[str | None, str]] = {
    "variation": {
        None: "No chart",
        "common_cause": "Usual ups and downs",
        "improving": "Unusual, for the better",
        "concerning": "Unusual, for the worse",
        "rising": "Unusually high",
        "falling": "Unusually low",
    },
    "assurance": {
        None: "Not told",
        "met": "Meets the target reliably",
        "missed": "Misses the target reliably",
        "hit_or_miss": "Hits or misses the target by chance",
    },
}
_NOT_SUPPLIED = ("No explanation supplied.", "None supplied.", "See the KPIs it is combined from:", "No path to green supplied.")


def figure_agrees(said: str, value: Decimal | None, kpi: Kpi) -> bool:
    """Tell whether a text begins with the figure, in its unit and rounded to what is printed; with none where there is none."""
    found = _LEADING_FIGURE.match(said)
    if value is None or found is None:
        return value is None and found is None
    return _is_rounded(found, value, kpi)


def target_agrees(said: str, target: str | None, kpi: Kpi) -> bool:
    """Tell whether a text is the target, a range by both its ends; without a figure where there is no target."""
    found = list(_EACH_FIGURE.finditer(said))
    if not target or not found:
        return not target and not found
    bounds = list(dict.fromkeys(target_bounds(target)))
    return len(found) == len(bounds) and all(_is_rounded(*pair, kpi) for pair in zip(found, bounds, strict=True))


def _is_rounded(found: re.Match[str], value: Decimal, kpi: Kpi) -> bool:
    """Tell whether a printed figure is the value, half of its last place away at most, in the KPI's unit and with its decimals."""
    decimals = len(found["number"].partition(".")[2])
    printed = parse_figure(found["number"])
    if printed is None or decimals < kpi.decimals or (found["pound"] == "£", found["percent"] == "%") != (kpi.unit == "£", kpi.unit == "%"):
        return False
    return abs((-printed if found["sign"] else printed) - value) * 2 <= Decimal(1).scaleb(-decimals)


def status_agrees(said: str, status: str | None) -> bool:
    """Tell whether a text begins with the word for the status; with that of no status where there is none."""
    labels = sorted((known.label for known in Status), key=len, reverse=True)
    found = next((label for label in labels if f"{said} ".startswith(f"{label} ")), None)
    return found == (Status(status).label if status else None)


def change_agrees(said: str, change: str | None) -> bool:
    """Tell whether a text begins with the words for the change; with neither of them where it cannot be told."""
    found = next((kind for kind, words in _CHANGES.items() if said.startswith(words)), None)
    return found == change


def tolerance_agrees(said: str, version: str, kpi: Kpi) -> bool:
    """Tell whether a text is the intervention level, or begins with the tolerance in per cent, that a target's version ends in."""
    _, *limits = version.split("/")
    if not limits:
        return said in ("No tolerance", "No target")
    level = target_bounds(limits[0])[0] if not limits[0].endswith("%") else None
    if level is not None:
        return figure_agrees(said, level, kpi)
    found = _LEADING_FIGURE.match(said)
    return found is not None and bool(found["percent"]) and parse_figure(found["number"]) == parse_figure(limits[0].removesuffix("%"))


def quality_agrees(said: str, checks: int, halves_passed: int) -> bool:
    """Tell whether a text begins with the share of checks passed, to one decimal, and with 100.0% only where all were."""
    found = _LEADING_FIGURE.match(said)
    if not checks or found is None:
        return not checks and found is None
    percentage = Fraction(100 * halves_passed, 2 * checks)
    printed = Fraction(found["number"].replace(",", ""))
    return bool(found["percent"]) and (printed == 100) == (percentage == 100) and abs(printed - percentage) <= Fraction(1, 10)


def behaviour_agrees(said: str, found: str | None, name: str) -> bool:
    """Tell whether a text is the word for a KPI's variation or assurance, or says that there is none."""
    return said == _BEHAVIOURS[name].get(found)


def comment_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Part the comment of a rating into commentary and path to green."""
    commentary, *path = _PATH.split(row["comment"], maxsplit=1)
    return commentary.strip(), "".join(path).strip()


def words_agree(said: str, words: str, *, is_whole: bool = True) -> bool:
    """Tell whether a text is the words, or begins with them where more may follow; where there are none, that nothing was supplied.

    White space and characters that show nothing are not compared; nor, where a PDF had no glyph for a letter, anything beyond ASCII.
    """
    if not words:
        return not said or said.startswith(_NOT_SUPPLIED)
    kept = str.isascii if "\N{REPLACEMENT CHARACTER}" in said else _shows
    left, right = ("".join(filter(kept, squeezed(unicodedata.normalize("NFC", text)))) for text in (said, words))
    return left == right if is_whole else left.startswith(right)


def holds_words(said: str, words: str) -> bool:
    """Tell whether a text holds the words somewhere, as far as ``words_agree`` compares them."""
    kept = str.isascii if "\N{REPLACEMENT CHARACTER}" in said else _shows
    left, right = ("".join(filter(kept, squeezed(unicodedata.normalize("NFC", text)))) for text in (said, words))
    return right in left


def _shows(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
