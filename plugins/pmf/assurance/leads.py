"""The sentences that state a count before its list: what they count, and how many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmf.assurance.block import Item
from pmf.assurance.said import Key
from pmf.status import Status

_STATUS_OF = {status.label.casefold(): status.value for status in Status}
_LABEL = "|".join(re.escape(status.label) for status in Status)
_CHANGES = {"an improvement": "improved", "a decline": "declined"}
_CHANGE = r"(?P<change>an improvement|a decline) in performance"
_COLOURS = frozenset(status.value for status in Status if status.is_rated)


@dataclass(frozen=True)
class Lead:
    """A sentence that states a count. ``is_listed``: what it counts follows; ``is_nested``: in groups that have counts of their own."""

    key: Key
    number: int
    is_listed: bool = True
    is_nested: bool = False


@dataclass(frozen=True)
class Group:
    """A counted group of a nested list, with the texts of its items."""

    text: str
    key: Key
    number: int
    items: tuple[str, ...]


_MOVED = re.compile(
    r"(?P<number>\d+) indicators? saw (?P<change>an improvement|a decline) in performance from [^,]*?"
    r"(?:, of which (?P<rated>\d+) (?:has|have) a RAG status)?[:.]$"
)
_MOVED_UNRATED = re.compile(r"The other (?P<number>\d+) that (?P<change>improved|declined) (?:has|have) no RAG status:$")
_MOVED_NEITHER = re.compile(r"The other (?P<number>\d+) indicators? saw neither:$")
_NO_RED = re.compile(r"There are no Red indicators this quarter\.")
_COLOURED = re.compile(r"There (?:is|are) (?P<number>\d+) (?P<status>Red|Amber|Green) indicators?\b")
_CONTEXTUAL = re.compile(r"There (?:is|are) (?P<number>\d+) indicators? identified as contextual\b")
_ABSENT = re.compile(r"(?P<number>\d+) indicators? (?:is|are) (?P<what>under query|awaiting data|returned as nil|confidential):")
_ABSENCES = {"under query": Status.UNDER_QUERY, "awaiting data": Status.AWAITING_DATA, "returned as nil": Status.NIL_RETURN}
_ABSENCES |= {"confidential": Status.CONFIDENTIAL}

_GROUPS = (
    re.compile(rf"^(?P<number>\d+) indicators? (?:has|have) remained (?P<now>{_LABEL}) (?:but|and) (?:has|have) seen {_CHANGE}:$"),
    re.compile(rf"^(?P<number>\d+) indicators? (?:has|have) moved from (?P<before>{_LABEL}) to (?P<now>{_LABEL}), with {_CHANGE}:$"),
    re.compile(
        rf"^(?P<number>\d+) indicators? (?:has|have) been rated (?P<first>{_LABEL}) for the first time and (?:has|have) seen {_CHANGE}:$"
    ),
    re.compile(rf"^(?P<number>\d+) (?P<same>{_LABEL.casefold()}) indicators?, which .*, (?:has|have) seen {_CHANGE}:$"),
)


def counts_in(text: str) -> list[Lead]:
    """List the counts that a paragraph states of the indicators it leads to; none where it states none that is known."""
    if found := _MOVED.search(text):
        total = Lead(("moved", _CHANGES[found["change"]]), int(found["number"]), is_listed=not found["rated"], is_nested=not found["rated"])
        rated = Lead((*total.key, "rated"), int(found["rated"]), is_nested=True) if found["rated"] else None
        return [total, rated] if rated else [total]
    if found := _MOVED_UNRATED.search(text):
        return [Lead(("moved", found["change"], "unrated"), int(found["number"]), is_nested=True)]
    if found := _MOVED_NEITHER.search(text):
        return [Lead(("moved", "neither"), int(found["number"]))]
    lead = _status_in(text)
    return [lead] if lead else []


def _status_in(text: str) -> Lead | None:
    if _NO_RED.search(text):
        return Lead(("status", Status.RED), 0)
    if found := _COLOURED.search(text):
        status = _STATUS_OF[found["status"].casefold()]
        # Of the greens, examples follow.
        return Lead(("status", status), int(found["number"]), is_listed=status != Status.GREEN)
    if found := _CONTEXTUAL.search(text):
        return Lead(("status", Status.CONTEXTUAL), int(found["number"]), is_listed=False)
    if found := _ABSENT.search(text):
        return Lead(("status", _ABSENCES[found["what"]]), int(found["number"]))
    return None


def groups_in(items: Sequence[Item], moved: Key) -> list[Group]:
    """Find the groups of a nested list; one in words that are not known keeps its count and has the key ``("moved", "?")``."""
    groups = []
    for number, item in enumerate(items):
        if item.depth:
            continue
        below = []
        for other in items[number + 1 :]:
            if not other.depth:
                break
            below.append(other.text)
        key, stated = _group(item.text)
        groups.append(Group(item.text, key if key[:2] == moved[:2] else (*moved[:2], "?"), stated, tuple(below)))
    return groups


def _group(text: str) -> tuple[Key, int]:
    for pattern in _GROUPS:
        if found := pattern.match(text):
            said = found.groupdict()
            change = _CHANGES[said["change"]]
            if label := said.get("now"):
                now = _STATUS_OF[label.casefold()]
                return moved_key(change, _STATUS_OF[(said.get("before") or label).casefold()], now), int(said["number"])
            label = said.get("first") or said["same"]
            return moved_key(change, None, _STATUS_OF[label.casefold()]), int(said["number"])
    number = re.match(r"\d+", text)
    return ("moved", "?"), int(number[0]) if number else -1


def moved_key(change: str, before: str | None, now: str) -> Key:
    """Name a group of movers: what has no colour and had none of its own before is one group, however that came."""
    if before is None or (before == now and now not in _COLOURS):
        return ("moved", change, "", now)
    return ("moved", change, before, now)
