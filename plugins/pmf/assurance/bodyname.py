"""The names of committees and boards: one name for each body, in every document (the framework's own pages use five for one board)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pmf.assurance.block import Block, Heading, texts
from pmf.assurance.problem import Kind, Mismatch, quoted
from pmf.register import Profile
from pmf.register.structure import Board, Committee, folded

# A name of so many words is long enough to know a slip in it from other words.
_LONG_ENOUGH = 3
_ALIKE = 0.9
_WORD = re.compile(r"[\w&’'-]+|\|")
_POSSESSIVE = re.compile(r"['’]s$")
# Stands where a name stood that has been dealt with: no run of words reaches over it.
_MASK = " | "


@dataclass(frozen=True)
class _Body:
    """A body's name, the words of it in order and as a set, and its other names of several words."""

    name: str
    words: tuple[str, ...]
    known: frozenset[str]
    aliases: tuple[str, ...]


def name_mismatches(blocks: Sequence[Block], profile: Profile) -> Iterator[Mismatch]:
    """Find bodies called by another name than their own: a known one of several words, or one that is nearly theirs.

    Short forms of one word (CLT) may stand in running text. A name that is the body's to the letter is right wherever it stands.
    """
    named: tuple[Committee | Board, ...] = (*profile.committees, *profile.boards)
    # Longest first, so that no name is taken for the end of a longer one.
    bodies = sorted((_body(body) for body in named), key=lambda body: len(body.name), reverse=True)
    place, seen = "", set()
    for block in blocks:
        place = block.text if isinstance(block, Heading) else place
        for found in (found for text in texts(block) for found in _variants(text, bodies)):
            if (place, found) not in seen:
                seen.add((place, found))
                yield Mismatch(Kind.NAME, place, *(quoted(name) for name in found))


def _body(body: Committee | Board) -> _Body:
    words = tuple(_WORD.findall(folded(body.name)))
    return _Body(body.name, words, frozenset(words), tuple(alias for alias in body.aliases if " " in alias))


def _variants(text: str, bodies: Sequence[_Body]) -> Iterator[tuple[str, str]]:
    """List each variant in a text with the name it stands for."""
    for body in bodies:
        text = text.replace(body.name, _MASK)
    for body in bodies:
        for alias in body.aliases:
            if alias in text and re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", text):
                yield alias, body.name
                text = text.replace(alias, _MASK)
    words = _WORD.findall(text)
    if len(words) >= _LONG_ENOUGH:
        plain = [_POSSESSIVE.sub("", word) for word in _WORD.findall(text.casefold())]
        present = frozenset(plain)
        for body in bodies:
            if len(body.words) >= _LONG_ENOUGH and len(body.known & present) >= _least(body):
                yield from ((" ".join(words[at : at + len(body.words)]), body.name) for at in _slips(plain, body))


def _least(body: _Body) -> int:
    """Say how many words of a slip are right: all but two. Comparing letters takes a hundred times as long as asking that."""
    return max(len(body.known) - 2, 2)


def _slips(words: Sequence[str], body: _Body) -> Iterator[int]:
    """Find where runs of words begin that are nearly a name."""
    wanted = body.words
    at = 0
    while at + len(wanted) <= len(words):
        run = words[at : at + len(wanted)]
        is_slip = len(body.known.intersection(run)) >= _least(body) and _likeness(run, wanted) >= _ALIKE
        if is_slip:
            yield at
        at += len(wanted) if is_slip else 1


def _likeness(run: Sequence[str], wanted: Sequence[str]) -> float:
    return SequenceMatcher(None, " ".join(run), " ".join(wanted), autojunk=False).ratio()
