"""Words, doubled words and sentences, as officers write them."""

from __future__ import annotations

import pytest

from pmf.validation.language.words import doubled_words, longest_sentence_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Visits rose.", ["Visits", "rose"]),
        ("See https://x.example.org/recieve or www.x.example or mail a.name@x.example.org.", ["See", "or", "or", "mail"]),
        ("The gov.uk page, form.xlsx, i.e. e.g. p.m.", ["The", "page"]),
        ("HDC's KPIs on SharePoint (PowerBI) and iTrent", ["on", "and"]),
        ("PI-01, CPA-01 and AHC-O1 at CB2 1AA by the A14 in Q2 2024/25, the 3rd", ["and", "at", "by", "the", "in", "the"]),
        ("co-ordinating well–known staff/managers", ["co-ordinating", "well", "known", "staff", "managers"]),
        ("the council’s “best” residents' don't", ["the", "council's", "best", "residents", "don't"]),
        ("under_scored C:\\temp\\recieve #hashtag", ["hashtag"]),
        ("naïve cafe\u0301 soft\u00adware \u202erighted\u202c", ["naïve", "café", "software", "righted"]),
        ("Привет 你好 🙂 ok", ["ok"]),
        ("x" * 41, []),
        ("", []),
    ],
)
def test_words_are_what_a_dictionary_can_be_asked(text: str, words: list[str]) -> None:
    """Addresses, references, acronyms, systems, other alphabets and over-long strings are no words."""
    assert [word.text for word in words_of(text)] == words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Reads in Wisbech grew. Ramsey did well.", ["Wisbech"]),
        ("Path to green: Contract staff.\nOwner: Head of Housing", ["Housing"]),
        ("“Visits” rose (Fenland)", ["Fenland"]),
        ("• Visits\n- Loans\n1. Events", []),
    ],
)
def test_a_capital_means_a_name_only_within_a_sentence(text: str, names: list[str]) -> None:
    """The first word of a sentence, of a line and after a colon has its capital anyway."""
    assert [word.text for word in words_of(text) if word.may_be_name] == names


@pytest.mark.parametrize(
    ("text", "doubled"),
    [
        ("Visits rose in the the north.", ["the the"]),
        ("The the figure", ["The the"]),
        ("it is is  is done", ["is is"]),
        ("the work they had had done, and he said that that is so; it was very very wet", []),
        ("They came in. In May they left. We had, had we?", []),
        ("Baden Baden; 10 10; a by-by by the way; the\nthe", []),
        ("of the\u200b the lane", ["the the"]),
        ("no-one one", []),
    ],
)
def test_doubled_words(text: str, doubled: list[str]) -> None:
    """A word twice in a row is told, but for those rightly doubled, names, and what only looks like it."""
    assert doubled_words(text) == doubled


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("", 0),
        ("One two three. Four five.", 3),
        ("Spending was £1.3 million, i.e. 4.5% less than planned.", 9),
        ("Path to green: two crews.\nOwner: Head of Highways", 5),
        ("He said “it is done.” Then he left the room.", 5),
        ("- one – two", 2),
        ("word " * 46, 46),
    ],
)
def test_the_longest_sentence_is_counted_in_words(text: str, longest: int) -> None:
    """Full stops within numbers and abbreviations end no sentence; a new line does; dashes are no words."""
    assert longest_sentence_words(text) == longest
