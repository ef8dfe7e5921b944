"""Pages of JSON from a real server on the loopback: one that works, and one that fails in every way servers do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from pmf.connector import ConnectorError
from pmf.connector.endpoint import fetch_json

pytestmark = pytest.mark.enable_socket
PAGE = b'{"data": {"items": [{"kpi": "36", "actual": 0.10}]}}'
TOKEN = "canary-token"  # noqa: S105 - of a server that lives for one test


@dataclass
class Service:
    """What the server answers, one status after the other (the last one for good), and what it was asked."""

    statuses: list[int] = field(default_factory=lambda: [200])
    body: bytes = PAGE
    headers: dict[str, str] = field(default_factory=dict)
    drip_seconds: float = 0
    hangs_up: bool = False
    asked: list[tuple[str, str | None, float]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def service() -> Iterator[Service]:
    """A web service on the loopback."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append((self.path, self.headers["Authorization"], time.monotonic()))
            status = service.statuses.pop(0) if len(service.statuses) > 1 else service.statuses[0]
            self.send_response(status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(service.body)))
            self.end_headers()
            if service.hangs_up:
                self.wfile.write(service.body[:5])
                return
            self._write(service.body)

        def _write(self, body: bytes) -> None:
            try:
                for place in range(0, len(body), 65536 if not service.drip_seconds else 1):
                    self.wfile.write(body[place : place + (65536 if not service.drip_seconds else 1)])
                    self.wfile.flush()
                    time.sleep(service.drip_seconds)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has heard enough

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(service: Service, path: str = "/api/kpis?month=2024-09", timeout: float = 5) -> bytes:
    return fetch_json(service.url, path, token=TOKEN, timeout=timeout, first_wait_seconds=0.02)


def test_a_page_comes_as_it_is(service: Service) -> None:
    """The page's bytes are handed over untouched, the path is asked for as written, the token sent with it."""
    assert fetch(service) == PAGE
    assert [(path, token) for path, token, _ in service.asked] == [("/api/kpis?month=2024-09", f"Bearer {TOKEN}")]


def test_without_a_token_none_is_sent(service: Service) -> None:
    """A service that is open to all is asked without a token, below the folder of its address."""
    assert fetch_json(f"{service.url}/v1/", "/kpis", first_wait_seconds=0) == PAGE
    assert [(path, token) for path, token, _ in service.asked] == [("/v1/kpis", None)]


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_stumbling_service_is_asked_again(status: int, service: Service) -> None:
    """Server errors and "too many requests" are tried again, each time after a longer wait."""
    service.statuses = [status, status, status, 200]
    assert fetch(service) == PAGE
    waits = [later - earlier for (_, _, earlier), (_, _, later) in pairwise(service.asked)]
    assert [wait >= least for wait, least in zip(waits, (0.02, 0.04, 0.08), strict=True)] == [True, True, True]


@pytest.mark.parametrize(
    ("status", "times", "said"),
    [
        (500, 4, "answers 500 Internal Server Error"),
        (429, 4, "asked too often"),
        (401, 1, "does not accept the token"),
        (403, 1, "does not give access"),
        (404, 1, "nothing at this path"),
        (302, 1, "answers 302 Found"),
        (204, 1, "answers 204"),
    ],
)
def test_a_service_that_refuses_is_named_with_its_status(status: int, times: int, said: str, service: Service) -> None:
    """A lasting error is told with its status, and only what may pass is tried four times; a redirect is not followed."""
    service.statuses, service.headers = [status], {"Location": "https://elsewhere.example.org/"}
    with pytest.raises(ConnectorError) as caught:
        fetch(service)
    assert said in str(caught.value)
    assert service.url.replace("http://", "The web service http://") in str(caught.value)
    assert len(service.asked) == times


def test_a_page_that_breaks_off_is_asked_for_again(service: Service) -> None:
    """Half a page is never taken for the page."""
    service.hangs_up = True
    with pytest.raises(ConnectorError, match="does not answer"):
        fetch(service)
    assert len(service.asked) == 4


def test_a_page_without_end_is_cut_off(service: Service) -> None:
    """More than 5 MB is no page of figures."""
    service.body = b" " * (5 * 1024 * 1024 + 1)
    with pytest.raises(ConnectorError, match="more than 5 MB"):
        fetch(service)
    assert len(service.asked) == 1


def test_a_packed_page_is_refused(service: Service) -> None:
    """A packed answer was not asked for, and may unpack to any size."""
    service.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(ConnectorError, match="packed"):
        fetch(service)


def test_a_service_that_drips_is_given_up(service: Service) -> None:
    """A service that sends a byte now and then is not waited for for ever."""
    service.drip_seconds = 0.05
    started = time.monotonic()
    with pytest.raises(ConnectorError, match="too long"):
        fetch(service, timeout=0.2)
    assert time.monotonic() - started < 5


def test_a_service_that_is_down_is_named() -> None:
    """A service nobody answers for is named, without what may be secret in its path."""
    with pytest.raises(ConnectorError) as caught:
        fetch_json("http://127.0.0.1:1", "/kpis?key=canary-key", token=TOKEN, first_wait_seconds=0)
    assert str(caught.value).startswith("The web service http://127.0.0.1:1/kpis does not answer (ConnectError)")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "path", "said"),
    [
        ("http://kpis.example.org", "/kpis", "must begin with https://"),
        ("ftp://127.0.0.1", "/kpis", "must begin with https://"),
        ("http://user:canary@kpis.example.org", "/kpis", "must begin with https://"),
        ("http://127.0.0.1.example.org", "/kpis", "must begin with https://"),
        ("https://kpis.example.org", "@elsewhere.example.org/", "must begin with a slash"),
        ("https://kpis.example.org", "kpis", "must begin with a slash"),
        ("https://kpis.example.org:port", "/kpis", "cannot be read"),
    ],
)
def test_a_token_goes_nowhere_else(base_url: str, path: str, said: str) -> None:
    """Only https, or this machine, is asked, and a path cannot lead to another host."""
    with pytest.raises(ConnectorError, match=said) as caught:
        fetch_json(base_url, path, token=TOKEN)
    assert "canary" not in str(caught.value)
