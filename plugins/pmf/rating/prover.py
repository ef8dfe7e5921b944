"""The proof that a policy gives every figure exactly one status: its intervals cover all numbers and none twice."""

from __future__ import annotations

from collections.abc import Sequence

from pmf.rating.interval import EVERYTHING_ENDS, EVERYTHING_STARTS, Interval


def coverage_problems(bands: Sequence[tuple[str, Interval]]) -> tuple[str, ...]:
    """List every gap and every overlap of named intervals, each as a sentence. Empty: the proof holds."""
    problems = []
    reached, reached_by = EVERYTHING_STARTS, ""
    for name, interval in sorted(bands, key=lambda band: (band[1].start, band[1].end)):
        if interval.start > reached:
            problems.append(_gap(Interval(reached, interval.start)))
        elif interval.start < reached:
            twice = Interval(interval.start, min(reached, interval.end))
            problems.append(f"both {reached_by} and {name} cover {twice}: let only one of them have it")
        if interval.end > reached:
            reached, reached_by = interval.end, name
    if reached < EVERYTHING_ENDS:
        problems.append(_gap(Interval(reached, EVERYTHING_ENDS)))
    return tuple(problems)


def _gap(missing: Interval) -> str:
    return f"nothing covers {missing}: say which status a KPI has there"
