"""Mailboxes: real Maildirs, and a real IMAP server on the loopback."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

from connector.imap_server import PASSWORD, ImapServer, cut_after, find_program, free_port, make_certificate
from pmf.connector.imap import Account, Security, open_imap
from pmf.connector.letterbox import Mailbox, MailboxError, RefusedMessage, account_from_url, open_mailbox
from pmf.connector.message import MESSAGE_BYTES
from pmf.mail.incoming import read_message
from processes import at_once

UNTRUSTED = r"^127\.0\.0\.1:\d+ is not trusted: "
NAME = "Rückgabe – Wohnen £.xlsx"


@cache
def letter(number: int) -> bytes:
    """Write a message as it goes over the line."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = f"post{number}@example.org", f"Rückgabe {number}"
    message.set_content("Here it is.")
    message.add_attachment(bytes([number % 256]) * 2000, maintype="application", subtype="octet-stream", filename=NAME)
    message.set_boundary("boundary")
    return bytes(message)


def contents(mailbox: Mailbox) -> list[bytes | RefusedMessage]:
    return [content for _, content in mailbox.unread()]


def take(mailbox: Mailbox, taken: list[bytes]) -> None:
    """Keep every message, then mark it as done, as a run does."""
    for key, content in mailbox.unread():
        assert isinstance(content, bytes)
        taken.append(content)
        mailbox.done(key)


class Maildrop:
    """A Maildir and who delivers into it."""

    def __init__(self, path: Path) -> None:
        self.path, self.url = path, f"maildir://{quote(str(path))}"

    def deliver(self, *messages: bytes) -> None:
        with open_mailbox(self.url):
            for message in messages:
                number = len(list(self.path.rglob("*.host*")))
                # Names fall while times rise: the time is what counts.
                path = self.path / "new" / f"{9999 - number}.{os.getpid()}.host"
                path.write_bytes(message)
                os.utime(path, (number, number))


@pytest.fixture
def maildrop(tmp_path: Path) -> Maildrop:
    """A Maildir that does not exist yet, under a name that a URL must quote."""
    return Maildrop(tmp_path / "Post für uns #1?")


@pytest.fixture(scope="module")
def dovecot() -> str:
    """The IMAP server's program."""
    return find_program() or pytest.skip("no Dovecot (Debian: apt-get install dovecot-imapd)")


@contextmanager
def running(program: str, settings: str = "") -> Iterator[ImapServer]:
    try:
        server = ImapServer(program, settings=settings)
    except RuntimeError as error:
        pytest.skip(str(error))
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="module")
def shared_server(dovecot: str) -> Iterator[ImapServer]:
    """A real IMAP server for all tests that leave it as it is."""
    with running(dovecot) as server:
        yield server


@pytest.fixture
def server(shared_server: ImapServer) -> ImapServer:
    """A real IMAP server, with a user who has no messages yet."""
    shared_server.change_user()
    return shared_server


@pytest.fixture
def mortal_server(dovecot: str) -> Iterator[ImapServer]:
    """A real IMAP server that a test may kill."""
    with running(dovecot) as server:
        yield server


@pytest.fixture
def trusted(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> ImapServer:
    """The server, with its certificate trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    return server


def url(
    server: ImapServer, scheme: str = "imap", *, port: int | None = None, password: str = PASSWORD, rest: str = "/?security=none"
) -> str:
    usual = server.tls_port if scheme == "imaps" else server.port
    return f"{scheme}://{quote(server.user, safe='')}:{quote(password, safe='')}@127.0.0.1:{port or usual}{rest}"


Post = tuple[str, Callable[..., None]]


@pytest.fixture(
    params=["maildir", pytest.param("imap", marks=pytest.mark.enable_socket), pytest.param("imap, moved", marks=pytest.mark.enable_socket)]
)
def post(request: pytest.FixtureRequest) -> Post:
    """The URL of an empty mailbox of each kind, and how messages are delivered into it."""
    if request.param == "maildir":
        maildrop: Maildrop = request.getfixturevalue("maildrop")
        return maildrop.url, maildrop.deliver
    server: ImapServer = request.getfixturevalue("server")
    return url(server, rest="/INBOX?security=none" + ("&done=Erledigt.2024" if "moved" in request.param else "")), server.deliver


def test_messages_come_oldest_first_with_identical_bytes(post: Post) -> None:
    """What was delivered comes out in that order, byte for byte, and names with umlauts survive to the file."""
    address, deliver = post
    sent = [letter(number) for number in range(5)]
    deliver(*sent)
    with open_mailbox(address) as mailbox:
        received = contents(mailbox)
    assert received == sent
    assert [read_message(message).attachments[0] for message in sent] == [(NAME, bytes([number]) * 2000) for number in range(5)]


def test_looking_changes_nothing_and_done_is_for_good(post: Post) -> None:
    """A message comes until it is done, then never again, in this session or a later one; new ones come."""
    address, deliver = post
    deliver(letter(1), letter(2), letter(3))
    with open_mailbox(address) as mailbox:
        for key, content in mailbox.unread():
            if content == letter(2):
                mailbox.done(key)
                mailbox.done(key)
        assert contents(mailbox) == [letter(1), letter(3)]
    deliver(letter(4))
    with open_mailbox(address) as mailbox:
        assert contents(mailbox) == [letter(1), letter(3), letter(4)]
        assert [content for _, content in mailbox.unread(most=2)] == [letter(1), letter(3)]


def test_a_run_that_breaks_off_sees_again_what_it_had_not_finished(post: Post) -> None:
    """Killed between keeping a message and marking it, the next run gets it again, and all the others."""
    address, deliver = post
    deliver(*map(letter, range(4)))
    kept: list[bytes] = []

    def fail(mailbox: Mailbox) -> None:
        for key, content in mailbox.unread():
            assert isinstance(content, bytes)
            kept.append(content)
            if len(kept) == 3:
                raise KeyboardInterrupt
            mailbox.done(key)

    with pytest.raises(KeyboardInterrupt), open_mailbox(address) as mailbox:
        fail(mailbox)
    with open_mailbox(address) as mailbox:
        take(mailbox, kept)
        assert contents(mailbox) == []
    assert kept == [letter(0), letter(1), letter(2), letter(2), letter(3)]


def test_a_message_that_is_too_large_is_refused_by_name(post: Post) -> None:
    """Over 25 MB nothing is read but the head, which names the sender to tell; the others come, and done works."""
    address, deliver = post
    line = b"x" * 998 + b"\r\n"
    deliver(letter(1), b"From: post2@example.org\r\n\r\n" + line * (MESSAGE_BYTES // len(line) + 1), letter(3))
    with open_mailbox(address) as mailbox:
        first, large, last = mailbox.unread()
        mailbox.done(large[0])
        assert contents(mailbox) == [first[1], last[1]]
    refused = large[1]
    assert isinstance(refused, RefusedMessage)
    assert (refused.code, refused.message) == ("too_large", "The message is larger than 25 MB.")
    assert (read_message(refused.head).sender, len(refused.head)) == ("post2@example.org", 64 * 1024)


def test_an_empty_message_is_a_message(maildrop: Maildrop) -> None:
    """A file without a byte is yielded, not skipped."""
    maildrop.deliver(b"")
    with open_mailbox(maildrop.url) as mailbox:
        assert contents(mailbox) == [b""]


def test_two_hundred_messages_are_read_in_seconds(post: Post) -> None:
    """A month of returns is read and marked in well under a minute."""
    address, deliver = post
    deliver(*map(letter, range(200)))
    taken: list[bytes] = []
    started = time.monotonic()
    with open_mailbox(address) as mailbox:
        take(mailbox, taken)
    assert time.monotonic() - started < 10
    assert taken == [letter(number) for number in range(200)]


def test_readers_at_once_lose_nothing(maildrop: Maildrop) -> None:
    """Four processes empty one Maildir together: every message is seen, and each lies in cur once, flagged as seen."""
    sent = [letter(number) for number in range(100)]
    maildrop.deliver(*sent)

    def read(_number: int) -> list[bytes]:
        taken: list[bytes] = []
        with open_mailbox(maildrop.url) as mailbox:
            take(mailbox, taken)
        return taken

    taken = [message for messages in at_once(read, processes=4) for message in messages]
    assert set(taken) == set(sent)
    assert sorted(path.read_bytes() for path in (maildrop.path / "cur").glob("*:2,S")) == sorted(sent)
    assert list((maildrop.path / "new").iterdir()) == []


def test_what_a_mail_program_only_moved_is_unread(maildrop: Maildrop) -> None:
    """A mail program that opens the Maildir moves messages to cur: unread until flagged as seen, and other flags stay."""
    maildrop.deliver(letter(1), letter(2))
    first, second = sorted((maildrop.path / "new").iterdir(), reverse=True)
    first.rename(maildrop.path / "cur" / f"{first.name}:2,FR")
    second.rename(maildrop.path / "cur" / f"{second.name}:2,S")
    with open_mailbox(maildrop.url) as mailbox:
        ((key, content),) = mailbox.unread()
        mailbox.done(key)
    assert content == letter(1)
    assert {path.name for path in (maildrop.path / "cur").iterdir()} == {f"{first.name}:2,FRS", f"{second.name}:2,S"}


def test_links_and_pipes_in_a_maildir_are_refused(maildrop: Maildrop, tmp_path: Path) -> None:
    """A link is not followed, a pipe is not waited for, a folder is not a message; once done they are out of the way."""
    maildrop.deliver()
    (tmp_path / "secret").write_text("From: root\n\nsecret")
    (maildrop.path / "new" / "1").symlink_to(tmp_path / "secret")
    os.mkfifo(maildrop.path / "new" / "2")
    (maildrop.path / "new" / "3").mkdir()
    (maildrop.path / "new" / ".hidden").write_text("written by a file server for itself")
    with open_mailbox(maildrop.url) as mailbox:
        refused = list(mailbox.unread())
        assert [content.code for _, content in refused if isinstance(content, RefusedMessage)] == ["link", "no_file", "no_file"]
        for key, _ in refused:
            mailbox.done(key)
        assert contents(mailbox) == []
    assert (tmp_path / "secret").exists()


def test_a_message_that_another_reader_has_just_taken_is_left_out(maildrop: Maildrop) -> None:
    """A file that vanishes between listing and reading is neither an error nor an empty message."""
    maildrop.deliver(letter(1), letter(2), letter(3))
    with open_mailbox(maildrop.url) as mine, open_mailbox(maildrop.url) as theirs:
        unread = mine.unread()
        assert next(unread)[1] == letter(1)
        take(theirs, [])
        assert list(unread) == []


def test_a_maildir_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file in its place is an error with the path and what to do; so is a Maildir that vanishes."""
    (tmp_path / "mail").write_text("in the way")
    with (
        pytest.raises(MailboxError, match=r"The Maildir .*/mail cannot be used: .*\. Let the pipeline's user"),
        open_mailbox(f"maildir://{tmp_path}/mail"),
    ):
        pass
    with open_mailbox(f"maildir://{tmp_path}/gone") as mailbox:
        (tmp_path / "gone" / "new").rmdir()
        with pytest.raises(MailboxError, match="No such file"):
            list(mailbox.unread())


@pytest.mark.enable_socket
def test_done_messages_are_moved_and_marked(server: ImapServer) -> None:
    """With done=… the message leaves the inbox for that folder, made when missing, and is seen there, bytes unchanged."""
    server.deliver(letter(1), letter(2))
    with open_mailbox(url(server, rest="/inbox?security=none&done=Gel%C3%B6st%20%26%20gut")) as mailbox:
        mailbox.done(next(iter(mailbox.unread()))[0])
    ((flags, content),) = server.messages("Gel&APY-st &- gut")
    assert (b"\\Seen" in flags, content) == (True, letter(1))
    assert [content for _, content in server.messages()] == [letter(2)]


@pytest.mark.enable_socket
def test_moving_touches_no_other_message(server: ImapServer) -> None:
    """What a person has marked as deleted is not a return, and is still there afterwards."""
    server.deliver(letter(1), letter(2))
    with server.client() as person:
        person.select()
        person.store("1", "+FLAGS", r"(\Deleted)")
    taken: list[bytes] = []
    with open_mailbox(url(server, rest="/?security=none&done=Done")) as mailbox:
        take(mailbox, taken)
    assert taken == [letter(2)]
    assert [content for _, content in server.messages()] == [letter(1)]


@pytest.mark.enable_socket
@pytest.mark.parametrize(("rest", "expected"), [("/?security=none&done=Done", [letter(1)]), ("/?security=none", [])])
def test_what_a_person_opened_first_is_lost_only_without_a_done_folder(server: ImapServer, rest: str, expected: list[bytes]) -> None:
    """With a done folder everything in the inbox is unread; without one, the seen flag is all there is to go by."""
    server.deliver(letter(1))
    with server.client() as person:
        person.select()
        person.fetch("1", "(BODY[])")
    with open_mailbox(url(server, rest=rest)) as mailbox:
        assert contents(mailbox) == expected


@pytest.mark.enable_socket
def test_a_message_that_another_session_has_just_moved_is_left_out(server: ImapServer) -> None:
    """Two runs at once on one account: what the other has moved since we looked is no error, and is marked once."""
    server.deliver(letter(1), letter(2), letter(3))
    address = url(server, rest="/?security=none&done=Done")
    with open_mailbox(address) as mine, open_mailbox(address) as theirs:
        unread = mine.unread()
        key, content = next(unread)
        take(theirs, [])
        mine.done(key)
        assert [content, *(other for _, other in unread)] == [letter(1)]
    assert [content for _, content in server.messages("Done")] == [letter(1), letter(2), letter(3)]


@pytest.mark.enable_socket
def test_a_key_of_a_folder_that_was_numbered_anew_is_refused(server: ImapServer) -> None:
    """Numbers are only good while the server keeps them; after that the message comes again under another."""
    with open_mailbox(url(server)) as mailbox, pytest.raises(MailboxError, match="has numbered its messages anew"):
        mailbox.done("1.1")


@pytest.mark.enable_socket
@pytest.mark.parametrize("finished", range(4))
def test_a_server_that_goes_away_midway_loses_nothing(mortal_server: ImapServer, finished: int) -> None:
    """After any number of messages the server dies: one sentence, and the next run reads exactly what is left."""
    server = mortal_server
    server.deliver(*map(letter, range(4)))
    address, taken = url(server, rest="/?security=none&done=Done"), []

    def work(mailbox: Mailbox) -> None:
        for number, (key, content) in enumerate(mailbox.unread()):
            if number == finished:
                server.kill()
            mailbox.done(key)
            taken.append(content)

    with pytest.raises(MailboxError, match=r"127\.0\.0\.1:\d+: .*Nothing is lost"), open_mailbox(address) as mailbox:
        work(mailbox)
    server.start()
    with open_mailbox(address) as mailbox:
        take(mailbox, taken)  # type: ignore[arg-type]
    assert taken == [letter(number) for number in range(4)]


@pytest.mark.enable_socket
def test_a_connection_cut_at_any_byte_yields_no_half_message(server: ImapServer) -> None:
    """Wherever the line breaks, what came out is whole, and the rest is there for the next run."""
    sent = [letter(number) for number in range(3)]
    server.deliver(*sent)
    complete = 0
    for bytes_back in range(500, 12_000, 700):
        received: list[bytes | RefusedMessage] = []
        with cut_after(server.port, bytes_back=bytes_back) as port:
            try:
                with open_mailbox(url(server, port=port)) as mailbox:
                    received.extend(content for _, content in mailbox.unread())
            except MailboxError as error:
                assert f"127.0.0.1:{port}" in str(error)  # noqa: PT017
            else:
                complete += 1
        assert received == sent[: len(received)]
    assert complete > 0
    with open_mailbox(url(server)) as mailbox:
        assert contents(mailbox) == sent


@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_mail_is_read_encrypted_from_a_server_we_trust(trusted: ImapServer, scheme: str) -> None:
    """With TLS from the first byte or by STARTTLS the certificate is checked and the messages come."""
    trusted.deliver(letter(1))
    with open_mailbox(url(trusted, scheme, rest="")) as mailbox:
        assert contents(mailbox) == [letter(1)]
    assert ", TLS, session" in trusted.log()


@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_certificate_nobody_we_trust_has_signed_gets_no_password(server: ImapServer, scheme: str) -> None:
    """The machine's own list of authorities does not know the server: the session ends before user and password are sent."""
    before = server.log().count("Login: user=")
    with pytest.raises(MailboxError, match=UNTRUSTED + "self-signed certificate"), open_mailbox(url(server, scheme, rest="")):
        pass
    assert server.log().count("Login: user=") == before


@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_certificate_of_another_host_gets_no_password(mortal_server: ImapServer, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate we trust, but for another host, ends the session as well."""
    mortal_server.kill()
    mortal_server.certificate.write_bytes(make_certificate("127.0.0.2"))
    mortal_server.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(mortal_server.certificate))
    with pytest.raises(MailboxError, match=UNTRUSTED + "IP address mismatch"), open_mailbox(url(mortal_server, scheme, rest="")):
        pass


@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_wrong_password_is_said_without_it(trusted: ImapServer, scheme: str) -> None:
    """The sentence names server and user and what to do; the password is in no part of the error."""
    with pytest.raises(MailboxError) as error, open_mailbox(url(trusted, scheme, password="canary-7f3a", rest="")):  # noqa: S106
        pass
    expected = (
        f": {trusted.user} is not let in: [AUTHENTICATIONFAILED] Authentication failed. Check user and password in the mailbox's URL."
    )
    assert str(error.value).endswith(expected)
    assert "canary" not in repr(error.value) + repr(error.value.__cause__)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ("/Nowhere?security=none", ": no folder Nowhere: .*Check the folder in the mailbox's URL"),
        ("/?security=none&done=//x", ": nothing can be moved into //x: .*Name another folder, or none, after done="),
    ],
)
def test_a_folder_that_is_not_there_is_named(server: ImapServer, rest: str, sentence: str) -> None:
    """A misspelt folder is said when the mailbox is opened."""
    with pytest.raises(MailboxError, match=sentence), open_mailbox(url(server, rest=rest)):
        pass


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("settings", "rest", "sentence"),
    [
        ("ssl = no", "", ": no encryption: TLS not supported by server. Check that the server offers STARTTLS, or use imaps://"),
        ("imap_capability = IMAP4rev1", "/?security=none&done=Done", ": nothing can be moved into Done: the server does not know MOVE"),
    ],
)
def test_a_server_that_cannot_do_what_is_asked_is_named(dovecot: str, settings: str, rest: str, sentence: str) -> None:
    """Without STARTTLS no password is sent, and without MOVE no message is copied and deleted instead."""
    with running(dovecot, settings) as server, pytest.raises(MailboxError, match=sentence), open_mailbox(url(server, rest=rest)):
        pass


@pytest.mark.enable_socket
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_host_that_never_answers_is_not_waited_for(security: Security) -> None:
    """A server that takes the connection and stays silent is given up after the timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = int(silent.getsockname()[1])
        account = Account(host="127.0.0.1", port=port, security=security, username="u", password="p", timeout_seconds=0.1)  # noqa: S106
        with pytest.raises(MailboxError, match=f"^127.0.0.1:{port}: no session: .*timed out"), open_imap(account):
            pass


@pytest.mark.enable_socket
def test_a_dead_host_is_said() -> None:
    """Nobody listens: one sentence with host and port, and what happens next."""
    port = free_port()
    sentence = rf"^127\.0\.0\.1:{port}: no session: .*Connection refused\. Check host and port.*the next run tries again\.$"
    with pytest.raises(MailboxError, match=sentence), open_mailbox(f"imaps://u:p@127.0.0.1:{port}"):
        pass


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("imaps://u:p@imap.example.org", {"port": 993, "security": "tls"}),
        ("imaps://u:p@imap.example.org/", {"port": 993, "security": "tls"}),
        ("imap://u:p@imap.example.org:1143/Returns", {"port": 1143, "security": "starttls", "folder": "Returns"}),
        ("imaps://u:p@imap.example.org/INBOX?done=A%2FB%20%C3%BC", {"port": 993, "security": "tls", "done_folder": "A/B ü"}),
        (
            "imaps://a%40b.example:p%23%2F%3A%40@imap.example.org",
            {"port": 993, "security": "tls", "username": "a@b.example", "password": "p#/:@"},
        ),
        ("imap://u:p@localhost/?security=none", {"host": "localhost", "port": 143, "security": "none"}),
        ("imap://u:p@[::1]:143?security=none", {"host": "::1", "port": 143, "security": "none"}),
    ],
)
def test_a_url_says_where_the_mailbox_is(address: str, expected: dict[str, object]) -> None:
    """TLS, or STARTTLS with imap://, is what is meant unless it is this machine and the URL says otherwise."""
    assert account_from_url(address) == Account(**{"host": "imap.example.org", "username": "u", "password": "p"} | expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.org",
        "pop3://u:secret@imap.example.org",
        "imaps://imap.example.org",
        "imaps://u@imap.example.org",
        "imaps://:secret@imap.example.org",
        "imaps://u:secret@",
        "imaps://u:secret@imap.example.org:port",
        "imaps://u:secret#x@imap.example.org",
        "imaps://u:secret/x@imap.example.org",
        "imaps://u:secret@[imap.example.org",
        "imaps://u:secret℀@imap.example.org",
        "imaps://u:secret@imap.example.org/?security=none",
        "imap://u:secret@imap.example.org/?security=maybe",
        "imap://u:secret@imap.example.org/?dome=Done",
        "imap://u:secret@imap.example.org/?done=A&done=B",
        "imap://u:secret@imap.example.org/?done",
        "maildir://srv/mail",
        "maildir:mail",
        "maildir:///srv/mail?done=x",
        "maildir:///srv/mail#1",
        "",
    ],
)
def test_a_url_that_says_something_else_is_refused(address: str) -> None:
    """A misspelt URL is an error with the right form in it, and shows no part of a password."""
    with pytest.raises(MailboxError, match=r"^A mailbox's URL must be like maildir:///.*\.$") as error, open_mailbox(address):
        pass
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize("host", ["imap.example.org", "192.0.2.1", "localhost.example.org"])
def test_a_password_is_never_sent_to_another_machine_in_the_clear(host: str) -> None:
    """Without TLS only this machine is read."""
    with pytest.raises(MailboxError, match="only sent there over TLS") as error, open_mailbox(f"imap://u:secret@{host}/?security=none"):
        pass
    assert "secret" not in str(error.value)


def test_messages_are_not_moved_to_where_they_come_from() -> None:
    """Done messages put back into the inbox would come for ever."""
    with pytest.raises(MailboxError, match="cannot be moved into INBOX"), open_mailbox("imaps://u:p@imap.example.org?done=inbox"):
        pass


def test_a_password_is_never_printed() -> None:
    """An account in a log or traceback does not show its password."""
    assert "secret" not in repr(account_from_url("imaps://u:secret@imap.example.org"))
