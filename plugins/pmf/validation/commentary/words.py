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


def _two_ways(verbs: str) -> dict[str, Sense]:
    """Give each verb its particles: "crept up", "crept back down"."""
    up, down = listed("up, back up, upwards, higher"), listed("down, back down, downwards, lower")
    ways = [*((way, Sense.ROSE) for way in up), *((way, Sense.FELL) for way in down)]
    return {f"{verb} {way}": sense for verb in listed(verbs) for way, sense in ways}


# Said of something: "the rate rose", "visits have been falling", "performance has gone the wrong way".
VERBS = _two_ways(
    """gone, went, going, goes, moved, moving, crept, creeping, edged, edging, nudged, inched, ticked, drifted, drifting, pushed,
        driven, come, came, coming, brought, headed, heading, trended, trending"""
) | _senses(
    rose="""rose, risen, rising, rises, increased, increasing, increases, grew, grown, growing, grows, climbed, climbing, jumped,
        jumping, lengthened, lengthening, soared, soaring, surged, surging, spiked, rocketed, mounted, mounting, swelled, swollen,
        expanded, escalated, doubled, trebled, tripled, leapt, multiplied, shot up, on the rise, on the increase, on the up""",
    fell="""fell, fallen, falling, falls, fell back, fallen back, fell away, fallen away, fell off, fallen off, decreased,
        decreasing, decreases, dropped, dropping, drops, dropped back, dropped off, dropped away, reduced, reducing, reduces,
        declined, declining, declines, shrunk, shrank, shrinking, shortened, shortening, halved, cut, lessened, diminished,
        diminishing, dwindled, dwindling, eased, easing, eased back, subsided, tumbled, plummeted, plunged, slumped, sank, sunk,
        tailed off, contracted, on the decline, on the wane""",
    improved="""improved, improving, improves, strengthened, strengthening, recovered, recovering, rallied, picked up, picking up,
        bounced back, gained ground, regained ground, turned a corner, turned the corner, moved forward, moved forwards, progressed,
        gone the right way, went the right way, going the right way, moved in the right direction, moving in the right direction,
        gone in the right direction, going in the right direction, went in the right direction""",
    declined="""worsened, worsening, worsens, deteriorated, deteriorating, deteriorates, weakened, weakening, gone the wrong way,
        went the wrong way, going the wrong way, gone backwards, went backwards, going backwards, gone downhill, went downhill,
        slid, slid back, regressed, faltered, lost ground, taken a turn for the worse, took a turn for the worse, moved in the wrong
        direction, moving in the wrong direction, gone in the wrong direction, going in the wrong direction, went in the wrong
        direction""",
    unchanged="""unchanged, stable, steady, static, flat, constant, the same, same, maintained, sustained, not changed, not moved,
        not altered, not shifted, at the same level, levelled off, levelled out, plateaued, flatlined, flat-lined, stabilised, no
        different, stood still""",
)
# Only after "did not" and "continues to": alone they are as likely nouns.
BASE_FORMS = _two_ways("go, come, move, creep, edge") | _senses(
    rose="rise, increase, grow, climb, lengthen",
    fell="fall, decrease, drop, reduce, decline, shrink, shorten, ease, diminish, fall back, drop back, drop off",
    improved="improve, strengthen, recover, pick up",
    declined="worsen, deteriorate, weaken",
    unchanged="change, move, alter, shift",
)
# Alone they may compare with anything: they count where the clause names the period before.
COMPARATIVES = _senses(
    rose="higher, greater, above, more than",
    fell="lower, below, softer, fewer than, less than, not as high, not so high, not as many, not so many",
    improved="better, stronger, healthier, ahead of, not as bad, not so bad, less bad",
    declined="worse, poorer, weaker, less well, less good, behind, not as good, not so good, not as well, not so well, not as strong",
    unchanged="similar, in line, consistent, comparable, level, on a par, identical",
)
# "Got shorter" and "is becoming better" compare with what was before, whatever they name.
BECOMING = re.compile(r"\b(?:got|gotten|gets?|getting|became|become|becoming)\b", re.IGNORECASE)
# "Up on last month", "slightly down": often with nothing they are compared with.
WAYS = _senses(rose="up", fell="down")
# Said of a time, and of what people wait for: "the wait is longer", "claims are decided faster than last month".
TIMES = _senses(
    rose="longer, slower, more slowly, less quickly, not as quick, not as quickly, not as fast",
    fell="shorter, faster, quicker, more quickly, sooner, speedier, swifter, less time, not as long, more promptly",
)
NOUNS = _senses(
    rose="rise, increase, growth, jump, spike, surge, upturn, uplift, uptick, upswing, climb, leap, hike, escalation",
    fell="fall, decrease, drop, reduction, decline, dip, slip, downturn, fall-off, drop-off, slump, slide, lowering, shortening",
    improved="improvement, recovery, step forward, turn for the better, upturn in performance",
    declined="""deterioration, worsening, step back, step backwards, backward step, knock, turn for the worse, weakening""",
    unchanged="change, movement, difference, variation, shift, alteration",
)
AMOUNTS = _senses(
    rose="more, higher, longer, greater, larger, bigger",
    fell="fewer, less, lower, shorter, smaller, not as many, not so many, not as much, nowhere near as many",
    improved="better",
    declined="worse",
)
# "A better result", "poorer performance this month": what is better or worse, and what it is called.
QUALITIES = _senses(
    improved="better, stronger, improved, improving, healthier, more encouraging, more positive",
    declined="worse, poorer, weaker, worsening, deteriorating, declining, less encouraging, less positive, more disappointing",
)
OUTCOMES = """result, results, performance, picture, position, outcome, outcomes, figure, figures, outturn, showing, month, quarter,
        period, situation, score, rate"""
# Where lower is better nobody can tell whether it is the figure that dips or what people think of it.
DIPS = _senses(fell="dip, slip, dipped, dipping, slipped, slipping, dipped back, slipped back, slipping back")

# Of these a rise is an improvement whichever way the figure goes: "performance dropped" is worse where more days are worse.
PERFORMANCE = frozenset(listed("performance, timeliness, punctuality, compliance"))
# What a figure may be called that is any KPI's; a share's; a count's; a time's.
ANY_FIGURE = frozenset(listed("figure, figures, result, results, measure, indicator, kpi, outturn, position, average, metric"))
SHARE_FIGURE = frozenset(listed("rate, percentage, proportion, share, score, scores"))
COUNT_FIGURE = frozenset(listed("number, numbers, total, totals, count, rate, volume, volumes, tally, cohort, list"))
TIME_FIGURE = frozenset(listed("time, times, wait, waits, waiting, turnaround, duration, median, mean, days, hours, minutes, seconds"))

# Of a share in time it can be said that these got better or worse.
TURNAROUND = frozenset(listed("turnaround, times"))
LISTS = frozenset(listed("list, queue, queues, backlog, register"))

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# What may stand beside the name of a figure without making it another.
BESIDE = frozenset(MONTHS.casefold().split("|")).union(
    listed("the, a, an, our, this, that, these, in, of, for, to, at, per, or, by, over, during, throughout, overall, again, however"),
    listed("month, month's, months, quarter, quarter's, period, half, term, monthly, quarterly"),
    listed("weekly, daily, reported, current, recorded, latest"),
    listed("number, level, levels, time, taken, as, whole"),
)
# Words between a subject and its verb that leave the claim what it is.
HELPING = any_of(
    listed(
        """has, have, is, are, was, were, did, does, do, been, being, also, again, now, only, just, still, stayed, held, kept,
        remains, remained, remain, continues, continued, continue, continuing, failed, to, further, much, very, a little, a bit, a
        lot, a touch, a shade, a fraction, a, an, another, little, even, not, never, no, any, then, back, shown, shows, showed,
        seen, saw, rather, somewhat, quite, far, well, all, broadly, got, gets, get, getting, became, become, becoming, started,
        began, begun, ended, ends, closed, finished, stands, stood, came in, come in, came out, came, fared, looks, ended up, about,
        around, almost, nearly, over, just under, just over, more than, less than"""
    )
)
# Words between an article and "rise" or "fewer" that do the same.
NUMBER = (
    r"(?:£?\d[\d.,]*(?:%|[km]\b)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|fifteen|twenty|thirty|forty|fifty|half)"
)
HOW_MUCH = any_of(
    listed(
        """slight, slightly, small, further, marked, significant, modest, welcome, good, sharp, steady, large, notable, big, real,
        considerable, net, overall, minor, strong, encouraging, continued, percentage, point, points, per cent, percent, far, many,
        even, some, several, a few, marginal, moderate, substantial, material, meaningful, discernible, noticeable, appreciable,
        dramatic, steep, huge, disappointing, pleasing, gradual, tiny, clear, very, much, rather, fairly, quite, day, days, minute,
        minutes, week, weeks, of a, seasonal, sudden, worrying, concerning, gentle, healthy, great, single, month-on-month,
        statistically"""
    )
)
# Who is served slower or faster when a time is longer or shorter.
SERVED = any_of(
    listed(
        """it, we, they, people, residents, callers, customers, clients, families, households, tenants, applicants, claims, cases,
        searches, applications, homes, requests, calls, repairs, visitors, patients, parents, carers, users, drivers, invoices,
        suppliers, properties"""
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
    r"""years?, annual(?:ly)?, annualised, year-on-year,
        (?:last|previous|past) (?:winter|spring|summer|autumn|christmas|easter|two|three|four|five|six|\d+),
    same (?:time|point|month|quarter|period|week), 20\d\d, pre-pandemic, pandemic, covid, rolling, cumulative(?:ly)?, to date, so far,
    first, second half, early, earlier, initially, start, beginning,
    (?<!month )(?<!quarter )ago"""
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
    rf"\b(?:{any_of(_WHY)}|with(?! (?:the )?(?:last|previous|prior)\b)"
    rf"|(?<!\bnot )(?<!\bsame )as(?! (?:in |at )?(?:the )?(?:end of )?(?:last|previous|prior|{MONTHS})\b)"
    r"|since(?! (?:in |at )?(?:the )?(?:(?:end|start|beginning) of )?(?:last|previous|prior|year|spring|summer|autumn|winter|20\d\d"
    rf"|{MONTHS})\b))\b",
    re.IGNORECASE,
)
