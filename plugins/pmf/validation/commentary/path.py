"""The path to green: cause, action, owner and date, each looked for by plain signs.

Source: CCC framework Appendix C (the commentary of a red KPI tells of the action plan made to mitigate the risk) and HDC
framework, Corporate Plan Actions (comments conform with the RAG status). Signs are read generously, so that what is said to
be missing is, as a rule, missing; what they find is asked about, never refused.
"""

from __future__ import annotations

import re

from pmf.validation.commentary.sentences import PATH_LABEL
from pmf.validation.commentary.words import MONTHS, listed, whole

_CAUSE = whole(
    """because, due to, owing to, caused?, causes, reasons?, as a result, results? (?:of|from), resulted from, resulting from, lack of,
    shortages?, await(?:s|ed|ing)?, waiting, pending, driven by, attribut(?:ed|able) to, explain(?:s|ed), affected by, impacted by,
    impact (?:of|on), led to, following, reflect(?:s|ed|ing), pressures?, delays (?:in|to|by|from), delayed by, held (?:up|back),
    related to, linked to, arising from, accounts? for, makes? up, as (?:that|this|it|they|there|we|the), after, since, while"""
)
# "Late, as consultants needed longer": a list cannot hold a comma.
_AS = re.compile(r", as\b", re.IGNORECASE)
_ACTION = whole(
    r"""will, next, going to, to be, (?:is|are) being, (?:is|are) now, plans? to, planned, intends? to, expected, scheduled,
    continu(?:e|es|ing) to, working (?:with|on|to),
    (?:has|have) (?:now )?(?:begun|started|agreed|introduced|appointed|recruited|put), in place, introduc(?:e|ed|ing),
    recruit(?:ed|ing|ment)?, reviews?, reviewed, reviewing, train(?:ed|ing), action plan, improvement plan, mitigat\w+,
    monitor(?:ed|ing)?, respon(?:se|ses|d|ding), interven\w+, tackl\w+, address(?:ed|ing)?, steps"""
)
# A post, a team or a service owns an action, and so does "we": nobody need be named.
_OWNER = whole(
    """owners?, managers?, heads? of, directors?, directorates?, officers?, teams?, services?, boards?, groups?, panels?, committees?,
    partnerships?, contractors?, providers?, councils?, departments?, units?, supervisors?, coordinators?, advis[eo]rs?, analysts?,
    leads?, by whom, responsible, we, our"""
)
_NAMED_OWNER = re.compile(r"\b(?:I|[A-Z][a-z]+ [A-Z][a-z]+ (?:will|is|has))\b")
# A capital tells the month of May from what may be.
_DATE = whole(
    rf"""{MONTHS.replace("|", ",")}, Jan, Feb, Mar, Apr, Jun, Jul, Aug, Sept?, Oct, Nov, Dec, 20\d\d, Q[1-4], [Qq]uarter [1-4],
    \d\d?[/.]\d\d?[/.]\d\d(?:\d\d)?, [Ss]pring, [Ss]ummer, [Aa]utumn, [Ww]inter, Christmas, Easter, [Nn]ew [Yy]ear,
    (?:[Nn]ext|[Tt]his|[Cc]oming|[Ee]nd of|[Ee]nd of the) (?:week|month|quarter|half term|term|year|financial year),
    (?:[Ww]ithin|[Ii]n|[Oo]ver) (?:the )?(?:(?:next|coming|few|\d+|two|three|four|six|ten|twelve) )+(?:working )?(?:days|weeks|months)""",
    re.NOFLAG,
)
_SIGNS = {"cause": (_CAUSE, _AS), "action": (_ACTION,), "owner": (_OWNER, _NAMED_OWNER), "date": (_DATE,)}
# Who labels a part has given it, in whatever words follow: "Cause: ...", "Owner: ...".
_LABELS = {
    "cause": "causes?|root cause|reasons?",
    "action": "actions?|next steps?|mitigations?",
    "owner": "owners?|lead|by whom",
    "date": "date|by when|deadline",
}
# As many words tell something.
_SENTENCE = 3
_AHEAD = frozenset(listed("action, owner, date"))


def parts_given(text: str) -> frozenset[str]:
    """Name which of cause, action, owner and date a text shows a sign of."""
    return frozenset(part for part in _SIGNS if _is_labelled(part, text) or any(sign.search(text) for sign in _SIGNS[part]))


def parts_missing(comment: str) -> tuple[str, ...]:
    """Name which of cause, action, owner and date a red figure's comment shows no sign of, in this order.

    Before a label "Path to green:" stands the cause and behind it the action, in whatever words; owner and date are looked
    for behind it: the day on which things went wrong is no day by which they are put right.
    """
    given = parts_given(comment)
    if PATH_LABEL.search(comment):
        explained, path = PATH_LABEL.split(comment, maxsplit=1)
        given = (given - _AHEAD) | (parts_given(path) & _AHEAD)
        given |= {part for part, text in (("cause", explained), ("action", path)) if len(text.split()) >= _SENTENCE}
    return tuple(part for part in _SIGNS if part not in given)


def _is_labelled(part: str, text: str) -> bool:
    return re.search(rf"\b(?:{_LABELS[part]})\s*:\s*\w", text, re.IGNORECASE) is not None
