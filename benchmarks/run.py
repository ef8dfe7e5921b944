"""Run the benchmarks one after the other and put what they found on one page.

Usage: run.py [--full] [--page PATH] [NAME ...]

Without ``--full`` sizes are small, minutes in all; with it they are those of the page's targets, up to 11.4 million figures, and
take an hour or so. NAMEs (such as ``rating``) run those alone; what the others found last stays. Results are kept in
``var/bench``, a file for each. The page goes to standard output's end as a table and, as Markdown, to ``--page``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from results import ROOT, VARIABLE, kept, page

KEPT = ROOT / "var" / "bench"


@dataclass(frozen=True)
class Part:
    """A benchmark, and what it is called with for small sizes and for full ones. ``small`` None: with full sizes alone."""

    name: str
    small: tuple[str, ...] | None = ()
    full: tuple[str, ...] = ()


PARTS = (
    Part("dags", ("--times", "3")),
    Part("orchestration", small=None),
    Part("demo", small=None),
    Part("councils", small=None, full=("--councils", "60")),
    Part("distributed", small=None),
    Part("validation", ("300", "30000"), ("300", "30000", "1000000", "11412000")),
    Part("rating", ("3",)),
    Part("forms", ("15", "100")),
    Part("sheets", ("25",)),
    Part("documents", small=None),
    Part("loading", ("--rows", "50000"), ("--rows", "1000000")),
    Part("scale", ("--rows", "72000"), ("--rows", "11412000")),
    # What is found and what is missed, for which seconds are beside the point.
    Part("language", small=None),
    Part("movement", small=None),
    Part("projection", small=None),
    Part("trend", small=None),
    Part("unusual", small=None),
    Part("year_end", small=None),
)


def chosen_by(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[Part]]:
    """Read the command line; choose the parts named, or all that have the sizes asked for."""
    parser = argparse.ArgumentParser(description="Run the benchmarks and put what they found on one page.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(part.name for part in PARTS)}; without any, all")
    parser.add_argument("--full", action="store_true", help="the sizes of the targets")
    parser.add_argument("--page", type=Path, help="write the page there too")
    asked = parser.parse_args(arguments)
    # Not `choices`: argparse would hold an empty list of names against them.
    if unknown := set(asked.names) - {part.name for part in PARTS}:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(part.name for part in PARTS)}")
    return asked, [part for part in PARTS if part.name in asked.names or (not asked.names and (asked.full or part.small is not None))]


def main() -> int:
    """Run what is asked for; return how many benchmarks failed."""
    asked, chosen = chosen_by(sys.argv[1:])
    load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    failed = [part.name for part in chosen if not _run(part, is_full=asked.full)]
    rows = [row for part in PARTS for row in kept(KEPT / f"{part.name}.jsonl")]
    print("\n" + "\n".join(row.line() for row in rows))
    if asked.page:
        asked.page.write_text(page(rows, sizes="full" if asked.full else "small", load=load), encoding="utf-8")
        print(f"\nThe page: {asked.page}")
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return len(failed)


def _run(part: Part, *, is_full: bool) -> bool:
    """Run one and keep what it found in place of what it found last; what fails half-way leaves the last in place."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found = KEPT / f"{part.name}.new"
    found.unlink(missing_ok=True)
    words = part.full if is_full else part.small or ()
    print(f"\n===== bench_{part.name}.py {' '.join(words)}", flush=True)
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "benchmarks" / f"bench_{part.name}.py"), *words]
    done = subprocess.run(command, env=os.environ | {VARIABLE: str(found)}, check=False, cwd=ROOT)  # noqa: S603 - this project's own
    print(f"({time.monotonic() - began:.0f} s)", flush=True)
    if done.returncode == 0 and found.exists():
        found.replace(KEPT / f"{part.name}.jsonl")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
