"""From the raw bytes of a message to what matters of it: who sent it, when, and which files came with it.

Messages come from anybody, so every header and name is bounded and cleaned, and what cannot be read is a problem to tell
the sender, never an exception and never silence. Whether a file is a return does not belong here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import (
    CloseBoundaryNotFoundDefect,
    HeaderParseError,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
)
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

MOST_FILES = 20
MOST_NESTED = 5
_HEAD_BYTES = 64 * 1024
_HEADER_CHARACTERS = 3_000
_NAME_CHARACTERS = 200
# The parser asks of every line whether it is one of the boundaries: with more of both it would take minutes.
_MOST_LINES = 500_000
_MOST_BOUNDARIES = 20

ProblemCode = Literal[
    "unreadable_message", "damaged_message", "damaged_attachment", "sealed_attachment", "too_many_attachments", "nested_too_deep"
]
_AGAIN = "Send the file again in a new message."
_ALONE = "Save the file and attach it to a new message."
_SHEET_NAME = re.compile(r"\.(xlsx|xlsm|xltx|xlsb|xls|ods|csv|tsv)$", re.IGNORECASE)
_SHEET_TYPES = {"text/csv", "text/tab-separated-values", "application/csv", "application/vnd.ms-excel"}
_SHEET_FAMILIES = ("application/vnd.openxmlformats-officedocument.spreadsheetml", "application/vnd.oasis.opendocument.spreadsheet")
# What mail programs add: signatures, business cards, invitations, the footers of mailing lists.
_TRIMMING_NAME = re.compile(r"\.(p7s|asc|sig|vcf|ics)$|^ATT\d+\.(txt|html?)$", re.IGNORECASE)
_SEALED_NAME = re.compile(r"^(winmail\.dat|smime\.p7m)$", re.IGNORECASE)
_SEALED_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_ENCODINGS = {"", "7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode", "uuencode", "uue", "x-uue"}
_DAMAGED = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect, InvalidBase64PaddingDefect)
_AUTOMATIC_PRECEDENCE = {"bulk", "list", "junk", "auto_reply"}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
# In a From header: quoted and encoded names, and comments.
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|=\?[^?\s]*\?[^?\s]*\?[^?\s]*\?=|\([^()]*\)')
_UNSEEN = {"Cc", "Cf", "Cs"}


class AttachedFile(NamedTuple):
    """A file that came with a message, under a name without folders that is safe to show, not to open."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class MailProblem:
    """What of a message was not read: ``code`` for the record, ``message`` and ``fix`` for its sender."""

    code: ProblemCode
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What matters of a message.

    ``sender`` is the one address of the From header in lower case, None: there is none, or more than one. Anybody can
    write anything there. ``message_id`` and ``sent_at`` (in UTC) are None where the message gives none that can be read.
    ``is_automatic`` messages must not be answered, or two machines write to each other for ever. ``ignored`` names what
    came along and is no return: pictures, signatures, business cards.
    """

    message_id: str | None = None
    sender: str | None = None
    subject: str = ""
    is_automatic: bool = False
    sent_at: datetime | None = None
    attachments: tuple[AttachedFile, ...] = ()
    ignored: tuple[str, ...] = ()
    problems: tuple[MailProblem, ...] = ()


def read_message(content: bytes) -> Incoming:
    """Read a message, whatever it is: bytes that are no message have no sender and no files.

    Files are the parts that are attached, named or of a spreadsheet's type, at most 20, those of forwarded messages too,
    five deep. What was not read is in ``problems``.
    """
    message, found = _parsed(content), _Found()
    if message is None:
        message = _parsed(content[:_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0], headers_only=True) or Message()
        found.problem("unreadable_message", "The message is not built as e-mail is.", _AGAIN)
    else:
        found.look_into(message)
    return Incoming(
        message_id=_clean(_first(message, "Message-ID")) or None,
        sender=_sender(_all(message, "From")),
        subject=_clean(_decoded(_first(message, "Subject"))),
        is_automatic=_is_automatic(message),
        sent_at=_sent_at(_first(message, "Date")),
        attachments=tuple(found.files),
        ignored=tuple(found.ignored),
        problems=tuple(found.problems),
    )


@dataclass
class _Found:
    """What looking into a message has brought to light so far."""

    files: list[AttachedFile] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    problems: list[MailProblem] = field(default_factory=list)

    def problem(self, code: ProblemCode, message: str, fix: str) -> None:
        """Note what is not read, once."""
        if (problem := MailProblem(code, message, fix)) not in self.problems:
            self.problems.append(problem)

    def look_into(self, part: Message, *, nested: int = 0, is_cut: bool = False) -> None:
        """Look through a part and the parts in it. Cut: the end of the message is missing, and this is its last part."""
        kind = part.get_content_type()
        if not part.is_multipart():
            if part.get_content_maintype() == "multipart":
                self.problem("damaged_message", "The parts of the message cannot be told apart.", _AGAIN)
            else:
                self._take(part, is_cut=is_cut)
            return
        if kind == "message/rfc822" and _encoding(part) == "base64":  # against RFC 2046, and the parser does not unpack it
            self.problem("sealed_attachment", "A forwarded message is packed so that it cannot be read.", _ALONE)
            return
        nested += kind == "message/rfc822"
        if nested > MOST_NESTED:
            self.problem("nested_too_deep", f"Messages forwarded within messages are read {MOST_NESTED} deep.", _ALONE)
            return
        is_cut = is_cut or any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in part.defects)
        inner = [item for item in part.get_payload() if isinstance(item, Message)]
        for number, item in enumerate(inner, start=1):
            self.look_into(item, nested=nested, is_cut=is_cut and number == len(inner))

    def _take(self, part: Message, *, is_cut: bool) -> None:
        kind, name = part.get_content_type(), _file_name(part)
        is_sheet = kind in _SHEET_TYPES or kind.startswith(_SHEET_FAMILIES) or bool(name and _SHEET_NAME.search(name))
        is_picture = part.get_content_maintype() == "image"
        shown = name or "unnamed"
        if is_cut:
            self.problem("damaged_message", "The message was cut short on its way; what its end held is missing.", _AGAIN)
        elif kind in _SEALED_TYPES or _SEALED_NAME.search(shown):
            fix = "Send the file from a program that attaches it as it is: in Outlook, choose the format HTML or plain text."
            self.problem("sealed_attachment", f"{shown} is packed so that only Outlook or its recipient can open it.", fix)
        elif not is_sheet and (is_picture or _TRIMMING_NAME.search(shown)):
            self.ignored.append(shown)
        elif name or is_sheet or part.get_content_disposition() == "attachment":
            self._keep(part, shown)

    def _keep(self, part: Message, name: str) -> None:
        if len(self.files) == MOST_FILES:
            fix = "Send the other files in a second message."
            self.problem("too_many_attachments", f"Of one message {MOST_FILES} files are read; this one has more.", fix)
            return
        content = part.get_payload(decode=True)
        if (
            _encoding(part) not in _ENCODINGS
            or not isinstance(content, bytes)
            or any(isinstance(defect, _DAMAGED) for defect in part.defects)
        ):
            self.problem("damaged_attachment", f"{name} was damaged on its way.", _AGAIN)
        else:
            self.files.append(AttachedFile(name, content))


class _Bounded(Compat32):
    """Python's most forgiving way to parse, with headers that are text of a bounded length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Take a header as UTF-8, or byte by byte where it is something else, and leave off what is endless."""
        name, value = super().header_source_parse(sourcelines)
        raw = value[:_HEADER_CHARACTERS].strip().encode("ascii", "surrogateescape")
        return name, _characters(raw, "utf-8")


def _parsed(content: bytes, *, headers_only: bool = False) -> Message | None:
    """Parse a message; None: it is built to break or to delay the parser."""
    lines = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    if max(lines, lines * content.lower().count(b"boundary") // _MOST_BOUNDARIES) > _MOST_LINES:
        return None
    try:
        return BytesParser(policy=_Bounded()).parsebytes(content, headersonly=headers_only)
    # What it is known to raise on parameters that contradict each other, on numbers of thousands of digits and on parts in
    # parts in parts.
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
        return None


def _all(message: Message, name: str) -> list[str]:
    return [str(value) for value in message.get_all(name, [])]


def _first(message: Message, name: str) -> str:
    return next(iter(_all(message, name)), "")


def _encoding(part: Message) -> str:
    return _first(part, "Content-Transfer-Encoding").lower()


def _sender(headers: Sequence[str]) -> str | None:
    if len(headers) != 1:
        return None
    written = _ASIDE.sub("", " ".join(headers[0].split())).strip()
    found = re.fullmatch(r"[^<>,;]*<([^<>]*)>|([^<>,;]*)", written)
    address = (found[1] or found[2] or "").strip() if found else ""
    return address.lower() if _ADDRESS.fullmatch(address) else None


def _is_automatic(message: Message) -> bool:
    """Tell whether a machine wrote the message, by what RFC 3834, Exchange and mailing lists put into the header."""
    return (
        any(value.partition(";")[0].strip().lower() != "no" for value in _all(message, "Auto-Submitted"))
        or any(value.lower() != "none" for value in _all(message, "X-Auto-Response-Suppress"))
        or any(value.lower() in _AUTOMATIC_PRECEDENCE for value in _all(message, "Precedence"))
        or any("".join(value.split()) == "<>" for value in _all(message, "Return-Path"))
        or message.get_content_type() == "multipart/report"
    )


def _sent_at(header: str) -> datetime | None:
    try:
        written = parsedate_to_datetime(header)
        # A time "-0000" is UTC of an unknown place.
        return (written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None


def _file_name(part: Message) -> str | None:
    """Read the name a part gives its file, without folders; None: it gives none."""
    try:
        given = part.get_filename()
    except (TypeError, ValueError, LookupError):  # parameters that contradict each other
        return "unnamed"
    if not given:
        return None
    name = _clean(_decoded(given)).replace("\\", "/").rpartition("/")[2]
    return name[-_NAME_CHARACTERS:].strip(" .") or "unnamed"


def _decoded(value: str) -> str:
    """Decode the encoded words of RFC 2047."""
    try:
        words = decode_header(value)
    except HeaderParseError:
        return value
    return "".join(word if isinstance(word, str) else _characters(word, charset or "raw-unicode-escape") for word, charset in words)


def _characters(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset)
    except (LookupError, ValueError):
        return raw.decode("latin-1")


def _clean(text: str) -> str:
    """Put text on one line, without characters that are not seen or that turn its direction, its accents composed."""
    seen = (character for character in " ".join(text.split()) if unicodedata.category(character) not in _UNSEEN)
    return unicodedata.normalize("NFC", "".join(seen))
