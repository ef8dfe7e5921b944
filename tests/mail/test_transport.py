"""The Maildir, and choosing a transport."""

from __future__ import annotations

import mailbox
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pmf.mail import Letter, MaildirTransport, SmtpTransport, as_sent, smtp_transport_from_url, transport_for
from pmf.mail.transport import UnreachableError
from pmf.settings import Settings

USUAL = {"host": "mail.example.org", "port": 587, "security": "starttls", "username": None, "password": None}


def deliver(letter: Letter, path: Path) -> None:
    MaildirTransport(path).deliver(as_sent(letter), message_id=letter.message_id, recipient=letter.recipient)


def test_a_maildir_can_be_opened_by_a_mail_program(letter: Callable[..., Letter], tmp_path: Path) -> None:
    """Python's own Maildir reader finds the message, unread, with its headers."""
    deliver(letter(), tmp_path / "mail")
    messages = list(mailbox.Maildir(tmp_path / "mail", create=False))
    assert [(message["Message-ID"], message.get_subdir()) for message in messages] == [(letter().message_id, "new")]


def test_delivering_again_changes_nothing(letter: Callable[..., Letter], tmp_path: Path) -> None:
    """A message delivered twice is one file with one time, also when it has been read in between."""
    deliver(letter(), tmp_path)
    (path,) = (tmp_path / "new").iterdir()
    before = path.stat()
    deliver(letter(), tmp_path)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    path.rename(tmp_path / "cur" / f"{path.name}:2,S")
    deliver(letter(), tmp_path)
    assert os.listdir(tmp_path / "new") == []  # noqa: PTH208
    assert not list((tmp_path / "tmp").iterdir())


def test_a_half_written_message_is_written_anew(letter: Callable[..., Letter], tmp_path: Path) -> None:
    """What a killed process left in ``tmp`` is never seen as mail and is gone after the next delivery."""
    deliver(letter(), tmp_path)
    (path,) = (tmp_path / "new").iterdir()
    path.rename(tmp_path / "tmp" / path.name)
    (tmp_path / "tmp" / path.name).write_bytes(as_sent(letter())[:100] + b"x" * 10_000)
    deliver(letter(), tmp_path)
    assert path.read_bytes() == as_sent(letter())
    assert not list((tmp_path / "tmp").iterdir())


def test_a_message_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    """Only letters, digits and a few signs of a Message-ID reach the file's name."""
    MaildirTransport(tmp_path / "mail").deliver(b"x", message_id="<../../../out/of here\n@x>", recipient="a@example.org")
    assert [path.name for path in (tmp_path / "mail" / "new").iterdir()] == ["......outofhere@x.eml"]


def test_a_maildir_that_cannot_be_written_is_unreachable(letter: Callable[..., Letter], tmp_path: Path) -> None:
    """A disk problem keeps the message queued and says where it is."""
    (tmp_path / "mail").write_text("a file in the way")
    with pytest.raises(UnreachableError, match=r"cannot write into .*mail: "):
        deliver(letter(), tmp_path / "mail")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", {}),
        ("smtp://pmf:p%40ss%2Fword@mail.example.org:2525", {"port": 2525, "username": "pmf", "password": "p@ss/word"}),
        ("smtps://pmf@mail.example.org", {"port": 465, "security": "tls", "username": "pmf"}),
        ("smtp://mail.example.org?security=none", {"port": 25, "security": "none"}),
    ],
)
def test_a_url_says_how_to_send(url: str, expected: dict[str, object]) -> None:
    """STARTTLS is what is meant unless the URL says otherwise."""
    assert smtp_transport_from_url(url) == SmtpTransport(**USUAL | expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://u:secret@x.example.org?security=maybe",
        "smtp://x.example.org?tls=1",
    ],
)
def test_a_url_that_says_something_else_is_refused(url: str) -> None:
    """A misspelt URL is an error with the right form in it, not mail sent in the clear, and shows no password."""
    with pytest.raises(ValueError, match="PMF_SMTP_URL must be like smtp://") as error:
        smtp_transport_from_url(url)
    assert "secret" not in str(error.value)


def test_a_password_is_never_sent_in_the_clear() -> None:
    """A user without TLS is refused before anything is sent."""
    with pytest.raises(ValueError, match="only be sent over TLS"):
        smtp_transport_from_url("smtp://u:secret@mail.example.org?security=none")


def test_a_password_is_never_printed() -> None:
    """A transport in a log or traceback does not show its password."""
    assert "secret" not in repr(smtp_transport_from_url("smtp://u:secret@mail.example.org"))


def test_the_settings_choose_the_transport(settings: Settings) -> None:
    """Without an SMTP server mail goes into the Maildir under the home folder."""
    assert transport_for(settings) == MaildirTransport(settings.mail)
    assert transport_for(replace(settings, smtp_url="smtp://mail.example.org")) == smtp_transport_from_url("smtp://mail.example.org")


@pytest.mark.parametrize("password", ["se#cret", "sec/ret:1", "secret\u2100"])
def test_a_url_that_cannot_be_read_does_not_show_its_password(password: str) -> None:
    """A password with a character a URL cannot hold is refused with the right form, and no part of it is printed."""
    with pytest.raises(ValueError, match="must be like") as refused:
        smtp_transport_from_url(f"smtp://user:{password}@mail.example.org:587")
    assert "sec" not in str(refused.value).replace("security", "")
    assert refused.value.__cause__ is None
