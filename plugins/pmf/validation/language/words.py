"""Taking a text apart: its words as an officer wrote them, the words said twice, and the length of its sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Marks that print as nothing, such as soft hyphens and those that turn the direction of writing.
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# An address, a file name or an abbreviation with stops is no word: "a@b.uk", "https://", "www.x", "gov.uk", "form.xlsx", "e.g.".
_NO_WORDS = re.compile(r"[@_\\]|://|^\W*www\.|[^\W\d_]\.[^\W_]")
_WORD = re.compile(r"[^\W_]+(?:[-‐‑'’][^\W_]+)*")
_ENDS_SENTENCE = re.compile(r"[.!?:•][\"'”’)\]]*$")
# No English word of a comment is longer; what is, is no word, and dictionaries are slow at it.
_LONGEST_WORD = 40
_LONGEST_PREFIX = 2
# The last letter of the Latin alphabet's European extensions: a name in another alphabet is not for this dictionary.
_LAST_LATIN = "\u024f"

_SENTENCE_END = re.compile(r"\n+|(?<=[.!?])[\"'”’)\]]*[^\S\n]+(?=[\"'“‘(\[]*[A-Z])")
_DOUBLED = re.compile(r"\b(?<![-‑'’])([^\W\d_]+)[^\S\n]+\1\b(?![-‑'’])", re.IGNORECASE)
# Rightly said twice: "the work they had had done", "he said that that is so"; and "very very" is meant.
_RIGHTLY_DOUBLED = {"had", "that", "very"}


@dataclass(frozen=True)
class Word:
    """A word to look up. Hyphens and apostrophes within it are plain ones; ``opens_sentence``: its capital says nothing."""

    text: str
    opens_sentence: bool = False

    @property
    def stem(self) -> str:
        """The word without the ending of a possessive: "council" of "council's"."""
        return self.text.removesuffix("'s")

    @property
    def parts(self) -> list[str]:
        """The words a compound is made of; those of one or two letters are prefixes ("co-", "e-") and left out."""
        parts = self.stem.split("-")
        return [part for part in parts if len(part) > _LONGEST_PREFIX] if len(parts) > 1 else parts

    @property
    def may_be_name(self) -> bool:
        """Tell whether it is written like a name: with a capital within a sentence."""
        return self.text[0].isupper() and not self.opens_sentence


def plain_text(text: str) -> str:
    """Give a text with composed letters and without marks that print as nothing."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text that a dictionary can be asked about.

    Left out: addresses, file names and abbreviations with stops; what holds a digit (references, postcodes, dates);
    single letters; acronyms and names of systems ("KPIs", "SharePoint"); other alphabets. A hyphenated word is one word.
    """
    for line in plain_text(text).splitlines():
        opens = True
        for token in line.split():
            if not _NO_WORDS.search(token):
                for match in _WORD.finditer(token):
                    word = re.sub("[‐‑]", "-", match.group()).replace("’", "'")
                    if _is_for_dictionary(word):
                        yield Word(word, opens)
                    opens = False
            opens = bool(_ENDS_SENTENCE.search(token)) or (opens and not _WORD.search(token))


def _is_for_dictionary(word: str) -> bool:
    if not 1 < len(word) <= _LONGEST_WORD or any(letter.isdigit() or letter > _LAST_LATIN for letter in word):
        return False
    return not any(re.search(r"[A-Z]{2}|[a-z][A-Z]", part) for part in word.split("-"))


def doubled_words(text: str) -> list[str]:
    """List the words said twice in a row, as written: "the the". Names are left alone ("Baden Baden")."""
    found = (match for match in _DOUBLED.finditer(plain_text(text)) if match[1].casefold() not in _RIGHTLY_DOUBLED)
    return [" ".join(match.group().split()) for match in found if not _is_name_twice(match.group())]


def _is_name_twice(words: str) -> bool:
    return all(word[0].isupper() for word in words.split())


def longest_sentence_words(text: str) -> int:
    """Count the words of the longest sentence; a new line ends one too."""
    return max(sum(bool(_WORD.search(token)) for token in sentence.split()) for sentence in _SENTENCE_END.split(text))
