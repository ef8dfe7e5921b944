"""The lexicon: what a council's comments are read with, as far as this machine has it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pmf.finding import Dimension, Finding, Scope, Severity
from pmf.validation.language.dictionary import Dictionary, british_dictionary
from pmf.validation.language.grammar import GrammarEngine, open_grammar_engine
from pmf.validation.language.wordlists import WordLists, open_word_lists
from pmf.validation.language.words import words_of

# How alike two words must be for one to be suggested in place of the other: less, and the dictionary is guessing.
_ALIKE = 0.75

NO_DICTIONARY = "hunspell's British dictionary (en_GB) is not installed"
NO_WORD_LISTS = "the program typos is not installed"
NO_GRAMMAR_ENGINE = "the optional grammar engine is not installed"


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """A dictionary with a council's glossary (words in small letters), and what else there is to read with.

    It remembers what was looked up, so that one lexicon is best used for all texts of a council.
    """

    dictionary: Dictionary
    glossary: AbstractSet[str] = frozenset()
    word_lists: WordLists | None = None
    grammar: GrammarEngine | None = None
    _suggestions: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def look_up(self, texts: Iterable[str]) -> None:
        """Look the words of texts up in the word lists: a batch at once costs hardly more than one text."""
        if self.word_lists is not None:
            self.word_lists.ask(part for text in texts for word in words_of(text) for part in word.parts)

    def suggestion(self, word: str) -> str | None:
        """Give the word most likely meant by a misspelt one. None: nothing is like it. Slow the first time a word is asked."""
        if word not in self._suggestions:
            listed = self.word_lists.misspelt.get(word) if self.word_lists else None
            self._suggestions[word] = listed or next((item for item in self.dictionary.suggest(word) if _are_alike(word, item)), None)
        return self._suggestions[word]


def _are_alike(word: str, other: str) -> bool:
    return SequenceMatcher(None, word.casefold(), other.casefold()).ratio() >= _ALIKE


def open_lexicon(glossary: AbstractSet[str]) -> Lexicon | None:
    """Open what this machine has to read with. None: it has no British dictionary."""
    dictionary = british_dictionary()
    if dictionary is None:
        return None
    return Lexicon(dictionary=dictionary, glossary=glossary, word_lists=open_word_lists(), grammar=open_grammar_engine())


def columns_not_checked(lexicon: Lexicon | None) -> dict[str, str]:
    """Name the columns of ``LanguageColumns`` that cannot be worked out with a lexicon, each with the reason."""
    if lexicon is None:
        return dict.fromkeys(("misspelt", "us_forms", "grammar_points"), NO_DICTIONARY)
    missing = {} if lexicon.word_lists else {"us_forms": NO_WORD_LISTS}
    return missing if lexicon.grammar else missing | {"grammar_points": NO_GRAMMAR_ENGINE}


def spelling_not_checked(lexicon: Lexicon | None) -> tuple[Finding, ...]:
    """Say to the data engineers what is not installed, though it should be. Nobody is asked for the grammar engine."""
    columns = columns_not_checked(lexicon)
    missing = [what for column, what in {"misspelt": "Spelling", "us_forms": "American forms"}.items() if column in columns]
    if not missing:
        return ()
    finding = Finding(
        rule_id="validation.spelling_not_checked",
        severity=Severity.WARNING,
        scope=Scope.BATCH,
        dimension=Dimension.VALIDITY,
        message=f"{' and '.join(missing)} of the comments could not be checked: {columns['us_forms']}.",
        fix='Data engineers: run "make setup" as root where the pipeline runs (it installs hunspell-en-gb and libenchant-2-2), then the '
        "month again. Nothing is asked of the services.",
    )
    return (finding,)
