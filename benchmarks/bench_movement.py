"""Measure how well the commentary check finds comments that contradict their figures' movement.

Usage: bench_movement.py

Reads the two labelled halves of tests/cases/movement and prints precision, recall and counts of each. The second half was
held out while the check was written; its comments are never printed. Refuses when a file is not the one the README froze.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

from pmf.series.change import change
from pmf.validation.commentary.clause import About
from pmf.validation.commentary.movement import Moved, movement_against
from pmf.value import Direction

FOLDER = Path(__file__).parents[1] / "tests" / "cases" / "movement"
HALVES = ("development.csv", "held_out.csv")


def frozen() -> dict[str, str]:
    """Read from the README which bytes each half was frozen with."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    return {match[1]: match[2] for match in re.finditer(r"^\| `(\w+\.csv)` \|.*`([0-9a-f]{64})`", readme, re.MULTILINE)}


def read_half(name: str) -> list[dict[str, str]]:
    """Read one half; exits when it is not as it was frozen."""
    content = (FOLDER / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != frozen().get(name):
        sys.exit(f"{FOLDER / name} is not the file its README froze: results would not be comparable.")
    return list(csv.DictReader(content.decode("utf-8").splitlines(), strict=True))


def is_accused(row: dict[str, str]) -> bool:
    """Tell whether the check says that a row's comment contradicts its figures."""
    direction = Direction(row["direction"]) if row["direction"] else None
    previous, value = Decimal(row["previous"]), Decimal(row["value"])
    seen = change(value, previous, direction=direction)
    about = About(title=row["kpi_title"], unit=row["unit"], direction=direction)
    return (
        movement_against(row["comment"], about, Moved(previous=previous, value=value, verdict=seen.verdict, moved=seen.moved)) is not None
    )


def main() -> None:
    """Print one line for each half."""
    print(f"{'half':<16} {'rows':>5} {'found':>6} {'missed':>7} {'wrongly':>8} {'precision':>10} {'recall':>7} {'ms':>6}")
    for name in HALVES:
        rows = read_half(name)
        start = time.perf_counter()
        counts = Counter((is_accused(row), row["contradicts"] == "yes") for row in rows)
        took = (time.perf_counter() - start) * 1000
        found, missed, wrongly = counts[True, True], counts[False, True], counts[True, False]
        print(
            f"{name.removesuffix('.csv'):<16} {len(rows):>5} {found:>6} {missed:>7} {wrongly:>8}"
            f" {found / (found + wrongly):>10.3f} {found / (found + missed):>7.3f} {took:>6.0f}"
        )


if __name__ == "__main__":
    main()
