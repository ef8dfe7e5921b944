"""The words a comment says movement with, and those that turn a sentence to another subject, period or time.

Lists, so that anybody can read why a comment was questioned. A word is in them because officers use it in one sense, or
because without it the check would accuse where it should be silent. Entries are separated by commas; a few are patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Sense(StrEnum):
    """What a comment says of a figure since the period before."""

    IMPROVED = "improved"
    DECLINED = "declined"
    ROSE = "rose"
    FELL = "fell"
    UNCHANGED = "unchanged"


def listed(text: str) -> tuple[str, ...]:
    """Read a list of words and phrases: commas between them, however the lines are broken."""
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())


def any_of(entries: Iterable[str]) -> str:
    """Write a pattern that takes any of the entries, the longest that fits."""
    return "(?:" + "|".join(sorted(entries, key=len, reverse=True)) + ")"


def whole(text: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a list into a pattern that finds any of its entries as whole words."""
    return re.compile(rf"\b{any_of(listed(text))}\b", flags)


def _senses(**texts: str) -> dict[str, Sense]:
    return {entry: Sense(sense) for sense, text in texts.items() for entry in listed(text)}


# Said of something: "the rate rose", "visits have been falling", "performance has gone the wrong way".
VERBS = _senses(
    rose="""rose, risen, rising, increased, increasing, grew, grown, growing, climbed, jumped, lengthened, gone up, went up, going up,
        crept up""",
    fell="""fell, fallen, falling, decreased, decreasing, dropped, dropping, reduced, reducing, declined, declining, shrunk, shrank,
        gone down, went down, going down, come down, came down, coming down, shortened""",
    improved="""improved, improving, strengthened, recovered, recovering, got better, picked up, gone the right way,
        moved in the right direction, moving in the right direction""",
    declined="""worsened, worsening, deteriorated, deteriorating, weakened, got worse, gone the wrong way, gone backwards,
        moved in the wrong direction, moving in the wrong direction""",
    unchanged="""unchanged, stable, steady, static, flat, constant, the same, same, maintained, not changed, not moved,
        at the same level, levelled off""",
)
# Only after "did not" and "continues to": alone they are as likely nouns.
BASE_FORMS = _senses(
    rose="rise, increase, grow, climb",
    fell="fall, decrease, drop, reduce, decline",
    improved="improve, strengthen, recover",
    declined="worsen, deteriorate",
    unchanged="change, move",
)
# Alone they may compare with anything: they count where the clause names the period before.
COMPARATIVES = _senses(
    rose="higher, greater",
    fell="lower",
    improved="better",
    declined="worse",
    unchanged="similar, in line, consistent, comparable, level, on a par",
)
# "Up on last month", "slightly down": often with nothing they are compared with.
WAYS = _senses(rose="up", fell="down")
# Said of a time, and of what people wait for: "the wait is longer", "claims are decided faster than last month".
TIMES = _senses(rose="longer, slower, more slowly", fell="shorter, faster, quicker, more quickly, sooner")
NOUNS = _senses(
    rose="rise, increase, growth, jump",
    fell="fall, decrease, drop, reduction, decline, dip, slip",
    improved="improvement, recovery",
    declined="deterioration, worsening",
    unchanged="change, movement",
)
AMOUNTS = _senses(rose="more, higher, longer", fell="fewer, less, lower, shorter", improved="better", declined="worse")
# Where lower is better nobody can tell whether it is the figure that dips or what people think of it.
DIPS = _senses(fell="dip, slip, dipped, slipped")

# Of these a rise is an improvement whichever way the figure goes: "performance dropped" is worse where more days are worse.
PERFORMANCE = frozenset(listed("performance, timeliness, punctuality, compliance"))
# What a figure may be called that is any KPI's; a share's; a count's; a time's.
ANY_FIGURE = frozenset(listed("figure, figures, result, results, measure, indicator, kpi, outturn, position, average"))
SHARE_FIGURE = frozenset(listed("rate, percentage, proportion, share, score"))
COUNT_FIGURE = frozenset(listed("number, numbers, total, count, rate"))
TIME_FIGURE = frozenset(listed("time, times, wait, waits, waiting, turnaround, duration, days, hours, minutes, seconds"))

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# What may stand beside the name of a figure without making it another.
BESIDE = frozenset(MONTHS.casefold().split("|")).union(
    listed("the, a, an, our, this, that, these, in, of, for, to, at, per, or, by, over, during, throughout, overall, again, however"),
    listed("month, month's, months, quarter, quarter's, period, half, term, monthly, quarterly, reported, current, recorded, latest"),
    listed("number, level, levels, time, taken"),
)
# Words between a subject and its verb that leave the claim what it is.
HELPING = any_of(
    listed(
        """has, have, is, are, was, were, did, does, do, been, being, also, again, now, only, just, still, stayed, held, kept, remains,
        remained, remain, continues, continued, continue, failed, to, further, much, very, a little, a bit, a, an, another, little, even,
        not, never, no, then, back, shown, shows, showed, seen, saw"""
    )
)
# Words between an article and "rise" or "fewer" that do the same.
NUMBER = r"(?:[\d.,]+%?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
HOW_MUCH = any_of(
    listed(
        """slight, slightly, small, further, marked, significant, modest, welcome, good, sharp, steady, large, notable, big, real,
        considerable, net, overall, minor, strong, encouraging, continued, percentage, point, points, far, many, even, some, several,
        a few"""
    )
)
# Who is served slower or faster when a time is longer or shorter.
SERVED = any_of(
    listed(
        """it, we, they, people, residents, callers, customers, clients, families, households, tenants, applicants, claims, cases, searches,
        applications, homes, requests, calls, repairs"""
    )
)

# What is to come, might be, or was once. "May" is the month, "may" is not.
NOT_SO_FAR = whole(
    r"""will, would, should, could, might, may, expects?, expected, expecting, anticipat\w+, forecasts?, predict\w*, projects,
    projected, aims?, aiming, hopes?, hoping, intends?, intention, likely, plans? to, planned to, if, unless, until, goal, priority,
    ambition, wants?, had been, had not, had \w+(?:ed|en|wn)""",
    re.NOFLAG,
)
# Told of another time than the period and the one before, or of a part of the period.
OTHER_TIME = whole(
    r"""years?, year-on-year, (?:last|previous|past) (?:winter|spring|summer|autumn|christmas|easter|two|three|four|five|six|\d+),
    same (?:time|point|month|quarter|period|week), 20\d\d, pre-pandemic, pandemic, covid, rolling, cumulative(?:ly)?, to date, so far,
    first, second half, early, earlier, initially, start, beginning, ago"""
)
# Compared with something that is not a figure of the KPI.
YARDSTICK = whole(
    """targets?, profiled?, benchmarks?, national(?:ly)?, regional, england, neighbours?, other councils, peers, baseline, plan, usual,
    normal, limit"""
)
# "Rose in two districts", "improved for older people": of a part, not of the whole figure.
PART = re.compile(
    r"\b(?:in|at|for|among|across|within)\s+(?!(?:the |this |a |each )?(?:month|quarter|period|half term|last|previous|second|third"
    rf"|fourth|fifth|sixth|row|time|end|total|number|performance|[\d£]|{MONTHS})\b)",
    re.IGNORECASE,
)
# Behind these stands why, when or what for; "since last month" and "as last month" compare.
_WHY = listed(
    """because, due, owing, thanks, after, following, when, where, once, which, who, whose, that, reflecting, before, despite, helped,
    mainly, mostly, largely, partly, through, by [a-z]+ing"""
)
WHY = re.compile(
    rf"\b(?:{any_of(_WHY)}|with(?! (?:the )?(?:last|previous|prior)\b)|as(?! (?:in |at )?(?:the )?(?:end of )?(?:last|previous|prior)\b)"
    r"|since(?! (?:in |at )?(?:the )?(?:(?:end|start|beginning) of )?(?:last|previous|prior|year|spring|summer|autumn|winter|20\d\d"
    rf"|{MONTHS})\b))\b",
    re.IGNORECASE,
)
