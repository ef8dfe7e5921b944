"""Sending: what is queued goes out once, and a broken task is told to the engineers."""

from __future__ import annotations

import email
import email.message
import email.policy
import mailbox
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, mail, table
from pmf.cycle.send import MailLeftError, report_breakdown, send_mail

AT = datetime(2024, 5, 13, 6, tzinfo=UTC)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    council = council_at(tmp_path / "home")
    council.open(APRIL)
    return council


def delivered(council: Council) -> list[str]:
    return sorted(str(message["Message-ID"]) for message in mailbox.Maildir(council.settings.mail))


def test_every_queued_letter_is_delivered_once(council: Council) -> None:
    """Draining the queue puts each letter into the Maildir; draining it again sends nothing."""
    queued = sorted(item.message_id for item in mail(council))
    assert send_mail(SLUG, as_at=AT, settings=council.settings).sent == len(queued)
    assert delivered(council) == queued
    assert send_mail(SLUG, as_at=AT, settings=council.settings).sent == 0
    assert delivered(council) == queued


def test_a_breakdown_is_told_to_the_engineers_at_once(council: Council) -> None:
    """A task that broke is told to the data engineers with DAG, task and cause, once for the same cause at the same moment."""
    for _ in range(2):
        report_breakdown(
            SLUG,
            APRIL.key,
            dag_id="cambridgeshire_monthly_cycle",
            task_id="rate",
            exception="OperationalError: disk I/O error <b>",
            run_link="http://localhost:8080/run",
            as_at=AT,
            settings=council.settings,
        )
    (letter,) = mail(council, "breakdown")
    assert letter.recipient == council.teller.profile.post("data-engineers").email
    assert letter.subject.startswith("Investigate: rate of cambridgeshire_monthly_cycle broke, ")
    assert "OperationalError: disk I/O error <b>" in letter.text
    assert "&lt;b&gt;" in str(letter.message.get_body(("html",)).get_content())
    assert letter.message_id in delivered(council)


@dataclass
class Server:
    """An SMTP server on the loopback: what it answers to each recipient (else 250), and what it has taken."""

    answers: dict[str, str] = field(default_factory=dict)
    hangs_up_on: str = ""
    taken: list[bytes] = field(default_factory=list)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        if self.hangs_up_on in envelope.rcpt_tos:
            server.transport.close()
        return "250 OK"

    def message_ids(self) -> Counter[str]:
        return Counter(str(email.message_from_bytes(content)["Message-ID"]) for content in self.taken)


@contextmanager
def through(council: Council, server: Server | None, port: int) -> Iterator[Council]:
    """Have the council send through a server on a port; None: nobody listens there."""
    controller = Controller(server, hostname="127.0.0.1", port=port) if server else None
    if controller:
        controller.start()
    try:
        yield replace(council, settings=replace(council.settings, smtp_url=f"smtp://127.0.0.1:{port}?security=none"))
    finally:
        if controller:
            controller.stop()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.enable_socket
def test_a_mail_server_that_is_down_fails_the_task_and_loses_nothing(council: Council, port: int) -> None:
    """The verb fails, and with it the task, as long as nobody answers; then every message goes once, its form byte for byte."""
    queued = {item.message_id: item.attachments for item in mail(council)}
    for _ in range(2):
        with through(council, None, port) as sending, pytest.raises(MailLeftError, match="could not be sent and stay queued; 0 were sent"):
            send_mail(SLUG, as_at=AT, settings=sending.settings)
    server = Server()
    with through(council, server, port) as sending:
        assert send_mail(SLUG, as_at=AT, settings=sending.settings).sent == len(queued)
        assert send_mail(SLUG, as_at=AT, settings=sending.settings).sent == 0
    assert server.message_ids() == Counter(queued.keys())
    for content in server.taken:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        attached = {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}
        assert attached == queued[str(message["Message-ID"])] != {}


@pytest.mark.enable_socket
@pytest.mark.parametrize("trouble", ["4xx", "dies after DATA"])
def test_trouble_with_one_message_fails_the_task_until_it_is_through(council: Council, port: int, trouble: str) -> None:
    """Whatever keeps one message back, the others go, the verb says so by failing, and the next attempt sends the one that is left."""
    queued = mail(council)
    address = queued[0].recipient
    server = Server(answers={address: "451 try later"}) if trouble == "4xx" else Server(hangs_up_on=address)
    of_address = sum(item.recipient == address for item in queued)
    with through(council, server, port) as sending, pytest.raises(MailLeftError, match=f"^{of_address} messages could not be sent"):
        send_mail(SLUG, as_at=AT, settings=sending.settings)
    server.answers, server.hangs_up_on = {}, ""
    with through(council, server, port) as sending:
        assert send_mail(SLUG, as_at=AT, settings=sending.settings).sent == of_address
    assert server.message_ids().keys() == {item.message_id for item in queued}
    again = {message_id for message_id, times in server.message_ids().items() if times > 1}
    assert again == ({item.message_id for item in queued if item.recipient == address} if trouble != "4xx" else set())


@pytest.mark.enable_socket
def test_what_is_refused_for_good_is_told(council: Council, port: int) -> None:
    """A mailbox that does not exist stops no other, and performance team and engineers are told once whose message nobody has read."""
    queued = mail(council)
    address = queued[0].recipient
    with through(council, Server(answers={address: "550 5.1.1 no such mailbox"}), port) as sending:
        done = send_mail(SLUG, as_at=AT, settings=sending.settings)
        assert done.refused == sum(item.recipient == address for item in queued)
        assert send_mail(SLUG, as_at=AT, settings=sending.settings) == replace(done, sent=0, refused=0)
    told = mail(council, "undelivered")
    profile = council.teller.profile
    assert {item.recipient for item in told} == {profile.post(post).email for post in (profile.performance_team, profile.data_engineers)}
    assert len(told) == 2
    for words in (address, queued[0].subject, "550 5.1.1 no such mailbox"):
        assert words in " ".join(told[0].text.split())


def test_a_letter_to_another_domain_is_not_sent_and_is_told(tmp_path: Path) -> None:
    """An address outside the council's mail domains gets nothing, stays visible in the queue, and those who mend it are told why."""
    overlay = tmp_path / "overlay" / SLUG
    overlay.mkdir(parents=True)
    council = council_at(tmp_path / "home", PMF_OVERLAY=str(overlay.parent))
    holder = council.teller.profile.services[0].holder
    (overlay / "posts.csv").write_text(f"id,email\n{holder},officer@free-mail.example\n", encoding="utf-8")
    council.open(APRIL)
    done = send_mail(SLUG, as_at=AT, settings=council.settings)
    stray = table(council, "mail_queue", recipient="officer@free-mail.example")
    assert (done.refused, done.sent) == (len(stray), len(mail(council)) - len(stray))
    assert stray
    assert {(row["state"], row["attempts"]) for row in stray} == {("refused", 0)}
    assert not set(delivered(council)) & {row["message_id"] for row in stray}
    told = mail(council, "undelivered")
    assert len(told) == 2
    assert "mail_domains (organisation.yaml)" in " ".join(told[0].text.split())
    assert send_mail(SLUG, as_at=AT, settings=council.settings).sent == 0
