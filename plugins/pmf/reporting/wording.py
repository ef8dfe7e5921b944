"""Numbers, lists and dates as a committee clerk writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pmf.register import Profile
from pmf.value import printed


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun: "1 indicator", "9 indicators"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def agree(number: int, singular: str, plural: str) -> str:
    """Choose the verb or noun that agrees with a count."""
    return singular if number == 1 else plural


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")


def ordinal(number: int) -> str:
    """Write which one it is, from 1: "third", and beyond the twelfth "13th"."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def listed(items: Sequence[str]) -> str:
    """Join items as in a sentence: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def share(part: int, whole: int) -> str:
    """Print a share in whole per cent, or a dash for none."""
    if part == 0 or whole == 0:
        return "-"
    percentage = Fraction(part * 100, whole)
    return printed(Decimal(percentage.numerator) / Decimal(percentage.denominator), unit="%")


def count_or_dash(number: int) -> str:
    """Print a count, or a dash for none, as the status table does."""
    return str(number) if number else "-"


def sentence_case(text: str) -> str:
    """Make the first letter a capital and leave the rest alone."""
    return text[:1].upper() + text[1:]


def as_at_words(as_at: datetime, profile: Profile) -> str:
    """Write the day a report speaks of, in the council's own time: "as at 14 October 2024"."""
    return f"as at {as_at.astimezone(ZoneInfo(profile.timezone)):%-d %B %Y}"
