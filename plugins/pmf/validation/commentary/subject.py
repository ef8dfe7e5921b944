"""What a KPI may be called in its own commentary: the words of its title, and those that fit any figure of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pmf.validation.commentary.words import ANY_FIGURE, BESIDE, COUNT_FIGURE, PERFORMANCE, SHARE_FIGURE, TIME_FIGURE, TURNAROUND, listed

_TIME_UNITS = frozenset({"days", "hours", "minutes", "seconds", "weeks", "months"})
_WORD = re.compile(r"[a-z]+(?:[-'][a-z0-9]+)*|\d[\d,.]*%?")
# Shorter words are compared whole: "care" is no form of "cars".
_STEM = 5
_FUNCTION_WORDS = frozenset(
    listed("a, an, the, of, in, for, to, at, per, or, by, over, during, as, within, on, from, when, with, before, who, is, are, have, has"),
).union(listed("been, being, but, not, all, into, under, after, and, number, percentage, time, their, our"))
# Words in -s that count nothing.
_ONE = frozenset(listed("arrears, emissions, savings, earnings, premises, queues"))
# Forms of one word that no stem shows. A title has one of them, a comment another.
_FAMILIES = tuple(
    frozenset(family.split())
    for family in (
        "decide decided decision decisions determine determined determination",
        "pay paid payment payments paying",
        "let letting lettings re-let re-letting",
        "sell sold sale sales",
        "use uses used using user users usage take-up uptake consumption",
        "complete completed completion completions delivered delivery",
        "answer answered answering response responses responded",
        "overdue outstanding backlog",
        "wait waiting queue queues backlog",
        "visit visits visitors visiting visited footfall attendance attendances",
        "die deaths killed",
        "buy bought purchase purchases",
        "build built building",
        "member members membership memberships",
        "spend spent spending expenditure cost costs",
        "household households family families",
        "home homes property properties dwelling dwellings",
        "void voids re-let",
        "incident incidents report reports",
        "vacancy vacancies vacant",
        "abandoned abandonment lost",
        "absence absent absences sickness",
    )
)
# What a title in pounds may be of: other words beside these say whose or what for.
_MONEY = frozenset(
    listed(
        "debt, debts, arrears, spend, spending, expenditure, cost, costs, income, revenue, savings, value, bill, price, takings, receipts"
    )
)
# "Waste sent for recycling": the head of such a title is what is shared out, not the share.
_DONE = re.compile(r"[a-z]*(?:ed|sent|kept|held|made|paid|given|lost|found)")


def words_of(text: str) -> list[str]:
    """List the words and numbers of a text in small letters."""
    return _WORD.findall(text.casefold())


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The words by which a KPI's own figure is named.

    ``general`` fit any figure of its kind, ``own`` are of its title, ``companions`` all words of it, which may stand beside a
    name. ``is_count``: it counts things; ``is_time``: it counts days or the like.
    """

    general: frozenset[str]
    own: frozenset[str]
    companions: frozenset[str]
    is_count: bool
    is_time: bool

    def is_named_by(self, words: Sequence[str]) -> bool:
        """Tell whether words name the figure and nothing narrower: "the number of new claims", not "new claims by post"."""
        if "number" in words and not self.is_count and _TIME_UNITS.isdisjoint(words):
            return False  # of things counted, not their share or time
        return any(self._is_name(word) for word in words) and all(self._fits(word) for word in words)

    def covers(self, words: Sequence[str]) -> bool:
        """Tell whether words are all of the title, and one at least is no mere preposition."""
        fits = all(self._fits(word) or word in _FUNCTION_WORDS for word in words)
        return fits and any(_is_form_of(word, self.companions) for word in words)

    def _is_name(self, word: str) -> bool:
        if word in PERFORMANCE or word in self.general:
            return True
        return (self.is_count or not _is_plural(word)) and _is_form_of(word, self.own)

    def _fits(self, word: str) -> bool:
        return word in BESIDE or self._is_name(word) or _is_form_of(word, self.companions)


def is_performance(words: Sequence[str]) -> bool:
    """Tell whether words speak of performance, of which "fell" means worse and not less."""
    return not PERFORMANCE.isdisjoint(words)


@lru_cache(maxsize=2_000)
def naming(title: str, unit: str) -> Naming:
    """Find the names of a KPI's figure from its title and unit.

    A count may be named by any noun of its title. Of a share or a time the things counted are another figure: "complaints
    rose" says nothing of the share of complaints answered in time, while "attendance", "turnover" or "collection" do.
    """
    words = words_of(re.sub(r"\(.*?\)", " ", title))
    of_title = frozenset(word for word in words if word not in _FUNCTION_WORDS)
    companions = of_title | _kin(of_title) | _initials(words) | frozenset(words_of(unit))
    if not _TIME_UNITS.isdisjoint(words_of(unit)):
        return Naming(general=ANY_FIGURE | TIME_FIGURE, own=of_title | _kin(of_title), companions=companions, is_count=False, is_time=True)
    if unit.strip() in ("%", "per cent"):
        in_time = TURNAROUND if "time" in words or not _TIME_UNITS.isdisjoint(words) else frozenset[str]()
        general = ANY_FIGURE | SHARE_FIGURE | in_time
        return Naming(general=general, own=_share_names(words), companions=companions, is_count=False, is_time=False)
    if "£" in unit:
        end = next((place for place, word in enumerate(words) if word in _FUNCTION_WORDS), len(words))
        head = _MONEY.intersection(words[:end]) or frozenset(words[:end])  # "rent arrears" are no rent
        return Naming(general=ANY_FIGURE | head | _kin(head), own=head, companions=companions, is_count=False, is_time=False)
    return Naming(general=ANY_FIGURE | COUNT_FIGURE, own=companions, companions=companions, is_count=True, is_time=False)


def _initials(words: Sequence[str]) -> frozenset[str]:
    """Give what a name of three words or more may be shortened to: "PCN" of "penalty charge notices"."""
    letters = "".join(word[0] for word in words)
    return frozenset(letters[start:end] for start in range(len(letters)) for end in range(start + 3, len(letters) + 1))


def _kin(words: Iterable[str]) -> frozenset[str]:
    """Give the other words of the same family: "sales" of "sold"."""
    told = frozenset(words)
    return frozenset().union(*(family for family in _FAMILIES if not family.isdisjoint(told)))


def _share_names(words: Sequence[str]) -> frozenset[str]:
    """Give what stands for a share itself: what is done to the things counted, as a noun, or the head of the title."""
    doing = frozenset(word for word in words if word.endswith("ing"))
    doing |= frozenset(word for word in _kin(word for word in words if _DONE.fullmatch(word)) if not _DONE.fullmatch(word))
    done = frozenset(f"{word.removesuffix('ed')}{ending}" for word in words if word.endswith("ed") for ending in ("ion", "ing", "ment"))
    if any(_DONE.fullmatch(word) for word in words):
        return doing | done
    end = next((place for place, word in enumerate(words) if word in _FUNCTION_WORDS), len(words))
    return doing | frozenset(words[:end])


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss") and word not in _ONE


def _is_form_of(word: str, known: frozenset[str]) -> bool:
    if word in known or word.removesuffix("s") in known or (word.endswith("ies") and f"{word[:-3]}y" in known):
        return True
    return len(word) >= _STEM and any(_share_a_stem(word, other) for other in known if len(other) >= _STEM)


def _share_a_stem(word: str, other: str) -> bool:
    """Tell whether two words are forms of one: "delays" and "delayed", "completions" and "completed"."""
    length = max(_STEM, min(len(word), len(other)) - 2)
    return word[:length] == other[:length]
