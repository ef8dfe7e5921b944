"""One clause of a comment: what it says of the KPI's movement, if it says anything of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmf.validation.commentary import words
from pmf.validation.commentary.subject import Naming, is_performance, words_of
from pmf.validation.commentary.words import Sense, any_of
from pmf.value import Direction


@dataclass(frozen=True, kw_only=True)
class About:
    """The KPI and the period a comment is about.

    ``month`` and ``month_before`` are names of months ("September"), empty where the period is none or is not known;
    ``other_step`` is what the period is not: "quarter" of a month's comment, empty where either may be meant.
    """

    title: str
    unit: str
    direction: Direction | None
    month: str = ""
    month_before: str = ""
    other_step: str = ""


@dataclass(frozen=True)
class Claim:
    """What a clause says of the figure. ``is_denied``: it says that this is not so. ``said``: the words themselves."""

    sense: Sense
    said: str
    is_denied: bool = False


_HELPING = rf"(?:{words.HELPING}|[a-z]+ly|{words.NUMBER}|percentage|points?|days?|minutes?|seconds?)"
_HOW_MUCH = rf"(?:(?:{words.HOW_MUCH}|{words.NUMBER})\s+){{0,4}}"
_PREDICATE = re.compile(
    rf"(?P<helping>(?:{_HELPING}\s+)*)(?:(?P<verb>{any_of(words.VERBS)})|(?P<base>{any_of(words.BASE_FORMS)})"
    rf"|(?P<compared>{any_of(words.COMPARATIVES)})|(?P<way>{any_of(words.WAYS)})|(?P<time>{any_of(words.TIMES)})"
    rf"|(?P<dip>{any_of(words.DIPS)}))(?![\w'-])(?P<tail>.*)",
    re.IGNORECASE,
)
_FIRST_VERB = re.compile(rf"\b(?:{words.HELPING}|{any_of(words.VERBS)})\b", re.IGNORECASE)
_SHOWN = re.compile(r"^(?:has |have )?(?:also )?(?:shown|shows?|showed|seen|saw|sees|recorded|experienced)\s+(?P<rest>.*)", re.IGNORECASE)
_THERE = (
    r"(?:(?:there (?:was|were|is|are|has been|have been)|(?:we|the service|the team) (?:saw|have seen|recorded|received|had)"
    r"|(?:the )?(?:month|quarter) saw)\s+)?"
)
_ARTICLE = r"(?P<article>(?:an?|another|no|little|the|some|this (?:month|quarter)'s)\s+)?"
_NOUN = re.compile(rf"^{_THERE}{_ARTICLE}{_HOW_MUCH}(?P<noun>{any_of(words.NOUNS)})(?![\w'-])(?P<tail>.*)", re.IGNORECASE)
_AMOUNT = re.compile(rf"^{_THERE}(?:an? )?{_HOW_MUCH}(?P<amount>{any_of(words.AMOUNTS)})\s+(?P<what>.*)", re.IGNORECASE)
_SERVED = re.compile(
    rf"^(?:our |most )?{words.SERVED}\b.{{0,40}}?\b(?P<time>{any_of(words.TIMES)})(?P<tail>\s+(?:\w+ ){{0,3}}than\b.*)", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:not|never|no|failed)\b", re.IGNORECASE)
_TO_DO = re.compile(r"\b(?:(?:did|does|do) not|continued? to|continues to|failed to)\b", re.IGNORECASE)

# What may follow a movement that has no subject of its own: "improved recording" and "an improvement plan" are none.
_GOES_ON = re.compile(
    r"^\s*(?:$|(?:on|from|since|compared|over|this|against|during|by|again|slightly|for|in|of|than|to \d"
    r"|(?:was|has been) (?:seen|recorded|achieved))\b|[\d£])",
    re.IGNORECASE,
)
_STATED = re.compile(r"^\s*(?:in .+ |this (?:month|quarter) )?(?:is|was|reflects|came|comes|follows)\b", re.IGNORECASE)
_OF_WHAT = re.compile(r"^\s*(?:in|of)\s+(?P<what>.*)", re.IGNORECASE)
_SO_MUCH = re.compile(rf"(?:over|nearly|about|around|almost|just|more than|under)?\s*£?{words.NUMBER}", re.IGNORECASE)
_COMPARING = re.compile(r"\b(?:than|compared|on|from|since|against|over|during|this|is|was|reflects|came|comes|follows)\b.*", re.IGNORECASE)
_THAN = re.compile(r"\b(?:than|compared|against|since)\b", re.IGNORECASE)
_NOW = re.compile(r"\bthis (?:month|quarter|period|half term)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:last|previous|prior|preceding) (?:reporting )?(?:month|quarter|period)|\b(?:month|quarter|period|one) before\b", re.IGNORECASE
)
_MONTH = re.compile(rf"(?:(?P<link>\w+) (?:in )?)?\b(?P<month>{words.MONTHS})\b")
_LINKS_BEFORE = frozenset({"than", "since", "on", "from", "with", "against"})
# "Fell short" and "fell behind" say no movement.
_IDIOM = re.compile(r"^\s*(?:[a-z]+ly\s+)?(?:short|behind|outside|through|ill|due)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """A clause without its cause. ``names`` are those of the KPI's figure."""

    said: str
    about: About
    names: Naming

    def claim(self, subject: Sequence[str] | None) -> Claim | None:
        """Read what the clause says of the figure. None: nothing that is sure to be about it.

        ``subject`` is what the clause before was about, for one that begins with its verb; empty: nothing was named yet;
        None: something else.
        """
        if not self.is_about_now() or words.YARDSTICK.search(self.said):
            return None
        return self._of_amount() or self._of_noun(self.said, subject) or self._of_served() or self._of_verb(subject)

    def subject(self, before: Sequence[str] | None) -> Sequence[str] | None:
        """Find what the clause is about, for the next one to go on with. None: something else."""
        verb = _FIRST_VERB.search(self.said)
        named = [word for word in words_of(self.said[: verb.start()] if verb else self.said) if word[0].isalpha()]
        if not named:
            return before
        return named if self.names.is_named_by(named) else None

    def is_about_now(self) -> bool:
        """Tell whether the clause is about what has happened since the period before."""
        if words.NOT_SO_FAR.search(self.said) or words.OTHER_TIME.search(self.said):
            return False
        if self.about.other_step and re.search(rf"\b{self.about.other_step}\b", self.said, re.IGNORECASE):
            return False
        return all(self._is_meant(match["month"], match["link"] or "") for match in _MONTH.finditer(self.said))

    def _is_meant(self, month: str, link: str) -> bool:
        if link in _LINKS_BEFORE:
            return month == self.about.month_before
        return link != "last" and (month == self.about.month or not self.about.month)  # "last September" is a year ago

    def names_before(self, text: str) -> bool:
        """Tell whether a text names the period before."""
        month = self.about.month_before
        return _BEFORE.search(text) is not None or bool(month and re.search(rf"\b{month}\b", text))

    def _of_amount(self) -> Claim | None:
        """Read "five fewer apprentices than last month", "longer waits this month"."""
        match = _AMOUNT.match(self.said)
        if match is None or not (self.names_before(self.said) or _NOW.search(self.said)):
            return None
        amount = match["amount"].casefold()
        what = [word for word in words_of(_COMPARING.sub("", match["what"])) if not re.fullmatch(words.HELPING, word)]
        is_own = self.names.is_named_by(what) or (not what and self.names.is_count)
        if not is_own or (amount in words.TIMES and not self.names.is_time):
            return None
        return self._made(words.AMOUNTS[amount], what)

    def _of_noun(self, said: str, subject: Sequence[str] | None) -> Claim | None:
        """Read "a small dip from last month", "no change", "the rise is due to ..."."""
        match = _NOUN.match(said)
        if match is None or subject is None:
            return None
        tail, noun, article = match["tail"], match["noun"].casefold(), (match["article"] or "").strip().casefold()
        sense = words.NOUNS[noun]
        follows = _STATED if article.startswith("th") else _GOES_ON
        if follows.match(tail) is None or (sense is Sense.UNCHANGED and article not in ("no", "little")):
            return None
        of_what = _OF_WHAT.match(tail)
        what = words_of(_COMPARING.sub("", of_what["what"])) if of_what else []
        is_own = all(word in words.BESIDE for word in what) or self.names.is_named_by(what)
        if not is_own and not (of_what and _SO_MUCH.match(of_what["what"])):
            return None
        return self._made(sense, [*subject, *what], is_denied=article == "no", is_dip=noun in words.DIPS)

    def _of_served(self) -> Claim | None:
        """Read "callers waited longer than last month"."""
        match = _SERVED.match(self.said)
        if match is None or not self.names.is_time or not self.names_before(match["tail"]):
            return None
        return Claim(words.TIMES[match["time"].casefold()], self.said)

    def _of_verb(self, subject: Sequence[str] | None) -> Claim | None:
        """Read "the rate has not risen since last month", and "up on last month" of what is not named."""
        for start in (word.start() for word in re.finditer(r"\S+", self.said)):
            named = words_of(self.said[:start])
            if (shown := _SHOWN.match(self.said[start:])) and self.names.is_named_by(named):
                return self._of_noun(shown["rest"], named)
            if match := _PREDICATE.match(self.said, start):
                what = named or subject
                if what is None or (named and not self._is_own(named, match["tail"])):
                    return None
                return self._of_predicate(match, what, is_fragment=not named)
        return None

    def _is_own(self, named: Sequence[str], tail: str) -> bool:
        """Tell whether a subject is the KPI's figure, or "we" who did better or worse than in the period before."""
        return self.names.is_named_by(named) or (named[0] == "we" and not named[2:] and self.names_before(tail))

    def _of_predicate(self, match: re.Match[str], what: Sequence[str], *, is_fragment: bool) -> Claim | None:
        sense = self._sense(match, is_fragment=is_fragment)
        if sense is None or not self._is_whole(match["tail"]):
            return None
        is_denied = _DENIED.search(match["helping"]) is not None
        return self._made(sense, what, is_denied=is_denied, is_dip=match["dip"] is not None)

    def _sense(self, match: re.Match[str], *, is_fragment: bool) -> Sense | None:
        """Tell what a verb or an adjective says in its place. None: there it may say something else."""
        helping, tail = match["helping"], match["tail"]
        if match["base"]:
            return words.BASE_FORMS[match["base"].casefold()] if _TO_DO.search(helping) else None
        if re.search(r"\bto\b", helping):
            return None
        compares = self.names_before(tail) or (not is_fragment and _NOW.search(tail) is not None)
        if match["compared"]:
            return words.COMPARATIVES[match["compared"].casefold()] if compares else None
        if is_fragment and not _GOES_ON.match(tail):
            return None
        if match["time"]:
            return words.TIMES[match["time"].casefold()] if self.names.is_time and (compares or not is_fragment) else None
        if match["way"]:
            is_else = tail.casefold().startswith(" to") or re.search(r"\b(?:held|kept)\b", helping, re.IGNORECASE)
            return None if is_else else words.WAYS[match["way"].casefold()]
        return words.VERBS[match["verb"].casefold()] if match["verb"] else words.DIPS[match["dip"].casefold()]

    def _is_whole(self, tail: str) -> bool:
        """Tell whether what follows is about all of the figure, against the period before if it compares at all."""
        if _IDIOM.match(tail) or words.PART.search(tail):
            return False
        return _THAN.search(tail) is None or self.names_before(tail)

    def _made(self, sense: Sense, what: Sequence[str], *, is_denied: bool = False, is_dip: bool = False) -> Claim | None:
        if is_performance(what):
            sense = {Sense.ROSE: Sense.IMPROVED, Sense.FELL: Sense.DECLINED}.get(sense, sense)
        elif is_dip and self.about.direction is not Direction.HIGHER:
            return None
        return Claim(sense, self.said, is_denied and sense is not Sense.UNCHANGED)
