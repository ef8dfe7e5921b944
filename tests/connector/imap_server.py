"""An IMAP server of the tests' own: Dovecot on the loopback, its mail in a temporary folder, gone when the tests are."""

from __future__ import annotations

import datetime as dt
import grp
import imaplib
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "rïght/pass:word"  # noqa: S105 - of a server that lives for a few tests
_START_SECONDS = 10
# Nothing here needs another user than the one it runs as, and nobody is kept waiting after a wrong password.
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
"""


def find_program() -> str | None:
    """Find the installed server, or None."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class ImapServer:
    """A running server, which lets in anybody with the password; ``user`` is whose mail this is about."""

    def __init__(self, program: str, *, settings: str = "") -> None:
        self._program = program
        self.folder = Path(tempfile.mkdtemp(prefix="pmf-imap-"))
        self._users = count(1)
        self.change_user()
        self.port, self.tls_port = free_port(), free_port()
        self.certificate = self.folder / "server.pem"
        self._write_files(settings)
        self.start()

    def change_user(self) -> None:
        """Go on with a user who has no messages yet."""
        self.user = f"returns{next(self._users)}@example.org"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [*_as_user(), self._program, "-F", "-c", str(self.folder / "dovecot.conf")]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                self.client().logout()
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.02)
            else:
                return
        said = self.log().strip().rpartition("\n")[2]
        self.remove()
        raise RuntimeError(f"Dovecot did not start within {_START_SECONDS} s: {said}")

    def kill(self) -> None:
        """Kill the server and its processes as a power cut would."""
        if self._server.poll() is None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()

    def remove(self) -> None:
        """Kill the server and delete all it has written."""
        self.kill()
        shutil.rmtree(self.folder)

    def log(self) -> str:
        """Return what the server has noted."""
        return (self.folder / "log").read_text(errors="replace")

    def client(self) -> imaplib.IMAP4:
        """Connect as the user's mail program."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=_START_SECONDS)
        client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
        return client

    def deliver(self, *messages: bytes) -> None:
        """Put unread messages into the inbox."""
        with self.client() as client:
            for message in messages:
                client.append("INBOX", "", "", message)

    def messages(self, folder: str = "INBOX") -> list[tuple[bytes, bytes]]:
        """Return flags and content of each message of a folder."""
        with self.client() as client:
            client.select(f'"{folder}"', readonly=True)
            parts = client.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1]
            return [(part[0], part[1]) for part in parts if isinstance(part, tuple)]

    def _write_files(self, settings: str) -> None:
        user, group = _user()
        names = {"folder": self.folder, "user": user, "group": group, "port": self.port, "tls_port": self.tls_port, "password": PASSWORD}
        (self.folder / "dovecot.conf").write_text(_CONFIGURATION.format(**names) + settings)
        (self.folder / "log").touch()
        self.certificate.write_bytes(make_certificate("127.0.0.1"))
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, user, group)


def make_certificate(address: str) -> bytes:
    """Make a certificate for an IP address, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed.public_bytes(encoding) + private


@contextmanager
def cut_after(port: int, *, bytes_back: int) -> Iterator[int]:
    """Stand between client and server on a port of its own, and hang up when so many bytes have come back."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_pass_on, args=(listener, port, bytes_back))
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(_START_SECONDS)


def _pass_on(listener: socket.socket, port: int, bytes_back: int) -> None:
    client, _ = listener.accept()
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        asking = threading.Thread(target=_copy, args=(client, server, None))
        asking.start()
        _copy(server, client, bytes_back)
        for end in (client, server):
            end.shutdown(socket.SHUT_RDWR)
        asking.join(_START_SECONDS)


def _copy(source: socket.socket, target: socket.socket, most: int | None) -> None:
    passed = 0
    while (most is None or passed < most) and (data := source.recv(4096 if most is None else min(4096, most - passed))):
        target.sendall(data)
        passed += len(data)


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user() -> tuple[str, str]:
    """Name user and group the server runs as: Dovecot reads mail as nobody special, so root steps down."""
    if os.geteuid() == 0:
        return "nobody", "nogroup"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


def _as_user() -> list[str]:
    """Drop root's rights, and have the kernel stop the server when the tests' process dies."""
    rights = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=TERM", *rights]
