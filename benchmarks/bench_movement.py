"""Measure how well the commentary check finds comments that contradict their figures' movement.

Usage: bench_movement.py [--final]

Reads the labelled files of tests/cases/movement and prints precision, recall and counts of each, never a comment. The second
was held out of the first round and has been seen since; the third is held out of the second round and measured with --final,
once. Refuses when a file is not the one the README froze.
"""

from __future__ import annotations

import argparse
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
SEEN = {"development.csv": "development", "held_out.csv": "held_out (seen since)"}
FINAL = {"held_out_2.csv": "held_out_2"}


def frozen() -> dict[str, str]:
    """Read from the README which bytes each file was frozen with."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    return {match[1]: match[2] for match in re.finditer(r"^\| `(\w+\.csv)` \|.*`([0-9a-f]{64})`", readme, re.MULTILINE)}


def read_labelled(name: str) -> list[dict[str, str]]:
    """Read one file; exits when it is not as it was frozen."""
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
    """Print one line for each file."""
    parser = argparse.ArgumentParser(description="Measure the check of comments against movement.")
    parser.add_argument("--final", action="store_true", help="measure the file held out of the second round too, where it is there")
    files = SEEN | {name: label for name, label in FINAL.items() if parser.parse_args().final and (FOLDER / name).exists()}
    print(f"{'file':<22} {'rows':>5} {'found':>6} {'missed':>7} {'wrongly':>8} {'precision':>10} {'recall':>7} {'ms':>6}")
    for name, label in files.items():
        rows = read_labelled(name)
        start = time.perf_counter()
        counts = Counter((is_accused(row), row["contradicts"] == "yes") for row in rows)
        took = (time.perf_counter() - start) * 1000
        found, missed, wrongly = counts[True, True], counts[False, True], counts[True, False]
        print(
            f"{label:<22} {len(rows):>5} {found:>6} {missed:>7} {wrongly:>8}"
            f" {found / (found + wrongly):>10.3f} {found / (found + missed):>7.3f} {took:>6.0f}"
        )


if __name__ == "__main__":
    main()
