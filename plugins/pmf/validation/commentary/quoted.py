"""Whether a comment quotes another figure for the period than the one returned: "now at 91%" beside a figure of 81.

A number counts when a sentence plainly says it is this period's figure, in the KPI's own unit. Targets, earlier periods,
changes, ranges, parts and forecasts do not, and who quotes the right figure anywhere is not accused of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pmf.validation.commentary import words
from pmf.validation.commentary.clause import About, Clause
from pmf.validation.commentary.sentences import before_path, sentences, without_why
from pmf.validation.commentary.subject import naming, words_of
from pmf.validation.commentary.words import any_of, listed

_NUMBER = re.compile(
    r"(?<![\w.,£/:-])(?<!per )(?P<pound>£)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<scale>\s?(?:k|m|bn|thousand|million|billion)\b)?"
    r"(?P<unit>\s?%|\s(?:per cent|percent)\b|\s(?:working )?(?:days?|hours?|minutes?|seconds?|weeks?)\b)?(?![\w/:-]|[.,]\d)",
    re.IGNORECASE,
)
_SCALES = {"": 0, "k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
_CLAUSE_END = re.compile(r",\s+|\s+(?:but|while|whilst|although|though)\s+|\s*[()]\s*", re.IGNORECASE)
_ADVERBS = r"(?:(?:now|currently|just|only|still|again|exactly|a|an|the|very|[a-z]+ly)\s+)*"
# Behind these the number is the figure: "performance was 91%", "the rate stood at 91%", "a result of 91%".
_LINKS = listed(
    r"""is, was, are, were, at, of, is at, was at, stands at, stood at, came to, came in at, comes to, reached, hit, totalled, remains at,
    remained at, ended at, finished at, ended the (?:month|quarter) at, finished the (?:month|quarter) at"""
)
_IS = re.compile(rf"^(?P<subject>.*?)\s*\b(?:(?:has|have|now|also|again)\s+)*{any_of(_LINKS)}\s+{_ADVERBS}$", re.IGNORECASE)
_MOVED_TO = re.compile(
    rf"^(?P<subject>.*?)\s*\b(?:has\s+|have\s+)?(?:[a-z]+ly\s+)?{any_of(words.VERBS)}\b"
    rf"(?P<way>(?: (?:from|by) [£\d][\w.,%£ ]*?| [a-z]+ly| further| again| back)*) to\s+{_ADVERBS}$",
    re.IGNORECASE,
)
# "About 90%" is not 90%; "over 90%" claims no figure at all.
_HEDGED = re.compile(r"\b(?:about|around|approximately|roughly|nearly|almost|circa|just under|just over|some)\s*$", re.IGNORECASE)
_BOUNDS = listed(
    "over, above, more than, under, below, less than, fewer than, at least, at most, up to, between, from, by, not, than, within, every"
)
_BOUNDED = re.compile(rf"\b{any_of(_BOUNDS)}\s*$", re.IGNORECASE)
# What may follow a figure that is the whole one: nothing, or words that go on about it.
_ENDS = re.compile(
    r"^\s*(?:$|(?:this|in|for|at|up|down|and|which|compared|against|from|overall|again|now|on average|each|per \d[\d,]*)\b)", re.IGNORECASE
)
_THIS_PERIOD = re.compile(rf"^\s*(?:this (?:month|quarter)|in the (?:month|quarter)|(?:in|for) (?:{words.MONTHS}))\b")
_OF = re.compile(r"^\s*of\s+(?P<what>.+?)(?:\s+(?:in|for|during|this)\b.*)?$", re.IGNORECASE)
_AT = re.compile(r"^\s*(?:now |currently )?at\s*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONG = 5
_HEDGE_PCT = 5


@dataclass(frozen=True)
class _Quoted:
    """A number of a comment. ``step`` is one of its last digit written."""

    said: str
    figure: Decimal
    step: Decimal
    is_hedged: bool
    is_claimed: bool

    def fits(self, value: Decimal) -> bool:
        """Tell whether it may be the value, rounded up, down or cut off; what is only said to be about it may be further off."""
        room = abs(value) * _HEDGE_PCT / 100 if self.is_hedged else Decimal(0)
        return abs(self.figure - value) < self.step + room


def figure_against(comment: str, about: About, value: Decimal, *, others: Sequence[Decimal] = ()) -> str | None:
    """Find a number of a comment that is said to be the period's figure and is not. None: there is none.

    ``others`` are figures that may be quoted beside it: its parts, the target, the forecast.
    """
    quoted = list(_quoted(comment, about))
    if any(number.fits(value) for number in quoted):
        return None
    wrong = (number for number in quoted if number.is_claimed and not any(number.fits(other) for other in others))
    return next((number.said for number in wrong), None)


def _quoted(comment: str, about: About) -> Iterator[_Quoted]:
    for sentence in sentences(before_path(comment)):
        for text in filter(None, _CLAUSE_END.split(sentence)):
            said = without_why(text)
            clause = Clause(said, about, naming(about.title, about.unit))
            for match in _NUMBER.finditer(text):
                if _has_unit(match, about.unit):
                    yield _read(match, text, is_claimed=match.end() <= len(said) and _is_claimed(clause, match))


def _read(match: re.Match[str], text: str, *, is_claimed: bool) -> _Quoted:
    digits = match["number"].replace(",", "")
    scale = _SCALES[(match["scale"] or "").strip().casefold()]
    zeros = len(digits) - len(digits.rstrip("0")) if len(digits) >= _LONG else 0  # 13,902,000 is told in thousands
    return _Quoted(
        said=match.group().strip(),
        figure=Decimal(digits).scaleb(scale),
        step=Decimal(1).scaleb(scale + zeros - len(digits.partition(".")[2])),
        is_hedged=_HEDGED.search(text[: match.start()]) is not None,
        is_claimed=is_claimed,
    )


def _has_unit(match: re.Match[str], unit: str) -> bool:
    """Tell whether a number may be one of the KPI: a percentage of a percentage, pounds of pounds, days or a bare number of days."""
    written = (match["unit"] or "").strip().casefold()
    if unit == "%":
        return written in ("%", "per cent", "percent")
    if unit == "£" or match["pound"]:
        return unit == "£" and match["pound"] is not None
    if written:
        return written.split()[-1].removesuffix("s") in {word.removesuffix("s") for word in words_of(unit)}
    return not _YEAR.fullmatch(match["number"])


def _is_claimed(clause: Clause, match: re.Match[str]) -> bool:
    """Tell whether a clause says of a number that it is the period's figure."""
    left, right = _HEDGED.sub("", clause.said[: match.start()]), clause.said[match.end() :]
    if not clause.is_about_now() or clause.names_before(clause.said) or words.YARDSTICK.search(clause.said) or _BOUNDED.search(left):
        return False
    is_share_of = clause.about.unit == "%" and _is_share_of(clause, right)
    if words.PART.search(right) and not is_share_of:
        return False
    if not left.strip() and clause.about.unit == "%":
        return not right.strip() or _THIS_PERIOD.match(right) is not None or is_share_of
    link = _IS.match(left) or _MOVED_TO.match(left)
    if link is None or not (_ENDS.match(right) or is_share_of):
        return False
    named = words_of(link["subject"])
    return clause.names.is_named_by(named) if named else _AT.match(left) is not None


def _is_share_of(clause: Clause, right: str) -> bool:
    """Tell whether a percentage is of the KPI's own things: "of complaints were answered within ten days"."""
    match = _OF.match(right)
    what = [word for word in words_of(match["what"]) if not re.fullmatch(words.HELPING, word)] if match else []
    return bool(what) and clause.names.covers(what)
