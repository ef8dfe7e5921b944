"""Personal data in a text: found by its shape, and shown masked, because a finding is mailed and printed.

Reports are public: what may name or reach a private individual is stopped before they are published. The council's own
addresses are nobody's, and numbers that begin with 03 or 08 are those of organisations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pmf.register import Profile
from pmf.validation.commentary.words import MONTHS, listed

_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_TELEPHONE = re.compile(
    r"(?<![\w.,£+-])(?:\+44 ?(?:\(0\) ?)?|\(?0)(?:[17]\d{3}\)?[ -]?\d{3}[ -]?\d{2,3}|1\d{2}\)?[ -]?\d{3}[ -]?\d{4}"
    r"|2\d\)?[ -]?\d{4}[ -]?\d{4}|7\d{2}[ -]\d{3}[ -]\d{4})(?![\w-]|[.,]\d)"
)
_NHS_NUMBER = re.compile(r"(?<![\w.,£+-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-]|[.,]\d)")
# Any two letters: what is told is the shape, not whether the number was ever issued.
_INSURANCE_NUMBER = re.compile(r"\b(?:[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|[a-z]{2}\d{6}[a-d])\b")
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|born)\b\W{0,3}(?:(?:is|was|on|the) )*"
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTHS}|[A-Z][a-z]{{2}})\.? \d{{2,4}})",
    re.IGNORECASE,
)
# "FY24 YTD" is a financial year.
_REGISTRATION = re.compile(r"\b(?![FHC]Y)[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3}\b")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? [A-Z][a-z]+")
_TWO_NAMES = re.compile(r"\b([A-Z][a-z]+) ([A-Z][a-z]+(?:-[A-Z][a-z]+)?)\b")
# With one of these, two words in capitals are a place, a body or the beginning of a sentence.
_NO_NAME = frozenset(MONTHS.casefold().split("|")).union(
    listed("the, a, an, this, that, these, all, both, some, our, at, in, on, for, from, of, to, and, while, after, since, because, when"),
    listed("two, three, four, five, six, seven, eight, nine, ten, monday, tuesday, wednesday, thursday, friday, saturday, sunday"),
    listed("road, street, lane, avenue, drive, close, way, square, court, place, row, hill, park, green, field, fields, common, gate"),
    listed("gardens, bridge, river, market, town, city, village, parish, county, district, ward, north, south, east, west, upper"),
    listed("lower, great, little, saint, st, new, old, royal, central, house, hall, centre, library, school, college, academy, hospital"),
    listed("clinic, surgery, station, office, offices, council, service, services, team, board, trust, authority, association, estate"),
    listed("site, depot, hub, homes, flats, church, farm, mill, business, society, community, leisure, police, fire, care, health"),
    listed("housing, property"),
)
# So many characters about a postcode are looked at, if its sentence is as long.
_NEAR = 150
# The full stop of "Mr." ends no sentence.
_SENTENCE_END = re.compile(r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.!?\n](?:\s|$)")


@dataclass(frozen=True)
class PersonalData:
    """One piece of personal data: what it is, where in the text it stands, and how it may be shown."""

    kind: str
    start: int
    end: int
    masked: str


def personal_data(text: str, *, allowed: AbstractSet[str] = frozenset()) -> tuple[PersonalData, ...]:
    """Find what in a text looks like personal data, in the order of the text.

    ``allowed`` are addresses in small letters that are no private individual's: those of the council's posts.
    """
    found: list[PersonalData] = []
    for kind, pattern, holds, shown in _SHAPES:
        for match in pattern.finditer(text):
            is_new = all(match.end() <= known.start or known.end <= match.start() for known in found)
            if is_new and match.group().casefold().strip(".") not in allowed and holds(match):
                found.append(PersonalData(kind, match.start(), match.end(), shown(match.group())))
    return tuple(sorted(found, key=lambda item: item.start))


def own_addresses(profile: Profile) -> frozenset[str]:
    """Give the addresses that are no private individual's, because they are those of the council's posts."""
    return frozenset(post.email.casefold() for post in profile.posts)


def named(found: Iterable[PersonalData]) -> str | None:
    """Print what was found, masked: "an e-mail address (j…@…)". None: nothing was."""
    return ", ".join(dict.fromkeys(f"{item.kind} ({item.masked})" for item in found)) or None


def masked(text: str, *, allowed: AbstractSet[str] = frozenset()) -> str:
    """Give a text with everything that looks like personal data masked."""
    return "".join(_pieces(text, personal_data(text, allowed=allowed)))


def _pieces(text: str, found: tuple[PersonalData, ...]) -> Iterator[str]:
    end = 0
    for item in found:
        yield text[end : item.start] + item.masked
        end = item.end
    yield text[end:]


def _always(_: re.Match[str]) -> bool:
    return True


def _has_check_digit(match: re.Match[str]) -> bool:
    """Tell whether ten digits end in the check digit of an NHS number (modulus 11)."""
    digits = [int(char) for char in match.group() if char.isdigit()]
    remainder = sum(digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return len(set(digits)) > 1 and (11 - remainder) % 11 == digits[9]


def _stands_by_a_name(match: re.Match[str]) -> bool:
    """Tell whether what may be a person's name stands in the same sentence."""
    before = _SENTENCE_END.split(match.string[max(0, match.start() - _NEAR) : match.start()])[-1]
    after = _SENTENCE_END.split(match.string[match.end() : match.end() + _NEAR], maxsplit=1)[0]
    sentence = f"{before} {after}"
    names = (name.groups() for name in _TWO_NAMES.finditer(sentence))
    return _TITLED.search(sentence) is not None or any(_NO_NAME.isdisjoint(word.casefold() for word in name) for name in names)


def _first(letters: int) -> Callable[[str], str]:
    return lambda said: f"{said[:letters]}…"


def _address(said: str) -> str:
    return f"{said[0]}…@…"


_SHAPES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], bool], Callable[[str], str]], ...] = (
    ("an e-mail address", _EMAIL, _always, _address),
    ("a telephone number", _TELEPHONE, _always, _first(2)),
    ("an NHS number", _NHS_NUMBER, _has_check_digit, _first(3)),
    ("a National Insurance number", _INSURANCE_NUMBER, _always, _first(2)),
    ("a date of birth", _BORN, _always, _first(4)),
    ("a vehicle's registration", _REGISTRATION, _always, _first(2)),
    ("a postcode beside a name", _POSTCODE, _stands_by_a_name, _first(2)),
)
