"""Transports: how a message leaves. Into a Maildir, which needs no server, or to an SMTP server.

A transport delivers one message or raises one of three errors, which say what may become of it. It keeps no state and
does not try again; that is the queue's business.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pmf.settings import Settings

Security = Literal["none", "starttls", "tls"]
_USUAL_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}
_TOO_LARGE = 552


class DeliveryError(Exception):
    """The message could not be delivered now; trying again later may do."""


class RefusedError(DeliveryError):
    """The server refuses this message or its recipient for good."""


class UnreachableError(DeliveryError):
    """Nothing can be delivered now: no server, no agreement on security or password, no room on the disk."""


class Transport(Protocol):
    """Takes messages away."""

    def deliver(self, content: bytes, *, message_id: str, recipient: str) -> None:
        """Deliver the message to the recipient, once it returns for good.

        Raises:
            DeliveryError: in one of its kinds, when it is not delivered.
        """


@dataclass(frozen=True)
class MaildirTransport:
    """Puts messages into a Maildir: an outbox that any mail program, or a person, can open.

    A message's file is named after its Message-ID, so that delivering it again changes no byte.
    """

    path: Path

    def deliver(self, content: bytes, *, message_id: str, recipient: str) -> None:  # noqa: ARG002 - one folder for all
        """Write the message, safe on disk, and move it into ``new`` unless it lies there or, read, in ``cur``."""
        name = re.sub(r"[^\w@.-]", "", message_id, flags=re.ASCII) + ".eml"
        try:
            for folder in ("tmp", "new", "cur"):
                (self.path / folder).mkdir(parents=True, exist_ok=True)
            if (self.path / "new" / name).exists() or any((self.path / "cur").glob(f"{name}*")):
                return
            self._write(name, content)
        except OSError as error:
            raise UnreachableError(f"cannot write into {self.path}: {error.strerror}") from error

    def _write(self, name: str, content: bytes) -> None:
        # The same name on every attempt: what a killed one left half-written is written over.
        temporary = self.path / "tmp" / name
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path / "new" / name)
        folder = os.open(self.path / "new", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True, kw_only=True)
class SmtpTransport:
    """Sends through an SMTP server, whose certificate is checked; ``none`` is for a relay on the same machine or network.

    ``timeout_seconds`` bounds every single wait for the server.
    """

    host: str
    port: int
    security: Security = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20

    def __post_init__(self) -> None:
        """Refuse to send a password in the clear."""
        if self.username and self.security == "none":
            raise ValueError("a password may only be sent over TLS: leave out security=none or the user")

    def deliver(self, content: bytes, *, message_id: str, recipient: str) -> None:  # noqa: ARG002 - it is in the content
        """Send the message in a session of its own."""
        sender = BytesHeaderParser(policy=SMTP).parsebytes(content)["From"].addresses[0].addr_spec
        with self._session() as server:
            try:
                server.sendmail(sender, [recipient], content)
            except smtplib.SMTPRecipientsRefused as error:
                raise _answered(*error.recipients[recipient]) from error
            except smtplib.SMTPSenderRefused as error:
                kind = RefusedError if error.smtp_code == _TOO_LARGE else DeliveryError
                raise kind(f"the server does not take it from {sender}: {_said(error.smtp_code, error.smtp_error)}") from error
            except smtplib.SMTPDataError as error:
                raise _answered(error.smtp_code, error.smtp_error) from error
            except (smtplib.SMTPException, OSError) as error:
                raise DeliveryError(f"the connection was lost, perhaps after the server had taken the message: {error}") from error

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        try:
            server = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(f"no session with {self.host}:{self.port} ({self.security}): {error}") from error
        try:
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):  # the message has its answer; how we part does not matter
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.username:
                server.login(self.username, self.password or "")
        except BaseException:
            server.close()
            raise
        return server


def transport_for(settings: Settings) -> Transport:
    """Choose the transport of this installation: its SMTP server, else the Maildir under its home."""
    return smtp_transport_from_url(settings.smtp_url) if settings.smtp_url else MaildirTransport(settings.mail)


_URL_FORM = (
    "PMF_SMTP_URL must be like smtp://user:password@mail.example.org:587, smtps://… or smtp://localhost?security=none; "
    "special characters in user and password as %40"
)


def smtp_transport_from_url(url: str) -> SmtpTransport:
    """Read ``smtp://user:password@host:port`` (STARTTLS), ``smtps://…`` (TLS from the first byte) or ``smtp://…?security=none``.

    User, password and port may be left out; special characters in them are percent-encoded.

    Raises:
        ValueError: when it is none of these; the message does not repeat the password.
    """
    try:
        parts = urlsplit(url)
        options, port = parse_qs(parts.query), parts.port
    except ValueError:
        raise ValueError(_URL_FORM) from None  # its own words would show a part of the URL
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or options not in ({}, {"security": ["none"]}):
        raise ValueError(_URL_FORM)
    security: Security = "tls" if parts.scheme == "smtps" else "none" if options else "starttls"
    return SmtpTransport(
        host=parts.hostname,
        port=port or _USUAL_PORTS[security],
        security=security,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _answered(code: int, text: bytes | str) -> DeliveryError:
    """Turn the server's answer into an error: 5xx is for good, 4xx for now."""
    return (RefusedError if code >= 500 else DeliveryError)(_said(code, text))


def _said(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"
