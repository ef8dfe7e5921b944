"""What comments are read with here: the dictionary of this machine, and a small glossary."""

from __future__ import annotations

import pytest

from pmf.validation.language import Lexicon
from pmf.validation.language.dictionary import british_dictionary
from pmf.validation.language.grammar import open_grammar_engine
from pmf.validation.language.wordlists import open_word_lists


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """A lexicon without a grammar engine, which a test asks for by itself."""
    dictionary = british_dictionary()
    if dictionary is None:
        pytest.skip("hunspell's en_GB dictionary is not installed (Debian: apt-get install hunspell-en-gb libenchant-2-2)")
    return Lexicon(dictionary=dictionary, glossary=frozenset({"camweb", "organization", "co-op", "retender"}), word_lists=open_word_lists())


@pytest.fixture(scope="session")
def reader(lexicon: Lexicon) -> Lexicon:
    """A lexicon with the grammar engine; its tests are skipped where the extra is not installed."""
    engine = open_grammar_engine()
    if engine is None:
        pytest.skip('the extra "grammar" (harper-py) is not installed')
    return Lexicon(dictionary=lexicon.dictionary, glossary=lexicon.glossary, word_lists=lexicon.word_lists, grammar=engine)
