"""Replies that sign off: a message whose first lines say so, each with a code that was sent to that post for that edition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from pmf.cycle.awaiting import Signable, signable_documents
from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.signingoff import codes_of, sign_editions
from pmf.cycle.workspace import Workspace
from pmf.mail import Letter
from pmf.mail.reply import first_lines
from pmf.reporting.wording import listed

# "Sign off K3TV-9QZA-RW2M", however it is typed; "-" may be any dash a telephone makes of it.
_SIGNS = re.compile(
    r"(?:i )?sign(?:ed)?[ -]?off:? +([A-Z2-7]{4})[ \u2010-\u2015-]?([A-Z2-7]{4})[ \u2010-\u2015-]?([A-Z2-7]{4})\.?", re.IGNORECASE
)
_REASON = "Signed off by e-mail."


def codes_in(content: bytes) -> tuple[str, ...]:
    """Read the codes of the lines a message begins with; none: it does not begin by signing anything off."""
    codes = []
    for line in first_lines(content):
        found = _SIGNS.fullmatch(line)
        if found is None:
            break
        codes.append("-".join(found.groups()).upper())
    return tuple(dict.fromkeys(codes))


def take_codes(workspace: Workspace, codes: Sequence[str], *, post: str, message: str, as_at: datetime) -> tuple[int, list[Letter]]:
    """Sign off what a post's codes name; give how many documents, and the letter that tells the post what was and was not.

    ``message`` names the message. A code of an edition that has been replaced signs nothing.
    """
    signable = signable_documents(workspace, as_at=as_at) if post in workspace.profile.signatories else []
    by_code = {code: item for item in signable for code in codes_of(workspace, item.files, post, as_at=as_at)}
    signed = [by_code[code] for code in codes if code in by_code]
    for item in signed:
        editions = {item.document_id: item.files}
        sign_editions(workspace, item.period, editions, post=post, reason=_REASON, as_at=as_at)
    unknown = [code for code in codes if code not in by_code]
    return len(signed), _letters(workspace, signed, unknown, post=post, message=message, as_at=as_at)


def _letters(
    workspace: Workspace, signed: Sequence[Signable], unknown: Sequence[str], *, post: str, message: str, as_at: datetime
) -> list[Letter]:
    profile = workspace.profile
    period = signed[0].period.key if signed else profile.month_in_collection(as_at).key
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(event="signed-off", period=period, subject=message[:16], version=digest_of(unknown), at=as_at),
        recipients=dict.fromkeys((post, profile.performance_team)),
        template="signed_off",
        context={
            "period_label": listed(list(dict.fromkeys(item.period.label for item in signed))) or "the codes name no document",
            "post_title": profile.post(post).title,
            "signed": [item.title for item in signed],
            "unknown": unknown,
        },
    )
