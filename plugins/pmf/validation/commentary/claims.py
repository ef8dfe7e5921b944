"""What a comment claims of its figure's movement since the period before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pmf.validation.commentary.clause import About, Claim, Clause
from pmf.validation.commentary.sentences import before_path, clauses, sentences, without_why
from pmf.validation.commentary.slips import as_meant
from pmf.validation.commentary.subject import naming

_LEAD = re.compile(
    r"^(?:(?:despite|even with|in spite of|even though|however|again|nevertheless|nonetheless|still|also|as a result|[a-z]+ingly|overall"
    r"|unfortunately|regrettably|sadly|happily|fortunately|thankfully|in short|in summary"
    r"|(?:we|i) (?:are|am) (?:very )?(?:pleased|happy|delighted|glad|sorry|disappointed) to (?:report|see|say|note)(?: that)?"
    r"|it is (?:pleasing|good|encouraging|disappointing) (?:to (?:report|see|say|note) )?(?:that)?|we can report(?: that)?"
    r"|(?:compared (?:with|to)|since|on|from) (?:the )?(?:last|previous) (?:month|quarter|period))\s+)+",
    re.IGNORECASE,
)
# What these point to is what the clause before was about.
_POINTING = re.compile(r"^(?:(?:which|this|that|it) (?:is|was|represents|shows|marks)|it|they|these)\s+", re.IGNORECASE)


def claims_of(comment: str, about: About) -> list[Claim]:
    """List what a comment says of its figure's movement since the period before, in order.

    A clause counts when its subject is the KPI's own figure or none is named; causes, conditions, forecasts and what is
    compared with a target or another period do not, nor does anything in the path to green.
    """
    return list(_claims(comment, about))


def _claims(comment: str, about: About) -> Iterator[Claim]:
    names = naming(about.title, about.unit)
    # Nothing is named yet: a comment that begins "Up on last month" is about its own figure. None: something else is named.
    subject: Sequence[str] | None = ()
    for sentence in sentences(as_meant(before_path(comment))):
        spoken_of = subject
        subject = ()
        for part in clauses(sentence):
            said = _LEAD.sub("", part)
            if pointing := _POINTING.match(said):
                said, subject = said[pointing.end() :], spoken_of
            clause = Clause(without_why(said), about, names)
            if claim := clause.claim(subject):
                yield claim
            subject = spoken_of = clause.subject(subject)
