"""Sending through a real SMTP server on the loopback: one that works, and one that fails in every way servers do."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import ipaddress
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine

from pmf.mail import Drained, Letter, SmtpTransport, as_sent, drain, queue_rows
from pmf.mail.transport import DeliveryError, RefusedError, UnreachableError
from pmf.warehouse.access import append_new
from pmf.warehouse.tables import mail_queue

pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")]
LETTERS = 5
TROUBLED = "post2@example.org"
PASSWORD = "right"  # noqa: S105 - of a server that lives for one test


@dataclass
class Server:
    """What the server does with the troubled recipient, and what it has taken."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    mail: str = "250 OK"
    wait_seconds: float = 0
    hangs_up_after_data: bool = False
    taken: list[Envelope] = field(default_factory=list)

    async def handle_MAIL(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.rcpt if address == TROUBLED else "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if TROUBLED not in envelope.rcpt_tos:
            self.taken.append(envelope)
            return "250 OK"
        await asyncio.sleep(self.wait_seconds)
        if self.data.startswith("2"):
            self.taken.append(envelope)
        if self.hangs_up_after_data:
            server.transport.close()
        return self.data

    def message_ids(self) -> Counter[str]:
        return Counter(str(email.message_from_bytes(envelope.content or b"")["Message-ID"]) for envelope in self.taken)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(server: Server, *, port: int, **options: Any) -> Iterator[SmtpTransport]:
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield SmtpTransport(host="127.0.0.1", port=port, security="none", timeout_seconds=1)
    finally:
        controller.stop()


@pytest.fixture
def letters(letter: Callable[..., Letter]) -> list[Letter]:
    """A few letters, one of them to the troubled recipient."""
    return [letter(recipient=f"post{number}@example.org") for number in range(LETTERS)]


@pytest.fixture
def queue(engine: Engine, letters: list[Letter]) -> Engine:
    """A warehouse with the letters queued."""
    with engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows(letters))
    return engine


def delivered_once(server: Server, letters: list[Letter]) -> bool:
    return server.message_ids() == Counter(letter.message_id for letter in letters)


def test_messages_arrive_as_they_were_queued(queue: Engine, letters: list[Letter]) -> None:
    """The server gets each message once, byte for byte, from the sender and to the recipient it names."""
    server = Server()
    with running(server, port=free_port()) as transport:
        assert drain(queue, transport) == Drained(sent=LETTERS, refused=0, failed=0, left=0)
    assert delivered_once(server, letters)
    expected = {(letter.sender, letter.recipient, as_sent(letter)) for letter in letters}
    assert {(envelope.mail_from, envelope.rcpt_tos[0], envelope.content) for envelope in server.taken} == expected


def test_a_server_that_is_down_loses_nothing(queue: Engine, letters: list[Letter]) -> None:
    """Nobody answers: everything stays queued and goes when the server is back."""
    port, server = free_port(), Server()
    transport = SmtpTransport(host="127.0.0.1", port=port, security="none")
    assert drain(queue, transport) == Drained(sent=0, refused=0, failed=1, left=LETTERS)
    with running(server, port=port) as transport:
        assert drain(queue, transport) == Drained(sent=LETTERS, refused=0, failed=0, left=0)
    assert delivered_once(server, letters)


def test_a_recipient_refused_for_good_stops_nobody(queue: Engine, letters: list[Letter]) -> None:
    """550 for one recipient: the others get theirs, and this one is not tried again."""
    server = Server(rcpt="550 5.1.1 no such mailbox")
    with running(server, port=free_port()) as transport:
        assert drain(queue, transport) == Drained(sent=LETTERS - 1, refused=1, failed=0, left=0)
        assert drain(queue, transport) == Drained(sent=0, refused=0, failed=0, left=0)
    assert delivered_once(server, [letter for letter in letters if letter.recipient != TROUBLED])


@pytest.mark.parametrize(
    "trouble", [{"rcpt": "451 4.7.1 greylisted"}, {"data": "452 4.3.1 disk full"}, {"wait_seconds": 60}, {"rcpt": "421 closing"}]
)
def test_trouble_that_passes_delays_one_message(queue: Engine, letters: list[Letter], trouble: dict[str, Any]) -> None:
    """4xx, a hang-up or silence for one message: the others get theirs at once, and this one when the trouble is over."""
    port, server = free_port(), Server(**trouble)
    with running(server, port=port) as transport:
        assert drain(queue, transport) == Drained(sent=LETTERS - 1, refused=0, failed=1, left=1)
    recovered = Server()
    with running(recovered, port=port) as transport:
        assert drain(queue, transport) == Drained(sent=1, refused=0, failed=0, left=0)
    assert delivered_once(recovered, [letter for letter in letters if letter.recipient == TROUBLED])


def test_a_server_that_dies_after_data_may_see_one_message_twice(queue: Engine, letters: list[Letter]) -> None:
    """Nobody can know whether it was taken: it is sent again under the same Message-ID, and the row says why."""
    port, server = free_port(), Server(hangs_up_after_data=True)
    with running(server, port=port) as transport:
        assert drain(queue, transport) == Drained(sent=LETTERS - 1, refused=0, failed=1, left=1)
    server.hangs_up_after_data = False
    with running(server, port=port) as transport:
        assert drain(queue, transport) == Drained(sent=1, refused=0, failed=0, left=0)
    (troubled,) = (letter.message_id for letter in letters if letter.recipient == TROUBLED)
    assert server.message_ids() == Counter({letter.message_id: 2 if letter.message_id == troubled else 1 for letter in letters})
    with queue.connect() as connection:
        (row,) = connection.execute(mail_queue.select().where(mail_queue.c.recipient == TROUBLED))
    assert (row.state, row.attempts) == ("sent", 2)
    assert row.last_error.startswith("the connection was lost, perhaps after the server had taken the message")


@pytest.mark.parametrize(
    ("trouble", "kind", "message"),
    [
        ({"rcpt": "550 5.1.1 no such mailbox"}, RefusedError, "^550 5.1.1 no such mailbox$"),
        ({"data": "554 5.6.0 refused"}, RefusedError, "^554 5.6.0 refused$"),
        ({"mail": "552 5.3.4 too large"}, RefusedError, "does not take it from performance@anglia.example.org: 552 5.3.4 too large"),
        ({"mail": "550 5.7.1 not you"}, DeliveryError, "does not take it from performance@anglia.example.org: 550 5.7.1 not you"),
        ({"rcpt": "450 4.2.1 busy"}, DeliveryError, "^450 4.2.1 busy$"),
    ],
)
def test_an_answer_is_for_good_or_for_now(letters: list[Letter], trouble: dict[str, Any], kind: type[Exception], message: str) -> None:
    """5xx about recipient or content is for good; 4xx, and a sender we may not use, can be put right."""
    troubled = letters[2]
    with running(Server(**trouble), port=free_port()) as transport, pytest.raises(kind, match=message) as error:
        transport.deliver(as_sent(troubled), message_id=troubled.message_id, recipient=troubled.recipient)
    assert type(error.value) is kind


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(encoding) + private)
    return path


def check_password(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"pmf", PASSWORD.encode()), handled=False)


@contextmanager
def secured(server: Server, certificate: Path, security: str) -> Iterator[SmtpTransport]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    wrapping = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    options = wrapping | {"authenticator": check_password, "auth_require_tls": security == "starttls", "auth_required": True}
    port = free_port()
    with running(server, port=port, **options):
        yield SmtpTransport(host="127.0.0.1", port=port, security=security, username="pmf", password=PASSWORD)  # type: ignore[arg-type]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_encrypted_to_a_server_we_trust(
    security: str, certificate: Path, letters: list[Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With TLS from the first byte or by STARTTLS, user and password are given and the message arrives."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = Server()
    with secured(server, certificate, security) as transport:
        transport.deliver(as_sent(letters[0]), message_id=letters[0].message_id, recipient=letters[0].recipient)
    assert delivered_once(server, letters[:1])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_with_a_stranger_s_certificate_gets_nothing(security: str, certificate: Path, letters: list[Letter]) -> None:
    """A certificate nobody we trust has signed ends the session before user, password or message are sent."""
    server = Server()
    with secured(server, certificate, security) as transport, pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        transport.deliver(as_sent(letters[0]), message_id=letters[0].message_id, recipient=letters[0].recipient)
    assert server.taken == []


def test_a_wrong_password_loses_no_message(certificate: Path, queue: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """535 is our mistake and not the recipient's: everything stays queued, and the password is nowhere written."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with secured(Server(), certificate, "starttls") as transport:
        wrong = SmtpTransport(host=transport.host, port=transport.port, username="pmf", password="canary-7f3a")  # noqa: S106
        assert drain(queue, wrong) == Drained(sent=0, refused=0, failed=1, left=LETTERS)
    with queue.connect() as connection:
        errors = [row.last_error for row in connection.execute(mail_queue.select()) if row.last_error]
    assert len(errors) == 1
    assert "535" in errors[0]
    assert "canary" not in errors[0]


def test_a_server_without_starttls_gets_nothing(letters: list[Letter]) -> None:
    """Where encryption was asked for, a server that offers none is not written to in the clear."""
    server = Server()
    with running(server, port=free_port()) as plain:
        transport = SmtpTransport(host=plain.host, port=plain.port)
        with pytest.raises(UnreachableError, match=r"no session with 127\.0\.0\.1:\d+ \(starttls\): STARTTLS extension not supported"):
            transport.deliver(as_sent(letters[0]), message_id=letters[0].message_id, recipient=letters[0].recipient)
    assert server.taken == []
