"""Slips of the keyboard in the words that say movement: a comment is read as it was meant."""

from __future__ import annotations

import re

from pmf.validation.commentary.words import listed

_WORDS = listed(
    """improved, improving, improvement, increased, increase, increasing, decreased, decrease, decreasing, reduced, reduction, declined,
    deteriorated, deterioration, dropped, worsened, recovered, performance, previous, quarter, unchanged, compared, remained, figure,
    number, percentage, similar, slightly"""
)
# Words themselves, one slip away from a word of the list.
_REAL = frozenset(listed("deceased, deceasing, pervious"))


def _slips_of(word: str) -> set[str]:
    """Give a word with one letter left out, typed twice, or changed with the next; never the first or the last."""
    inner = range(1, len(word) - 1)
    left_out = {word[:place] + word[place + 1 :] for place in inner}
    twice = {word[:place] + word[place] + word[place:] for place in inner}
    changed = {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(1, len(word) - 2)}
    return left_out | twice | changed


_MEANT = {slip: word for word in _WORDS for slip in _slips_of(word) if slip not in _WORDS and slip not in _REAL}
_TYPED = re.compile(r"[A-Za-z]{5,}")


def as_meant(text: str) -> str:
    """Write the words of movement as they are spelt where they were mistyped: "imporved" as "improved"."""
    return _TYPED.sub(_meant, text)


def _meant(match: re.Match[str]) -> str:
    meant = _MEANT.get(match[0].casefold())
    if meant is None:
        return match[0]
    return meant.capitalize() if match[0][0].isupper() else meant
