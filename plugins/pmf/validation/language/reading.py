"""Reading one text: what a careful colleague would mark in it, in printable words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from pmf.validation.language.lexicon import Lexicon
from pmf.validation.language.words import Word, doubled_words, longest_sentence_words, words_of

# A finding names so many of a text's words; a text with more of them needs another reader anyhow.
_MOST_NAMED = 5


class LanguageColumns(TypedDict):
    """What is to be marked in a text, as columns of a dataset; a text column is None where there is nothing to mark.

    Words stand as written, with what is suggested for them: "recieve (receive?), pubic". ``longest_sentence_words`` counts
    the words of the longest sentence. What a lexicon is needed for is None without one: ``columns_not_checked`` says so.
    """

    misspelt: str | None
    us_forms: str | None
    doubled_words: str | None
    grammar_points: str | None
    longest_sentence_words: int | None


def read_language(text: str, lexicon: Lexicon | None) -> LanguageColumns:
    """Say what is to be marked in a text. Nothing of it is changed."""
    american: dict[str, str | None] = {}
    misspelt: dict[str, str | None] = {}
    grammar_points: list[str] = []
    if lexicon is not None:
        lexicon.look_up([text])
        for word in words_of(text):
            american |= _american(word, lexicon)
            misspelt |= dict.fromkeys(_unknown(word, lexicon))
        misspelt = {word: lexicon.suggestion(word) if number < _MOST_NAMED else None for number, word in enumerate(misspelt)}
        grammar_points = lexicon.grammar.points(text) if lexicon.grammar else []
    return LanguageColumns(
        misspelt=_listed(_suggesting(misspelt)),
        us_forms=_listed(_suggesting(american)),
        doubled_words=_listed(doubled_words(text)),
        grammar_points=_listed(grammar_points),
        longest_sentence_words=longest_sentence_words(text),
    )


def _parts(word: Word, lexicon: Lexicon) -> list[str]:
    """List the parts of a word that the glossary does not have."""
    if word.stem.casefold() in lexicon.glossary:
        return []
    return [part for part in word.parts if part.casefold() not in lexicon.glossary]


def _american(word: Word, lexicon: Lexicon) -> dict[str, str | None]:
    """Map the American parts of a word to their British forms. A name may be American: "World Health Organization"."""
    if lexicon.word_lists is None or word.may_be_name:
        return {}
    listed = lexicon.word_lists.american
    return {part: listed[part] for part in _parts(word, lexicon) if part in listed}


def _unknown(word: Word, lexicon: Lexicon) -> list[str]:
    """List the parts of a word that nobody knows.

    What is written like a name is one, unless it is listed as a misspelling: dictionaries have few names of places and firms.
    """
    if any(map(lexicon.dictionary.check, {word.stem, word.stem.replace("-", "")})):  # "take-aways" are takeaways
        return []
    parts = [part for part in _parts(word, lexicon) if part not in _american(word, lexicon)]
    if word.may_be_name:
        parts = [part for part in parts if lexicon.word_lists and part in lexicon.word_lists.misspelt]
    return [part for part in parts if not lexicon.dictionary.check(part)]


def _suggesting(words: dict[str, str | None]) -> Iterator[str]:
    return (f"{word} ({right}?)" if right else word for word, right in words.items())


def _listed(remarks: Iterable[str]) -> str | None:
    """Print remarks in a row. None: there are none."""
    distinct = list(dict.fromkeys(remarks))
    named, more = distinct[:_MOST_NAMED], len(distinct) - _MOST_NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "") or None
