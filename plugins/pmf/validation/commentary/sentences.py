"""Sentences and clauses of a comment, cut by plain signs."""

from __future__ import annotations

import re

from pmf.validation.commentary.words import WHY

# What stands behind this label is about what comes next, not about the figure.
PATH_LABEL = re.compile(r"\bpath\s+to\s+green\s*:", re.IGNORECASE)

# A colon or a dash ends what can be read as one statement.
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\s*[\n;]+\s*|:\s+|\s+[–—-]\s+")
# "thirty-three, 1,400": a comma between digits is part of a number.
_JOINT = re.compile(
    r"(?:,(?!\d)\s*|\s+)(?:but|and|so|while|whilst|although|though|yet)\s+|,(?!\d)\s*|\s*[()]\s*|^(?:although|though|while|whilst|but|so)\s+",
    re.IGNORECASE,
)
# Longer than any sentence people read: a pasted table, or worse. What is read takes time with the square of its length.
_LONGEST = 500
_SPACES = re.compile(r"[^\S\n]+")
# As a keyboard has them.
_TYPED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "−": "-"})


def before_path(text: str) -> str:
    """Give what a comment says before its path to green; all of it where it names none."""
    return PATH_LABEL.split(text, maxsplit=1)[0]


def sentences(text: str) -> list[str]:
    """Split a text at full stops, line ends, colons, semicolons and dashes; what is too long for a sentence is left out."""
    typed = _SPACES.sub(" ", text.translate(_TYPED))
    parts = (part.strip(" .!?") for part in _END.split(typed))
    return [part for part in parts if 0 < len(part) <= _LONGEST]


def clauses(sentence: str) -> list[str]:
    """Split a sentence at commas, brackets and the words that join clauses; "isn't" becomes "is not"."""
    return [part.strip() for part in _JOINT.split(sentence.replace("n't ", " not ")) if part.strip()]


def without_why(clause: str) -> str:
    """Cut a clause off where it begins to say why, when or what for."""
    why = WHY.search(clause)
    return clause[: why.start()].strip() if why else clause
