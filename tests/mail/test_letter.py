"""From a letter to the bytes that are sent."""

from __future__ import annotations

import email
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pmf.mail import Attachment, Letter, as_sent, compose, queue_rows

lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=30)


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def parsed(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes(as_sent(letter), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_message_has_what_a_mail_program_needs(letter: Callable[..., Letter]) -> None:
    """Text, the same as HTML, the form attached, and headers that keep out-of-office assistants quiet."""
    message = parsed(letter())
    assert body(message) == letter().text
    assert body(message, "html") == letter().html
    assert [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()] == [
        ("anglia-2024-09-housing.xlsx", "application/octet-stream", letter().attachments[0].content)
    ]
    assert message["From"] == "Performance team <performance@anglia.example.org>"
    assert message["To"] == "Head of Housing <head.of.housing@anglia.example.org>"
    assert message["Date"] == "Tue, 01 Oct 2024 08:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == letter().message_id


def test_the_same_letter_gives_the_same_bytes(letter: Callable[..., Letter]) -> None:
    """Composing again, in another process and from another time zone, changes no byte."""
    local = letter(sent_at=letter().sent_at.astimezone(timezone(timedelta(hours=1))))
    program = f"import datetime, sys; from pmf.mail import *; sys.stdout.buffer.write(as_sent({letter()!r}))"
    elsewhere = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, env={"TZ": "America/New_York", "PYTHONHASHSEED": "1"}
    )
    assert as_sent(letter()) == as_sent(local) == elsewhere.stdout


def test_a_message_goes_through_any_server(letter: Callable[..., Letter]) -> None:
    """Every line is ASCII, ends in CR LF and is short enough for RFC 5321, whatever the text."""
    content = as_sent(letter(text="£" * 3000 + "\n", subject="–" * 300, attachments=()))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=lines, title=words, text=st.lists(lines), name=words, content=st.binary(max_size=200))
def test_what_is_written_is_what_is_read(
    letter: Callable[..., Letter], subject: str, title: str, text: list[str], name: str, content: bytes
) -> None:
    """Any character an officer may type arrives as it was typed, in subject, text, title and file name."""
    written = "".join(f"{line}\n" for line in text)
    message = parsed(letter(subject=subject, recipient_title=title, text=written, attachments=(Attachment(name, content, "pdf"),)))
    attached = next(message.iter_attachments())
    assert body(message) == (written or "\n")
    assert message["Subject"].strip() == subject.strip()
    assert message["To"].addresses[0].display_name == title
    assert (attached.get_filename(), attached.get_content()) == (name, content)


@pytest.mark.parametrize("boundary", ["=_pmf_0_", "--=_pmf_0_"])
def test_no_text_can_break_out_of_its_part(letter: Callable[..., Letter], boundary: str) -> None:
    """A comment that holds the very line that separates the parts is still only text."""
    text = f"before\n{boundary}{letter().identity}\nContent-Type: text/html\n\n<script>\n--{boundary}{letter().identity}--\n"
    message = parsed(letter(text=text, html=text))
    assert body(message) == text
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/octet-stream",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Return the form\r\nBcc: everybody@example.org"},
        {"recipient_title": "Head of Housing\nBcc: everybody@example.org"},
        {"recipient": "a@example.org\r\nBcc: everybody@example.org"},
        {"recipient": "a@example.org, b@example.org"},
        {"recipient": "nobody"},
        {"recipient": "jürgen@example.org"},
        {"sender": ""},
    ],
)
def test_a_header_cannot_be_smuggled_in(letter: Callable[..., Letter], changes: dict[str, str]) -> None:
    """Line breaks in headers, two addresses in one and what is no address are refused."""
    with pytest.raises(ValueError, match=r"is no e-mail address|linefeed or carriage return|cannot contain CR or LF"):
        compose(letter(**changes))


def test_five_things_make_a_letter(letter: Callable[..., Letter]) -> None:
    """Organisation, event, subject of the event, recipient and version make the Message-ID; wording, time and titles do not."""
    same = [letter(text="other"), letter(subject="other"), letter(sent_at=datetime(2025, 1, 1, tzinfo=UTC)), letter(sender_title="x")]
    others = [
        letter(organisation="x"),
        letter(event="x"),
        letter(event_subject="x"),
        letter(recipient="x@example.org"),
        letter(version="2"),
        letter(event="requesthousing", event_subject=""),
    ]
    assert {item.message_id for item in same} == {letter().message_id}
    assert len({item.message_id for item in [letter(), *others]}) == 7


def test_letters_become_rows_of_the_queue(letter: Callable[..., Letter]) -> None:
    """A row holds the whole message as it will be sent, waits as queued and comes in the order of its Message-ID."""
    letters = [letter(event_subject=str(number)) for number in range(5)]
    rows = queue_rows(letters[::-1])
    assert rows == queue_rows(letters)
    assert [item["message_id"] for item in rows] == sorted(item.message_id for item in letters)
    by_id = {item.message_id: item for item in letters}
    assert all(item["content"] == as_sent(by_id[item["message_id"]]) for item in rows)
    assert {(item["state"], item["attempts"], item["last_error"]) for item in rows} == {("queued", 0, None)}
