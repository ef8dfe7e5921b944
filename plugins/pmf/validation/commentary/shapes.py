"""The shapes of the clauses that say movement: where its words may stand, and what may stand around them."""

from __future__ import annotations

import re

from pmf.validation.commentary import words
from pmf.validation.commentary.words import any_of

# "Three days longer", "0.5 percentage points": a unit helps behind its number only, "the percentage" is a subject.
_UNITS = r"(?:\s+(?:percentage|per cent|percent|points?|days?|hours?|minutes?|seconds?|weeks?|pp)\b){0,2}"
_HELPING = rf"(?:{words.HELPING}|(?!early|daily|weekly|monthly|quarterly|only)[a-z]+ly|{words.NUMBER}{_UNITS})"
_HOW_MUCH = rf"(?:(?:{words.HOW_MUCH}|{words.NUMBER}(?:-[a-z]+){{0,2}})\s+){{0,5}}"
PREDICATE = re.compile(
    rf"(?P<helping>(?:{_HELPING}\s+){{0,8}})(?:(?P<verb>{any_of(words.VERBS)})|(?P<base>{any_of(words.BASE_FORMS)})"
    rf"|(?P<compared>{any_of(words.COMPARATIVES)})|(?P<way>{any_of(words.WAYS)})|(?P<time>{any_of(words.TIMES)})"
    rf"|(?P<dip>{any_of(words.DIPS)}))(?![\w'-])(?P<tail>.*)",
    re.IGNORECASE,
)
FIRST_VERB = re.compile(rf"\b(?:had|{words.HELPING}|{any_of(words.VERBS)})\b", re.IGNORECASE)
SHOWN = re.compile(
    r"^(?:has |have )?(?:also )?(?:not )?(?:shown|shows?|showed|seen|saw|sees|recorded|experienced"
    r"|took|taken|suffered|registered|made|had)\s+(?P<rest>.*)",
    re.IGNORECASE,
)
_THERE = (
    r"(?:(?:there (?:was|were|is|are|has|have)(?: not)?(?: been)?|(?:we|the (?:service|team|council)) (?:have |has |did )?(?:not )?"
    r"(?:saw|see|seen|are seeing|record|recorded|received|had|experienced|achieved|reported)"
    r"|(?:(?:the|this) )?(?:month|quarter|period) (?:has )?"
    r"(?:saw|seen|brought))\s+)?"
)
LITTLE = ("no", "little", "very little", "not much", "hardly any", "barely any")
_ARTICLE = rf"(?P<article>(?:{any_of(LITTLE)}|an?|another|any|the|some|this (?:month|quarter)'s)\s+)?"
RESULT = re.compile(
    rf"^{_THERE}(?:(?:an?|another|the|our|this)\s+)?{_HOW_MUCH}(?P<quality>{any_of(words.QUALITIES)})\s+(?:overall )?"
    rf"(?:{any_of(words.listed(words.OUTCOMES))})\b(?P<tail>.*)",
    re.IGNORECASE,
)
NOUN = re.compile(rf"^{_THERE}{_ARTICLE}{_HOW_MUCH}(?P<noun>{any_of(words.NOUNS)})(?![\w'-])(?P<tail>.*)", re.IGNORECASE)
AMOUNT = re.compile(rf"^{_THERE}(?:an? )?{_HOW_MUCH}(?P<amount>{any_of(words.AMOUNTS)})\s+(?P<what>.*)", re.IGNORECASE)
SERVED = re.compile(
    rf"^(?:(?P<who>[^\d\W][\w'-]*(?: [\w'-]+){{0,4}}?) (?:is|are|was|were|has|have|did|waits?|waited|takes?|took)|taking)\b.{{0,40}}?"
    rf"\b(?P<time>{any_of(words.TIMES)})(?P<tail>(?:\s.*)?)$",
    re.IGNORECASE,
)
TAKES = re.compile(
    r"\b(?:wait|waits|waited|waiting|take|takes|took|taking|taken) "
    r"(?:us |them |people |[a-z]+ly |(?:a )?little |much )*[a-z]+er\b",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:not|never|no|failed)\b", re.IGNORECASE)
TO_DO = re.compile(r"\b(?:(?:did|does|do) not|(?:continued?|continues|continuing|failed|started|began|begun) to)\b", re.IGNORECASE)

# What may follow a movement that has no subject of its own: "improved recording" and "an improvement plan" are none.
GOES_ON = re.compile(
    r"^\s*(?:$|(?:on|from|since|compared|over|this|against|during|by|again|for|in|of|than|as|to \d|[a-z]+ly"
    r"|month[- ]on[- ]month|a (?:little|bit|touch)|(?:was|were|has been|have been|is|can be)"
    r" (?:seen|recorded|achieved|reported|noted|made))\b"
    r"|[\d£])",
    re.IGNORECASE,
)
STATED = re.compile(r"^\s*(?:in .+ |this (?:month|quarter) )?(?:is|was|reflects|came|comes|follows)\b", re.IGNORECASE)
OF_WHAT = re.compile(r"^\s*(?:in|of)\s+(?P<what>.*)", re.IGNORECASE)
SO_MUCH = re.compile(rf"(?:over|nearly|about|around|almost|just|more than|under)?\s*£?{words.NUMBER}", re.IGNORECASE)
COMPARING = re.compile(
    r"\b(?:than|as|compared|on|from|since|against|over|during|this month|this quarter|this period|is|was"
    r"|reflects|came|comes|follows)\b.*",
    re.IGNORECASE,
)
BY_TIME = re.compile(r"\b(?:than|as|compared|on|from|since|against|over|during|this month|this quarter|this period)\b.*", re.IGNORECASE)
THAN = re.compile(r"\b(?:than|as|compared|against|since)\b", re.IGNORECASE)
NOW = re.compile(r"\bthis (?:month|quarter|period|half term)\b", re.IGNORECASE)
BEFORE = re.compile(
    r"\b(?:last|previous|prior|preceding) (?:reporting )?(?:month|quarter|period|time|report|figure|result|return)\b|\blast reported\b"
    r"|\b(?:month|quarter|period|one) before\b|\b(?:month|quarter) ago\b|\bmonth[- ]on[- ]month\b",
    re.IGNORECASE,
)
MONTH = re.compile(rf"(?:(?P<link>\w+) (?:in )?)?\b(?P<month>{words.MONTHS})\b")
LINKS_BEFORE = frozenset({"than", "as", "since", "on", "from", "with", "against"})
# "Fell short" and "fell behind" say no movement.
# "Moved up the list" is of who moved; "no different from" has lost what it compares with.
IDIOM = re.compile(
    r"^\s*(?:[a-z]+ly\s+)?(?:short|behind|outside|through|ill|due|into|onto|its|their"
    r"|(?:a|the)(?! (?:little|bit|touch|lot|month|quarter|period|previous|last|prior|preceding|one)))\b"
    r"|.*\b(?:from|than|of|to)$",
    re.IGNORECASE,
)
