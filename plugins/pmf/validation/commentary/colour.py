"""Whether a comment says another side of the target than its figure is on: "on target" on a red, "target missed" on a green."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmf.validation.commentary import words
from pmf.validation.commentary.clause import About, Clause
from pmf.validation.commentary.sentences import before_path, clauses, sentences, without_why
from pmf.validation.commentary.subject import naming, words_of
from pmf.value import Direction

_TARGET = r"(?:(?:the|its|our|their|this|monthly|agreed)\s+)*target"
_REACHED = "met|exceeded|achieved|hit|reached|passed|beaten|surpassed"
_MET = rf"(?:{_REACHED}|beat|better than|within) {_TARGET}|{_TARGET} (?:(?:was|is|has been) )?(?:{_REACHED})|on target(?! (?:to|for))"
_MISSED = (
    rf"(?:missed|worse than|(?:fell |fallen )?short of|off|(?:did not|failed to) (?:meet|reach|achieve|hit)) {_TARGET}"
    rf"|{_TARGET} (?:(?:was|is|has) (?:not|narrowly)(?: been)? (?:{_REACHED})|(?:(?:was|is|has been) )?missed)"
)
_AHEAD, _BEHIND = rf"ahead of {_TARGET}", rf"behind {_TARGET}"
# Of a figure that is better low, "below target" is praise to one and blame to another: only where high is better it is plain.
_ABOVE, _BELOW = rf"(?:above|over) {_TARGET}", rf"(?:below|under) {_TARGET}"
# "We are well above target", "performance is just on target": of nothing but the KPI itself.
_AROUND = re.compile(rf"{words.HELPING}|we|well|[a-z]+ly")
_DENIED = re.compile(r"\b(?:not|never|no longer|yet)\b", re.IGNORECASE)


def _either(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?P<phrase>{'|'.join(phrases)})\b(?P<tail>.*)", re.IGNORECASE)


_PLAIN = {True: _either(_MET, _AHEAD), False: _either(_MISSED, _BEHIND)}
_WHERE_HIGH_IS_BETTER = {True: _either(_MET, _AHEAD, _ABOVE), False: _either(_MISSED, _BEHIND, _BELOW)}


def target_against(comment: str, about: About, *, is_met: bool) -> str | None:
    """Find the words of a comment that say the target was met where it was not, or missed where it was met.

    None where there are none, and where other words of it say how it is.
    """
    said = list(_sides(comment, about))
    if any(side is is_met for side, _ in said):
        return None
    return next((phrase for _, phrase in said), None)


def _sides(comment: str, about: About) -> Iterator[tuple[bool, str]]:
    """Yield whether the target is said to be met, and the words that say so."""
    patterns = _WHERE_HIGH_IS_BETTER if about.direction is Direction.HIGHER else _PLAIN
    for sentence in sentences(before_path(comment)):
        for text in clauses(sentence):
            clause = Clause(without_why(text), about, naming(about.title, about.unit))
            if clause.is_about_now():
                yield from (side for side in (_side(clause, pattern, is_met=met) for met, pattern in patterns.items()) if side)


def _side(clause: Clause, pattern: re.Pattern[str], *, is_met: bool) -> tuple[bool, str] | None:
    match = pattern.search(clause.said)
    if match is None or words.PART.search(match["tail"]):
        return None
    before = clause.said[: match.start()]
    subject = [word for word in words_of(_DENIED.sub(" ", before)) if not _AROUND.fullmatch(word)]
    if not clause.names.is_named_by(subject) and not words.BESIDE.issuperset(subject):
        return None
    return is_met is not bool(_DENIED.search(before)), match["phrase"]
