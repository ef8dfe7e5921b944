"""Opening a mailbox by its URL: a Maildir on this machine, or a folder on an IMAP server.

Not called ``mailbox``, which is a module of Python's own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pmf.connector.imap import Account, Security, open_imap
from pmf.connector.maildir import open_maildir
from pmf.connector.message import Mailbox, MailboxError, RefusedMessage

__all__ = ["Mailbox", "MailboxError", "RefusedMessage", "account_from_url", "open_mailbox"]

_USUAL_PORTS: dict[Security, int] = {"none": 143, "starttls": 143, "tls": 993}
_FORM = (
    "A mailbox's URL must be like maildir:///srv/pmf/mail, imaps://user:password@imap.example.org/INBOX?done=Processed, "
    "imap://… (STARTTLS) or, on this machine alone, imap://…?security=none; special characters in its parts as %40"
)


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """Open the mailbox at ``maildir:///path``, ``imaps://user:password@host:port/folder?done=folder`` or ``imap://…``.

    A Maildir is made where there is none, and so is the folder that read messages are moved to. IMAP is read over TLS or
    STARTTLS with the certificate checked; ``imap://…?security=none`` reaches this machine only. A run that is killed
    between keeping a message and ``done`` sees it again, so callers tell by a hash of the bytes what they have already.

    Raises:
        MailboxError: when the URL is none of these, or the mailbox cannot be opened; the message never holds the password.
    """
    parts, path = _split(url)
    if parts.scheme == "maildir":
        if parts.netloc or parts.query or not path.startswith("/"):
            raise MailboxError(f"{_FORM}.")
        yield open_maildir(Path(path))
    else:
        with open_imap(account_from_url(url)) as mailbox:
            yield mailbox


def account_from_url(url: str) -> Account:
    """Read the URL of an IMAP mailbox: folder ``INBOX`` and the usual port unless it names others.

    Raises:
        MailboxError: when it says something else, or would send a password in the clear to another machine.
    """
    parts, path = _split(url)
    try:
        port, options = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise MailboxError(f"{_FORM}.") from None  # its own words would show a part of the URL
    folder, done = path.removeprefix("/") or "INBOX", options.pop("done", [""])
    is_plain = options == {"security": ["none"]} and parts.scheme == "imap"
    if (
        parts.scheme not in ("imap", "imaps")
        or not (parts.hostname and parts.username and parts.password)
        or (options and not is_plain)
        or len(done) > 1
    ):
        raise MailboxError(f"{_FORM}.")
    if is_plain and not _is_this_machine(parts.hostname):
        raise MailboxError(f"{parts.hostname} is another machine: a password is only sent there over TLS. Leave out security=none.")
    if done[0].casefold() == folder.casefold():
        raise MailboxError(f"{parts.hostname}: read messages cannot be moved into {folder}, where they come from. Name another folder.")
    security: Security = "none" if is_plain else "starttls" if parts.scheme == "imap" else "tls"
    return Account(
        host=parts.hostname,
        port=port or _USUAL_PORTS[security],
        security=security,
        username=unquote(parts.username),
        password=unquote(parts.password),
        folder=folder,
        done_folder=done[0] or None,
    )


def _split(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MailboxError(f"{_FORM}.") from None  # its own words may repeat the password
    if parts.fragment:  # a # that was meant to be part of a name or a password
        raise MailboxError(f"{_FORM}.")
    return parts, unquote(parts.path)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
