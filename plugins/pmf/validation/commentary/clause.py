"""One clause of a comment: what it says of the KPI's movement, if it says anything of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmf.validation.commentary import shapes, words
from pmf.validation.commentary.subject import Naming, is_performance, words_of
from pmf.validation.commentary.words import Sense
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
        return (
            self._of_amount()
            or self._of_noun(self.said, subject)
            or self._of_result(subject)
            or self._of_served()
            or self._of_verb(subject)
        )

    def subject(self, before: Sequence[str] | None) -> Sequence[str] | None:
        """Find what the clause is about, for the next one to go on with. None: something else."""
        verb = shapes.FIRST_VERB.search(self.said)
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
        return all(self._is_meant(match["month"], match["link"] or "") for match in shapes.MONTH.finditer(self.said))

    def _is_meant(self, month: str, link: str) -> bool:
        if link in shapes.LINKS_BEFORE:
            return month == self.about.month_before
        return link != "last" and (month == self.about.month or not self.about.month)  # "last September" is a year ago

    def names_before(self, text: str) -> bool:
        """Tell whether a text names the period before."""
        month = self.about.month_before
        return shapes.BEFORE.search(text) is not None or bool(month and re.search(rf"\b{month}\b", text))

    def _names_now(self, text: str) -> bool:
        month = self.about.month
        return shapes.NOW.search(text) is not None or bool(month and re.search(rf"\b{month}\b", text))

    def _of_amount(self) -> Claim | None:
        """Read "five fewer apprentices than last month", "longer waits this month"."""
        match = shapes.AMOUNT.match(self.said)
        if match is None or not (self.names_before(self.said) or self._names_now(self.said)):
            return None
        amount = match["amount"].casefold()
        what = [word for word in words_of(shapes.BY_TIME.sub("", match["what"])) if not re.fullmatch(words.HELPING, word)]
        is_own = self.names.is_named_by(what) or (not what and self.names.is_count)
        if self.names.is_time and words.TIME_FIGURE.isdisjoint(what):
            return None  # "fewer homes were let" is no time
        if not (self.names.is_time or self.names.is_count) and amount not in words.COMPARATIVES:
            return None  # "more were answered in time" may be a smaller share of many more
        if not is_own or (amount in words.TIMES and not self.names.is_time):
            return None
        return self._made(words.AMOUNTS[amount], what)

    def _of_noun(self, said: str, subject: Sequence[str] | None) -> Claim | None:
        """Read "a small dip from last month", "no change", "the rise is due to ..."."""
        match = shapes.NOUN.match(said)
        if match is None or match["noun"].casefold() in self.names.companions:  # "the increase in month" of that title is its name
            return None
        tail, noun, article = match["tail"], match["noun"].casefold(), (match["article"] or "").strip().casefold()
        sense = words.NOUNS[noun]
        follows = shapes.STATED if article.startswith("th") else shapes.GOES_ON
        if follows.match(tail) is None or (sense is Sense.UNCHANGED and article not in shapes.LITTLE):
            return None
        of_what = shapes.OF_WHAT.match(tail)
        what = words_of(shapes.COMPARING.sub("", of_what["what"])) if of_what else []
        if not self.names.is_named_by(what):
            is_bare = all(word in words.BESIDE for word in what) or (of_what and shapes.SO_MUCH.match(of_what["what"]))
            if subject is None or not is_bare:
                return None
        if not self._is_whole(shapes.OF_WHAT.sub("", tail) if of_what else tail):
            return None
        is_denied = shapes.DENIED.search(said[: match.start("noun")]) is not None
        return self._made(sense, [*(subject or ()), *what], is_denied=is_denied, is_dip=noun in words.DIPS)

    def _of_result(self, subject: Sequence[str] | None) -> Claim | None:
        """Read "a better result than last month", "an improving picture"."""
        match = shapes.RESULT.match(self.said)
        if match is None or subject is None or not shapes.GOES_ON.match(match["tail"]) or not self._is_whole(match["tail"]):
            return None
        is_denied = shapes.DENIED.search(self.said[: match.start("quality")]) is not None
        return Claim(words.QUALITIES[match["quality"].casefold()], self.said, is_denied)

    def _of_served(self) -> Claim | None:
        """Read "callers waited longer than last month"."""
        match = shapes.SERVED.match(self.said)
        if match is None or not self.names.is_time:
            return None
        for_what = [word for word in words_of(shapes.BY_TIME.sub("", match["tail"])) if word != "to"]
        if (for_what and not self.names.covers(for_what)) or not (self.names_before(match["tail"]) or shapes.TAKES.search(match[0])):
            return None
        if not self._is_whole(match["tail"]):
            return None
        who = match["who"] or "it"
        if not re.fullmatch(rf"(?:our |most |the )?{words.SERVED}", who, re.IGNORECASE) and not self.names.covers(words_of(who)):
            return None
        return Claim(words.TIMES[match["time"].casefold()], self.said, shapes.DENIED.search(self.said[: match.start("time")]) is not None)

    def _of_verb(self, subject: Sequence[str] | None) -> Claim | None:
        """Read "the rate has not risen since last month", and "up on last month" of what is not named."""
        for start in (word.start() for word in re.finditer(r"\S+", self.said)):
            named = words_of(self.said[:start])
            if (shown := shapes.SHOWN.match(self.said[start:])) and self.names.is_named_by(named):
                return self._of_noun(shown["rest"], named)
            if match := shapes.PREDICATE.match(self.said, start):
                what = named or subject
                if what is None or (named and not self._is_own(named, match)):
                    return None
                return self._of_predicate(match, what, is_fragment=not named)
        return None

    def _is_own(self, named: Sequence[str], match: re.Match[str]) -> bool:
        """Tell whether a subject is the KPI's figure, or "we" who did better or worse than in the period before."""
        if match["time"] and self.names.covers(named):
            return True  # "claims are slower": things are not times, but how long they take is
        tail = match["tail"]
        return self.names.is_named_by(named) or (named[0] == "we" and not named[2:] and self.names_before(tail))

    def _of_predicate(self, match: re.Match[str], what: Sequence[str], *, is_fragment: bool) -> Claim | None:
        sense = self._sense(match, what, is_fragment=is_fragment)
        if sense is None or not self._is_whole(match["tail"]):
            return None
        is_denied = shapes.DENIED.search(match["helping"]) is not None
        if is_denied and sense is Sense.UNCHANGED and not match["base"]:
            return None  # "not the same as last month" leaves both ways open
        return self._made(sense, what, is_denied=is_denied, is_dip=match["dip"] is not None)

    def _sense(self, match: re.Match[str], what: Sequence[str], *, is_fragment: bool) -> Sense | None:
        """Tell what a verb or an adjective says in its place. None: there it may say something else."""
        helping, tail = match["helping"], match["tail"]
        if match["base"]:
            return words.BASE_FORMS[match["base"].casefold()] if shapes.TO_DO.search(helping) else None
        if re.search(r"\bto\b", helping):
            return None
        becomes = words.BECOMING.search(helping) is not None
        compares = becomes or self.names_before(tail) or (not is_fragment and self._names_now(tail))
        if match["compared"]:
            return words.COMPARATIVES[match["compared"].casefold()] if compares else None
        if is_fragment and not shapes.GOES_ON.match(tail):
            return None
        if match["time"]:
            is_long = self.names.is_time or not words.LISTS.isdisjoint(what)  # "the list has got shorter"
            return words.TIMES[match["time"].casefold()] if is_long and (compares or not is_fragment) else None
        if match["way"]:
            is_else = tail.casefold().startswith(" to") or re.search(r"\b(?:held|kept)\b", helping, re.IGNORECASE)
            return None if is_else else words.WAYS[match["way"].casefold()]
        return words.VERBS[match["verb"].casefold()] if match["verb"] else words.DIPS[match["dip"].casefold()]

    def _is_whole(self, tail: str) -> bool:
        """Tell whether what follows is about all of the figure, against the period before if it compares at all."""
        if shapes.IDIOM.match(tail) or words.PART.search(tail):
            return False
        return shapes.THAN.search(tail) is None or self.names_before(tail)

    def _made(self, sense: Sense, what: Sequence[str], *, is_denied: bool = False, is_dip: bool = False) -> Claim | None:
        if is_performance(what):
            sense = {Sense.ROSE: Sense.IMPROVED, Sense.FELL: Sense.DECLINED}.get(sense, sense)
        elif not (self.names.is_time or words.TURNAROUND.isdisjoint(what)) and sense in (Sense.ROSE, Sense.FELL):
            return Claim(Sense.DECLINED, self.said, is_denied) if is_dip else None  # less time is a greater share in time
        elif is_dip and self.about.direction is Direction.LOWER:
            return None
        return Claim(sense, self.said, is_denied and sense is not Sense.UNCHANGED)
