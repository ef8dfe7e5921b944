"""A letter and the message it becomes: the same letter gives the same bytes, whoever composes it and when."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

# Reserved (RFC 2606). The sender's own domain would do, but a change of it must not make an old letter a new one.
_MESSAGE_ID_DOMAIN = "pmf.example.org"
# In quoted-printable an "=" is always followed by a hexadecimal digit or the end of the line, so no text holds this.
_BOUNDARY = "=_pmf_{number}_{identity}"
# The longest line RFC 5322 allows. Folding shorter, Python 3.11 loses and adds spaces between words that are not ASCII.
_UNFOLDED = SMTP.clone(max_line_length=998)
# What the register accepts, less the characters that would need quoting in a header.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+", re.ASCII)


# What follows "application/" in the media types of an Excel workbook, a Word file and a PDF.
XLSX_SUBTYPE = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX_SUBTYPE = "vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_SUBTYPE = "pdf"


@dataclass(frozen=True)
class Attachment:
    """A file sent along: ``subtype`` is what follows ``application/`` in its media type."""

    name: str
    content: bytes
    subtype: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one post.

    Organisation, event, subject of the event, recipient and version make it a letter of its own: whoever gets the
    same five again gets the same Message-ID. ``sent_at`` is the business clock of the run.
    """

    organisation: str
    period: str
    event: str
    event_subject: str
    version: str
    recipient: str
    recipient_title: str
    sender: str
    sender_title: str
    subject: str
    text: str
    html: str
    sent_at: datetime
    attachments: tuple[Attachment, ...] = ()

    @property
    def identity(self) -> str:
        """Name the letter by what makes it one, in 40 hexadecimal digits."""
        parts = (self.organisation, self.event, self.event_subject, self.recipient, self.version)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]

    @property
    def message_id(self) -> str:
        """Name the message for mail programs."""
        return f"<{self.identity}@{_MESSAGE_ID_DOMAIN}>"


def compose(letter: Letter) -> EmailMessage:
    """Write the letter as a message: plain text, the same in HTML, and the attachments.

    Raises:
        ValueError: when an address is none, or a header would break into two.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(letter.sender_title, letter.sender)
    message["To"] = _address(letter.recipient_title, letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = letter.sent_at.astimezone(UTC)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # asks out-of-office assistants not to answer (RFC 3834)
    message["Content-Language"] = "en-GB"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for attachment in letter.attachments:
        message.add_attachment(attachment.content, maintype="application", subtype=attachment.subtype, filename=attachment.name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(_BOUNDARY.format(number=number, identity=letter.identity))
    return message


def as_sent(letter: Letter) -> bytes:
    """Write the letter's message as the bytes that are sent."""
    return compose(letter).as_bytes(policy=_UNFOLDED)


def _address(title: str, address: str) -> Address:
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r}, the address of {title!r}, is no e-mail address")
    return Address(title, addr_spec=address)
