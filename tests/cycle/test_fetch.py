"""Returns by e-mail: what is attached comes in as if it lay in the inbox, and every message ends somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from connector.imap_server import PASSWORD, ImapServer, find_program
from cycle.council import SLUG, Council
from cycle.desk import APRIL, MAY, filled, form_of, mail, post_of, send_in, table
from cycle.opened import opened_council
from pmf.cycle.collect import scan_inbox
from pmf.cycle.fetch import Fetched, fetch_mail

HOUR = timedelta(hours=1)
HOLDER, DEPUTY, TEAM = "head-of-libraries", "libraries-performance-officer", "governance-and-performance-team"


@pytest.fixture
def council(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April and May opened; nothing returned."""
    return opened_council(tmp_path_factory, tmp_path / "home")


def in_time(council: Council) -> datetime:
    return council.teller.profile.deadline(APRIL) - HOUR


def fetch(council: Council, at: datetime | None = None) -> Fetched:
    return fetch_mail(SLUG, as_at=at or in_time(council), settings=council.settings)


def recipients(council: Council, event: str) -> set[str]:
    return {letter.recipient for letter in mail(council, event)}


def test_a_form_sent_by_mail_counts_and_remembers_its_sender(council: Council) -> None:
    """The deputy's message brings the return: accepted, from that post, with the message it came in; the mailbox is then empty."""
    send_in(council, f"A Colleague <{post_of(council, DEPUTY).upper()}>", ("libraries.xlsx", filled(council, APRIL, "libraries")))
    fetched = fetch(council)
    assert (fetched.messages, fetched.accepted, fetched.quarantined) == (1, 1, 0)
    (row,) = table(council, "received_file")
    assert (row["sender"], row["period"], row["service_id"], row["is_late"]) == (DEPUTY, APRIL.key, "libraries", False)
    (message,) = table(council, "received_message")
    assert (message["message_hash"], message["sender"], message["outcome"]) == (row["message_hash"], DEPUTY, "taken_in")
    assert {row["sender"] for row in table(council, "observation", source="return")} == {DEPUTY}
    assert fetch(council, in_time(council) + HOUR).messages == 0


def test_what_came_by_mail_and_lies_in_the_folder_counts_once(council: Council) -> None:
    """The same form in both places is one return, whichever is looked at first."""
    content = filled(council, APRIL, "libraries")
    send_in(council, post_of(council, HOLDER), ("libraries.xlsx", content))
    fetch(council)
    folder = council.settings.inbox / SLUG / APRIL.key
    folder.mkdir(parents=True)
    (folder / "copy.xlsx").write_bytes(content)
    assert scan_inbox(SLUG, as_at=in_time(council) + HOUR, settings=council.settings).accepted == 0
    assert len(table(council, "received_file")) == 1


def test_a_message_seen_again_changes_nothing(council: Council) -> None:
    """A run killed before it could mark a message as read meets it again: no row and no letter is new."""
    send_in(council, post_of(council, HOLDER), ("notes.txt", b"no form"), ("libraries.xlsx", filled(council, APRIL, "libraries")))
    fetch(council)
    before = council.state()[0]
    (read,) = (council.settings.home / "mailbox" / SLUG / "cur").iterdir()
    read.rename(council.settings.home / "mailbox" / SLUG / "new" / read.name.partition(":")[0])
    assert fetch(council, in_time(council) + HOUR).messages == 0
    assert council.state()[0] == before


def test_each_attachment_ends_on_its_own(council: Council) -> None:
    """A good form, an empty form of another month and a picture of figures in one message: two returns, and one refusal to the sender."""
    attachments = [("libraries.xlsx", filled(council, APRIL, "libraries")), ("may.xlsx", form_of(council, MAY, "libraries"))]
    send_in(council, post_of(council, HOLDER), *attachments, ("figures.docx", b"PK\x03\x04 not a workbook"))
    fetched = fetch(council)
    assert (fetched.accepted, fetched.quarantined) == (2, 1)
    assert {row["period"] for row in table(council, "received_file", outcome="accepted")} == {APRIL.key, MAY.key}
    assert post_of(council, HOLDER) in recipients(council, "unreadable")


def test_a_form_for_a_closed_month_is_that_months(council: Council) -> None:
    """A message needs no folder: the form's own month counts, late if it is."""
    send_in(council, post_of(council, HOLDER), ("libraries.xlsx", filled(council, APRIL, "libraries")))
    fetch(council, council.teller.profile.deadline(MAY))
    (row,) = table(council, "received_file")
    assert (row["period"], row["inbox_period"], row["is_late"]) == (APRIL.key, APRIL.key, True)


def test_a_stranger_is_not_answered_and_nothing_is_lost(council: Council) -> None:
    """A form from an unknown address does not count; the performance team is told, the stranger is not; the officer can still send it."""
    content = filled(council, APRIL, "libraries")
    send_in(council, "someone@elsewhere.example.net", ("libraries.xlsx", content))
    fetched = fetch(council)
    assert (fetched.from_strangers, fetched.accepted, fetched.quarantined) == (1, 0, 1)
    assert "someone@elsewhere.example.net" in table(council, "received_file")[0]["message"]
    told = recipients(council, "unreadable")
    assert post_of(council, TEAM) in told
    assert "someone@elsewhere.example.net" not in told
    send_in(council, post_of(council, HOLDER), ("libraries.xlsx", content))
    assert fetch(council, in_time(council) + HOUR).accepted == 1


def test_a_message_without_a_form_is_answered_once(council: Council) -> None:
    """Who forgot the attachment is told how to send it; the same message is not answered twice."""
    send_in(council, post_of(council, HOLDER), subject="April figures: 95%")
    assert fetch(council).without_attachment == 1
    (letter,) = mail(council, "no-attachment")
    assert letter.recipient == post_of(council, HOLDER)
    assert "April figures: 95%" in letter.text
    assert "April 2024" in letter.subject


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_machines_are_not_answered(council: Council, headers: dict[str, str]) -> None:
    """An absence note or a list's message is noted and gets no answer, or two machines would write to each other for ever."""
    before = len(mail(council))
    send_in(council, post_of(council, HOLDER), subject="Out of office", **headers)
    assert fetch(council).automatic == 1
    assert len(mail(council)) == before


def test_a_broken_message_is_answered_and_its_good_part_counts(council: Council) -> None:
    """An attachment damaged on its way is told to its sender; the whole one beside it is taken in."""
    raw = send_in(council, post_of(council, HOLDER), ("libraries.xlsx", filled(council, APRIL, "libraries")))
    box = council.settings.home / "mailbox" / SLUG / "new"
    (path,) = box.iterdir()
    path.write_bytes(raw[: int(len(raw) * 0.8)])
    fetched = fetch(council)
    assert (fetched.accepted, fetched.quarantined) == (0, 1)
    assert post_of(council, HOLDER) in recipients(council, "unreadable")


@pytest.mark.enable_socket
def test_a_return_comes_from_an_imap_server(council: Council) -> None:
    """With a mailbox on a mail server the same happens: the return counts, the message is moved away, and a second look finds nothing."""
    program = find_program() or pytest.skip("no Dovecot (Debian: apt-get install dovecot-imapd)")
    raw = send_in(council, post_of(council, HOLDER), ("libraries.xlsx", filled(council, APRIL, "libraries")))
    server = ImapServer(program)
    try:
        server.deliver(raw)
        account = f"{quote(server.user, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}"
        settings = replace(council.settings, mailbox_url=f"imap://{account}/INBOX?security=none&done=Processed")
        assert fetch_mail(SLUG, as_at=in_time(council), settings=settings).accepted == 1
        assert [content for _, content in server.messages("Processed")] == [raw.replace(b"\n", b"\r\n")]
        assert fetch_mail(SLUG, as_at=in_time(council) + HOUR, settings=settings).messages == 0
    finally:
        server.remove()
