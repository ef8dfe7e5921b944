"""The heartbeat address: asked for after each success, and its secret never told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pmf.operations.pulse import PulseError, beat, last_beat
from pmf.settings import Settings, read_settings

NOW = datetime(2024, 5, 1, 9, 30, 5, tzinfo=UTC)


class Listener(HTTPServer):
    """A heartbeat service on this machine; ``answer`` is the status it gives."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.answer = 200


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def with_url(settings: Settings, url: str) -> Settings:
    return replace(settings, heartbeat_url=url)


def test_a_beat_is_noted_without_any_address(settings: Settings) -> None:
    """Each council has a note of its own, to the second; one that never ran has none."""
    beat("anglia", now=NOW, settings=settings)
    assert (last_beat("anglia", settings), last_beat("mercia", settings)) == (NOW, None)


@pytest.mark.enable_socket
def test_the_address_is_asked_for_with_the_council_in_it(settings: Settings, listener: Listener) -> None:
    """One GET a beat, ``{organisation}`` filled in."""
    known = with_url(settings, f"http://127.0.0.1:{listener.server_port}/ping/{{organisation}}?key=s3cret")
    beat("anglia", now=NOW, settings=known)
    assert listener.asked == ["/ping/anglia?key=s3cret"]


@pytest.mark.enable_socket
def test_a_refused_beat_is_an_error_that_tells_no_secret(settings: Settings, listener: Listener, caplog: pytest.LogCaptureFixture) -> None:
    """An address that answers badly fails the task, names the host alone, and leaves the note in place."""
    listener.answer = 404
    with pytest.raises(PulseError, match=r"^the heartbeat address 127\.0\.0\.1 answers 404: correct PMF_HEARTBEAT_URL$"):
        beat("anglia", now=NOW, settings=with_url(settings, f"http://127.0.0.1:{listener.server_port}/s3cret"))
    assert last_beat("anglia", settings) == NOW
    assert "s3cret" not in caplog.text


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("url", "words"), [("http://127.0.0.1:9/s3cret", "cannot be reached"), ("file:///etc/passwd", "does not begin with https")]
)
def test_an_address_that_cannot_be_asked_is_an_error(settings: Settings, url: str, words: str) -> None:
    """Nothing listening, or no web address at all."""
    with pytest.raises(PulseError, match=words) as raised:
        beat("anglia", now=NOW, settings=with_url(settings, url))
    assert "s3cret" not in str(raised.value)


def test_the_address_may_come_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is often a secret, so it can be read from a file like any other."""
    path = tmp_path_factory.mktemp("secrets") / "heartbeat_url"
    path.write_text("https://heartbeat.example.org/x\n", encoding="utf-8")
    assert read_settings({"PMF_HEARTBEAT_URL_FILE": str(path)}).heartbeat_url_of("anglia") == "https://heartbeat.example.org/x"
