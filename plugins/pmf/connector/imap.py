"""A mailbox on an IMAP server.

Spoken by Python's own ``imaplib``, command by command, because the mailbox is other people's too: nothing is ever
expunged but what the server itself moves. Names of folders go over the line as RFC 3501 section 5.1.3 has them.
"""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from imaplib import IMAP4, IMAP4_SSL
from typing import Any, Literal

from pmf.connector.message import MESSAGE_BYTES, MESSAGES, MailboxError, RefusedMessage, too_large

Security = Literal["none", "starttls", "tls"]
# How a session is known to fail; ValueError: a host, a name or an answer that is no text.
_TROUBLE = (IMAP4.error, OSError, ValueError)
_LATER = "Nothing is lost: the next run reads what is left"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose mailbox on which server. ``done_folder`` is where read messages are moved; None: they stay, marked as seen.

    ``timeout_seconds`` bounds every single wait for the server.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str | None = None
    timeout_seconds: float = 20

    @property
    def server(self) -> str:
        """Name the server, for people."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class ImapMailbox:
    """Reads one folder of an account in one session; a key is the folder's validity and the message's number in it.

    With a ``done_folder`` everything that lies in the folder is unread, whether or not a person has opened it. Without
    one, what a person opens first counts as read.
    """

    account: Account
    session: IMAP4
    validity: str

    def unread(self, *, most: int = MESSAGES) -> Iterator[tuple[str, bytes | RefusedMessage]]:
        """Yield messages in the order they arrived, without marking them; what another reader has just moved is left out."""
        criteria = "UNDELETED" if self.account.done_folder else "UNSEEN UNDELETED"
        with _told(self.account, "the connection was lost", _LATER):
            found = _answered(self.session.uid("SEARCH", criteria))
            numbers = sorted(int(number) for line in found if line for number in line.split())
        for number in numbers[:most]:
            with _told(self.account, "the connection was lost", _LATER):
                content = self._content(number)
            if content is not None:
                yield f"{self.validity}.{number}", content if len(content) <= MESSAGE_BYTES else too_large(content)

    def done(self, key: str) -> None:
        """Mark the message as seen, and move it where the account says so."""
        validity, _, number = key.partition(".")
        if validity != self.validity:
            raise MailboxError(f"{self.account.server} has numbered its messages anew. {_LATER}.")
        with _told(self.account, "a message could not be marked as read", _LATER):
            _answered(self.session.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)"))
            if self.account.done_folder:
                _answered(self.session.uid("MOVE", number, _as_sent(self.account.done_folder)))

    def _content(self, number: int) -> bytes | None:
        """Fetch a message, or so much of it that it shows as too large. None: it is no longer there."""
        for part in _answered(self.session.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{MESSAGE_BYTES + 1}>)")):
            if isinstance(part, tuple):
                return bytes(part[1])
            if part and b"BODY[" in part:  # of an empty message no bytes follow
                return b""
        return None


@contextmanager
def open_imap(account: Account) -> Iterator[ImapMailbox]:
    """Open a session, which ends with the block.

    Raises:
        MailboxError: when there is no server, no agreement on security or password, no such folder, or no way to move.
    """
    with _told(account, "no session", "Check host and port, and that the server is up; the next run tries again"):
        session = _connect(account)
    try:
        with _told(account, "no encryption", "Check that the server offers STARTTLS, or use imaps://"):
            if account.security == "starttls":
                session.starttls(ssl.create_default_context())
        with _told(account, f"{account.username} is not let in", "Check user and password in the mailbox's URL"):
            session.authenticate("PLAIN", lambda _: f"\0{account.username}\0{account.password}".encode())
        with _told(account, f"no folder {account.folder}", "Check the folder in the mailbox's URL"):
            _answered(session.select(_as_sent(account.folder)))
        validity = session.response("UIDVALIDITY")[1][0] or b""
        if account.done_folder:
            with _told(account, f"nothing can be moved into {account.done_folder}", "Name another folder, or none, after done="):
                _prepare_moving(session, account.done_folder)
        yield ImapMailbox(account, session, validity.decode("ascii", "replace"))
        with suppress(*_TROUBLE):  # all is done; how we part does not matter
            session.logout()
    finally:
        with suppress(OSError):
            session.shutdown()


def _connect(account: Account) -> IMAP4:
    if account.security == "tls":
        context = ssl.create_default_context()  # without one imaplib would not check the certificate
        return IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=account.timeout_seconds)
    return IMAP4(account.host, account.port, timeout=account.timeout_seconds)


def _prepare_moving(session: IMAP4, folder: str) -> None:
    # Asked again: many a server tells only after the login.
    if b"MOVE" not in b" ".join(_answered(session.capability())).upper().split():
        raise ValueError("the server does not know MOVE")
    if session.status(_as_sent(folder), "(MESSAGES)")[0] != "OK":
        _answered(session.create(_as_sent(folder)))


def _answered(answer: tuple[str, list[Any]]) -> list[Any]:
    """Return what the server answered, or raise its words when that is not OK."""
    status, data = answer
    if status != "OK":
        raise IMAP4.error(b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace"))
    return data


def _as_sent(folder: str) -> str:
    """Quote the name of a folder, its letters beyond ASCII in IMAP's own kind of UTF-7."""

    def shifted(run: re.Match[str]) -> str:
        encoded = b64encode(run[0].encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
        return f"&{encoded}-"

    name = re.sub(r"[^ -~]+", shifted, folder.replace("&", "&-"))
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextmanager
def _told(account: Account, what: str, advice: str) -> Iterator[None]:
    """Turn what goes wrong into one sentence on server and reason, and one of advice; neither holds the password."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        trust = "Have the authority that signed it trusted on this machine, or check the host's name"
        raise MailboxError(f"{account.server} is not trusted: {error.verify_message}. {trust}.") from error
    except _TROUBLE as error:
        raise MailboxError(f"{account.server}: {what}: {str(error).rstrip('.')}. {advice}.") from error
