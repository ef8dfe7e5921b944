"""Comments that are there and say nothing."""

from __future__ import annotations

import re

from pmf.validation.commentary.words import listed

# A comment that is one of these and no more explains nothing, whatever the figure did.
_SAYS_NOTHING = frozenset(
    listed(
        """n/a, na, n a, none, nil, nil return, no comment, no comments, no comment to add, no further comment, no further comments,
        no comment this month, no comment this quarter, nothing to add, nothing to report, nothing further to report, nothing to note,
        no issues, no concerns, no update, no updates, no update this month, no update this quarter, as expected, as anticipated,
        as above, see above, as previous, as before, as last month, as per last month, as last quarter, same as last month,
        same as before, see last month, see previous, see previous comment, see attached, see email, tbc, tba, tbd, to follow,
        to be confirmed, awaiting comment, comment to follow, business as usual, bau, ok, fine, all ok, -, ., x"""
    )
)


def says_nothing(comment: str) -> bool:
    """Tell whether a comment is empty, or one of the phrases people put in a box that must not be."""
    plain = " ".join(re.sub(r"[.!,;:–—-]+", " ", comment.casefold()).split())
    return not plain or plain in _SAYS_NOTHING
