"""Figures: exact decimals, the direction that counts as better, and the absences that are not zero.

What belongs here: turning what people and workbooks write into a ``Decimal`` and back into print, and the
words for direction and absence. What does not: units' plausibility (validation) and colours (rating).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from enum import StrEnum
from fractions import Fraction

# A quotient such as 1/3 has no end: 28 significant digits are far beyond any boundary a target can name.
_QUOTIENT = Context(prec=28)
# No target or limit is written down with more; what has more was worked out.
_MOST_WRITTEN_DECIMALS = 4
# Sums must not round: no council's figures need 200 digits.
_EXACT_DIGITS = 200


class Direction(StrEnum):
    """Which way a figure must move to be better (scorecard column "Direction for Improvement")."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"
    MAINTAIN = "maintain"


class Absence(StrEnum):
    """Why there is no figure. Zero is a figure and is never one of these."""

    NO_RETURN = "no_return"
    NIL_RETURN = "nil_return"
    UNDER_QUERY = "under_query"


# What people type where a figure is not there (yet). Compared after case folding and trimming.
_NO_FIGURE_WORDS = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "tbc", "tba", "tbd", "none", "null", "awaiting data", "not available", "no data"}
)
_MINUS_SIGNS = str.maketrans({"−": "-", "–": "-", "‑": "-"})
_FIGURE = re.compile(
    r"""^(?P<sign>[-+]?) £? (?P<sign2>-?)
    (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)? | \d+(?:\.\d*)? | \.\d+)
    (?:e(?P<exponent>[-+]?\d{1,2}))? \s* %?$""",
    re.IGNORECASE | re.VERBOSE,
)


def from_double(number: float | int) -> Decimal:
    """Turn a workbook's double into the decimal its author saw: 15 significant digits.

    Raises:
        ValueError: for infinities and not-a-number, which are no figures.
    """
    decimal = Decimal(number) if isinstance(number, int) else Decimal(f"{number:.15g}")
    if not decimal.is_finite():
        raise ValueError(f"{number!r} is not a finite figure")
    return decimal


def is_no_figure_word(text: str) -> bool:
    """Tell whether the text is one of the words people write for "no figure" (blank, TBC, N/A, a dash)."""
    return text.strip().casefold() in _NO_FIGURE_WORDS


def parse_figure(text: str) -> Decimal | None:
    """Read a figure as people write it: "2,074", "79.9%", "£221,512.41", "−5".

    The percent and pound signs are dropped: a percentage is kept as 79.9, not 0.799. Returns None for anything
    that is not one figure, blank and "N/A" included: the caller decides which absence that is.
    """
    cleaned = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    match = _FIGURE.match(cleaned.translate(_MINUS_SIGNS).strip().replace("£ ", "£"))
    if match is None or (match["sign"] and match["sign2"]):
        return None
    sign = "-" if "-" in (match["sign"], match["sign2"]) else ""
    try:
        return Decimal(sign + match["number"].replace(",", "") + (f"e{match['exponent']}" if match["exponent"] else ""))
    except InvalidOperation:
        return None


def exact_sum(figures: Iterable[Decimal]) -> Decimal:
    """Add figures without rounding, whatever their number of digits."""
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        return sum(figures, Decimal(0))


def quotient(numerator: Decimal, denominator: Decimal, *, multiplier: int = 1) -> Decimal | None:
    """Divide, times the multiplier of the unit (100 for a percentage). None when the denominator is zero."""
    if denominator == 0:
        return None
    exact = Fraction(numerator) * multiplier / Fraction(denominator)
    return _QUOTIENT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def plain(figure: Decimal) -> str:
    """Write a figure for storage and data files: no exponent, no thousands commas, trailing zeros kept."""
    return format(figure, "f")


def rounded(figure: Decimal, decimals: int) -> Decimal:
    """Round half up, as a printed figure is (never used before rating)."""
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        result = figure.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def shortened(figure: Decimal, *, decimals: int, beside: Decimal | None = None) -> Decimal:
    """Round a figure that has more decimals than anyone writes down, such as a twelfth of a year's; leave any other as it is.

    It keeps two decimals more than ``decimals``. Beside another figure it keeps as many, from ``decimals`` on, as it takes
    to stay above or below it as the figure does.
    """
    exponent = figure.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    if own <= _MOST_WRITTEN_DECIMALS:
        return figure
    if beside is None or figure == beside:
        return rounded(figure, min(own, decimals + 2))
    shorter = (rounded(figure, places) for places in range(decimals, own))
    return next((short for short in shorter if short.compare(beside) == figure.compare(beside)), figure)


def printed(figure: Decimal | None, *, unit: str = "", decimals: int = 0, absent: str = "–") -> str:
    """Print a figure for people: rounded half up, thousands commas, "£" before and "%" after.

    Any other unit belongs in the column or row heading, not behind each number. None prints as ``absent``.
    """
    if figure is None:
        return absent
    number = rounded(figure, decimals)
    body = f"{abs(number):,.{decimals}f}"
    sign = "−" if number < 0 else ""
    if unit == "£":
        return f"{sign}£{body}"
    return f"{sign}{body}%" if unit == "%" else f"{sign}{body}"
