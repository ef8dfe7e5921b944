"""What every mailbox gives: unread messages as raw bytes, refusals of what is not read, and one error.

A message is read, kept and only then marked as done. A run killed in between sees the message again, so callers tell by a
hash of its bytes whether they have it already. What a message says belongs to ``mail.incoming``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

MESSAGE_BYTES = 25 * 1024 * 1024
MESSAGES = 500
# As much of a message that is not read as shows whose it is.
HEAD_BYTES = 64 * 1024

RefusalCode = Literal["too_large", "link", "no_file", "forbidden"]


class MailboxError(Exception):
    """A mailbox cannot be read now; the message names it, without its password, and says what to do."""


@dataclass(frozen=True)
class RefusedMessage:
    """A message that is not read: ``code`` for the record, ``message`` and ``fix`` for its sender, whom ``head`` may name.

    ``head`` is the beginning of the message, empty where not even that was opened.
    """

    code: RefusalCode
    message: str
    fix: str
    head: bytes = b""


class Mailbox(Protocol):
    """A place where messages wait."""

    def unread(self, *, most: int = MESSAGES) -> Iterator[tuple[str, bytes | RefusedMessage]]:
        """Yield a key and the raw message for each unread message, oldest first, at most so many of at most 25 MB each.

        A message comes again, in this run or a later one, until ``done`` is called with its key: refused ones too.

        Raises:
            MailboxError: when the mailbox cannot be read (any more); nothing is lost by that.
        """

    def done(self, key: str) -> None:
        """Mark a message as read, so that it does not come again. Doing it twice, or after another reader, does no harm.

        Raises:
            MailboxError: when that fails; the message then comes again.
        """


def too_large(head: bytes) -> RefusedMessage:
    """Refuse a message that is larger than what is read."""
    fix = "Send the form alone, as it was sent out, without pictures or further files."
    return RefusedMessage("too_large", f"The message is larger than {MESSAGE_BYTES // 1024**2} MB.", fix, head[:HEAD_BYTES])
