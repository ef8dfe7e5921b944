"""Measure what the language checks find and what they mark wrongly, on texts nobody wrote for them. The figures repeat.

False flags: clean British prose of public bodies (``prose`` of the reference data; council documents in ``seeds`` beside it, where
there are any), each remark listed so that a reader can judge. What is truly wrong in it is named in ``TRULY_WRONG`` and counted
apart. One half of the prose, by a digest of the file's name, was looked at while the glossary and rules were made; the other
half only afterwards.

Recall: misspellings people made (``wikipedia.dat``, ``aspell.dat``) put in place of the right word in clean sentences, seeded.
Whether a misspelling is a word of its own, which no dictionary can mark, is judged without the dictionary: it is the right
spelling of another entry or stands in the clean prose. American forms are those of codespell's list, less those that are
also British words of another meaning, such as "practice". Grammar: slips made by rule in the same sentences.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pmf.register import load_register
from pmf.settings import Settings, read_settings
from pmf.validation.language import Lexicon, columns_not_checked, glossary_of, open_lexicon, read_language

SEED = 20240930
MOST_WORDS = 30  # of a sentence, as expectations/commentary.json has it
COUNCIL_DOCUMENTS = ("001", "003", "004")

# What the remarks are right about: slips in the corpora, and American forms (most of them quoted from an American program).
TRULY_WRONG = frozenset(
    {
        *("deskto", "funtion", "in in"),
        *("behavior", "Behavior", "behavioral", "analyze", "color", "Color", "centered", "councilors"),
    }
)
# Forms in -ize are British in Oxford and not on GOV.UK; the house marks them, and they are counted apart.
IZE = re.compile(r"iz(e|es|ed|er|ers|ing|ation|ations)$")
# American in one meaning and British in another, or accepted by British dictionaries and the Guardian alike.
BOTH = frozenset(
    {
        *("practice", "practices", "license", "licenses", "licensed", "licensing", "program", "meter", "meters", "story", "stories"),
        *("judgment", "judgments", "biased", "focused", "focuses", "focusing", "refocused", "refocuses", "refocusing", "routing"),
        *("gray", "grays", "journaling", "synthesizer", "synthesizers", "lambaste", "lambastes"),
    }
)

# Slips of grammar as officers make them: what is right, and what is made of it.
SLIPS: Mapping[str, tuple[str, str]] = {
    "a for an": (r"\ban (?=[aeio])", "a "),
    "an for a": (r"\ba (?=[bcdfgkp])", "an "),
    "it's for its": (r"\bits\b", "it's"),
    "too for to": (r"\bto (?=(?:be|do|make|get|use)\b)", "too "),
    "there for their": (r"\btheir\b", "there"),
    "their for there": (r"\bthere (?=is|are)", "their "),
    "then for than": (r"\bthan\b", "then"),
    "will been": (r"\bwill be\b", "will been"),
    "could of": (r"\b(could|should|would) have\b", r"\1 of"),
    "space before a comma": (r", ", " , "),
    "is for are": (r"\bare\b", "is"),
    "have for has": (r"\bhas\b", "have"),
}


@dataclass(frozen=True)
class Text:
    """A file of clean prose, line by line."""

    name: str
    lines: tuple[str, ...]

    @property
    def is_held_out(self) -> bool:
        """Tell whether the file was left alone while rules and glossary were made."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1

    @property
    def word_count(self) -> int:
        """Count its words."""
        return sum(len(line.split()) for line in self.lines)


@dataclass(frozen=True)
class Injected:
    """A clean sentence with one word of it made wrong."""

    sentence: str
    wrong: str
    right: str


def read_texts(paths: Iterable[Path]) -> list[Text]:
    """Read prose; what is left of mark-up in it is no prose."""
    texts = []
    for path in sorted(paths):
        lines = (re.sub(r"<[^>]*>", " ", line) for line in path.read_text(encoding="utf-8").splitlines())
        texts.append(Text(path.name, tuple(line for line in lines if line.strip())))
    return texts


def prose(settings: Settings) -> list[Text]:
    """Read the clean prose of the reference data."""
    return read_texts(path for path in (settings.reference_data / "prose").rglob("*.txt") if path.name != "SOURCE.txt")


def a_lexicon(settings: Settings) -> Lexicon | None:
    """Open the lexicon of the sample council."""
    register = load_register(settings.organisations / "cambridgeshire")
    return open_lexicon(glossary_of(register, [settings.house_glossary]))


def remarks(text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Yield the kind and the words of each remark on a text."""
    for kind, found in read_language(text, lexicon).items():
        if isinstance(found, str):
            yield from ((kind, remark.partition(" (")[0]) for remark in found.split(", "))
        elif isinstance(found, int) and found > MOST_WORDS:
            yield kind, str(found)


def flags(texts: Iterable[Text], lexicon: Lexicon) -> dict[str, Counter[str]]:
    """Collect the remarks on clean prose by kind."""
    found: dict[str, Counter[str]] = {}
    for text in texts:
        lexicon.look_up(text.lines)
        for line in text.lines:
            for kind, words in remarks(line, lexicon):
                found.setdefault(kind, Counter())[words] += 1
    return found


def false_flags(found: Mapping[str, Counter[str]]) -> int:
    """Count the remarks that are wrong. That a sentence is long is a fact, which its reader may mind or not."""
    judged = (item for kind, words in found.items() if kind != "longest_sentence_words" for item in words.items())
    return sum(count for word, count in judged if not is_right(word))


def is_right(words: str) -> bool:
    """Tell whether a remark on clean prose is right after all."""
    return words in TRULY_WRONG or bool(IZE.search(words))


def sentences(texts: Iterable[Text]) -> list[str]:
    """Cut clean prose into sentences of 6 to 30 words."""
    parts = (part for text in texts for line in text.lines for part in re.split(r"(?<=[.!?])\s+", line))
    return [part for part in parts if 6 <= len(part.split()) <= MOST_WORDS and part.endswith((".", "!", "?"))]


def misspellings(folder: Path) -> dict[str, list[str]]:
    """Read what people wrote for a word, by the right spelling; entries of several words are left out."""
    wrong: dict[str, list[str]] = {}
    for name in ("wikipedia.dat", "aspell.dat"):
        right = ""
        for line in (folder / name).read_text(encoding="utf-8").split():
            if line.startswith("$"):
                right = line[1:]
            elif line.isalpha() and right.isalpha():
                wrong.setdefault(right, []).append(line)
    return wrong


def inject(clean: Iterable[str], wrong: Mapping[str, list[str]], chance: random.Random) -> list[Injected]:
    """Misspell one word in every sentence that has one of those listed, with its capital kept."""
    made = []
    for sentence in clean:
        listed = [match for match in re.finditer(r"[^\W\d_]+", sentence) if match.group().lower() in wrong]
        if listed:
            match = chance.choice(listed)
            bad = chance.choice(wrong[match.group().lower()])
            bad = bad[0].upper() + bad[1:] if match.group()[0].isupper() else bad
            made.append(Injected(sentence[: match.start()] + bad + sentence[match.end() :], bad, match.group()))
    return made


def are_words(wrong: Mapping[str, list[str]], texts: Iterable[Text]) -> frozenset[str]:
    """Collect what counts as a word without asking the dictionary, in small letters."""
    seen = (word.lower() for text in texts for line in text.lines for word in re.findall(r"[^\W\d_]+", line))
    return frozenset(seen) | {right.lower() for right in wrong}


def is_marked(item: Injected, lexicon: Lexicon) -> bool:
    """Tell whether a remark names the wrong word."""
    return any(item.wrong in words.split() or item.wrong in words.split("-") for _, words in remarks(item.sentence, lexicon))


def recall(items: Iterable[Injected], lexicon: Lexicon) -> tuple[int, int]:
    """Count how many of the sentences have their wrong word named, and how many there are."""
    asked = list(items)
    lexicon.look_up(item.sentence for item in asked)
    return sum(is_marked(item, lexicon) for item in asked), len(asked)


def american_forms(path: Path) -> list[str]:
    """Read American forms, without those that are British words too."""
    pairs = (line.strip().split("->") for line in path.read_text(encoding="utf-8").splitlines())
    return [american for _, american in pairs if american not in BOTH]


def doubled(clean: Iterable[str], chance: random.Random) -> list[Injected]:
    """Say one word of each sentence twice."""
    made = []
    for sentence in clean:
        found = list(re.finditer(r"(?<![-'’\w])[a-z]+(?=\s)", sentence))
        if found:
            match = chance.choice(found)
            twice = f"{match.group()} {match.group()}"
            made.append(Injected(sentence[: match.start()] + twice + sentence[match.end() :], twice, match.group()))
    return made


def print_false_flags(name: str, texts: list[Text], lexicon: Lexicon) -> None:
    """Print the remarks on clean prose by kind, the words with them, and the rate of false ones."""
    found, words = flags(texts, lexicon), sum(text.word_count for text in texts)
    wrong = false_flags(found)
    ize = sum(count for counted in found.values() for word, count in counted.items() if IZE.search(word))
    print(f"\n{name}: {len(texts)} files, {words:,} words: {wrong} false flags, {wrong / words * 1000:.2f} per 1,000 words")
    print(f"  (were the {ize} remarks on -ize false too: {(wrong + ize) / words * 1000:.2f})")
    for kind, counted in found.items():
        rate = f"{sum(counted.values()) / words * 1000:.2f} per 1,000 words"
        if kind == "longest_sentence_words":
            print(f"  sentences over {MOST_WORDS} words: {sum(counted.values())}, {rate} (a fact, no false flag)")
            continue
        true = {word: count for word, count in counted.items() if is_right(word)}
        said = ", ".join(word if count == 1 else f"{word} {count}" for word, count in sorted((counted - Counter(true)).items()))
        print(f"  {kind}: {sum(counted.values())} remarks, {rate}; {sum(true.values())} right ({', '.join(sorted(true)) or 'none'})")
        print(f"    false: {said or 'none'}")


def print_share(what: str, counted: tuple[int, int]) -> None:
    """Print a share with its counts."""
    found, asked = counted
    print(f"  {what}: {found} of {asked}" + (f", {found / asked:.3f}" if asked else ""))


def print_recall(texts: list[Text], folder: Path, lexicon: Lexicon) -> None:
    """Print how much is found of what was made wrong."""
    chance = random.Random(SEED)  # noqa: S311 - a sample that repeats, no secret
    clean, wrong = sentences(texts), misspellings(folder)
    words = are_words(wrong, texts)
    injected = [item for _ in range(3) for item in inject(clean, wrong, chance)]
    non_words = [item for item in injected if item.wrong.lower() not in words]
    print(f"\nRecall in {len(clean):,} clean sentences")
    print_share("misspellings that are no words", recall(non_words, lexicon))
    print_share("misspellings that are words of their own", recall((item for item in injected if item.wrong.lower() in words), lexicon))
    right = sum(lexicon.suggestion(item.wrong) == item.right for item in non_words[:200])
    print_share("right word suggested, of the first non-words", (right, len(non_words[:200])))
    forms = american_forms(folder / "codespell_dictionary_en-GB_to_en-US.txt")
    in_sentence = [Injected(f"This month we had to {form} it.", form, "") for form in forms]
    print_share("American forms, by any remark", recall(in_sentence, lexicon))
    named = sum(kind == "us_forms" for item in in_sentence for kind, _ in remarks(item.sentence, lexicon))
    print_share("American forms, named as such", (named, len(forms)))
    print_share("doubled words", recall(doubled(clean, chance), lexicon))
    if lexicon.grammar:
        print("Slips of grammar in the same sentences")
        for name, (pattern, slip) in SLIPS.items():
            slipped = [made for sentence in clean if (made := re.sub(pattern, slip, sentence, count=1)) != sentence]
            print_share(name, (sum(any(kind == "grammar_points" for kind, _ in remarks(text, lexicon)) for text in slipped), len(slipped)))


def print_times(settings: Settings, lexicon: Lexicon) -> None:
    """Print what reading a month of comments costs, with and without the optional engine."""
    path = settings.organisations / "cambridgeshire" / "sample_returns.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        comments = [row["comment"] for row in csv.DictReader(lines) if row["comment"]][-80:]
    without = Lexicon(dictionary=lexicon.dictionary, glossary=lexicon.glossary, word_lists=lexicon.word_lists)

    def read(using: Lexicon) -> Callable[[], None]:
        def work() -> None:
            using.look_up(comments)
            for comment in comments:
                read_language(comment, using)

        return work

    print(f"\n{len(comments)} comments, {sum(len(comment.split()) for comment in comments):,} words")
    for name, using in (("without the grammar engine", without), ("with it", lexicon)):
        if using is without or lexicon.grammar:
            first, again = seconds(read(using)), min(seconds(read(using)) for _ in range(3))
            print(f"  {name}: {first * 1000:.0f} ms the first time, {again * 1000:.0f} ms again")


def seconds(work: Callable[[], None]) -> float:
    """Time something once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print false flags, recall and times."""
    settings = read_settings(os.environ)
    began = time.perf_counter()
    lexicon = a_lexicon(settings)
    if lexicon is None or not (settings.reference_data / "prose").is_dir():
        print("Nothing measured: hunspell's en_GB dictionary or the reference data (PMF_REFERENCE_DATA) is not here.")
        return
    print(f"Lexicon opened in {time.perf_counter() - began:.2f} s; not checked: {columns_not_checked(lexicon) or 'nothing'}")
    texts = prose(settings)
    print_false_flags("Prose looked at while the rules were made", [text for text in texts if not text.is_held_out], lexicon)
    print_false_flags("Prose held out", [text for text in texts if text.is_held_out], lexicon)
    documents = [path for path in (settings.reference_data.parent / "seeds").glob("*.txt") if path.name[:3] in COUNCIL_DOCUMENTS]
    if documents:
        print_false_flags("Council documents", read_texts(documents), lexicon)
    print_recall(texts, settings.reference_data / "spelling", lexicon)
    print_times(settings, lexicon)


if __name__ == "__main__":
    main()
