"""What a paper tells of besides its indicators' status: changes, restatements, members' questions, actions of the corporate plan.

Each is a sentence with a count before a list, or a table; what is printed of each thing told is kept whole, to be held against what
the warehouse says of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pmf.assurance.block import Grid, Item
from pmf.assurance.said import Counted, Key, Said

CHANGED: Key = ("changed",)
TARGETS: Key = ("target changed",)
RESTATED: Key = ("restated",)
QUESTIONS: Key = ("question",)
WAITING: Key = ("question", "waiting")
ACTIONS: Key = ("action",)
ACTION_HEADER = frozenset({"Action", "Status", "Status before", "Update", "Impact"})

_LEADS: dict[Key, re.Pattern[str]] = {
    CHANGED: re.compile(r"(?P<number>\d+) changes? to indicators and targets took effect or (?:was|were) adopted this quarter:$"),
    TARGETS: re.compile(r"(?P<number>\d+) targets? (?:was|were) changed within the financial year:$"),
    RESTATED: re.compile(r"(?P<number>\d+) figures? reported before (?:has|have) been restated since the report before this one:$"),
    QUESTIONS: re.compile(r"Members have asked (?P<number>\d+) questions? about this report or earlier ones(?P<rest>, of which .*)?:$"),
    ACTIONS: re.compile(r"(?P<number>\d+) actions? of the corporate plan (?:is|are) followed: (?P<rest>.*?)\. Appendix "),
}
_WAITING = re.compile(r"of which (\d+) awaits? an answer$")
_STANDING = re.compile(r"(\d+) ([A-Z][a-z ]*?)(?=,| and |$)")
_INDICATOR = re.compile(r"^Indicator (\S+): ")
_RESTATED_OF = re.compile(r"^Indicator (\S+): .*?\. (Quarter \d \d{4}/\d{2}): reported ")
_QUESTION = re.compile(r"^Question (M-\w+), ")


@dataclass(frozen=True)
class _Telling:
    """One thing told: what names it in a list, and all that is printed of it."""

    name: str
    words: str


def take_telling(said: Said, text: str, items: Sequence[Item], where: str) -> None:
    """Take what a numbered paragraph with the items below it tells, if it is one of these."""
    found = next(((key, match) for key, pattern in _LEADS.items() if (match := pattern.search(text))), None)
    if found is None:
        return
    key, match = found
    tellings = _tellings(key, items)
    said.quotes |= {telling.name: telling.words for telling in tellings if key in (RESTATED, QUESTIONS)}
    refs = None if key == ACTIONS else unlike(telling.name for telling in tellings)
    said.counts.append(Counted(where, key, int(match["number"]), refs))
    if key == QUESTIONS:
        waiting = _WAITING.search(match["rest"] or "")
        said.counts.append(Counted(where, WAITING, int(waiting[1]) if waiting else 0, None))
    if key == ACTIONS:
        said.counts += [Counted(where, (*ACTIONS, status), int(number), None) for number, status in _STANDING.findall(match["rest"])]


def take_actions(said: Said, grid: Grid, place: str) -> None:
    """Take the table of plan actions: which stand where, and what is said of each."""
    by_status: dict[str, list[str]] = {}
    for row in grid.rows:
        said_of = dict(zip(grid.header, row, strict=False))
        ref = said_of["Action"].split(" ")[0]
        by_status.setdefault(said_of["Status"], []).append(ref)
        said.quotes[f"action {ref}"] = " ".join(row)
    where = f"{place}, {grid.caption}"
    said.counts.append(Counted(where, ACTIONS, len(grid.rows), tuple(ref for refs in by_status.values() for ref in refs)))
    said.counts += [Counted(where, (*ACTIONS, status), len(refs), tuple(refs)) for status, refs in by_status.items()]


def _tellings(key: Key, items: Sequence[Item]) -> list[_Telling]:
    pattern = {RESTATED: _RESTATED_OF, QUESTIONS: _QUESTION}.get(key, _INDICATOR)
    tellings: list[_Telling] = []
    for item in items:
        if item.depth and tellings:  # an answer belongs to the question above it
            tellings[-1] = _Telling(tellings[-1].name, f"{tellings[-1].words} {item.text}")
        elif found := pattern.match(item.text):
            tellings.append(_Telling(", ".join(found.groups()), item.text))
    return tellings


def unlike(names: Iterable[str]) -> tuple[str, ...]:
    """Number a name that is there before: one KPI may be changed twice."""
    result: list[str] = []
    for name in names:
        times = sum(other == name or other.startswith(f"{name} (") for other in result)
        result.append(f"{name} ({times + 1})" if times else name)
    return tuple(result)
