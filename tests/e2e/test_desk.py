"""The performance team's pages through a real API server, in a real browser: as they are in Airflow's own menu, and by axe-core."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Frame

from cycle.shown import MONTH, QUARTER, SLUG, shown_council
from e2e.browser import DESKTOP, NARROW, Browser, browse
from e2e.test_accessibility import SPILLS, STAYS
from pmf.orchestration.embedded import airflow_environment, password
from pmf.orchestration.servers import run_to_end
from pmf.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

ROOT = "/performance"
DESK = f"{ROOT}/{SLUG}"
PAGES = [
    f"{ROOT}/",
    f"{ROOT}/nowhere/",
    f"{DESK}/",
    *(f"{DESK}/{name}" for name in ("returns", "findings", "queries", "sign-offs", "reports")),
]
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Server:
    """An API server of an Airflow of its own, over a council's home."""

    settings: Settings
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, body: dict[str, str] | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body=json.dumps(body) if body else None, headers={"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def token(self, user: str) -> str:
        secrets = json.loads((self.settings.airflow_home / "passwords.json").read_text(encoding="utf-8"))
        status, content = self.call("POST", "/auth/token", {"username": user, "password": secrets[user]})
        assert status == 201, content
        return str(json.loads(content)["access_token"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, with the embedded user, and a visitor whom nobody has given a role."""
    settings = shown_council(tmp_path_factory.mktemp("desk"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = airflow_environment(settings, port=port) | {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,visitor:"}
    environment |= {"PYTHONDONTWRITEBYTECODE": ""}
    password(settings)
    run_to_end(("db", "migrate"), environment, settings.airflow_home / "logs")
    with (settings.airflow_home / "logs" / "api-server.log").open("wb") as log:
        command = [sys.executable, "-m", "airflow", "api-server"]
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log, cwd=settings.home)
        found = Server(settings, port)
        try:
            _wait_for(found, process)
            yield found
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            if server.call("GET", "/api/v2/version")[0] == 200:
                return
        time.sleep(0.5)
    pytest.fail((server.settings.airflow_home / "logs" / "api-server.log").read_text(encoding="utf-8")[-2000:])


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    """Chromium, signed in to Airflow."""
    with browse() as browser:
        browser.page.context.add_cookies([{"name": "_token", "value": server.token("admin"), "url": server.address}])
        yield browser


def test_the_server_asks_who_comes(server: Server) -> None:
    """Through a real socket: nothing without a login, no council without the right to read its DAG, everything with it."""
    unseen = [f"{ROOT}/docs", f"{ROOT}/openapi.json", f"{DESK}/files/{QUARTER.key}/paper-adults-and-health.pdf"]
    for path in (*PAGES, *unseen):
        assert server.call("GET", path)[0] == 401, path
    visitor, admin = ({"Authorization": f"Bearer {server.token(user)}"} for user in ("visitor", "admin"))
    for path in (*PAGES[1:], unseen[-1]):
        assert server.call("GET", path, **visitor)[0] == 403, path
    assert [server.call("GET", path, **admin)[0] for path in (*PAGES, *unseen)] == [200, 404, *[200] * 6, 404, 404, 200]
    assert server.call("POST", f"{DESK}/", **admin)[0] == 405


def test_pages_break_no_rule(server: Server, browser: Browser) -> None:
    """axe-core finds no violation on any page, refusals included, on a desk or on a phone, and only tables scroll sideways."""
    for path in PAGES:
        for width in (DESKTOP, NARROW):
            browser.page.set_viewport_size({"width": width, "height": 900})
            browser.page.goto(server.address + path)
            assert browser.check()[0] == [], (path, width)
            assert browser.page.evaluate(SPILLS) == [], (path, width)
        assert browser.page.evaluate(STAYS) < 0.5, path


def test_the_pages_are_in_airflow_s_menu(server: Server, browser: Browser) -> None:
    """From the menu to the council, its reports and a file, without leaving Airflow, and nothing is refused by the browser on the way."""
    page, refused = browser.page, []
    page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.goto(server.address)
    page.get_by_role("link", name="KPIs").click()
    frame = _frame(browser)
    frame.get_by_role("link", name="Cambridgeshire County Council").click()
    frame.get_by_role("heading", name="The month at a glance").wait_for()
    frame.get_by_role("link", name="Reports").click()
    frame.get_by_role("heading", name=MONTH.label).wait_for()
    with page.expect_download() as download:
        frame.get_by_role("link", name="PDF").first.click()
    assert download.value.suggested_filename == f"{SLUG}-{QUARTER.key}-paper-adults-and-health.pdf"
    assert Path(download.value.path()).read_bytes() == b"%PDF-1.7 DRAFT"
    assert refused == []
    frame.get_by_role("link", name="Web page").first.click()
    frame.wait_for_url("**/paper-adults-and-health.html")
    # The document of this test holds a script; it would have put an alert in the way of all that follows.
    assert frame.evaluate("self.origin") == "null"


def _frame(browser: Browser) -> Frame:
    element = browser.page.wait_for_selector("iframe[title='KPIs']")
    assert element
    frame = element.content_frame()
    assert frame
    return frame
