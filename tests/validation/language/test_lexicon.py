"""The lexicon: whose words it knows, and what is said where something is not installed."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pmf.finding import Outcome, Scope, Severity
from pmf.register import load_register
from pmf.validation.inputs import RatingInputs
from pmf.validation.language import Lexicon, columns_not_checked, glossary_of, open_lexicon
from pmf.validation.language.dictionary import british_dictionary
from pmf.validation.language.wordlists import WordLists
from pmf.validation.points import Checked, check_ratings
from validation.samples import A_LEXICON, SEPTEMBER, SUITES, a_kpi, a_profile, a_rating, a_register, a_template

INCLUDE = Path(__file__).parents[3] / "include"
SLIPS = "We recieved recieved mroe color."
READ_BY_LEXICON = ["commentary.misspelt", "commentary.american_spelling", "commentary.grammar"]


def checked(lexicon: Lexicon | None, comment: str = SLIPS) -> Checked:
    register = a_register([a_kpi("36")])
    inputs = RatingInputs(register=register, period=SEPTEMBER, ratings=[a_rating("36", comment=comment)], lexicon=lexicon)
    return check_ratings(inputs, suites=SUITES)


def rules(result: Checked) -> dict[str, dict[str, Any]]:
    return {entry["rule_id"]: entry for entry in result.results["commentary"]["results"]}


def test_without_a_dictionary_spelling_is_not_checked_and_never_passed() -> None:
    """The rules that need it have no outcome but a reason; one finding asks the data engineers to install it."""
    result = checked(None)
    assert [rules(result)[rule]["success"] for rule in READ_BY_LEXICON] == [None] * 3
    assert all("hunspell" in rules(result)[rule]["not_checked"] for rule in READ_BY_LEXICON)
    findings = {finding.rule_id: finding for finding in result.findings}
    assert set(findings) == {"commentary.doubled_word", "validation.spelling_not_checked"}
    finding = findings["validation.spelling_not_checked"]
    assert (finding.severity, finding.scope, finding.kpi_ref) == (Severity.WARNING, Scope.BATCH, None)
    assert finding.message == (
        "Spelling and American forms of the comments could not be checked: hunspell's British dictionary (en_GB) is not installed."
    )
    assert result.decision.outcome is Outcome.FLAG


def test_what_could_not_be_checked_can_be_waived() -> None:
    """A council that does without the dictionary says so once, and its months pass."""
    rating, register = a_rating("36"), a_register([a_kpi("36")])
    waived = frozenset({("validation.spelling_not_checked", "*")})
    result = check_ratings(RatingInputs(register=register, period=SEPTEMBER, ratings=[rating], waived=waived), suites=SUITES)
    assert result.decision.outcome is Outcome.PASS


def test_without_the_grammar_engine_grammar_is_not_checked_and_nobody_is_told() -> None:
    """The engine is optional: its rule has no outcome, and that flags nothing."""
    result = checked(A_LEXICON, "More visits than last year.")
    assert (rules(result)["commentary.grammar"]["success"], result.findings) == (None, ())
    assert rules(result)["commentary.misspelt"] == rules(result)["commentary.misspelt"] | {"success": True}


def test_without_the_word_lists_american_forms_are_not_checked() -> None:
    """Spelling is checked all the same."""
    lexicon = Lexicon(dictionary=A_LEXICON.dictionary)
    assert set(columns_not_checked(lexicon)) == {"us_forms", "grammar_points"}
    (finding,) = checked(lexicon, "More visits than last year.").findings
    assert finding.message == "American forms of the comments could not be checked: the program typos is not installed."


def test_slips_are_findings_that_quote_the_words(lexicon: Lexicon) -> None:
    """Each kind of slip is one warning about the KPI, and withholds nothing."""
    result = checked(lexicon)
    messages = {finding.rule_id: finding.message for finding in result.findings}
    assert list(messages) == ["commentary.misspelt", "commentary.american_spelling", "commentary.doubled_word"]
    assert "recieved (received?), mroe (more?)" in messages["commentary.misspelt"]
    assert "color (colour?)" in messages["commentary.american_spelling"]
    assert {finding.severity for finding in result.findings} == {Severity.WARNING}
    assert result.decision.withheld_refs == frozenset()


def test_a_sentence_may_have_thirty_words(lexicon: Lexicon) -> None:
    """Thirty are readable, thirty-one are told."""
    assert checked(lexicon, "more visits " * 15).findings == ()
    assert [finding.rule_id for finding in checked(lexicon, "so " + "more visits " * 15).findings] == ["commentary.long_sentence"]


class Broker:
    """Enchant as it answers on some machine: with one dictionary, or none."""

    provider, words = "", frozenset[str]()

    def set_ordering(self, tag: str, order: str) -> None:
        """Take any order."""

    def request_dict(self, tag: str) -> Any:  # noqa: ARG002 - it has one
        if not self.provider:
            raise importlib.import_module("enchant").errors.DictNotFoundError
        return SimpleNamespace(check=self.words.__contains__, provider=SimpleNamespace(name=self.provider))


BRITISH = frozenset({"colour", "programme", "Cambridgeshire"})


@pytest.mark.parametrize(
    ("provider", "words", "is_taken"),
    [
        ("Hunspell Provider", BRITISH, True),
        ("Aspell Provider", BRITISH, False),
        ("Hunspell Provider", {"color", "program"}, False),
        ("Hunspell Provider", BRITISH | {"color"}, False),
        ("", set(), False),
    ],
)
def test_no_other_dictionary_is_taken_for_hunspells_british_one(
    provider: str,
    words: set[str],
    is_taken: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Aspell's dictionary and other Englishes know other words: with them alone there is no dictionary."""
    monkeypatch.setattr("enchant.Broker", type("SomeBroker", (Broker,), {"provider": provider, "words": words}))
    assert (british_dictionary.__wrapped__() is not None) is is_taken


def test_the_dictionary_here_is_hunspells(lexicon: Lexicon) -> None:
    """Enchant takes aspell for British English by itself; hunspell knows "organize", aspell does not."""
    assert "hunspell" in lexicon.dictionary.provider.name  # type: ignore[attr-defined]
    assert lexicon.dictionary.check("organize")


def test_a_machine_without_the_library_has_no_lexicon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where enchant cannot be imported there is none, and nothing fails."""
    monkeypatch.setitem(sys.modules, "enchant", None)
    assert british_dictionary.__wrapped__() is None


def test_importing_opens_no_dictionary_and_no_engine() -> None:
    """A process that validates nothing pays for neither."""
    code = "import sys, pmf.validation.points; print({'enchant', 'harper'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_glossary_knows_what_the_register_says(tmp_path: Path) -> None:
    """Names, titles, definitions and systems are right whatever the dictionary says; ids and other answers are not words."""
    (tmp_path / "glossary.txt").write_text("Zebrite  # our crossings\n\n# Quuxed\nre-zebrated\n", encoding="utf-8")
    kpi = a_kpi("36", title="Vapers helped to quit", description="Zyban users' visits", benchmark_source="Nomis")
    template = a_template("36", systems="Mosaicx", method="Qwertied")
    profile = a_profile(committees=[], short_name="Fenshyre")
    words = glossary_of(a_register([kpi], [template], profile=profile), [tmp_path / "glossary.txt", tmp_path / "none.txt"])
    assert words >= {"vapers", "zyban", "users", "nomis", "mosaicx", "fenshyre", "zebrite", "re-zebrated", "zebrated", "libraries"}
    assert not {"qwertied", "quuxed", "crossings", "example"} & words


def test_the_house_glossary_holds_only_what_the_dictionary_lacks(lexicon: Lexicon) -> None:
    """A word the dictionary has need not be listed, and the list stays short."""
    lines = (INCLUDE / "glossary.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if (word := line.partition("#")[0].strip())]
    assert [word for word in words if lexicon.dictionary.check(word)] == []
    assert len(words) == len(set(words)) < 60


@pytest.mark.parametrize("council", ["cambridgeshire", "huntingdonshire"])
def test_the_sample_councils_have_a_lexicon(council: str, lexicon: Lexicon) -> None:
    """What the shipped registers say is read without a remark."""
    register = load_register(INCLUDE / "organisations" / council)
    own = Lexicon(dictionary=lexicon.dictionary, glossary=glossary_of(register, [INCLUDE / "glossary.txt"]))
    assert len(own.glossary) > 500
    assert open_lexicon(own.glossary) is not None


def test_the_word_lists_are_asked_once_for_a_word(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a text whose words were looked up starts no program."""
    lists = lexicon.word_lists
    assert lists is not None
    lists.ask(["colour", "color"])
    monkeypatch.setattr(WordLists, "_corrections", lambda *_: pytest.fail("asked again"))
    lists.ask(["color"])
    assert lists.american["color"] == "colour"


def test_a_program_that_fails_is_no_pass(tmp_path: Path) -> None:
    """Word lists that cannot be asked raise, so that nothing passes unread."""
    program = tmp_path / "typos"
    program.write_text("#!/bin/sh\nexit 64\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError):
        WordLists(program).ask(["color"])
