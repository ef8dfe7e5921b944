"""The doctor's look at Airflow: settings that this product needs, doors that should be shut, servers that should beat."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pmf.operations.diagnosis import Diagnosis, Health
from pmf.orchestration.checkup import examine_airflow
from pmf.settings import Settings

HEALTHY = {"metadatabase": {"status": "healthy"}, "scheduler": {"status": "healthy"}, "triggerer": {"status": None}}


class Page(HTTPServer):
    """The health page of an API server."""

    answer: object = HEALTHY


class _Handler(BaseHTTPRequestHandler):
    server: Page

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/v2/monitor/health" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    with Page(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", f"http://127.0.0.1:{server.server_port}/execution/")
        yield server
        server.shutdown()


def found(settings: Settings) -> dict[str, Diagnosis]:
    return {item.subject: item for item in examine_airflow(settings, os.environ)}


@pytest.mark.enable_socket
def test_the_embedded_airflow_is_well(settings: Settings, page: Page) -> None:
    """As `pmf up` sets it, nothing is wrong, and its servers are named."""
    assert page.answer == HEALTHY
    seen = found(settings)
    assert {item.health for item in seen.values()} == {Health.OK}
    assert seen["Airflow health"].found == "metadatabase, scheduler, triggerer"
    assert seen["Airflow database"].found == "LocalExecutor with sqlite"


@pytest.mark.enable_socket
def test_a_scheduler_without_a_heartbeat_is_wrong(settings: Settings, page: Page) -> None:
    """The server that does not beat is named, and so is a page that does not answer."""
    page.answer = HEALTHY | {"scheduler": {"status": "unhealthy"}}
    assert found(settings)["Airflow health"].found == "scheduler: no heartbeat"
    page.answer = "no page of health"
    assert found(settings)["Airflow health"].health is Health.WRONG


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("variable", "value", "subject", "health"),
    [
        ("AIRFLOW__CORE__DAGS_FOLDER", "/elsewhere/dags", "Airflow folders", Health.WRONG),
        ("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor", "Airflow database", Health.WRONG),
        ("AIRFLOW__API__EXPOSE_CONFIG", "True", "Airflow API", Health.WRONG),
        ("AIRFLOW__API__ENABLE_SWAGGER_UI", "True", "Airflow API", Health.WARNING),
        ("AIRFLOW__CORE__FERNET_KEY", "", "Airflow secrets", Health.WRONG),
    ],
)
def test_a_setting_that_is_not_ours_is_named(
    settings: Settings, page: Page, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, subject: str, health: Health
) -> None:
    """Another folder of DAGs, SQLite for several machines, an open door, a missing secret: each with its way out."""
    assert page.answer
    monkeypatch.setenv(variable, value)
    seen = found(settings)[subject]
    assert seen.health is health
    assert seen.way_out


def test_an_api_that_cannot_be_reached_is_wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that is none is wrong; the way out is to start the server or correct it."""
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "nowhere/execution/")
    assert found(settings)["Airflow health"].health is Health.WRONG
    assert Path(os.environ["AIRFLOW_HOME"]).name == "airflow"
