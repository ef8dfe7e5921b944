"""What is marked in a comment, and what is not."""

from __future__ import annotations

import time

import pytest

from pmf.validation.language import LanguageColumns, Lexicon, read_language

CLEAN: LanguageColumns = {"misspelt": None, "us_forms": None, "doubled_words": None, "grammar_points": None, "longest_sentence_words": 0}


def marked(text: str, lexicon: Lexicon | None) -> dict[str, object]:
    """What a text is marked for, but for the length of its sentences."""
    columns = read_language(text, lexicon)
    return {name: found for name, found in columns.items() if found is not None and name != "longest_sentence_words"}


@pytest.mark.parametrize(
    "text",
    [
        "Timeliness is improving slowly because two registrar posts were vacant. Path to green: both posts are advertised.",
        "Fifty-six of 61 businesses complied; re-let times fell and co-ordination improved.",
        "The Council’s residents' survey at Wisbech, Ely and Huntingdon cost £1,200 (2024/25).",
        "We organise, analyse and prioritise our neighbourhood programmes; the travelled mileage was catalogued.",
        "They practise; the practice has a licence, and is licensed to program the computers.",
        "Take-aways, E-mails and fly-tips.",
        "Camweb’s page, the camweb form and the Co-op.",
        "The World Health Organization and Google Analytics’ Behavior Flow.",
        "Staff at Skanska and Oflog met Springbett.",
        "",
        " \n\t",
    ],
)
def test_good_comments_are_left_alone(text: str, lexicon: Lexicon) -> None:
    """Nothing is marked in British prose with names, references and words of the glossary."""
    assert marked(text, lexicon) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We recieved more visits.", {"misspelt": "recieved (received?)"}),
        ("Recieved late.", {"misspelt": "Recieved (Received?)"}),
        ("Visits rose in Febuary and the Goverment helped.", {"misspelt": "Febuary (February?), Goverment (Government?)"}),
        ("the council's managment's view", {"misspelt": "managment (management?)"}),
        ("pre-aplication advice", {"misspelt": "aplication (application?)"}),
        ("It fell in november.", {"misspelt": "november (November?)"}),
        ("It was qqzzyxw.", {"misspelt": "qqzzyxw"}),
        ("We will organize and re-organized it.", {"us_forms": "organize (organise?), organized (organised?)"}),
        ("the color of the center", {"us_forms": "color (colour?), center (centre?)"}),
        ("Councilors met.", {"us_forms": "Councilors (Councillors?)"}),
        ("the organization of the Organization", {}),
        ("in in May", {"doubled_words": "in in"}),
    ],
)
def test_slips_are_named_with_what_is_suggested(text: str, found: dict[str, str], lexicon: Lexicon) -> None:
    """Each wrong word stands once, as written, with the word most likely meant."""
    assert marked(text, lexicon) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was a old case.", "a (an?)"),
        ("We could of done more.", "could of (could have?)"),
        ("More then last year.", "then (than?)"),
        ("It rose , slowly.", "comma"),
    ],
)
def test_simple_grammar_is_marked_where_there_is_an_engine(text: str, found: str, reader: Lexicon) -> None:
    """The words in question stand with what the engine would write."""
    assert found in str(read_language(text, reader)["grammar_points"])


def test_the_grammar_engine_leaves_officers_ways_alone(reader: Lexicon) -> None:
    """Lists, double spaces, British commas and open prefixes are no slips."""
    text = "early, cheap and good;  we re-think under-performance.  Lessons learnt. equalities data sources; streets graded A or B"
    assert read_language(text, reader)["grammar_points"] is None


def test_without_a_lexicon_only_what_needs_none_is_read() -> None:
    """Doubled words and sentences are counted by hand; nothing is said of the rest."""
    assert read_language("the the recieved color", None) == CLEAN | {"doubled_words": "the the", "longest_sentence_words": 4}


def test_many_wrong_words_are_counted_not_listed(lexicon: Lexicon) -> None:
    """Five are named; a text with more needs another reader."""
    text = " ".join(f"wrod{letter}" for letter in "abcdefgh")
    assert str(read_language(text, lexicon)["misspelt"]).endswith("and 3 more")


def test_nothing_of_a_hostile_text_is_repeated_but_letters(lexicon: Lexicon) -> None:
    """Mark-up, formulas and marks that print as nothing do not come through into what is printed of spelling."""
    columns = read_language('<b onclick="x">mroe</b> =HYPERLINK("recieve") {kpi_ref} \u202efunktion\u202c', lexicon)
    assert not set('<>="{}\u202e\u202c') & set(str(columns["misspelt"]))
    assert "recieve (receive?)" in str(columns["misspelt"])


@pytest.mark.parametrize(
    "text",
    [
        "x" * 32_767,
        "a-" * 16_000,
        "the " * 8_000,
        "." * 32_767,
        '."' * 16_000,
        " " * 32_767 + "x",
        "a" + " " * 32_000 + "a",
        "\U0001f9ff\u202e\u0301" * 10_000,
        "qxz" * 13 + " ",
        " ".join(f"zzq{number:b}".replace("0", "o").replace("1", "l") for number in range(3_000)),
        "'" * 32_767,
        "www." * 8_000,
    ],
    ids=lambda text: text[:4].encode("unicode_escape").decode(),
)
def test_no_text_takes_long(text: str, reader: Lexicon) -> None:
    """A cell may hold 32,767 characters of anything: reading them takes a second or two at most, on a busy machine five."""
    began = time.perf_counter()
    read_language(text, reader)
    assert time.perf_counter() - began < 5
