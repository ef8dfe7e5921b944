"""The proof that a policy gives every figure exactly one status: in each case, its intervals cover all numbers and none twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmf.rating.interval import EVERYTHING_ENDS, EVERYTHING_STARTS, Interval


@dataclass(frozen=True)
class _Problem:
    """A gap or an overlap: what is wrong, and what to do about it."""

    wrong: str
    remedy: str


def coverage_problems(bands: Mapping[str, Sequence[tuple[str, Interval]]], *, field: str) -> tuple[str, ...]:
    """List every gap and every overlap of named intervals, each as a sentence. Empty: the proof holds.

    ``bands`` gives the intervals that count in each case there is; ``field`` is what the cases are written under in a policy's
    file. A problem of some cases only names them.
    """
    cases_of: dict[_Problem, list[str]] = {}
    for case, intervals in bands.items():
        for problem in _problems(intervals):
            cases_of.setdefault(problem, []).append(case)
    return tuple(
        problem.wrong + ("" if len(cases) == len(bands) else f" with {field} {' or '.join(cases)}") + f": {problem.remedy}"
        for problem, cases in cases_of.items()
    )


def _problems(bands: Sequence[tuple[str, Interval]]) -> list[_Problem]:
    problems = []
    reached, reached_by = EVERYTHING_STARTS, ""
    for name, interval in sorted(bands, key=lambda band: (band[1].start, band[1].end)):
        if interval.start > reached:
            problems.append(_gap(Interval(reached, interval.start)))
        elif interval.start < reached:
            twice = Interval(interval.start, min(reached, interval.end))
            problems.append(_Problem(f"both {reached_by} and {name} cover {twice}", "let only one of them have it"))
        if interval.end > reached:
            reached, reached_by = interval.end, name
    if reached < EVERYTHING_ENDS:
        problems.append(_gap(Interval(reached, EVERYTHING_ENDS)))
    return problems


def _gap(missing: Interval) -> _Problem:
    return _Problem(f"nothing covers {missing}", "say which status a KPI has there")
