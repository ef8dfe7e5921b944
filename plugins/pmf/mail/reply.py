"""What a person wrote at the top of a message: the lines before whatever their mail program quotes below.

Only the beginning counts: a program that quotes the message answered puts its words below, and nothing in it may be taken for said.
"""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import unescape

# A command stands in the first lines; a message may be megabytes.
_MOST_CHARACTERS, _MOST_LINES = 4_000, 60
_MOST_BYTES = 256 * 1024
_ENDS_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def first_lines(content: bytes) -> tuple[str, ...]:
    """List the lines a message begins with, blank ones left out: of its plain text, else of its HTML. Nothing readable: none."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(content[:_MOST_BYTES])
        part = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
        text = part.get_content() if part is not None else ""
    # What Python's parser is known to raise on messages built to break it.
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
        return ()
    if not isinstance(text, str) or part is None:
        return ()
    text = text[:_MOST_CHARACTERS] if part.get_content_type() == "text/plain" else _words(text)
    lines = (" ".join(line.split()) for line in text.splitlines()[:_MOST_LINES])
    return tuple(line for line in lines if line)


def _words(html: str) -> str:
    """Take the text out of HTML, line by line as it is shown; it is read for words and never shown."""
    shown = _UNSEEN.sub("", html)[: 4 * _MOST_CHARACTERS]
    return unescape(_TAG.sub("", _ENDS_LINE.sub("\n", shown.replace("\n", " "))))[:_MOST_CHARACTERS]
