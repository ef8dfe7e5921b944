"""Which month a cell names, in the ways people and systems write one. What could be two months is none."""

from __future__ import annotations

import re
from datetime import date

from pmf.period import Month, parse_month

_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_NUMBER_BY_NAME = {spelling: number for number, name in enumerate(_NAMES, start=1) for spelling in (name, name[:3])} | {"sept": 9}
# A clock time after a date; one told in another zone's time is left standing, so that the whole is not read, unless it is midnight.
_TIME = re.compile(r"(?<=\d)[t ](\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|00:00(:00(\.0+)?)?(z|[+-]\d{2}:?\d{2}))$")
_DAY = r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[- ])?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"^(?P<year>\d{4})(?P<month>\d{2})$",  # 202409
        r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?$",  # 2024-9, 2024/09/30
        r"^(?P<month>\d{1,2})[-/.](?P<year>\d{4})$",  # 09/2024
        r"^(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})$",  # 30/09/2024
        rf"^{_DAY}(?P<name>[a-z]+)[- ](?P<year>\d{{4}}|'?\d{{2}})$",  # September 2024, 30 Sept 2024, Sep-24
        r"^(?P<name>[a-z]+) (?P<day>\d{1,2}) (?P<year>\d{4})$",  # September 30 2024
        r"^(?P<year>\d{4})[- ](?P<name>[a-z]+)$",  # 2024 Sep
    )
)
_DAY_FIRST = _SHAPES[3]
_MONTHS = 12


def read_month(text: str) -> Month | None:
    """Name the month a text says; days are read as in Britain, day first. None: it says no month, or perhaps another.

    03/04/2024 may be an American 4 March and is refused; 01/04/2024 is taken, as the day on which months begin.
    """
    try:
        return parse_month(text)
    except ValueError:
        written = _TIME.sub("", " ".join(text.casefold().replace(",", " ").split()))
    for shape in _SHAPES:
        match = shape.match(written)
        if match is not None:
            is_clear = shape is not _DAY_FIRST or _is_clearly_day_first(int(match["day"]), int(match["month"]))
            return _month(match.groupdict()) if is_clear else None
    return None


def _is_clearly_day_first(day: int, month: int) -> bool:
    return day > _MONTHS or day in (1, month)


def _month(parts: dict[str, str | None]) -> Month | None:
    number = _NUMBER_BY_NAME.get(parts["name"] or "") if "name" in parts else int(parts["month"] or 0)
    year = (parts["year"] or "").lstrip("'")
    try:
        return Month.of(date(int(year) if len(year) == 4 else 2000 + int(year), number or 0, int(parts.get("day") or 1)))
    except ValueError:
        return None
